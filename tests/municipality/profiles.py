"""The built-in profile of Otaru, changes to it, and small profiles."""

from calsvc.municipality import loader
from calsvc.municipality.model import Municipality

OTARU = loader.built_in_content("012033").decode()
SMALL = """\
format = 2
code = "233021"
checked = 2026-11-25
sources = [{ page = "https://www.town.example.jp/page.html" }]
"""
COUNTER = """
[[counter]]
id = "main"
kind = "town-hall"
does = ["certificate"]
name.ja = "窓口"
"""


def changed(old: str, new: str) -> bytes:
    assert old in OTARU
    return OTARU.replace(old, new).encode()


def small(further: str = "", counter: str = "") -> Municipality:
    """Return the municipality that a small profile describes, with ``further`` lines."""
    return loader.parse_municipality("small.toml", f"{SMALL}{further}{COUNTER}{counter}".encode())
