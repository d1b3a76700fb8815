"""The styles of letters and messages of each municipality, and their settings files."""

import io
import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pypdfium2
import pytest

from calsvc.bulk.due import Selection
from calsvc.bulk.output_folder import Checkpoint
from calsvc.bulk.run import RunOptions, execute, prepare, with_styles
from calsvc.bulk.styles import Styles, load_styles
from calsvc.errors import MunicipalityFileError
from calsvc.municipality.loader import load_municipality
from calsvc.municipality.served import Municipalities
from tests.bulk.test_municipalities import OF_ALL
from tests.bulk.test_run import MemoryTarget
from tests.support.bulk_tables import KEYS
from tests.support.letters import text_of
from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples/letters"
ALL = Municipalities(["all"])
OTARU_ALONE = Municipalities(["012033"])
TABLE = (
    "氏名,生年月日,発行日,メール,郵便番号,住所,市区町村コード\n"
    "小樽 一,1985-04-23,2022-06-01,a@example.jp,0470024,小樽市花園2丁目12番1号,012033\n"
    "東郷 二,1985-04-23,2022-06-01,b@example.jp,4700162,東郷町大字春木1,233021\n"
    "札幌 三,1985-04-23,2022-06-01,c@example.jp,0600001,札幌市中央区北一条西2丁目,011011\n"
)


def city_file(folder: Path, name: str, sender: str) -> str:
    """Return the path of the example's settings with another sender, in a folder of their own."""
    shutil.copytree(EXAMPLE, folder / name)
    path = folder / name / "city-letter.toml"
    text = path.read_text(encoding="utf-8").replace("見本市長　見本 太郎", sender)
    path.write_text(text.replace("見本市 市民課", f"{sender} 市民課"), encoding="utf-8")
    return str(path)


def of_two(folder: Path) -> Styles:
    togo = city_file(folder, "togo", "東郷町長")
    return load_styles(
        [f"233021={togo}", f"011002={city_file(folder, 'sapporo', '札幌市長')}"], ALL
    )


def make_files(styles: Styles, selection: Selection, *formats: str) -> dict[str, bytes]:
    options = RunOptions(OF_ALL, formats, KEYS[0], selection=selection)
    options = with_styles(options, styles)
    target = ReadableTarget()
    run = prepare(io.BytesIO(TABLE.encode()), options)
    start = Checkpoint(run.digest, str(OF_ALL.today), OF_ALL.run_number.hex())
    for _ in execute(run, options, target, start, lambda: False):
        pass
    return target.files


class ReadableTarget(MemoryTarget):
    """Output in memory, from which files of rows can be withdrawn."""

    def withdraw(self, name: str) -> io.BytesIO | None:
        content = self.files.pop(name, None)
        return None if content is None else io.BytesIO(content)


def senders(files: dict[str, bytes]) -> dict[str, str]:
    """Return the senders that the first page of each file names."""
    texts = {
        name: text_of(pypdfium2.PdfDocument(content)[0])
        for name, content in files.items()
        if name.endswith(".pdf")
    }
    return {
        name: next((each for each in ("東郷町長", "札幌市長") if each in text), "")
        for name, text in texts.items()
    }


# --- which file is whose --------------------------------------------------------------------------


def test_a_ward_has_the_style_of_its_city(tmp_path: Path) -> None:
    styles = of_two(tmp_path)
    owners = {
        code: styles.find_code(load_municipality(code)) for code in ("011011", "012033", "233021")
    }
    assert owners == {"011011": "011002", "012033": "", "233021": "233021"}


def test_service_of_one_municipality_needs_no_code() -> None:
    styles = load_styles([str(EXAMPLE / "city-letter.toml")], OTARU_ALONE)
    sheet = styles.of(OTARU_ALONE.default).sheet
    assert sheet
    assert sheet.city["sender"] == "見本市長　見本 太郎"


@pytest.mark.parametrize(
    ("entries", "municipalities", "message"),
    [
        (["a.toml"], ALL, "CALSVC_LETTER_SETTINGS: a.toml: needs the code of a municipality"),
        (["999999=a.toml"], ALL, "999999: is no municipality that is served"),
        (["011011=a.toml"], OTARU_ALONE, "011011: is no municipality that is served"),
        (["012033=a.toml", "012033=b.toml"], ALL, "012033: a municipality has one file"),
        (["a.toml", "b.toml"], OTARU_ALONE, "a.toml: a municipality has one file"),
        (["missing.toml"], OTARU_ALONE, "missing.toml: No such file or directory"),
    ],
)
def test_invalid_entries_of_letter_settings_are_rejected(
    entries: list[str], municipalities: Municipalities, message: str
) -> None:
    with pytest.raises(MunicipalityFileError, match=message):
        load_styles(entries, municipalities)


# --- a table of several municipalities ------------------------------------------------------------


def test_each_municipality_has_its_own_files_of_letters(tmp_path: Path) -> None:
    files = make_files(of_two(tmp_path), Selection(), "letters", "eml")
    assert senders(files) == {
        "letters/letters-0000000.pdf": "",
        "letters/011002/letters-0000000.pdf": "札幌市長",
        "letters/233021/letters-0000000.pdf": "東郷町長",
    }
    mails = (content for name, content in sorted(files.items()) if name.endswith(".eml"))
    found = [message_from_bytes(each, policy=default)["From"] for each in mails]
    assert [str(each).partition(" ")[0] for each in found] == ["None", "東郷町長", "札幌市長"]
    assert "letters/233021/letters-0000000.pdf 1" in files["links.csv"].decode("utf-8-sig")


def test_sorted_letters_are_counted_for_each_municipality(tmp_path: Path) -> None:
    files = make_files(of_two(tmp_path), Selection(by_postcode=True), "letters")
    assert senders(files) == {
        "letters/letters-0001.pdf": "",
        "letters/011002/letters-0001.pdf": "札幌市長",
        "letters/233021/letters-0001.pdf": "東郷町長",
    }
    assert files["letters/233021/postcodes.csv"].decode("utf-8-sig").splitlines()[1:] == [
        "4700162,1"
    ]
    assert "letters/233021/letters-0001.pdf 1" in files["links.csv"].decode("utf-8-sig")
    assert "links.rows" not in files
