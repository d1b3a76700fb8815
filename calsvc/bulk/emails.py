"""E-mails to residents, as text and HTML, and as drafts that mail programs open."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from calsvc.bulk.message_settings import DEFAULT_MESSAGE_SETTINGS, MessageSettings
from calsvc.bulk.resident_message import ResidentMessage
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.texts import LetterText
from calsvc.links.urls import LinkUrls


@dataclass(frozen=True)
class Email:
    """An e-mail to one resident in ``language``, a tag for HTML.

    ``dates``: pairs of a label and a day. ``date_lines``: the same as lines of text.
    ``before`` and ``after``: the paragraphs around them; lines end with LF.
    ``urls``: URLs that the paragraphs contain.
    """

    to: str
    subject: str
    language: str
    before: Sequence[str]
    dates: Sequence[tuple[str, str]]
    after: Sequence[str]
    date_lines: str
    urls: Sequence[str]

    @property
    def body(self) -> str:
        """The text; its lines end with LF."""
        return "\n\n".join([*self.before, self.date_lines, *self.after]) + "\n"

    @property
    def html(self) -> str:
        """The e-mail as an HTML document."""
        rows = "".join(
            f'<tr><th align="left">{escape(what)}</th><td>{escape(when)}</td></tr>'
            for what, when in self.dates
        )
        return (
            f'<!DOCTYPE html>\n<html lang="{self.language}"><head><meta charset="utf-8">'
            f"<title>{escape(self.subject)}</title></head>\n<body>\n{self._paragraphs(self.before)}"
            f"<table>{rows}</table>\n{self._paragraphs(self.after)}</body></html>\n"
        )

    def _paragraphs(self, texts: Sequence[str]) -> str:
        return "".join(f"<p>{self._mark_up_links(each)}</p>\n" for each in texts)

    def _mark_up_links(self, text: str) -> str:
        markup = escape(text).replace("\n", "<br>\n")
        for link in map(escape, self.urls):
            markup = markup.replace(link, f'<a href="{link}">{link}</a>')
        return markup


def compose_email(
    to: str,
    message: ResidentMessage,
    urls: LinkUrls,
    catalog: Catalog,
    settings: MessageSettings = DEFAULT_MESSAGE_SETTINGS,
) -> Email:
    """Return the e-mail with a resident's link, in the municipality's own text if there is one."""
    text = settings.mail_texts.get(catalog.language)
    if text:
        before, after = _municipality_paragraphs(text, message, urls)
    else:
        before, after = _built_in_paragraphs(message, urls, catalog)
    unsubscribe_lines = []
    if settings.unsubscribe:
        params = {"address": settings.unsubscribe}
        unsubscribe_lines.append(catalog.text("mail.unsubscribe", params))
    subject = text.title if text else catalog.text("mail.subject", {"city": message.municipality})
    date_lines = "\n".join(
        catalog.text("mail.deadline", {"what": what, "when": when})
        for what, when in message.deadlines
    )
    return Email(
        to=to,
        subject=subject,
        language=catalog.head.html_lang,
        before=before,
        dates=message.deadlines,
        after=[*after, *unsubscribe_lines],
        date_lines=date_lines,
        urls=(urls.page, urls.feed),
    )


def _built_in_paragraphs(
    message: ResidentMessage, urls: LinkUrls, catalog: Catalog
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the paragraphs before and after the dates."""
    after = [
        catalog.text("mail.link", {"page": urls.page}),
        catalog.text("mail.feed", {"feed": urls.feed}),
        catalog.text("mail.private"),
        *message.place_paragraphs,
        message.printed_note,
        message.contact,
    ]
    return [message.addressee, message.opening, *message.states], after


def _municipality_paragraphs(
    text: LetterText, message: ResidentMessage, urls: LinkUrls
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the paragraphs before and after the dates from the municipality's own text."""
    params = {
        **message.params,
        "name": [message.addressee],
        "page": [urls.page],
        "feed": [urls.feed],
    }
    return [*text.fill(text.before, params)], [*text.fill(text.after, params)]


def to_eml(email: Email, settings: MessageSettings = DEFAULT_MESSAGE_SETTINGS) -> bytes:
    """Return ``email`` as an .eml file that mail programs open as a draft (RFC 5322)."""
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(email, settings):
        message[name] = value
    message.set_content(email.body, charset="utf-8", cte="base64")
    message.add_alternative(email.html, subtype="html", charset="utf-8", cte="base64")
    # The standard library's boundary is random, but a resumed run must write the same bytes.
    message.set_boundary(hashlib.sha256(email.html.encode()).hexdigest()[:32])
    return message.as_bytes()


def _headers(email: Email, settings: MessageSettings) -> Iterator[tuple[str, str]]:
    if settings.sender:
        yield "From", settings.sender
    yield "To", email.to
    yield "Subject", email.subject
    if settings.unsubscribe:  # RFC 2369, 3.2
        yield "List-Unsubscribe", f"<mailto:{settings.unsubscribe}?subject=unsubscribe>"
    yield "X-Unsent", "1"  # Outlook: open for sending, not as received
