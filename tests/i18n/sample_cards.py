"""Cards and municipalities that together use every text of an event."""

import re
from datetime import date
from pathlib import Path

import calsvc
from calsvc.municipality import loader
from calsvc.rules.card import Card, CautionCode, Renewed
from calsvc.rules.plan import Plan, check_and_assess

SOURCE = Path(calsvc.__file__).parent
OTARU = loader.load_municipality("012033")
OTARU_TOML = (SOURCE / "municipality" / "profiles" / "012033.toml").read_text(encoding="utf-8")
MONTH_END = loader.parse_municipality(
    "month-end", OTARU_TOML.replace('"anniversary"', '"month-end"').encode()
)
PLAIN = loader.parse_municipality(
    "plain", re.sub(r"^(extension|fax) = .*\n", "", OTARU_TOML, flags=re.MULTILINE).encode()
)
CITIES = (OTARU, MONTH_END, PLAIN)
BUILT_IN = [
    loader.load_municipality(path.stem)
    for path in sorted((SOURCE / "municipality" / "profiles").glob("*.toml"))
]
ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))
STAY_WITH_CERTIFICATE = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2030, 1, 31))
LEAPLING = Card(date(1980, 2, 29), date(2023, 8, 1))
DOUBTS = {
    CautionCode.THRESHOLD_UNCERTAIN: Card(date(2003, 8, 20), date(2022, 6, 1)),
    CautionCode.AGE_UNCERTAIN: Card(date(2006, 5, 20), date(2024, 5, 21)),
    CautionCode.BIRTHDAY_EVE: Card(date(2008, 6, 2), date(2026, 6, 1)),
    CautionCode.RENEWED_EARLY: Card(date(1980, 1, 20), date(2025, 12, 10)),
    CautionCode.EXPIRY_UNUSUAL: Card(date(2003, 12, 31), card_expires=date(2027, 12, 31)),
    CautionCode.CERTIFICATE_UNCERTAIN: Card(
        date(1988, 2, 10), card_expires=date(2027, 3, 31), stay_until=date(2027, 3, 31)
    ),
    CautionCode.CERTIFICATE_NOT_BIRTHDAY: Card(
        date(1980, 4, 23), card_expires=date(2030, 4, 23), cert_expires=date(2027, 10, 1)
    ),
    CautionCode.STAY_LONGER_THAN_CARD: Card(
        date(1988, 2, 10),
        card_expires=date(2027, 3, 31),
        cert_expires=date(2027, 2, 10),
        stay_until=date(2028, 3, 31),
    ),
    CautionCode.STAY_UNUSUAL: Card(
        date(1990, 6, 15), date(2026, 7, 1), stay_until=date(2036, 7, 1)
    ),
    CautionCode.CARD_EXTENDED: Card(
        date(1995, 7, 7),
        card_expires=date(2027, 1, 30),
        cert_expires=date(2027, 1, 30),
        stay_until=date(2026, 11, 30),
    ),
    CautionCode.CERTIFICATE_NOT_EXTENDED: Card(
        date(2015, 7, 7), card_expires=date(2027, 1, 30), stay_until=date(2026, 11, 30)
    ),
    CautionCode.CERTIFICATE_REISSUED: Card(
        date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31)
    ),
    CautionCode.RENEWAL_DAY_UNKNOWN: Card(
        date(1980, 4, 23), card_expires=date(2030, 4, 23), cert_renewed=Renewed.SOMETIME
    ),
    CautionCode.RENEWAL_WINDOW_UNCERTAIN: Card(
        date(1990, 10, 10), date(2025, 9, 15), cert_renewed=Renewed.IN_WINDOW
    ),
    CautionCode.NEXT_CARD: Card(date(1985, 4, 2), card_expires=date(2037, 4, 2)),
}
OPENS_ON_CLOSED_DAY = Card(date(1987, 3, 31), card_expires=date(2027, 3, 31))
CARDS = (ADULT, MINOR, STAY, STAY_WITH_CERTIFICATE, LEAPLING, OPENS_ON_CLOSED_DAY, *DOUBTS.values())


def plan_of(card: Card) -> Plan:
    return check_and_assess(card, date(2026, 11, 24)).plan
