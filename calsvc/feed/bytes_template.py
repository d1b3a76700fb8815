"""Keeps bytes with slots that other bytes fill."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

FOLD = b"\r\n "


class Stencil:
    """Bytes with pieces cut out; `fill` puts others in their place."""

    def __init__(self, folded: bytes, cut: Sequence[bytes], lines: Sequence[bytes] = ()) -> None:
        """``folded``: content lines as they are sent.

        ``cut`` is taken out wherever it stands, even across a fold, for values of the same width;
        ``lines`` only as they are, for values of any width.
        """
        places = sorted([*_places(folded, cut), *_lines(folded, lines, len(cut))])
        end = 0
        self._pieces: list[bytes] = []
        self._cut: list[tuple[int, slice]] = []
        for at, number, start, stop, whole in places:
            self._pieces += (folded[end:at], b"")
            self._cut.append((number, slice(None) if whole else slice(start, stop)))
            end = at + stop - start
        self._pieces.append(folded[end:])

    def fill(self, values: Sequence[bytes]) -> list[bytes]:
        """The bytes with ``values`` in place of what was cut, by number, in pieces to be joined.

        What was kept is one object, however often it is filled.
        """
        pieces = self._pieces.copy()
        pieces[1::2] = [values[number][part] for number, part in self._cut]
        return pieces


Place = tuple[int, int, int, int, bool]
"""Where a piece stands in the folded text, whose it is, its start and stop, whether it is all."""


def _places(folded: bytes, cut: Sequence[bytes]) -> Iterator[Place]:
    unfolded, origin = _unfold(folded)
    for match in re.finditer(b"|".join(re.escape(each) for each in cut), unfolded):
        number = cut.index(match[0])
        run = origin[match.start() : match.end()]
        breaks = [at for at in range(1, len(run)) if run[at] != run[at - 1] + 1]
        for start, stop in pairwise([0, *breaks, len(run)]):
            yield run[start], number, start, stop, not breaks


def _unfold(folded: bytes) -> tuple[bytes, list[int]]:
    """The text without its folds, and where each of its bytes stood."""
    folds = {at for match in re.finditer(FOLD, folded) for at in range(*match.span())}
    origin = [at for at in range(len(folded)) if at not in folds]
    return bytes(folded[at] for at in origin), origin


def _lines(folded: bytes, lines: Sequence[bytes], first: int) -> Iterator[Place]:
    for number, line in enumerate(lines, start=first):
        for match in re.finditer(re.escape(line), folded):
            yield match.start(), number, 0, len(line), True
