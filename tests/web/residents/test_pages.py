"""Every page of residents: whose it is, that all its texts are there, and what it never tells."""

import logging
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

import calsvc
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME
from calsvc.municipality import loader
from calsvc.parsing.names import NamedCard
from calsvc.rules.milestones import Subject
from calsvc.settings import Settings
from calsvc.web.card_form.error_messages import FORM_ONLY_MESSAGES
from calsvc.web.card_form.form import FORM_FIELDS
from calsvc.web.residents.card_status import Tone
from calsvc.web.residents.event_status import EventState
from calsvc.web.residents.subscribe_options import SubscribeMethod
from tests.support.pages import ADULT, ADULT_TOKEN, GOOD_FORM, link_page, page_client, typed
from tests.support.servers import KEY

SOURCE = Path(calsvc.__file__).parent


def test_no_header_and_no_log_line_holds_a_date_or_a_token(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    responses = [
        client.post("/", data=GOOD_FORM),
        client.post("/", data={**GOOD_FORM, **typed(card_expires="2030-4-24")}),
        client.get(f"/c/{ADULT_TOKEN}"),
        client.get(f"/c/{ADULT_TOKEN}x"),
        client.post("/", content=urlencode(GOOD_FORM) + "&" * 500),
    ]
    said = "\n".join(each.getMessage() for each in caplog.records if each.name != "httpx2")
    assert "FrontPage 303" in said
    assert not re.search(rf"1985|2030|{ADULT_TOKEN}", said)
    for response in responses:
        headers = {name: text for name, text in response.headers.items() if name != "location"}
        assert not re.search(rf"1985|2030|{ADULT_TOKEN}", str(headers))


def test_page_names_the_operator(client: TestClient) -> None:
    city = loader.load_municipality("012033")
    for response in (client.get("/"), link_page(client, NamedCard(ADULT)), client.get("/nowhere")):
        (phone,) = city.own_phones
        for fact in (city.names["ja"], phone.names["ja"], phone.number, phone.extension):
            assert fact in response.text


def test_a_city_without_extension_or_fax_says_neither(tmp_path: Path) -> None:
    otaru = (SOURCE / "municipality" / "profiles" / "012033.toml").read_text(encoding="utf-8")
    plain = re.sub(r'^(extension|fax) = ".*"', "", otaru, flags=re.MULTILINE)
    (tmp_path / "plain.toml").write_text(plain, encoding="utf-8")
    client = page_client(Settings(keys=KEY, municipalities=(str(tmp_path / "plain.toml"),)))
    for response in (client.get("/"), link_page(client, NamedCard(ADULT))):
        assert "内線" not in response.text.replace("(内線 296, 297)", "内線")
        assert "0134-33-4644" not in re.sub(
            r'<div class="description">.*?</div>', "", response.text, flags=re.S
        )


COMMON = ("not_yet", "last_day", "in_grace", "lapsed", "check")
SAID = {
    "certificate": (*COMMON, "renewal_open", "ask"),
    "card": (*COMMON, "renewal_open", "apply_now"),
    "stay": (*COMMON, "extend_now"),
}
"""The states in which a card or its certificate can be."""
FURTHER = ("stay_until", "cert_expires", "cert_renewed", "issued")
EXPLAINED = (
    *(f"date.{each}" for each in ("unreadable", "part", "month", "swapped", "day")),
    *(f"date.{each}_era" for each in ("which", "other", "future")),
    "date.short_year",
    *(f"card_expires.{each}" for each in ("day_month", "leap", "maybe_issued")),
)


def asked_keys() -> set[str]:
    """Every key of a page's text that stands in a template or in the code, or is made there."""
    templates = [each.read_text("utf-8") for each in Path(calsvc.__file__).parent.rglob("*.html")]
    code = [each.read_text("utf-8") for each in SOURCE.rglob("*.py")]
    literal = {
        f"page.{key}" for text in templates for key in re.findall(r'\bt\("([\w.]+)"[,)]', text)
    }
    literal |= {key for text in code for key in re.findall(r'text\(\s*"(page\.[a-z_.]+)"', text)}
    made = {f"page.state.{each}" for each in EventState}
    made |= {f"page.subject.{each}" for each in (*Subject, "both")}
    made |= {f"page.status.{each}" for each in Tone}
    made |= {
        f"page.todo.{errand}.{each}"
        for errand in ("certificate", "card", "stay")
        for each in SAID[errand]
    }
    made |= {f"page.span.{unit}{end}" for unit in ("year", "month") for end in ("", "s")}
    made |= {f"page.span.{each}" for each in ("days_ago", "yesterday")}
    made |= {f"page.field.{each}" for each in (*FORM_FIELDS, "name")}
    made |= {f"page.mend.{each}" for each in ("era", "year", "month_day", "day", "issued")}
    made |= {f"page.field.{each}.hint" for each in (*FURTHER, "applied")}
    made |= {f"page.further.{each}" for each in FURTHER}
    made |= {f"page.alarms.{each}" for each in REMINDERS_BY_NAME}
    made |= {f"page.era.{each}" for each in "RHSTM"}
    made |= {f"page.way.{each}" for each in SubscribeMethod}
    made |= {f"page.way.{each}.hint" for each in SubscribeMethod}
    made |= {f"page.about.{each}.text" for each in ("privacy", "accessibility", "embed")}
    made |= {"page.api.lead"}
    made |= {f"page.timeline.row{past}" for past in ("", ".past")}
    made |= {f"page.{each}" for each in ("year", "month", "day")}
    return literal | made | {f"page.error.{each}" for each in (*FORM_ONLY_MESSAGES, *EXPLAINED)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_the_pages_is_there_and_every_one_is_used(lang: str) -> None:
    known = {key for key in get_catalog(lang).messages if key.startswith("page.")}
    assert known == asked_keys()
