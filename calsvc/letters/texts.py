"""A municipality's own letter text: a plain-text file with placeholders, for one language."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from calsvc.errors import MunicipalityFileError

DATES_LINE = "[dates]"
PLACEHOLDERS = ("city", "contact", "name", "opening", "places", "printed", "states")
"""Permitted placeholders. One with several paragraphs must be a paragraph of its own."""
PLACEHOLDER_PATTERN = re.compile(r"\{(?P<name>\w*)\}")
BRACES_PATTERN = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class LetterText:
    """The title, and the paragraphs before and after the table of dates."""

    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def fill(self, paragraphs: Sequence[str], params: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Yield ``paragraphs`` with ``params`` in place of their placeholders."""
        joined = {name: " ".join(texts) for name, texts in params.items()}
        for paragraph in paragraphs:
            placeholder = PLACEHOLDER_PATTERN.fullmatch(paragraph)
            if placeholder:
                yield from filter(None, params[placeholder["name"]])
            else:
                yield paragraph.format_map(joined)


def parse_letter_text(
    file: str, content: bytes, placeholders: Collection[str] = PLACEHOLDERS
) -> LetterText:
    """Parse a letter text. Raises `MunicipalityFileError` with a line number."""
    lines = parse_lines(file, content, placeholders)
    indexes = [index for index, line in enumerate(lines) if line.strip() == DATES_LINE]
    if len(indexes) != 1:
        raise MunicipalityFileError(file, DATES_LINE, "must stand alone on one line, once")
    if not lines[0].strip() or indexes[0] == 0:
        raise MunicipalityFileError(file, "line 1", "must be the title")
    before, after = lines[1 : indexes[0]], lines[indexes[0] + 1 :]
    return LetterText(lines[0].strip(), (*_paragraphs(before),), (*_paragraphs(after),))


def parse_lines(file: str, content: bytes, placeholders: Collection[str]) -> Sequence[str]:
    """Decode ``content`` and check its placeholders against ``placeholders``.

    Raises `MunicipalityFileError` with the number of the faulty line.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise MunicipalityFileError(file, "", "is not UTF-8") from None
    for number, line in enumerate(lines, 1):
        _check_line(file, number, line, placeholders)
    return lines


def _check_line(file: str, number: int, line: str, placeholders: Collection[str]) -> None:
    rest = PLACEHOLDER_PATTERN.sub("", BRACES_PATTERN.sub("", line))
    if "{" in rest or "}" in rest:
        raise MunicipalityFileError(
            file, f"line {number}", "a brace that stands for itself is doubled"
        )
    for name in PLACEHOLDER_PATTERN.findall(BRACES_PATTERN.sub("", line)):
        if name not in placeholders:
            known = ", ".join(placeholders)
            raise MunicipalityFileError(
                file, f"line {number}", f"{{{name}}} is not known. Known: {known}"
            )


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Join lines into paragraphs, which are separated by blank lines."""
    paragraph: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            yield "".join(paragraph) if _is_unspaced(paragraph) else " ".join(paragraph)
            paragraph = []


def _is_unspaced(lines: Sequence[str]) -> bool:
    """Return True for Japanese and Chinese, whose lines are joined without spaces."""
    return bool(re.search(r"[\u3000-\u30ff\u3400-\u9fff]$", lines[0]))
