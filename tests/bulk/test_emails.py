"""E-mails to residents, as mail programs read them."""

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from calsvc.bulk import emails
from calsvc.bulk.emails import Mail
from calsvc.bulk.resident_message import invitation
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess

OTARU = toml_reader.load("012033")
ADDRESSES = LinkAddresses("https://calendar.example.jp", "1token")
PLAN = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan


def mail(language: str = "ja", name: str = "髙橋 𠮷子") -> Mail:
    words = catalog(language)
    invited = invitation(name, PLAN, OTARU, words, date(2024, 11, 24))
    return emails.mail("a@example.jp", invited, ADDRESSES, words)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_reads_back_whole_in_every_language(language: str) -> None:
    sent = mail(language)
    content = emails.draft(sent)
    assert max(len(line) for line in content.splitlines()) <= 78
    message = read(content)
    assert (message["To"], message["Subject"]) == ("a@example.jp", sent.subject)
    assert message["X-Unsent"] == "1"
    assert message.get_content().replace("\r\n", "\n") == sent.body
    assert ADDRESSES.page in sent.body.splitlines()
    assert ADDRESSES.feed in sent.body.splitlines()


def test_the_mail_says_what_expires_when_and_whom_to_call() -> None:
    body = mail().body
    assert body.startswith("髙橋 𠮷子 様\n\n")
    assert "・カードの有効期限：2030年4月23日（火）\n" in body
    assert "電話 0134-32-4111" in body


def test_a_draft_is_the_same_bytes_each_time_and_names_no_sender_or_time() -> None:
    content = emails.draft(mail())
    assert content == emails.draft(mail())
    assert {*read(content)} == {
        *("To", "Subject", "X-Unsent"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    }
