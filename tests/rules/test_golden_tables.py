"""Plans against two tables, one that offices published and one computed by hand.

``golden/published.csv`` and ``golden/published-rules.csv`` hold what an office has printed; they
are never edited to make a test pass. ``golden/derived.csv`` was computed from the rules by hand.
An empty cell of an accepted card was not computed.
"""

from collections.abc import Iterator
from datetime import date

import pytest

from calsvc.errors import InvalidInputError
from calsvc.municipality import loader
from calsvc.municipality.counters import Task
from calsvc.rules.card import CautionCode, Subject
from calsvc.rules.milestones import GraceRule, MilestoneKind, apply_by, grace_end, renewal_window
from calsvc.rules.plan import Assessment, Plan, check_and_assess, check_days, plan_milestones
from tests.rules.golden_tables import Row, card_of, rows
from tests.rules.strategies import TODAY

OTARU = loader.load_municipality("012033")
ACCEPTED = [row for row in rows("derived.csv") if not row["error_field"]]
REJECTED = [row for row in rows("derived.csv") if row["error_field"]]


def milestones_of(plan: Plan, grace: GraceRule) -> Iterator[str]:
    for each in plan_milestones(plan, grace):
        days = f"{each.start}" if each.start == each.end else f"{each.start}/{each.end}"
        yield f"{each.subject}.{each.kind}={days}"


def cautions_of(assessment: Assessment) -> Iterator[str]:
    for each in assessment.cautions:
        yield f"{each.code}={each.other}" if each.other else str(each.code)


def checks_of(plan: Plan) -> set[date]:
    """The check days of the card alone: the table has no others."""
    card_only = plan._replace(doubts=plan.doubts_of(Subject.CARD))
    return set(check_days(card_only, Subject.CARD))


def day_of(found: Plan, subject: Subject, kind: MilestoneKind) -> date:
    return next(
        each.start
        for each in plan_milestones(found, GraceRule.ANNIVERSARY)
        if (each.subject, each.kind) == (subject, kind)
    )


@pytest.mark.parametrize("row", rows("published.csv"), ids=lambda row: row["source"])
def test_a_published_example_has_the_published_dates(row: Row) -> None:
    if not row["born"]:  # a page that shows no card, only its dates: any adult of that birthday
        row = {**row, "born": "1980-04-23", "card_expires": row["card_expires_in"]}
    plan = check_and_assess(card_of(row), TODAY).plan
    certificate = Subject.CARD if plan.expire_together else Subject.CERTIFICATE
    shown = {
        "cert_expiry": plan.certificate_expiry,
        "cert_window": day_of(plan, certificate, MilestoneKind.WINDOW_OPENS),
        "card_expiry": plan.card_expiry,
        "card_window": day_of(plan, Subject.CARD, MilestoneKind.WINDOW_OPENS),
        "grace_end": day_of(plan, certificate, MilestoneKind.GRACE_ENDS),
    }
    published = {name: row[name] for name in shown if row[name]}
    assert {name: shown[name].isoformat() for name in published} == published


@pytest.mark.parametrize("row", rows("published-rules.csv"), ids=lambda row: row["source"])
def test_a_published_rule_gives_the_published_date(row: Row) -> None:
    assert shown_of(row["what"], row["given"]) == date.fromisoformat(row["expected"])


def shown_of(what: str, text: str) -> date:
    if what == "window_opens":
        return renewal_window(date.fromisoformat(text)).start
    if what == "grace_ends_anniversary":
        return grace_end(date.fromisoformat(text), GraceRule.ANNIVERSARY)
    if what == "grace_ends_month_end":
        return grace_end(date.fromisoformat(text), GraceRule.MONTH_END)
    plan = check_and_assess(card_of(dict(part.split("=") for part in text.split())), TODAY).plan
    shown = {
        "card_expiry": plan.card_expiry,
        "certificate_of_card_expires": plan.certificate_expiry,
    }
    return shown[what]


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row["case"])
def test_a_card_of_the_table_has_the_dates_of_the_table(row: Row) -> None:
    assessment = check_and_assess(card_of(row), date.fromisoformat(row["today"]))
    shown = shown_dates(assessment.plan, GraceRule(row["grace_rule"] or GraceRule.ANNIVERSARY))
    shown["milestones"] = shown["milestones"] if row["milestones"] else ""
    shown["caution"] = "+".join(sorted(cautions_of(assessment))) or "none"
    expected = {name: row[name] for name in shown if row[name]}
    assert {name: shown[name] for name in expected} == expected


def shown_dates(plan: Plan, grace: GraceRule) -> dict[str, str]:
    """The columns of the table for a plan. Windows and open days are the card's."""
    card = plan.card_expiry
    return {
        "certificate_expiry": plan.certificate_expiry.isoformat(),
        "card_expiry": card.isoformat(),
        "term": plan.term,
        "milestones": " ".join(milestones_of(plan, grace)),
        "checks": " ".join(map(str, sorted(checks_of(plan)))) or "none",
        "apply_by": apply_by(card, OTARU.last_day_to_apply).isoformat(),
        "last_open_day": OTARU.last_open_day(card, Task.APPLY).isoformat(),
        "first_open_day": OTARU.first_open_day(renewal_window(card).start, Task.APPLY).isoformat(),
        "grace_ends": grace_end(plan.certificate_expiry, grace).isoformat(),
    }


@pytest.mark.parametrize("row", REJECTED, ids=lambda row: row["case"])
def test_a_card_of_the_table_that_cannot_exist_is_rejected(row: Row) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_and_assess(card_of(row), date.fromisoformat(row["today"]))
    assert [problem.field for problem in caught.value.problems] == row["error_field"].split("+")


def test_the_tables_hold_every_grace_rule_and_caution() -> None:
    derived = rows("derived.csv")
    assert len(derived) >= 300
    assert len({row["case"] for row in derived}) == len(derived)
    assert {row["grace_rule"] for row in derived} - {""} == set(GraceRule)
    codes = {part.partition("=")[0] for row in derived for part in row["caution"].split("+")}
    assert codes - {"", "none"} == set(CautionCode) - {CautionCode.RENEWAL_DAY_UNKNOWN}
