"""``POST /api/links``: which bodies become a link, and how each fault is reported."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from calsvc.errors import InvalidInputError
from calsvc.links.content import Reminders
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card, Renewed
from calsvc.web.api.link_request import LinkRequest, parse_link_request
from tests.support.clients import TODAY

CARD = {"born": "1990-10-10", "issued": "2020-05-15"}
MEMBER = NamedCard(Card(date(1990, 10, 10), date(2020, 5, 15)))
RENEWED = NamedCard(MEMBER.card._replace(cert_renewed=Renewed.IN_WINDOW))


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ({"cards": [CARD]}, LinkRequest((MEMBER,), "en", Reminders.STANDARD)),
        ({"cards": [CARD], "lang": "ja"}, LinkRequest((MEMBER,), "ja", Reminders.STANDARD)),
        ({"cards": [CARD], "alarms": False}, LinkRequest((MEMBER,), "en", Reminders.OFF)),
        ({"cards": [CARD], "alarms": "off"}, LinkRequest((MEMBER,), "en", Reminders.OFF)),
        ({"cards": [CARD], "alarms": "few"}, LinkRequest((MEMBER,), "en", Reminders.FEW)),
        ({"cards": [CARD], "alarms": True}, LinkRequest((MEMBER,), "en", Reminders.STANDARD)),
        (
            {"cards": [{**CARD, "name": "Hana"}, CARD]},
            LinkRequest((MEMBER._replace(name="Hana"), MEMBER), "en", Reminders.STANDARD),
        ),
        (
            {"cards": [{**CARD, "cert_renewed": "yes"}]},
            LinkRequest((RENEWED,), "en", Reminders.STANDARD),
        ),
        (
            {"cards": [{"born": "平成2年10月10日", "issued": "R2.5.15"}]},
            LinkRequest((MEMBER,), "en", Reminders.STANDARD),
        ),
    ],
)
def test_a_body_becomes_a_link(body: dict[str, object], link: LinkRequest) -> None:
    assert parse_link_request(body, "en", TODAY) == link


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, [("cards", "cards.number")]),
        ({"cards": []}, [("cards", "cards.number")]),
        ({"cards": [CARD] * 11}, [("cards", "cards.number")]),
        ({"cards": CARD}, [("cards", "cards.number")]),
        ({"cards": [[]]}, [("cards[0].card", "body.not_an_object")]),
        ({"cards": [CARD, {"born": "1990-10-10"}]}, [("cards[1].issued", "issued.missing")]),
        ({"cards": [{**CARD, "born": 19901010}]}, [("cards[0].born", "field.not_text")]),
        ({"cards": [{**CARD, "birth": ""}]}, [("cards[0].birth", "parameter.unknown")]),
        ({"cards": [CARD], "lang": "fr"}, [("lang", "lang.unknown")]),
        ({"cards": [CARD], "alarms": "OFF"}, [("alarms", "alarms.unknown")]),
        ({"cards": [CARD], "1990-10-10": 1}, [("(unknown)", "parameter.unknown")]),
        (
            {"cards": [{"born": "x"}], "lang": "fr", "alarms": 1},
            [
                ("lang", "lang.unknown"),
                ("alarms", "alarms.unknown"),
                ("cards[0].born", "date.unreadable"),
                ("cards[0].issued", "issued.missing"),
            ],
        ),
    ],
)
def test_each_fault_is_reported_by_its_field(
    body: dict[str, object], problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_link_request(body, "en", TODAY)
    assert [(problem.field, problem.key) for problem in caught.value.problems] == problems


def test_only_a_few_unknown_fields_are_reported() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_link_request({"cards": [CARD], **dict.fromkeys("abcdefgh", 1)}, "en", TODAY)
    assert [problem.field for problem in caught.value.problems] == ["a", "b", "c"]


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 50_000])
def test_a_body_that_is_no_object_is_rejected(api_client: TestClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json", "Host": "localhost", "Accept-Language": "en"}
    answer = api_client.post("/api/links", content=content, headers=headers)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (
        400,
        ["body"],
    )
