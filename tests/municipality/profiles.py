"""The built-in profile of Otaru, and changes to it."""

from importlib.resources import files

OTARU = (files("calsvc.municipality") / "profiles" / "otaru.toml").read_text(encoding="utf-8")
YEAR_END = 'year_end = ["12-29", "01-03"]'


def changed(old: str, new: str) -> bytes:
    assert old in OTARU
    return OTARU.replace(old, new).encode()
