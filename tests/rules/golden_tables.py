"""Reads the golden tables of cards: what offices published, and what was computed by hand."""

import csv
from datetime import date

from calsvc.rules.card import Card, Renewed
from tests.support.paths import GOLDEN

DATES = ("issued", "card_expires", "applied", "cert_expires", "cert_renewed", "stay_until")


Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def card_of(row: Row) -> Card:
    dates = {name: value_of(row[name]) for name in DATES if row.get(name)}
    return Card(date.fromisoformat(row["born"]), **dates)


def value_of(text: str) -> date | Renewed:
    return Renewed.IN_WINDOW if text == "yes" else date.fromisoformat(text)
