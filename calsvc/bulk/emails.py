"""E-mails to residents: drafts that mail programs open, and rows for mail merges."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from calsvc.bulk.message_settings import PLAIN_MESSAGES, MessageSettings
from calsvc.bulk.resident_message import Invitation
from calsvc.i18n.catalogs import Catalog
from calsvc.letters.texts import LetterText
from calsvc.links.urls import LinkAddresses


@dataclass(frozen=True)
class Mail:
    """An e-mail to one resident in ``language``. ``dates``: what, and when.

    ``before`` and ``after``: the paragraphs around the dates, their lines ending with LF.
    ``listed``: the dates as lines of text. ``links``: the addresses that paragraphs hold.
    """

    to: str
    subject: str
    language: str
    before: Sequence[str]
    dates: Sequence[tuple[str, str]]
    after: Sequence[str]
    listed: str
    links: Sequence[str]

    @property
    def body(self) -> str:
        """Returns the text; its lines end with LF."""
        return "\n\n".join([*self.before, self.listed, *self.after]) + "\n"

    @property
    def html(self) -> str:
        """Returns the same as an HTML document."""
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
        return "".join(f"<p>{self._marked_up(each)}</p>\n" for each in texts)

    def _marked_up(self, text: str) -> str:
        marked = escape(text).replace("\n", "<br>\n")
        for link in map(escape, self.links):
            marked = marked.replace(link, f'<a href="{link}">{link}</a>')
        return marked


def mail(
    to: str,
    invited: Invitation,
    addresses: LinkAddresses,
    catalog: Catalog,
    settings: MessageSettings = PLAIN_MESSAGES,
) -> Mail:
    """Returns the e-mail that brings a resident the link."""
    text = settings.mail_texts.get(catalog.language)
    parts = _own(text, invited, addresses) if text else _built_in(invited, addresses, catalog)
    declining = {"address": settings.unsubscribe}
    last = [catalog.text("mail.unsubscribe", declining)] if settings.unsubscribe else []
    subject = text.title if text else catalog.text("mail.subject", {"city": invited.city})
    listed = "\n".join(
        catalog.text("mail.deadline", {"what": what, "when": when})
        for what, when in invited.deadlines
    )
    return Mail(
        to=to,
        subject=subject,
        language=catalog.head.html_lang,
        before=parts[0],
        dates=invited.deadlines,
        after=[*parts[1], *last],
        listed=listed,
        links=(addresses.page, addresses.feed),
    )


def _built_in(
    invited: Invitation, addresses: LinkAddresses, catalog: Catalog
) -> tuple[Sequence[str], Sequence[str]]:
    """Returns the paragraphs before and after the dates."""
    after = [
        catalog.text("mail.link", {"page": addresses.page}),
        catalog.text("mail.feed", {"feed": addresses.feed}),
        catalog.text("mail.private"),
        *invited.places,
        invited.printed,
        invited.contact,
    ]
    return [invited.addressee, invited.opening, *invited.states], after


def _own(
    text: LetterText, invited: Invitation, addresses: LinkAddresses
) -> tuple[Sequence[str], Sequence[str]]:
    """Returns the same of the city's own text."""
    params = {
        **invited.params,
        "name": [invited.addressee],
        "page": [addresses.page],
        "feed": [addresses.feed],
    }
    return [*text.fill(text.before, params)], [*text.fill(text.after, params)]


def draft(mail: Mail, settings: MessageSettings = PLAIN_MESSAGES) -> bytes:
    """``mail`` as an .eml file that mail programs open as a draft (RFC 5322)."""
    message = EmailMessage(policy=SMTP)
    for name, value in _headers(mail, settings):
        message[name] = value
    message.set_content(mail.body, charset="utf-8", cte="base64")
    message.add_alternative(mail.html, subtype="html", charset="utf-8", cte="base64")
    message.set_boundary(hashlib.sha256(mail.html.encode()).hexdigest()[:32])
    return message.as_bytes()


def _headers(mail: Mail, settings: MessageSettings) -> Iterator[tuple[str, str]]:
    if settings.sender:
        yield "From", settings.sender
    yield "To", mail.to
    yield "Subject", mail.subject
    if settings.unsubscribe:  # RFC 2369, 3.2
        yield "List-Unsubscribe", f"<mailto:{settings.unsubscribe}?subject=unsubscribe>"
    yield "X-Unsent", "1"  # Outlook: open for sending, not as received
