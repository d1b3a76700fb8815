"""Valid inputs for schemathesis: plausible birth dates, consistent cards, and tokens that open.

Hooks replace the values of every second positive case. Negative cases remain unchanged.
"""

from collections.abc import Mapping
from datetime import date

import schemathesis
from hypothesis import strategies as st

from calsvc.links.keys import parse_keys
from calsvc.links.sealing import Keyring
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from tests.support.links import link_of
from tests.support.servers import KEY

DAYS = st.dates(date(1895, 1, 1), date(2042, 12, 31)).map(date.isoformat)
CARDS: tuple[Mapping[str, str], ...] = (
    {"born": "1985-04-23", "issued": "2020-06-01"},
    {"born": "昭和60年4月23日", "card_expires": "2030-04-23", "cert_expires": "R7.4.23"},
    {"born": "2015-11-03", "issued": "令和4年10月1日", "applied": "2022/9/1"},
    {"born": "20000229", "issued": "2022-06-01", "stay_until": "2028-03-31"},
)
FORM = {
    "cards": "1",
    **{f"c1-born-{part}": text for part, text in zip(("year", "month", "day"), "194", strict=True)},
    **{
        f"c1-issued-{part}": text
        for part, text in zip(("year", "month", "day"), "561", strict=True)
    },
    "c1-born-era": "平成",
    "c1-issued-era": "令和",
}
KEYRING = Keyring(parse_keys(KEY, "tests"))
LINKS = (
    link_of(Card(date(1985, 4, 23), issued=date(2020, 6, 1))),
    link_of(
        NamedCard(Card(date(1990, 2, 28), card_expires=date(2030, 2, 28)), "花子"), language="en"
    ),
)
TOKENS = tuple(KEYRING.seal(each) for each in LINKS)

schemathesis.openapi.format("date", DAYS)


@schemathesis.hook
def map_case(_context: object, case: schemathesis.Case) -> schemathesis.Case:
    """Replace generated tokens and cards by valid ones."""
    number = len(str((case.path_parameters, case.query, case.body)))
    if case.meta and case.meta.generation.mode.is_positive and number % 2:
        card, operation = CARDS[number // 2 % len(CARDS)], case.operation
        if "{token}" in operation.path:
            case.path_parameters["token"] = TOKENS[number // 2 % len(TOKENS)]
            if operation.method == "post":
                case.body = {**case.body, "do": "", **FORM}
        elif operation.path in ("/calendar.ics", "/api/milestones"):
            case.query = {**card, **_choices(case.query)}
        elif operation.path == "/api/links":
            case.body = {
                **case.body,
                "cards": [{**card, **_name(each)} for each in case.body["cards"]],
            }
        elif operation.method == "post":
            case.body = {**case.body, "do": "", **FORM}
    return case


def _choices(query: Mapping[str, object] | None) -> dict[str, object]:
    return {name: value for name, value in (query or {}).items() if name in ("lang", "alarms")}


def _name(card: Mapping[str, object]) -> dict[str, object]:
    return {"name": card["name"]} if "name" in card else {}
