"""Keeps bytes with slots that other bytes fill."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

FOLD = b"\r\n "
OCTETS_BEFORE_FOLD = 74
"""icalendar folds a line after so many octets, without the space that leads a further line."""
WHOLE = slice(None)


class Slot(NamedTuple):
    """A slot in folded text: it starts at ``offset`` and holds ``part`` of a value.

    ``value`` is the index of the value. One that a fold divides fills several slots.
    """

    offset: int
    value: int
    part: slice
    length: int


class BytesTemplate:
    """Bytes with slots, between fixed pieces."""

    def __init__(self, pieces: Sequence[bytes], slots: Sequence[tuple[int, slice]]) -> None:
        """There is one piece more than slots. A slot has the index and the part of its value."""
        self.pieces, self.slots = tuple(pieces), tuple(slots)

    @classmethod
    def cut(
        cls,
        folded: bytes,
        words: Sequence[bytes],
        lines: Sequence[bytes] = (),
        ending: bytes = b"",
    ) -> Self:
        """Returns ``folded`` with a slot wherever one of ``words`` or ``lines`` stands.

        ``words`` are found even where a fold divides them, and are filled with values of the same
        width. ``lines`` are found only as they are, and are filled with values of any width.
        ``ending`` is found as words are, at the end of a line. Each of its slots has a value of
        its own, after those of the lines: see `fold`.
        """
        slots = [*_find_words(folded, words), *_find_lines(folded, lines, len(words))]
        if ending:
            slots += _find_endings(folded, ending, len(words) + len(lines))
        pieces, end = [], 0
        for slot in sorted(slots, key=lambda slot: slot.offset):
            pieces.append(folded[end : slot.offset])
            end = slot.offset + slot.length
        ordered = sorted(slots, key=lambda slot: slot.offset)
        return cls([*pieces, folded[end:]], [(slot.value, slot.part) for slot in ordered])

    def render(self, values: Sequence[bytes]) -> bytes:
        """Returns the bytes with ``values``, by index, in the slots."""
        parts = [b""] * (2 * len(self.slots) + 1)
        parts[::2] = self.pieces
        parts[1::2] = [values[index][part] for index, part in self.slots]
        return b"".join(parts)

    def bind(self, values: Mapping[int, bytes]) -> Self:
        """Returns a template in which ``values`` fill their slots and only the others are left."""
        pieces: list[list[bytes]] = [[self.pieces[0]]]
        slots = []
        for (index, part), piece in zip(self.slots, self.pieces[1:], strict=True):
            if index in values:
                pieces[-1] += values[index][part], piece
            else:
                slots.append((index, part))
                pieces.append([piece])
        return type(self)([b"".join(parts) for parts in pieces], slots)

    def renumbered(self, count: int) -> Self:
        """Returns a template whose values 1 to ``count`` are gone, so the later ones move up."""
        slots = [(index - count if index > count else index, part) for index, part in self.slots]
        return type(self)(self.pieces, slots)


def column_after(folded: bytes) -> int:
    """Returns how many octets the last line of ``folded`` has, without a leading space."""
    last = folded.rpartition(b"\r\n")[2]
    return len(last) - last.startswith(b" ")


def fold(value: bytes, column: int) -> bytes:
    """Returns ``value``, of ASCII alone, folded behind ``column`` octets as icalendar does."""
    at = OCTETS_BEFORE_FOLD - column
    folded = value[:at]
    while at < len(value):
        folded += FOLD + value[at : at + OCTETS_BEFORE_FOLD]
        at += OCTETS_BEFORE_FOLD
    return folded


def _find_words(folded: bytes, words: Sequence[bytes]) -> Iterator[Slot]:
    unfolded, origin = _unfold(folded)
    for match in re.finditer(b"|".join(map(re.escape, words)), unfolded):
        index = words.index(match[0])
        run = origin[match.start() : match.end()]
        breaks = [at for at in range(1, len(run)) if run[at] != run[at - 1] + 1]
        for start, stop in pairwise([0, *breaks, len(run)]):
            yield Slot(run[start], index, slice(start, stop) if breaks else WHOLE, stop - start)


def _unfold(folded: bytes) -> tuple[bytes, list[int]]:
    """Returns the text without its folds, and the offset that each of its bytes had."""
    folds = {at for match in re.finditer(FOLD, folded) for at in range(*match.span())}
    origin = [at for at in range(len(folded)) if at not in folds]
    return bytes(folded[at] for at in origin), origin


def _find_lines(folded: bytes, lines: Sequence[bytes], first_index: int) -> Iterator[Slot]:
    for index, line in enumerate(lines, start=first_index):
        for match in re.finditer(re.escape(line), folded):
            yield Slot(match.start(), index, WHOLE, len(line))


def _find_endings(folded: bytes, ending: bytes, first_index: int) -> Iterator[Slot]:
    unfolded, origin = _unfold(folded)
    found = re.finditer(re.escape(ending), unfolded)
    for index, match in enumerate(found, start=first_index):
        start = origin[match.start()]
        yield Slot(start, index, WHOLE, origin[match.end() - 1] + 1 - start)
