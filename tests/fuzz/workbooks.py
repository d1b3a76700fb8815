"""Reads mutated workbooks, each in a separate process with the limits of the service.

``python -m tests.fuzz.workbooks [DEFAULT_CASES]`` prints how many were read, rejected and stopped.
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

DEFAULT_CASES = 20_000
SEED = 14
LIMIT_SIGNALS = {signal.SIGABRT, signal.SIGXCPU, signal.SIGKILL}
"""The signals that end a process at a limit."""
FRAGMENTS = (
    *(b"<", b">", b"\0", b"\xff\xff\xff\xff", b'r="XFD1048576"', b'r="A9999999999"', b'hidden="1"'),
    *(b"<f>1</f>", b't="e"', b't="s"', b"<v>1e308</v>", b"<v>-1</v>", b"&#0;", b"<!DOCTYPE a>"),
    *(b"_x000D_", b'date1904="1"', b"0000000000", b'ref="A1:XFD1048576"', b"&a;"),
    *(b' table:number-rows-repeated="1048576"', b' table:number-columns-repeated="-9"'),
)


def _with_everything(_book: object, sheet: object) -> None:
    sheet.row_dimensions[3].hidden = True  # type: ignore[attr-defined]
    sheet["A2"].number_format = "0000000000"  # type: ignore[index]
    sheet["C3"] = "=1+1"  # type: ignore[index]


_FILTERED_ROW = (
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
    "ods with marks": with_rows(ods(HEADER, HANAKO), _FILTERED_ROW),
}


def mutate(sample: bytes, rng: random.Random) -> bytes:
    """Return a copy with some bytes changed, in parts of the ZIP archive or in the file itself."""
    if not zipfile.is_zipfile(io.BytesIO(sample)) or rng.random() < 0.2:
        return _change_bytes(sample, rng)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample)) as read, zipfile.ZipFile(file, "w") as written:
        names = read.namelist()
        doomed = set(rng.choices(names, k=rng.randint(1, 2)))
        for name in names:
            part = read.read(name)
            written.writestr(name, _change_bytes(part, rng) if name in doomed else part)
    return file.getvalue()


def _change_bytes(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        new = rng.choice((*FRAGMENTS, rng.randbytes(rng.randint(0, 3)), data[:at][-40:]))
        data = data[:at] + new + data[at + rng.choice((0, 1, len(new), 20)) :]
    return data


def read_in_child(content: bytes) -> str:
    """Return ``read``, ``stopped`` (by a limit), or the message key of the rejection.

    Raises ``AssertionError`` if the process ends in another way.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            _read_in_child(file.fileno(), writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            result = pipe.read()
        _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) in LIMIT_SIGNALS, os.WTERMSIG(status)
        return "stopped"
    assert os.WEXITSTATUS(status) == 0, result
    return result


def _read_in_child(descriptor: int, writing: int) -> None:
    """Read the workbook as the service's child process does, and exit without clean-up."""
    code = 1
    faulthandler.disable()  # pytest's handler would print a traceback at every limit
    with suppress(BaseException):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        reader_process.limit_this_process(0)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            messages = [*reader_process.messages(file, iter(["0"]))]
        os.write(writing, str(messages[-1].get("refused", "read")).encode())
        code = 0
    os._exit(code)


def count_outcomes(cases: int, samples: Sequence[bytes]) -> Counter[str]:
    """Read ``cases`` mutated workbooks and count the outcomes."""
    rng, counted = random.Random(SEED), Counter[str]()
    for _ in range(cases):
        result = read_in_child(mutate(rng.choice(samples), rng))
        if result not in ("read", "stopped"):
            assert get_catalog("ja").text(f"error.table.{result}")
        counted[result] += 1
    return counted


def main(cases: int = DEFAULT_CASES) -> None:
    """Read ``cases`` mutated workbooks and print the outcomes."""
    counted = count_outcomes(cases, [*SAMPLES.values()])
    sys.stdout.write(f"workbooks: {cases} cases, no failure: {dict(counted)}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
