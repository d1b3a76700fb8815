"""Defines templates of bytes, with slots for values."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Self

FOLD = b"\r\n "
MAX_LINE_OCTETS = 74
"""Octets after which icalendar folds a line, without the space at the start of a folded line."""
WHOLE_VALUE = slice(None)
PIECE_CACHE_SIZE, SLOT_CACHE_SIZE = 16384, 4096
"""Entries. Templates share most of their pieces and slots. All templates together have 11,500
pieces, which take 20 MB."""


class Slot(NamedTuple):
    """A slot in folded text. It starts at ``offset`` and contains ``part`` of a value.

    ``value_index``: the index of the value. A value that a fold divides has several slots.
    """

    offset: int
    value_index: int
    part: slice
    length: int


class BytesTemplate:
    """Bytes with slots, between fixed pieces."""

    def __init__(self, pieces: Sequence[bytes], slots: Sequence[tuple[int, slice]]) -> None:
        """``pieces``: one more than ``slots``. A slot is the index and the part of a value."""
        self.pieces = tuple(_intern_piece(piece) for piece in pieces)
        self.slots = tuple(_intern_slot(index, part.start, part.stop) for index, part in slots)

    @classmethod
    def cut(
        cls,
        folded: bytes,
        placeholders: Sequence[bytes],
        line_placeholders: Sequence[bytes] = (),
        ending: bytes = b"",
    ) -> Self:
        """Return ``folded`` with slots in place of placeholders.

        ``placeholders`` may be divided by a fold. Their values must have the same width.
        ``line_placeholders`` must not be divided. Their values may have any width.
        ``ending``, at the end of a line, may be divided. Each of its slots has its own value, which
        `fold` folds. The indexes of these values follow those of the lines.
        """
        slots = [
            *_find_placeholders(folded, placeholders),
            *_find_line_placeholders(folded, line_placeholders, len(placeholders)),
        ]
        if ending:
            slots += _find_endings(folded, ending, len(placeholders) + len(line_placeholders))
        pieces, end = [], 0
        for slot in sorted(slots, key=lambda slot: slot.offset):
            pieces.append(folded[end : slot.offset])
            end = slot.offset + slot.length
        ordered = sorted(slots, key=lambda slot: slot.offset)
        return cls([*pieces, folded[end:]], [(slot.value_index, slot.part) for slot in ordered])

    def render(self, values: Sequence[bytes]) -> bytes:
        """Return the bytes with ``values``, by index, in the slots."""
        parts = [b""] * (2 * len(self.slots) + 1)
        parts[::2] = self.pieces
        parts[1::2] = [values[index][part] for index, part in self.slots]
        return b"".join(parts)

    def bind(self, values: "Sequence[bytes | int | BoundTemplate]") -> "BoundTemplate":
        """Return the template with its slots filled, by the index of their value.

        If a value is an integer, its slot stays open, and the integer is its new index. A template
        may replace a slot that no fold divides.
        """
        parts, open_slots = [self.pieces[0]], []
        for (index, part), piece in zip(self.slots, self.pieces[1:], strict=True):
            value = values[index]
            if isinstance(value, bytes):
                parts.append(value[part])
            elif isinstance(value, int):
                open_slots.append((len(parts), value, part.start, part.stop))
                parts.append(b"")
            else:
                open_slots += [
                    (len(parts) + position, index, part.start, part.stop)
                    for position, index, part in value.open_slots
                ]
                parts += value.parts
            parts.append(piece)
        return BoundTemplate(tuple(parts), _intern_slots(tuple(open_slots)))


class BoundTemplate(NamedTuple):
    """A template with few open slots. It shares its pieces with similar templates.

    ``open_slots``: the index of each slot in ``parts``, the index of its value, and the part of the
    value.
    """

    parts: tuple[bytes, ...]
    open_slots: tuple[tuple[int, int, slice], ...]

    def fill(self, values: Sequence[bytes]) -> list[bytes]:
        """Return the parts with ``values``, by index, in the open slots."""
        parts = [*self.parts]
        for position, index, part in self.open_slots:
            parts[position] = values[index][part]
        return parts


@lru_cache(maxsize=PIECE_CACHE_SIZE)
def _intern_piece(piece: bytes) -> bytes:
    """Return the one object for equal bytes."""
    return piece


@lru_cache(maxsize=SLOT_CACHE_SIZE)
def _intern_slot(index: int, start: int | None, stop: int | None) -> tuple[int, slice]:
    """Return the one object for a slot of the value ``index``."""
    return index, slice(start, stop)


@lru_cache(maxsize=SLOT_CACHE_SIZE)
def _intern_slots(
    open_slots: tuple[tuple[int, int, int | None, int | None], ...],
) -> tuple[tuple[int, int, slice], ...]:
    """Return the one object for equal open slots."""
    return tuple(
        (position, index, slice(start, stop)) for position, index, start, stop in open_slots
    )


def count_octets_before(folded: bytes, ending: bytes) -> tuple[int, ...]:
    """Return the number of octets before each ``ending`` in its line, or () if it is ''.

    The space at the start of a folded line is not counted. ``ending`` may be divided by a fold.
    """
    starts = [slot.offset for slot in _find_endings(folded, ending, 0)] if ending else []
    lines = [folded[:start].rpartition(b"\r\n")[2] for start in starts]
    return tuple(len(line) - line.startswith(b" ") for line in lines)


def fold(value: bytes, column: int) -> bytes:
    """Return ``value`` (ASCII only) folded after ``column`` octets, as by icalendar."""
    offset = MAX_LINE_OCTETS - column
    folded = value[:offset]
    while offset < len(value):
        folded += FOLD + value[offset : offset + MAX_LINE_OCTETS]
        offset += MAX_LINE_OCTETS
    return folded


def _find_placeholders(folded: bytes, placeholders: Sequence[bytes]) -> Iterator[Slot]:
    unfolded, folds = folded.replace(FOLD, b""), _fold_offsets(folded)
    for match in re.finditer(b"|".join(map(re.escape, placeholders)), unfolded):
        index, (start, end) = placeholders.index(match[0]), match.span()
        fold_offsets = [each for each in folds if start < each < end]
        for first, last in pairwise([start, *fold_offsets, end]):
            part = slice(first - start, last - start) if fold_offsets else WHOLE_VALUE
            yield Slot(_folded_offset(folds, first), index, part, last - first)


def _fold_offsets(folded: bytes) -> list[int]:
    """Return the offsets of the folds, in the text without folds."""
    matches = re.finditer(FOLD, folded)
    return [match.start() - number * len(FOLD) for number, match in enumerate(matches)]


def _folded_offset(folds: Sequence[int], offset: int) -> int:
    """Return the offset in the folded text for ``offset`` in the text without folds."""
    return offset + len(FOLD) * bisect_right(folds, offset)


def _find_line_placeholders(
    folded: bytes, line_placeholders: Sequence[bytes], first_index: int
) -> Iterator[Slot]:
    for index, line in enumerate(line_placeholders, start=first_index):
        for match in re.finditer(re.escape(line), folded):
            yield Slot(match.start(), index, WHOLE_VALUE, len(line))


def _find_endings(folded: bytes, ending: bytes, first_index: int) -> Iterator[Slot]:
    unfolded, folds = folded.replace(FOLD, b""), _fold_offsets(folded)
    matches = re.finditer(re.escape(ending), unfolded)
    for index, match in enumerate(matches, start=first_index):
        start, last = (_folded_offset(folds, offset) for offset in (match.start(), match.end() - 1))
        yield Slot(start, index, WHOLE_VALUE, last + 1 - start)
