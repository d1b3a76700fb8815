"""``calsvc links --sample``: samples of letters and messages only."""

from pathlib import Path

import pypdfium2

from tests.support.letters import text_of
from tests.support.links_runs import run_links, write_table

ROWS = (
    "氏名,生年月日,発行日,メール,携帯電話番号,住所\n"
    "小樽 一,1985-04-23,2020-06-01,a@example.jp,09012345678,花園1\n"
    "小樽 二太郎,1985-04-23,2020-06-01,,,花園2丁目12番1号\n"
)


def test_samples_are_the_first_and_the_longest(tmp_path: Path) -> None:
    options = ("--sample", "--format", "letters")
    done = run_links(write_table(tmp_path, ROWS), "-o", tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out"
    names = {each.name for each in folder.iterdir()}
    assert names == {"letter-first.pdf", "letter-longest-name.pdf", "mail.eml", "sms.txt"}
    (sheet,) = pypdfium2.PdfDocument(folder / "letter-longest-name.pdf")
    assert "小樽 二太郎" in text_of(sheet)
    assert (folder / "sms.txt").read_text(encoding="utf-8").startswith("【")


def test_samples_do_not_replace_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert (
        run_links(write_table(tmp_path, ROWS), "-o", tmp_path / "out", "--sample").returncode == 2
    )
