"""Reads mutated workbooks, each in a process of its own with the limits of the service.

``python -m tests.fuzz.workbooks [CASES]`` prints how many were read, refused and stopped.
"""

import faulthandler
import io
import os
import random
import signal
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

from calsvc.bulk import reader_process
from calsvc.i18n.catalogs import get_catalog
from tests.support.workbooks import HANAKO, HEADER, ods, of_1904, with_rows, xls, xlsb, xlsx

CASES = 20_000
SEED = 14
STOPPED = {signal.SIGABRT, signal.SIGXCPU, signal.SIGKILL}
"""How a limit ends a process."""
PIECES = (
    *(b"<", b">", b"\0", b"\xff\xff\xff\xff", b'r="XFD1048576"', b'r="A9999999999"', b'hidden="1"'),
    *(b"<f>1</f>", b't="e"', b't="s"', b"<v>1e308</v>", b"<v>-1</v>", b"&#0;", b"<!DOCTYPE a>"),
    *(b"_x000D_", b'date1904="1"', b"0000000000", b'ref="A1:XFD1048576"', b"&a;"),
    *(b' table:number-rows-repeated="1048576"', b' table:number-columns-repeated="-9"'),
)


def _with_everything(_book: object, sheet: object) -> None:
    sheet.row_dimensions[3].hidden = True  # type: ignore[attr-defined]
    sheet["A2"].number_format = "0000000000"  # type: ignore[index]
    sheet["C3"] = "=1+1"  # type: ignore[index]


_MARKED = (
    '<table:table-row table:visibility="filter" table:number-rows-repeated="3">'
    '<table:table-cell table:formula="of:=NA()" calcext:value-type="error"'
    ' table:number-columns-repeated="2"><text:p>#N/A</text:p></table:table-cell></table:table-row>'
)
SAMPLES: Mapping[str, bytes] = {
    "xlsx": xlsx((*HEADER, "数"), (*HANAKO, 7), (*HANAKO, 7), change=_with_everything),
    "xlsx, 1904": xlsx(HEADER, HANAKO, change=of_1904),
    "xls": xls(HEADER, HANAKO, (1, 2.5, "x")),
    "xlsb": xlsb(HEADER, ("小樽", 31160, 43983)),
    "ods": ods(HEADER, HANAKO),
    "ods with marks": with_rows(ods(HEADER, HANAKO), _MARKED),
}


def mutated(sample: bytes, chance: random.Random) -> bytes:
    """Return the workbook with some bytes changed, in its parts or in the file itself."""
    if not zipfile.is_zipfile(io.BytesIO(sample)) or chance.random() < 0.2:
        return _bitten(sample, chance)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample)) as read, zipfile.ZipFile(file, "w") as written:
        names = read.namelist()
        doomed = set(chance.choices(names, k=chance.randint(1, 2)))
        for name in names:
            part = read.read(name)
            written.writestr(name, _bitten(part, chance) if name in doomed else part)
    return file.getvalue()


def _bitten(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        new = chance.choice((*PIECES, chance.randbytes(chance.randint(0, 3)), data[:at][-40:]))
        data = data[:at] + new + data[at + chance.choice((0, 1, len(new), 20)) :]
    return data


def outcome(content: bytes) -> str:
    """Return ``read``, ``stopped`` by a limit, or the message key of the refusal.

    Raises ``AssertionError`` where the process ends in another way.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            _read_in_child(file.fileno(), writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) in STOPPED, os.WTERMSIG(status)
        return "stopped"
    assert os.WEXITSTATUS(status) == 0, said
    return said


def _read_in_child(descriptor: int, writing: int) -> None:
    """Read the workbook as the process of the service does, and end without clean-up."""
    code = 1
    faulthandler.disable()  # pytest's would print where a limit ended it
    with suppress(BaseException):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        reader_process.limit_this_process(0)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            found = [*reader_process.messages(file, iter(["0"]))]
        os.write(writing, str(found[-1].get("refused", "read")).encode())
        code = 0
    os._exit(code)


def run(cases: int, samples: Sequence[bytes]) -> Counter[str]:
    """Return how often each outcome came."""
    chance, counted = random.Random(SEED), Counter[str]()
    for _ in range(cases):
        found = outcome(mutated(chance.choice(samples), chance))
        if found not in ("read", "stopped"):
            assert get_catalog("ja").text(f"error.table.{found}")
        counted[found] += 1
    return counted


def main(cases: int = CASES) -> None:
    """Read that many mutated workbooks, and tell what became of them."""
    counted = run(cases, [*SAMPLES.values()])
    sys.stdout.write(f"workbooks: {cases} cases, no fault: {dict(counted)}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
