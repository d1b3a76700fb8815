"""Writes the golden feeds: ``python tests/golden/regenerate.py``. Review the result with git diff.

``feeds.csv`` has the cards. Cards with ``whole`` are written to ``<case>.<lang>.ics``. The digest
in ``revisions.csv`` covers all cards, with one line for each `REVISION` and language. A released
line never changes. If bytes have changed, first increase `REVISION` in calsvc/feed/builder.py.
``--check`` writes no file, and fails if a file would change.
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
from calsvc.links.urls import LinkUrls
from calsvc.municipality import loader
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Card, Renewed
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import check_and_assess

HERE = Path(__file__).parent
REVISIONS = HERE / "revisions.csv"
DATES = ("issued", "card_expires", "applied", "cert_expires", "cert_renewed", "stay_until")
NUMBER = bytes.fromhex("0102030405060708")
LINK = LinkUrls("https://calendar.example.jp", "1AAAAAAAAAAAAAAAAAAAAAAAAA")


def load_cases() -> Iterator[tuple[str, bool, Card]]:
    """Yield the name of each case, True if its feed is a file, and its card."""
    with (HERE / "feeds.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            dates = {name: parse_value(row[name]) for name in DATES if row[name]}
            card = Card(date.fromisoformat(row["born"]), **dates)
            yield row["case"], row["kept"] == "whole", card


def parse_value(text: str) -> date | Renewed:
    """Parse a date, or ``yes`` for a certificate that was renewed in its window."""
    return Renewed.IN_WINDOW if text == "yes" else date.fromisoformat(text)


def options_for(municipality: Municipality, lang: str) -> FeedOptions:
    """Build the options of a feed with standard reminders."""
    return FeedOptions(municipality, get_catalog(lang), Reminders.STANDARD)


def link_card(card: Card, name: str = "", slot: int = 0) -> LinkedCard:
    """Build the plan of ``card`` with a name, as links hold it."""
    return LinkedCard(check_and_assess(card, None).plan, name, slot)


def build_feed_files(municipality: Municipality) -> dict[Path, bytes]:
    """Build the feeds that are stored as files, by path."""
    return {
        HERE / f"{case}.{lang}.ics": build_feed([link_card(card)], options_for(municipality, lang))
        for case, whole, card in load_cases()
        for lang in LANGUAGES
        if whole
    }


def compute_digest(municipality: Municipality, lang: str) -> str:
    """Return the digest of the feeds of a language: cards by both grace rules, a household."""
    municipalities = [replace(municipality, grace_rule=grace) for grace in GraceRule]
    options = options_for(municipality, lang)
    digest = hashlib.sha256()
    for variant in municipalities:
        for _, _, card in load_cases():
            digest.update(build_feed([link_card(card)], options_for(variant, lang)))
    household = [
        link_card(card, f"家族{slot}", slot)
        for slot, (_, _, card) in enumerate([*load_cases(), *load_cases()])
    ]
    digest.update(build_feed(household, options, NUMBER, LINK))
    digest.update(build_feed(household[:1], replace(options, reminders=Reminders.OFF)))
    return digest.hexdigest()


def load_digests() -> dict[tuple[str, str], str]:
    """Read ``revisions.csv``: digests by revision and language."""
    with REVISIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {(row["revision"], row["language"]): row["digest"] for row in rows}


def main() -> None:
    """Write or check the files and digests."""
    municipality = loader.load_municipality("012033")
    files = {
        path: content
        for path, content in build_feed_files(municipality).items()
        if not path.exists() or path.read_bytes() != content
    }
    now = f"{REVISION:%Y-%m-%dT%H:%M:%SZ}"
    known = load_digests()
    digests = {lang: compute_digest(municipality, lang) for lang in LANGUAGES}
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
