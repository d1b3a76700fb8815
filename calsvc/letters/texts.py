"""Reads a city's own text of a letter: a plain file with placeholders, for one language."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from calsvc.errors import MunicipalityFileError

DATES = "[dates]"
PLACEHOLDERS = ("city", "contact", "name", "opening", "places", "printed", "states")
"""What a text may name. Those of several paragraphs stand in a paragraph of their own."""
PLACEHOLDER = re.compile(r"\{(?P<name>\w*)\}")
BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class LetterText:
    """A title, and the paragraphs before and after the table of dates."""

    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def fill(self, paragraphs: Sequence[str], params: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Yields ``paragraphs`` with their placeholders filled in."""
        singles = {name: " ".join(texts) for name, texts in params.items()}
        for each in paragraphs:
            alone = PLACEHOLDER.fullmatch(each)
            if alone:
                yield from filter(None, params[alone["name"]])
            else:
                yield each.format_map(singles)


def read_text(
    file: str, content: bytes, placeholders: Collection[str] = PLACEHOLDERS
) -> LetterText:
    """Return the text in ``content``. Raises `MunicipalityFileError` with the faulty line."""
    lines = read_lines(file, content, placeholders)
    places = [number for number, line in enumerate(lines) if line.strip() == DATES]
    if len(places) != 1:
        raise MunicipalityFileError(file, DATES, "must stand alone on one line, once")
    if not lines[0].strip() or places[0] == 0:
        raise MunicipalityFileError(file, "line 1", "must be the title")
    before, after = lines[1 : places[0]], lines[places[0] + 1 :]
    return LetterText(lines[0].strip(), (*_paragraphs(before),), (*_paragraphs(after),))


def read_lines(file: str, content: bytes, placeholders: Collection[str]) -> Sequence[str]:
    """Returns the lines in ``content``, which name no others than ``placeholders``.

    Raises `MunicipalityFileError`.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise MunicipalityFileError(file, "", "is not UTF-8") from None
    for number, line in enumerate(lines, 1):
        _check_line(file, number, line, placeholders)
    return lines


def _check_line(file: str, number: int, line: str, placeholders: Collection[str]) -> None:
    rest = PLACEHOLDER.sub("", BRACES.sub("", line))
    if "{" in rest or "}" in rest:
        raise MunicipalityFileError(
            file, f"line {number}", "a brace that stands for itself is doubled"
        )
    for name in PLACEHOLDER.findall(BRACES.sub("", line)):
        if name not in placeholders:
            known = ", ".join(placeholders)
            raise MunicipalityFileError(
                file, f"line {number}", f"{{{name}}} is not known. Known: {known}"
            )


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Yields what blank lines part."""
    held: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            held.append(line.strip())
        elif held:
            yield "".join(held) if _is_unspaced(held) else " ".join(held)
            held = []


def _is_unspaced(lines: Sequence[str]) -> bool:
    """Returns whether no spaces stand between words: Japanese and Chinese lines are joined."""
    return bool(re.search(r"[\u3000-\u30ff\u3400-\u9fff]$", lines[0]))
