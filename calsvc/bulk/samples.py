"""Sets samples of what a run would send, so that a clerk sees them before anything is made."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from calsvc.bulk import emails, sms
from calsvc.bulk.due import batch
from calsvc.bulk.letter_files import invited, set_letter_of_one
from calsvc.bulk.message_settings import MessageSettings
from calsvc.bulk.outcomes import Issued, Outcome
from calsvc.bulk.run import Order
from calsvc.letters.compiler import open_compiler

FIRST_ROW, WITH_LONGEST_NAME, WITH_LONGEST_ADDRESS = "first", "longest_name", "longest_address"
Plain = dict[str, Any]


@dataclass
class Chosen:
    """The residents whose letters and messages are shown: the first ones, and the longest."""

    order: Order
    first: Issued | None = None
    longest_name: Issued | None = None
    longest_address: Issued | None = None
    first_mail: Issued | None = None
    first_sms: Issued | None = None

    def see(self, outcomes: Iterable[Outcome]) -> None:
        """Consider residents to whom the run writes."""
        for outcome in outcomes:
            if outcome.issued and self._is_written_to(outcome.issued):
                self._see(outcome.issued)

    def _is_written_to(self, issued: Issued) -> bool:
        chosen = self.order.selection
        return chosen.is_of_all or bool(batch(issued, chosen, self.order.office.today))

    def _see(self, issued: Issued) -> None:
        self.first = self.first or issued
        if issued.email:
            self.first_mail = self.first_mail or issued
        if issued.mobile:
            self.first_sms = self.first_sms or issued
        if _name_length(issued) > _name_length(self.longest_name):
            self.longest_name = issued
        if _address_length(issued) > _address_length(self.longest_address):
            self.longest_address = issued

    def letters(self) -> Iterator[tuple[str, Issued]]:
        """Yield the residents whose letters are shown, each once, and why."""
        seen = set()
        for kind in (FIRST_ROW, WITH_LONGEST_NAME, WITH_LONGEST_ADDRESS):
            issued = getattr(self, kind)
            if issued and issued.row_number not in seen:
                seen.add(issued.row_number)
                yield kind, issued


def _name_length(issued: Issued | None) -> int:
    return len(issued.addressee) if issued else 0


def _address_length(issued: Issued | None) -> int:
    return sum(map(len, issued.address.lines)) if issued else 0


class Sample(NamedTuple):
    """A letter. ``kind``: why it is shown; ``row``: its row; ``misfit``: what does not fit, or ''.

    ``png``: a picture of it; ``pdf``: the letter. Both are empty if it does not fit.
    """

    kind: str
    row: int
    misfit: str
    pdf: bytes
    png: bytes

    def plain(self) -> Plain:
        """Returns what JSON can hold of it."""
        picture = base64.b64encode(self.png).decode()
        return {"kind": self.kind, "row": self.row, "misfit": self.misfit, "png": picture}


def sample_letters(chosen: Chosen) -> list[Sample]:
    """Returns the letters, none if the run makes none. Raises `TemplateError`."""
    return [*chain.from_iterable(_samples(chosen, *each) for each in chosen.letters())]


def _samples(chosen: Chosen, kind: str, issued: Issued) -> Iterator[Sample]:
    sheet = chosen.order.styles.of(issued.city).sheet
    if sheet is None:
        return
    with open_compiler(sheet) as compiler:
        letter = set_letter_of_one(compiler, issued, chosen.order.office.today, sheet)
        picture = b"" if letter.misfit else compiler.picture(letter.row, letter.head)
    yield Sample(kind, issued.row_number, letter.misfit, letter.pdf, picture)


def sample_mail(chosen: Chosen) -> tuple[emails.Mail, MessageSettings] | None:
    """Returns the first e-mail, if there is one, and what its municipality says of e-mails."""
    issued = chosen.first_mail
    if issued is None:
        return None
    settings = chosen.order.styles.of(issued.city).messages
    told = invited(issued, chosen.order.office.today)
    return emails.mail(issued.email, told, issued.addresses, issued.catalog, settings), settings


def sample_sms(chosen: Chosen) -> sms.Sms | None:
    """Returns the first SMS, if there is one."""
    issued = chosen.first_sms
    if issued is None:
        return None
    settings = chosen.order.styles.of(issued.city).messages
    told = invited(issued, chosen.order.office.today)
    return sms.sms(told, issued.addresses, issued.catalog, settings)
