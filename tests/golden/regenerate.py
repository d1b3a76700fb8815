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

from calsvc.feed.builder import REVISION, Holder, feed
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Card
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import plan

HERE = Path(__file__).parent
REVISIONS = HERE / "revisions.csv"
DATES = ("issued", "card_expires", "applied", "cert_expires", "stay_until")
LINK = LinkAddresses("https://calendar.example.jp", "1AAAAAAAAAAAAAAAAAAAAAAAAA")


def cards() -> Iterator[tuple[str, bool, Card]]:
    """Each case, whether it is kept whole, and its card."""
    with (HERE / "feeds.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = {name: date.fromisoformat(row[name]) for name in DATES if row[name]}
            card = Card(date.fromisoformat(row["born"]), **given)
            yield row["case"], row["kept"] == "whole", card


def whole_feeds(city: Municipality) -> dict[Path, bytes]:
    """The files, by name."""
    return {
        HERE / f"{case}.{lang}.ics": feed([Holder(plan(card, city.grace))], city, catalog(lang))
        for case, whole, card in cards()
        for lang in LANGUAGES
        if whole
    }


def digest(city: Municipality, lang: str) -> str:
    """One number for every byte of a language: each card by both rules, and a household."""
    cities = [replace(city, grace=grace) for grace in GraceRule]
    holders = [(each, Holder(plan(card, each.grace))) for each in cities for _, _, card in cards()]
    found = hashlib.sha256()
    for each, holder in holders:
        found.update(feed([holder], each, catalog(lang)))
    household = [Holder(holder.plan, f"家族{place}") for place, (_, holder) in enumerate(holders)]
    found.update(feed(household, city, catalog(lang), addresses=LINK))
    found.update(feed(household[:1], city, catalog(lang), alarms=False))
    return found.hexdigest()


def known_digests() -> dict[tuple[str, str], str]:
    """The lines of ``revisions.csv``: digest by revision and language."""
    with REVISIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {(row["revision"], row["language"]): row["digest"] for row in rows}


def main() -> None:
    """See above."""
    city = toml_reader.load("otaru")
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
