"""Make the golden feeds again: ``python tests/golden/regenerate.py``; then see git diff.

``feeds.csv`` says of which cards. Those kept ``whole`` are written to ``<case>.<lang>.ics``. All
of them count for the digest in ``revisions.csv``, one line for each `REVISION` and language. A
line that was released never changes: when bytes have changed, move `REVISION` in
calsvc/feed/builder.py first. ``--check`` writes nothing, and fails where something would be
written.
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from calsvc.feed.builder import REVISION, FeedOptions, build_feed
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import LinkedCard, Reminders
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Card, Renewed
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import check_and_assess

HERE = Path(__file__).parent
REVISIONS = HERE / "revisions.csv"
DATES = ("issued", "card_expires", "applied", "cert_expires", "cert_renewed", "stay_until")
NUMBER = bytes.fromhex("0102030405060708")
LINK = LinkAddresses("https://calendar.example.jp", "1AAAAAAAAAAAAAAAAAAAAAAAAA")


def cards() -> Iterator[tuple[str, bool, Card]]:
    """Each case, whether it is kept whole, and its card."""
    with (HERE / "feeds.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = {name: value_of(row[name]) for name in DATES if row[name]}
            card = Card(date.fromisoformat(row["born"]), **given)
            yield row["case"], row["kept"] == "whole", card


def value_of(text: str) -> date | Renewed:
    """A date, or the answer that a certificate was renewed in its window."""
    return Renewed.IN_WINDOW if text == "yes" else date.fromisoformat(text)


def options_for(city: Municipality, lang: str) -> FeedOptions:
    """The options of a feed with standard reminders."""
    return FeedOptions(city, get_catalog(lang), Reminders.STANDARD)


def linked(card: Card, name: str = "", slot: int = 0) -> LinkedCard:
    """What a link holds of ``card``."""
    return LinkedCard(check_and_assess(card, None).plan, name, slot)


def whole_feeds(city: Municipality) -> dict[Path, bytes]:
    """The files, by name."""
    return {
        HERE / f"{case}.{lang}.ics": build_feed([linked(card)], options_for(city, lang))
        for case, whole, card in cards()
        for lang in LANGUAGES
        if whole
    }


def digest(city: Municipality, lang: str) -> str:
    """One number for every byte of a language: each card by both rules, and a household."""
    cities = [replace(city, grace=grace) for grace in GraceRule]
    options = options_for(city, lang)
    found = hashlib.sha256()
    for each in cities:
        for _, _, card in cards():
            found.update(build_feed([linked(card)], options_for(each, lang)))
    household = [
        linked(card, f"家族{slot}", slot) for slot, (_, _, card) in enumerate([*cards(), *cards()])
    ]
    found.update(build_feed(household, options, NUMBER, LINK))
    found.update(build_feed(household[:1], replace(options, reminders=Reminders.OFF)))
    return found.hexdigest()


def known_digests() -> dict[tuple[str, str], str]:
    """The lines of ``revisions.csv``: digest by revision and language."""
    with REVISIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {(row["revision"], row["language"]): row["digest"] for row in rows}


def main() -> None:
    """See above."""
    city = toml_reader.load("012033")
    files = {
        path: content
        for path, content in whole_feeds(city).items()
        if not path.exists() or path.read_bytes() != content
    }
    now = f"{REVISION:%Y-%m-%dT%H:%M:%SZ}"
    known = known_digests()
    digests = {lang: digest(city, lang) for lang in LANGUAGES}
    changed = [lang for lang in LANGUAGES if known.get((now, lang), digests[lang]) != digests[lang]]
    if changed:
        sys.exit(f"feeds changed ({', '.join(changed)}) but REVISION did not: move it, regenerate")
    fresh = [[now, lang, digests[lang]] for lang in LANGUAGES if (now, lang) not in known]
    if "--check" in sys.argv and (files or fresh):
        sys.exit(f"regenerate: {sorted(path.name for path in files)} {fresh}")
    for path, content in files.items():
        path.write_bytes(content)
    if fresh:
        with REVISIONS.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(fresh)


if __name__ == "__main__":
    main()
