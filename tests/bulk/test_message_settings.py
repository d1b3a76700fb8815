"""What a city says of its e-mails and SMS."""

from pathlib import Path

import pytest

from calsvc.bulk.message_settings import PLAIN_MESSAGES, read_message_settings
from calsvc.errors import MunicipalityFileError
from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples/letters/city-letter.toml"


def written(
    folder: Path, text: str, mail: str = "題\n{page}\n[dates]", sms: str = "{page}"
) -> Path:
    (folder / "mail.txt").write_text(mail, encoding="utf-8")
    (folder / "sms.txt").write_text(sms, encoding="utf-8")
    path = folder / "city.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_names_sender_and_texts() -> None:
    found = read_message_settings(EXAMPLE)
    assert found.sender == "見本市 市民課 <mynumber@city.mihon.example.jp>"
    assert found.unsubscribe == "mynumber@city.mihon.example.jp"
    assert found.mail_texts["ja"].title.startswith("【見本市】")
    assert "{page}" in found.sms_texts["ja"]
    assert found.sms_parts == 2


def test_a_city_that_says_nothing_has_the_usual(tmp_path: Path) -> None:
    assert read_message_settings(written(tmp_path, "")) == PLAIN_MESSAGES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('mail.from = "見本市"', "mail.from: is not like"),
        ('mail.from = "a@example.jp\\nBcc: b@example.jp"', "mail.from: is not like"),
        ('mail.unsubscribe = "nobody"', "mail.unsubscribe: must be an e-mail address"),
        (f'mail.unsubscribe = "{"a" * 40}@example.jp"', "must be an e-mail address of 47"),
        ("sms.parts = 0", "sms.parts: must lie between 1 and 10"),
        ('sms.parts = "2"', "sms.parts: is of another kind of value"),
        ('mail.text.fr = "mail.txt"', "mail.text.fr: is none of"),
        ('sms.text.ja = "gone.txt"', "gone.txt: No such file"),
        ('mail.form = "x"', "mail.form: is not known. Known: from, unsubscribe, text"),
    ],
)
def test_settings_that_cannot_be_are_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MunicipalityFileError, match=message):
        read_message_settings(written(tmp_path, text))


@pytest.mark.parametrize(
    ("mail", "sms", "message"),
    [
        ("題\n[dates]", "{page}", "mail.txt: {page}: must stand in it"),
        ("題\n{page}", "{page}", "mail.txt: \\[dates]: must stand alone"),
        ("題\n{page}{born}\n[dates]", "{page}", "mail.txt: line 2: {born} is not known"),
        ("題\n{page}\n[dates]", "{city}", "sms.txt: {page}: must stand in it"),
        ("題\n{page}\n[dates]", "{page}\n{name}", "sms.txt: line 2: {name} is not known"),
    ],
)
def test_a_text_is_checked_by_file_and_line(
    tmp_path: Path, mail: str, sms: str, message: str
) -> None:
    settings = 'mail.text.ja = "mail.txt"\nsms.text.ja = "sms.txt"'
    with pytest.raises(MunicipalityFileError, match=message):
        read_message_settings(written(tmp_path, settings, mail, sms))
