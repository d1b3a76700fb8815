"""Reads what a city says of its e-mails and SMS: sender, texts, length."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email.utils import parseaddr
from pathlib import Path

from calsvc.bulk.rows import is_email
from calsvc.errors import MunicipalityFileError
from calsvc.letters.settings_file import Table, read_tables, text_files
from calsvc.letters.texts import PLACEHOLDERS, LetterText, read_lines, read_text

OF_MAIL = (*PLACEHOLDERS, "page", "feed")
OF_SMS = ("city", "what", "expiry", "page")
"""Placeholders. An SMS has room for one date alone."""
LINK = "page"
USUAL_PARTS, MAX_PARTS = 2, 10
MAX_UNSUBSCRIBE = 47
"""Characters of an address that still stands in its header as it is: a longer line is encoded."""


@dataclass(frozen=True)
class MessageSettings:
    """``sender``: of the e-mails, or ''. ``unsubscribe``: where a resident declines more, or ''.

    ``mail_texts`` and ``sms_texts``: the city's own, by language. ``sms_parts``: at most.
    """

    sender: str = ""
    unsubscribe: str = ""
    mail_texts: Mapping[str, LetterText] = field(default_factory=dict)
    sms_texts: Mapping[str, str] = field(default_factory=dict)
    sms_parts: int = USUAL_PARTS

    @property
    def digest(self) -> str:
        """Returns what stands for all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


PLAIN_MESSAGES = MessageSettings()
"""Those of a city that has not said anything."""


def read_message_settings(path: Path) -> MessageSettings:
    """Returns what the file at ``path`` says. Raises `MunicipalityFileError`."""
    tables = read_tables(path)
    mail, sms = tables.get("mail", {}), tables.get("sms", {})
    sender = mail.get("from", "")
    unsubscribe = mail.get("unsubscribe", parseaddr(sender)[1])
    if sender and not _is_sender(sender):
        raise MunicipalityFileError(
            path.name, "mail.from", "is not like: City Hall <office@example.jp>"
        )
    if unsubscribe and not (is_email(unsubscribe) and len(unsubscribe) <= MAX_UNSUBSCRIBE):
        reason = f"must be an e-mail address of {MAX_UNSUBSCRIBE} characters at most"
        raise MunicipalityFileError(path.name, "mail.unsubscribe", reason)
    return MessageSettings(
        sender, unsubscribe, _mail_texts(path, mail), _sms_texts(path, sms), _parts(path, sms)
    )


def _is_sender(text: str) -> bool:
    _, address = parseaddr(text)
    return text.isprintable() and is_email(address) and text.rstrip(">").endswith(address)


def _mail_texts(path: Path, mail: Table) -> Mapping[str, LetterText]:
    files = mail.get("text", {})
    contents = text_files(path, "mail", files)
    for language, content in contents.items():
        _check_link(files[language], content)
    return {
        language: read_text(files[language], content, OF_MAIL)
        for language, content in contents.items()
    }


def _sms_texts(path: Path, sms: Table) -> Mapping[str, str]:
    files = sms.get("text", {})
    texts = {}
    for language, content in text_files(path, "sms", files).items():
        _check_link(files[language], content)
        lines = read_lines(files[language], content, OF_SMS)
        texts[language] = "\n".join(lines).strip()
    return texts


def _check_link(file: str, content: bytes) -> None:
    if f"{{{LINK}}}".encode() not in content:
        raise MunicipalityFileError(file, f"{{{LINK}}}", "must stand in it: it is what is sent")


def _parts(path: Path, sms: Table) -> int:
    parts: int = sms.get("parts", USUAL_PARTS)
    if not 1 <= parts <= MAX_PARTS:
        raise MunicipalityFileError(path.name, "sms.parts", f"must lie between 1 and {MAX_PARTS}")
    return parts
