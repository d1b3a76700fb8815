"""E-mails to residents, as mail programs read them."""

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from calsvc.bulk import emails
from calsvc.bulk.emails import Mail
from calsvc.bulk.message_settings import PLAIN_MESSAGES, MessageSettings
from calsvc.bulk.resident_message import invitation
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.letters.texts import LetterText
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess

OTARU = toml_reader.load("012033")
ADDRESSES = LinkAddresses("https://calendar.example.jp", "1token")
PLAN = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan


def mail(
    language: str = "ja", name: str = "髙橋 𠮷子", settings: MessageSettings = PLAIN_MESSAGES
) -> Mail:
    catalog = get_catalog(language)
    invited = invitation(name, PLAN, OTARU, catalog, date(2024, 11, 24))
    return emails.mail("a@example.jp", invited, ADDRESSES, catalog, settings)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def contents(message: EmailMessage) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_reads_back_whole_in_every_language(language: str) -> None:
    sent = mail(language)
    content = emails.draft(sent)
    assert max(len(line) for line in content.splitlines()) <= 78
    message = read(content)
    assert (message["To"], message["Subject"]) == ("a@example.jp", sent.subject)
    assert message["X-Unsent"] == "1"
    text, html = contents(message)
    assert text == sent.body
    assert html == sent.html
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
        *("Content-Type", "MIME-Version"),
    }


def test_a_draft_names_its_sender_and_where_to_decline() -> None:
    settings = MessageSettings("小樽市 市民課 <office@example.jp>", "stop@example.jp")
    sent = mail(settings=settings)
    message = read(emails.draft(sent, settings))
    assert message["From"] == "小樽市 市民課 <office@example.jp>"
    assert message["List-Unsubscribe"] == "<mailto:stop@example.jp?subject=unsubscribe>"
    assert all("stop@example.jp" in each for each in contents(message))


def test_markup_in_a_name_stays_text_in_html() -> None:
    html = mail(name="<b>&花子").html
    assert "<p>&lt;b&gt;&amp;花子 様</p>" in html
    page = ADDRESSES.page
    assert f'<a href="{page}">{page}</a>' in html
    assert '<th align="left">カードの有効期限</th><td>2030年4月23日（火）</td>' in html


def test_a_city_s_own_text_takes_the_place_of_the_whole_mail() -> None:
    text = LetterText("お知らせ", ("{name}", "{city}です。"), ("{page}", "{feed}", "{contact}"))
    sent = mail(settings=MessageSettings(mail_texts={"ja": text}))
    assert sent.subject == "お知らせ"
    before, listed, after = sent.body.partition(sent.listed)
    assert before == "髙橋 𠮷子 様\n\n小樽市です。\n\n"
    assert listed.startswith("・電子証明書の有効期限：")
    assert after.startswith(f"\n\n{ADDRESSES.page}\n\n{ADDRESSES.feed}\n\n")
