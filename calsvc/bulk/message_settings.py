"""Reads a municipality's settings of e-mails and SMS: sender, texts, length."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email.utils import parseaddr
from pathlib import Path

from calsvc.bulk.rows import is_email
from calsvc.errors import MunicipalityFileError
from calsvc.letters.settings_file import Table, load_tables, read_text_files
from calsvc.letters.texts import PLACEHOLDERS, LetterText, parse_letter_text, parse_lines

MAIL_PLACEHOLDERS = (*PLACEHOLDERS, "page", "feed")
SMS_PLACEHOLDERS = ("city", "what", "expiry", "page")
"""Placeholders of an SMS. It has space for only one date."""
LINK_PLACEHOLDER = "page"
DEFAULT_SMS_PARTS, MAX_SMS_PARTS = 2, 10
MAX_UNSUBSCRIBE_LENGTH = 47
"""Maximum length of the address. Python would encode a header line with a longer one."""


@dataclass(frozen=True)
class MessageSettings:
    """Settings of e-mails and SMS.

    ``sender``: the From header, or ''. ``unsubscribe``: an e-mail address, or ''.
    ``mail_texts`` and ``sms_texts``: the municipality's own texts, by language.
    ``sms_parts``: the maximum of parts of an SMS.
    """

    sender: str = ""
    unsubscribe: str = ""
    mail_texts: Mapping[str, LetterText] = field(default_factory=dict)
    sms_texts: Mapping[str, str] = field(default_factory=dict)
    sms_parts: int = DEFAULT_SMS_PARTS

    @property
    def digest(self) -> str:
        """SHA-256 of all settings, hexadecimal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


DEFAULT_MESSAGE_SETTINGS = MessageSettings()
"""The settings of a municipality without a settings file."""


def load_message_settings(path: Path) -> MessageSettings:
    """Return the settings in the file at ``path``. Raises `MunicipalityFileError`."""
    tables = load_tables(path)
    mail, sms = tables.get("mail", {}), tables.get("sms", {})
    sender = mail.get("from", "")
    unsubscribe = mail.get("unsubscribe", parseaddr(sender)[1])
    if sender and not _is_sender(sender):
        raise MunicipalityFileError(
            path.name, "mail.from", "is not like: City Hall <office@example.jp>"
        )
    if unsubscribe and not (is_email(unsubscribe) and len(unsubscribe) <= MAX_UNSUBSCRIBE_LENGTH):
        reason = f"must be an e-mail address of {MAX_UNSUBSCRIBE_LENGTH} characters at most"
        raise MunicipalityFileError(path.name, "mail.unsubscribe", reason)
    return MessageSettings(
        sender, unsubscribe, _mail_texts(path, mail), _sms_texts(path, sms), _parts(path, sms)
    )


def _is_sender(text: str) -> bool:
    _, address = parseaddr(text)
    return text.isprintable() and is_email(address) and text.rstrip(">").endswith(address)


def _mail_texts(path: Path, mail: Table) -> Mapping[str, LetterText]:
    files = mail.get("text", {})
    contents = read_text_files(path, "mail", files)
    for language, content in contents.items():
        _check_link(files[language], content)
    return {
        language: parse_letter_text(files[language], content, MAIL_PLACEHOLDERS)
        for language, content in contents.items()
    }


def _sms_texts(path: Path, sms: Table) -> Mapping[str, str]:
    files = sms.get("text", {})
    texts = {}
    for language, content in read_text_files(path, "sms", files).items():
        _check_link(files[language], content)
        lines = parse_lines(files[language], content, SMS_PLACEHOLDERS)
        texts[language] = "\n".join(lines).strip()
    return texts


def _check_link(file: str, content: bytes) -> None:
    if f"{{{LINK_PLACEHOLDER}}}".encode() not in content:
        raise MunicipalityFileError(
            file, f"{{{LINK_PLACEHOLDER}}}", "must stand in it: it is what is sent"
        )


def _parts(path: Path, sms: Table) -> int:
    parts: int = sms.get("parts", DEFAULT_SMS_PARTS)
    if not 1 <= parts <= MAX_SMS_PARTS:
        raise MunicipalityFileError(
            path.name, "sms.parts", f"must lie between 1 and {MAX_SMS_PARTS}"
        )
    return parts
