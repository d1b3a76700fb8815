"""The settings of a municipality's e-mails and SMS."""

from pathlib import Path

import pytest

from calsvc.bulk.message_settings import DEFAULT_MESSAGE_SETTINGS, load_message_settings
from calsvc.errors import MunicipalityFileError
from tests.support.paths import ROOT

EXAMPLE = ROOT / "examples/letters/city-letter.toml"


def write_settings(
    folder: Path, text: str, mail: str = "題\n{page}\n[dates]", sms: str = "{page}"
) -> Path:
    (folder / "mail.txt").write_text(mail, encoding="utf-8")
    (folder / "sms.txt").write_text(sms, encoding="utf-8")
    path = folder / "city.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_names_sender_and_texts() -> None:
    settings = load_message_settings(EXAMPLE)
    assert settings.sender == "見本市 市民課 <mynumber@city.mihon.example.jp>"
    assert settings.unsubscribe == "mynumber@city.mihon.example.jp"
    assert settings.mail_texts["ja"].title.startswith("【見本市】")
    assert "{page}" in settings.sms_texts["ja"]
    assert settings.sms_parts == 2


def test_settings_file_without_entries_has_the_defaults(tmp_path: Path) -> None:
    assert load_message_settings(write_settings(tmp_path, "")) == DEFAULT_MESSAGE_SETTINGS


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
def test_invalid_message_settings_are_rejected(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MunicipalityFileError, match=message):
        load_message_settings(write_settings(tmp_path, text))


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
        load_message_settings(write_settings(tmp_path, settings, mail, sms))
