"""Keeps bytes with slots that other bytes fill."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Self

FOLD = b"\r\n "
OCTETS_BEFORE_FOLD = 74
"""icalendar folds a line after so many octets, without the space that leads a further line."""
WHOLE = slice(None)
SHARED_PIECES, SHARED_SLOTS = 16384, 4096
"""Templates repeat most of one another's pieces and slots. All that can be reached have 11,500
pieces, which take 20 MB."""


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
        self.pieces = tuple(_shared(piece) for piece in pieces)
        self.slots = tuple(_shared_slot(index, part.start, part.stop) for index, part in slots)

    @classmethod
    def cut(
        cls,
        folded: bytes,
        words: Sequence[bytes],
        lines: Sequence[bytes] = (),
        ending: bytes = b"",
    ) -> Self:
        """Returns ``folded`` with a slot wherever one of ``catalog`` or ``lines`` stands.

        ``catalog`` are found even where a fold divides them, and are filled with values of the same
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

    def bind(self, values: "Sequence[bytes | int | BoundTemplate]") -> "BoundTemplate":
        """Return the template with its slots filled, by the index of their value.

        An integer leaves a slot and is the new index of its value. A template takes the place of a
        slot that no fold divides.
        """
        parts, left = [self.pieces[0]], []
        for (index, part), piece in zip(self.slots, self.pieces[1:], strict=True):
            value = values[index]
            if isinstance(value, bytes):
                parts.append(value[part])
            elif isinstance(value, int):
                left.append((len(parts), value, part.start, part.stop))
                parts.append(b"")
            else:
                left += [
                    (len(parts) + place, index, part.start, part.stop)
                    for place, index, part in value.left
                ]
                parts += value.parts
            parts.append(piece)
        return BoundTemplate(tuple(parts), _shared_left(tuple(left)))


class BoundTemplate(NamedTuple):
    """A template of which few slots are left. It shares its pieces with all of the same kind.

    ``left``: the place of each slot among ``parts``, the index of its value, and the part of it.
    """

    parts: tuple[bytes, ...]
    left: tuple[tuple[int, int, slice], ...]

    def fill(self, values: Sequence[bytes]) -> list[bytes]:
        """Return the parts with ``values``, by index, in the slots that are left."""
        parts = [*self.parts]
        for place, index, part in self.left:
            parts[place] = values[index][part]
        return parts


@lru_cache(maxsize=SHARED_PIECES)
def _shared(piece: bytes) -> bytes:
    """Returns the one object for equal bytes."""
    return piece


@lru_cache(maxsize=SHARED_SLOTS)
def _shared_slot(index: int, start: int | None, stop: int | None) -> tuple[int, slice]:
    """Returns the one object for a slot of the value ``index``."""
    return index, slice(start, stop)


@lru_cache(maxsize=SHARED_SLOTS)
def _shared_left(
    left: tuple[tuple[int, int, int | None, int | None], ...],
) -> tuple[tuple[int, int, slice], ...]:
    """Return the one object for slots that are left, whose parts have equal ends."""
    return tuple((place, index, slice(start, stop)) for place, index, start, stop in left)


def columns_before(folded: bytes, ending: bytes) -> tuple[int, ...]:
    """Returns for each ``ending`` how many octets stand before it in its line.

    The space that leads a further line is not counted. ``ending`` is found as by `cut`, none if ''.
    """
    starts = [slot.offset for slot in _find_endings(folded, ending, 0)] if ending else []
    lines = [folded[:start].rpartition(b"\r\n")[2] for start in starts]
    return tuple(len(line) - line.startswith(b" ") for line in lines)


def fold(value: bytes, column: int) -> bytes:
    """Returns ``value``, of ASCII alone, folded behind ``column`` octets as icalendar does."""
    at = OCTETS_BEFORE_FOLD - column
    folded = value[:at]
    while at < len(value):
        folded += FOLD + value[at : at + OCTETS_BEFORE_FOLD]
        at += OCTETS_BEFORE_FOLD
    return folded


def _find_words(folded: bytes, words: Sequence[bytes]) -> Iterator[Slot]:
    unfolded, folds = folded.replace(FOLD, b""), _offsets_of_folds(folded)
    for match in re.finditer(b"|".join(map(re.escape, words)), unfolded):
        index, (start, end) = words.index(match[0]), match.span()
        breaks = [each for each in folds if start < each < end]
        for first, last in pairwise([start, *breaks, end]):
            part = slice(first - start, last - start) if breaks else WHOLE
            yield Slot(_folded_offset(folds, first), index, part, last - first)


def _offsets_of_folds(folded: bytes) -> list[int]:
    """Returns where the text was folded: the offsets in the text without its folds."""
    matches = re.finditer(FOLD, folded)
    return [match.start() - number * len(FOLD) for number, match in enumerate(matches)]


def _folded_offset(folds: Sequence[int], offset: int) -> int:
    """Returns where that which stands at ``offset`` without folds stands with them."""
    return offset + len(FOLD) * bisect_right(folds, offset)


def _find_lines(folded: bytes, lines: Sequence[bytes], first_index: int) -> Iterator[Slot]:
    for index, line in enumerate(lines, start=first_index):
        for match in re.finditer(re.escape(line), folded):
            yield Slot(match.start(), index, WHOLE, len(line))


def _find_endings(folded: bytes, ending: bytes, first_index: int) -> Iterator[Slot]:
    unfolded, folds = folded.replace(FOLD, b""), _offsets_of_folds(folded)
    found = re.finditer(re.escape(ending), unfolded)
    for index, match in enumerate(found, start=first_index):
        start, last = (_folded_offset(folds, at) for at in (match.start(), match.end() - 1))
        yield Slot(start, index, WHOLE, last + 1 - start)
