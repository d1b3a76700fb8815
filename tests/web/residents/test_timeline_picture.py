"""The picture of a timeline: filled in as its template would be rendered."""

import re
from datetime import date

import pytest

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.rules.card import Card, Subject
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import check_and_assess
from calsvc.web.residents.timeline import build_timeline
from calsvc.web.residents.timeline_picture import render_timeline
from tests.i18n.sample_cards import ADULT, MINOR, STAY, STAY_WITH_CERTIFICATE

TODAY = date(2026, 11, 24)
NAMES = {Subject.CARD: "<card>", Subject.CERTIFICATE: "{n}"}


def render(card: Card, lang: str) -> str:
    timeline = build_timeline(check_and_assess(card, None).plan, GraceRule.ANNIVERSARY, TODAY)
    return render_timeline(
        timeline, [NAMES[row.subject] for row in timeline.rows], get_catalog(lang)
    ).decode()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("card", "windows", "rows"),
    [(ADULT, 2, 2), (MINOR, 1, 1), (STAY, 0, 1), (STAY_WITH_CERTIFICATE, 1, 2)],
)
def test_each_row_is_drawn_with_its_own_numbers(
    card: Card, windows: int, rows: int, lang: str
) -> None:
    timeline = build_timeline(check_and_assess(card, None).plan, GraceRule.ANNIVERSARY, TODAY)
    html = render(card, lang)
    assert html.count('<rect class="window" x=') == windows
    for row in timeline.rows:
        group = f'<g transform="translate(0 {row.y})">\n'
        assert f'{group}<path class="track"' in html
        assert f'<path class="expiry" d="M{row.expiry.x} 18' in html
        assert f'<rect class="grace" x="{row.grace.x}" y="22" width="{row.grace.width}"' in html
        if row.window:
            assert f'<rect class="window" x="{row.window.x}" y="22"' in html
        day = row.expiry.label.format(day=get_catalog(lang).format_date(row.expiry.day))
        label = f'x="{row.expiry.label_x}" y="55" text-anchor="{row.expiry.anchor}">{day}</text>'
        assert label in html
    assert len(timeline.rows) == rows


def test_the_axis_has_a_mark_and_a_label_for_each_tick() -> None:
    timeline = build_timeline(check_and_assess(ADULT, None).plan, GraceRule.ANNIVERSARY, TODAY)
    html = render(ADULT, "en")
    for tick in timeline.ticks:
        assert f"M{tick.x} {timeline.axis_y}v5" in html
        assert f'text-anchor="middle">{tick.label}</text>' in html


def test_names_are_text_and_no_placeholders() -> None:
    html = render(ADULT, "en")
    assert '<text class="subject"' in html
    assert ">&lt;card&gt;</text>" in html
    assert ">{n}</text>" in html
    assert "<card>" not in html


def test_description_has_no_past_expiry_in_the_present_tense() -> None:
    html = render(ADULT, "en")
    assert "Expiry date of the {n}: Wed 23 Apr 2025. It is past unless it was renewed." in html
    assert "Expiry date of the &lt;card&gt;: Tue 23 Apr 2030.</desc>" in html


def test_the_description_says_today_and_every_expiry() -> None:
    found = re.search(r'<desc id="line-desc">(.*?)</desc>', render(ADULT, "en"))
    assert found
    for day in (TODAY, date(2030, 4, 23), date(2025, 4, 23)):
        assert get_catalog("en").format_date(day) in found[1]
    assert "&lt;card&gt;" in found[1]
