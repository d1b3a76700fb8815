"""E-mails to residents and their drafts, read back as mail programs do."""

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from calsvc.bulk import emails
from calsvc.bulk.emails import Email
from calsvc.bulk.message_settings import DEFAULT_MESSAGE_SETTINGS, MessageSettings
from calsvc.bulk.resident_message import compose_message
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.letters.texts import LetterText
from calsvc.links.urls import LinkUrls
from calsvc.municipality import loader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess

OTARU = loader.load_municipality("012033")
ADDRESSES = LinkUrls("https://calendar.example.jp", "1token")
PLAN = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan


def compose(
    language: str = "ja",
    name: str = "髙橋 𠮷子",
    settings: MessageSettings = DEFAULT_MESSAGE_SETTINGS,
) -> Email:
    catalog = get_catalog(language)
    invited = compose_message(name, PLAN, OTARU, catalog, date(2024, 11, 24))
    return emails.compose_email("a@example.jp", invited, ADDRESSES, catalog, settings)


def parse_eml(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part_texts(message: EmailMessage) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_reads_back_whole_in_every_language(language: str) -> None:
    email = compose(language)
    content = emails.to_eml(email)
    assert max(len(line) for line in content.splitlines()) <= 78
    message = parse_eml(content)
    assert (message["To"], message["Subject"]) == ("a@example.jp", email.subject)
    assert message["X-Unsent"] == "1"
    text, html = part_texts(message)
    assert text == email.body
    assert html == email.html
    assert ADDRESSES.page in email.body.splitlines()
    assert ADDRESSES.feed in email.body.splitlines()


def test_mail_has_subject_expiry_and_phone_number() -> None:
    body = compose().body
    assert body.startswith("髙橋 𠮷子 様\n\n")
    assert "・カードの有効期限：2030年4月23日（火）\n" in body
    assert "電話 0134-32-4111" in body


def test_draft_has_the_same_bytes_and_no_sender_or_time() -> None:
    content = emails.to_eml(compose())
    assert content == emails.to_eml(compose())
    assert {*parse_eml(content)} == {
        *("To", "Subject", "X-Unsent"),
        *("Content-Type", "MIME-Version"),
    }


def test_draft_has_sender_and_unsubscribe_address() -> None:
    settings = MessageSettings("小樽市 市民課 <office@example.jp>", "stop@example.jp")
    email = compose(settings=settings)
    message = parse_eml(emails.to_eml(email, settings))
    assert message["From"] == "小樽市 市民課 <office@example.jp>"
    assert message["List-Unsubscribe"] == "<mailto:stop@example.jp?subject=unsubscribe>"
    assert all("stop@example.jp" in each for each in part_texts(message))


def test_markup_in_a_name_stays_text_in_html() -> None:
    html = compose(name="<b>&花子").html
    assert "<p>&lt;b&gt;&amp;花子 様</p>" in html
    page = ADDRESSES.page
    assert f'<a href="{page}">{page}</a>' in html
    assert '<th align="left">カードの有効期限</th><td>2030年4月23日（火）</td>' in html


def test_municipality_s_own_text_replaces_the_whole_mail() -> None:
    text = LetterText("お知らせ", ("{name}", "{city}です。"), ("{page}", "{feed}", "{contact}"))
    email = compose(settings=MessageSettings(mail_texts={"ja": text}))
    assert email.subject == "お知らせ"
    before, listed, after = email.body.partition(email.date_lines)
    assert before == "髙橋 𠮷子 様\n\n小樽市です。\n\n"
    assert listed.startswith("・電子証明書の有効期限：")
    assert after.startswith(f"\n\n{ADDRESSES.page}\n\n{ADDRESSES.feed}\n\n")
