"""Sets samples of what a run would send, so that a clerk sees them before anything is made."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from calsvc.bulk import emails, sms
from calsvc.bulk.due import find_batch
from calsvc.bulk.letter_files import compose_letter, invited
from calsvc.bulk.message_settings import MessageSettings
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.run import RunOptions
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.letters.compiler import Compiler, Sheet, open_compiler
from calsvc.letters.page_rows import build_letter_row

FIRST_ROW, WITH_LONGEST_NAME, WITH_LONGEST_ADDRESS = "first", "longest_name", "longest_address"
Plain = dict[str, Any]


@dataclass
class Chosen:
    """The residents whose letters and messages are shown: the first ones, and the longest."""

    options: RunOptions
    first: IssuedLink | None = None
    longest_name: IssuedLink | None = None
    longest_address: IssuedLink | None = None
    first_mail: IssuedLink | None = None
    first_sms: IssuedLink | None = None

    def see(self, outcomes: Iterable[Outcome]) -> None:
        """Consider residents to whom the run writes."""
        for outcome in outcomes:
            if outcome.issued and self._is_written_to(outcome.issued):
                self._see(outcome.issued)

    def _is_written_to(self, issued: IssuedLink) -> bool:
        chosen = self.options.selection
        return chosen.selects_all or bool(find_batch(issued, chosen, self.options.context.today))

    def _see(self, issued: IssuedLink) -> None:
        self.first = self.first or issued
        if issued.email:
            self.first_mail = self.first_mail or issued
        if issued.mobile:
            self.first_sms = self.first_sms or issued
        if _name_length(issued) > _name_length(self.longest_name):
            self.longest_name = issued
        if _address_length(issued) > _address_length(self.longest_address):
            self.longest_address = issued

    def letters(self) -> Iterator[tuple[str, IssuedLink]]:
        """Yield the residents whose letters are shown, each once, and why."""
        seen = set()
        for kind in (FIRST_ROW, WITH_LONGEST_NAME, WITH_LONGEST_ADDRESS):
            issued = getattr(self, kind)
            if issued and issued.row_number not in seen:
                seen.add(issued.row_number)
                yield kind, issued


def _name_length(issued: IssuedLink | None) -> int:
    return len(issued.addressee) if issued else 0


def _address_length(issued: IssuedLink | None) -> int:
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


def sample_letters(chosen: Chosen, sheet: Sheet) -> list[Sample]:
    """Returns the letters. Raises `TemplateError`."""
    today = chosen.options.context.today
    with open_compiler(sheet) as compiler:
        return [_sample(compiler, kind, each, sheet, today) for kind, each in chosen.letters()]


def _sample(compiler: Compiler, kind: str, issued: IssuedLink, sheet: Sheet, today: date) -> Sample:
    letter = compose_letter(issued, today, sheet)
    head = {"title": letter.title, "author": issued.municipality.names[DEFAULT_LANGUAGE]}
    head |= {"lang": DEFAULT_LANGUAGE}
    row = {**build_letter_row(letter, sheet), "fit": True}
    printed = compiler.set([row], head, 0)
    misfit = printed.misfits.get(issued.row_number, "")
    picture = b"" if misfit else compiler.picture(row, head)
    return Sample(kind, issued.row_number, misfit, printed.pdf, picture)


def sample_mail(chosen: Chosen, settings: MessageSettings) -> emails.Email | None:
    """Returns the first e-mail, if there is one."""
    issued = chosen.first_mail
    if issued is None:
        return None
    told = invited(issued, chosen.options.context.today)
    return emails.compose_email(issued.email, told, issued.urls, issued.catalog, settings)


def sample_sms(chosen: Chosen, settings: MessageSettings) -> sms.Sms | None:
    """Returns the first SMS, if there is one."""
    issued = chosen.first_sms
    if issued is None:
        return None
    told = invited(issued, chosen.options.context.today)
    return sms.compose_sms(told, issued.urls, issued.catalog, settings)
