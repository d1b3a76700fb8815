"""Knows which links were ended, from a file that all processes and copies read.

The file holds the numbers of links, one a line, and no token. So it opens nothing, and a number
ends every language, choice and change of its link.
"""

import re
from collections.abc import Iterable

from calsvc.errors import CalsvcError
from calsvc.links.content import NO_NUMBER, NUMBER_BYTES
from calsvc.links.whole_files import Signature, at_home, create_text, locked, replace_text, sign

NUMBER = re.compile(f"[0-9a-f]{{{2 * NUMBER_BYTES}}}")
HEAD = "# Numbers of links that were ended. The last line counts them.\n"
TAIL = "# {} ended"
"""The last line. A file that was cut off lacks it. So it is never read as a shorter one."""
MODE = 0o644


class LinkEndedError(CalsvcError):
    """A link that was ended."""


class EndedFileError(CalsvcError):
    """A file of ended links that cannot be used; the message says where and why."""


class EndedLinks:
    """The numbers of the links that were ended, as one process knows them."""

    def __init__(self, file: str) -> None:
        """Read ``file``; where there is none, no link is ended. Raises `EndedFileError`."""
        self._file = file
        self._signature: Signature | None = None
        self.numbers: frozenset[bytes] = frozenset()
        self.reread()

    def reread(self) -> bool:
        """Read the file if it has changed since, and return whether it has.

        Raises `EndedFileError`, also where it has gone. The numbers are as before then.
        """
        try:
            signature = sign(path := at_home(self._file))
            if signature == self._signature:
                return False
            self._signature = signature
            self.numbers = frozenset(_parse(path.read_text(encoding="ascii"), self._file))
        except (OSError, UnicodeDecodeError) as error:
            raise _error(self._file, error) from None
        return True


def _error(file: str, error: OSError | UnicodeDecodeError) -> EndedFileError:
    reason = error.strerror if isinstance(error, OSError) else "is no file of ended links"
    return EndedFileError(f"{file}: {reason}")


def _parse(text: str, file: str) -> list[bytes]:
    """Return the numbers in ``text``; ``#`` begins a comment. Raises `EndedFileError`."""
    *lines, last = text.splitlines() or [""]
    numbers = []
    for place, line in enumerate(lines, start=1):
        if word := line.partition("#")[0].strip():
            if not NUMBER.fullmatch(word) or word == NO_NUMBER.hex():
                raise EndedFileError(f"{file}: line {place} is not the number of a link")
            numbers.append(bytes.fromhex(word))
    if last != TAIL.format(len(numbers)):
        raise EndedFileError(f"{file}: is not whole; its last line must count the numbers")
    return numbers


def end_links(file: str, numbers: Iterable[bytes]) -> int:
    """Add ``numbers`` to ``file``, whole or not at all; returns how many were not in it.

    Raises `EndedFileError`.
    """
    try:
        path = at_home(file).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        create_text(path, f"{HEAD}{TAIL.format(0)}\n", MODE)
        with locked(path) as found:
            text = path.read_text(encoding="ascii")
            known = _parse(text, file)
            before = set(known)
            added = [each for each in dict.fromkeys(numbers) if each not in before]
            if added:
                lines = [*text.splitlines()[:-1], *(each.hex() for each in added)]
                lines.append(TAIL.format(len(known) + len(added)))
                replace_text(path, "\n".join(lines) + "\n", found)
    except (OSError, UnicodeDecodeError) as error:
        raise _error(file, error) from None
    return len(added)
