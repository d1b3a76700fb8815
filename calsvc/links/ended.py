"""Reads and extends the file of ended links, which all processes and copies of the service read.

The file contains the numbers of links, one a line, and no token. So nobody can open a link with
it. A number ends the link in all languages, with all choices and changes.
"""

import re
from collections.abc import Iterable

from calsvc.errors import CalsvcError
from calsvc.links.atomic_files import (
    Signature,
    create_file,
    expand_home,
    file_signature,
    lock_file,
    replace_file,
)
from calsvc.links.content import NO_NUMBER, NUMBER_BYTES

NUMBER_PATTERN = re.compile(f"[0-9a-f]{{{2 * NUMBER_BYTES}}}")
HEADER = "# Numbers of links that were ended. The last line counts them.\n"
FOOTER = "# {} ended"
"""The last line. A truncated file has none, so it is rejected and ends no fewer links."""
FILE_MODE = 0o644


class LinkEndedError(CalsvcError):
    """A link that was ended."""


class EndedLinksFileError(CalsvcError):
    """A file of ended links that cannot be used. The message has the file and the reason."""


class EndedLinks:
    """The numbers of the ended links in one process."""

    def __init__(self, file: str) -> None:
        """Read ``file``. A missing file ends no link. Raises `EndedLinksFileError`."""
        self._file = file
        self._signature: Signature | None = None
        self.numbers: frozenset[bytes] = frozenset()
        self.reread()

    def reread(self) -> bool:
        """Read the file if it has changed, and return True if it has.

        Raises `EndedLinksFileError`, also if the file was removed. The numbers stay the same then.
        """
        try:
            signature = file_signature(path := expand_home(self._file))
            if signature == self._signature:
                return False
            self._signature = signature
            self.numbers = frozenset(_parse(path.read_text(encoding="ascii"), self._file))
        except (OSError, UnicodeDecodeError) as error:
            raise _error(self._file, error) from None
        return True


def _error(file: str, error: OSError | UnicodeDecodeError) -> EndedLinksFileError:
    reason = error.strerror if isinstance(error, OSError) else "is no file of ended links"
    return EndedLinksFileError(f"{file}: {reason}")


def _parse(text: str, file: str) -> list[bytes]:
    """Return the numbers in ``text``. ``#`` begins a comment. Raises `EndedLinksFileError`."""
    *lines, last = text.splitlines() or [""]
    numbers = []
    for line_number, line in enumerate(lines, start=1):
        if word := line.partition("#")[0].strip():
            if not NUMBER_PATTERN.fullmatch(word) or word == NO_NUMBER.hex():
                raise EndedLinksFileError(f"{file}: line {line_number} is not the number of a link")
            numbers.append(bytes.fromhex(word))
    if last != FOOTER.format(len(numbers)):
        raise EndedLinksFileError(f"{file}: is not whole; its last line must count the numbers")
    return numbers


def end_links(file: str, numbers: Iterable[bytes]) -> int:
    """Add ``numbers`` to ``file`` atomically, and return the count of new numbers.

    Raises `EndedLinksFileError`.
    """
    try:
        path = expand_home(file).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        create_file(path, f"{HEADER}{FOOTER.format(0)}\n", FILE_MODE)
        with lock_file(path) as status:
            text = path.read_text(encoding="ascii")
            known = _parse(text, file)
            known_set = set(known)
            added = [each for each in dict.fromkeys(numbers) if each not in known_set]
            if added:
                lines = [*text.splitlines()[:-1], *(each.hex() for each in added)]
                lines.append(FOOTER.format(len(known) + len(added)))
                replace_file(path, "\n".join(lines) + "\n", status)
    except (OSError, UnicodeDecodeError) as error:
        raise _error(file, error) from None
    return len(added)
