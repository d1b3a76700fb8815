"""E-mails to residents: drafts that mail programs open, and rows for mail merges."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from calsvc.bulk.resident_message import Invitation
from calsvc.i18n.catalogs import Catalog
from calsvc.links.urls import LinkAddresses


@dataclass(frozen=True)
class Mail:
    """An e-mail to one resident; the lines of ``body`` end with LF."""

    to: str
    subject: str
    body: str


def mail(to: str, invited: Invitation, addresses: LinkAddresses, words: Catalog) -> Mail:
    """The e-mail that brings a resident the link."""
    deadlines = "\n".join(
        words.text("mail.deadline", {"what": what, "when": when})
        for what, when in invited.deadlines
    )
    paragraphs = [
        invited.addressee,
        invited.opening,
        *invited.states,
        deadlines,
        words.text("mail.link", {"page": addresses.page}),
        words.text("mail.feed", {"feed": addresses.feed}),
        words.text("mail.private"),
        *invited.places,
        invited.printed,
        invited.contact,
    ]
    subject = words.text("mail.subject", {"city": invited.city})
    return Mail(to, subject, "\n\n".join(paragraphs) + "\n")


def draft(mail: Mail) -> bytes:
    """``mail`` as an .eml file that mail programs open as a draft (RFC 5322)."""
    message = EmailMessage(policy=SMTP)
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["X-Unsent"] = "1"  # Outlook: open for sending, not as received
    message.set_content(mail.body, charset="utf-8", cte="base64")
    return message.as_bytes()
