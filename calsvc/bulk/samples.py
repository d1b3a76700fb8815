"""Makes samples of letters and messages, so that a clerk sees them before a run."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from calsvc.bulk import emails, sms
from calsvc.bulk.due import find_batch
from calsvc.bulk.letter_files import compose_for_resident, set_letter_of_one
from calsvc.bulk.message_settings import MessageSettings
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.run import RunOptions
from calsvc.letters.compiler import open_compiler

FIRST_ROW, WITH_LONGEST_NAME, WITH_LONGEST_ADDRESS = "first", "longest_name", "longest_address"
JsonObject = dict[str, Any]


@dataclass
class SampleResidents:
    """The residents for samples: the first ones, and those with the longest name and address."""

    options: RunOptions
    first: IssuedLink | None = None
    longest_name: IssuedLink | None = None
    longest_address: IssuedLink | None = None
    first_mail: IssuedLink | None = None
    first_sms: IssuedLink | None = None

    def consider(self, outcomes: Iterable[Outcome]) -> None:
        """Consider the residents of ``outcomes`` whom the run selects."""
        for outcome in outcomes:
            if outcome.issued and self._is_selected(outcome.issued):
                self._consider(outcome.issued)

    def _is_selected(self, issued: IssuedLink) -> bool:
        selection = self.options.selection
        return selection.selects_all or bool(
            find_batch(issued, selection, self.options.context.today)
        )

    def _consider(self, issued: IssuedLink) -> None:
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
        """Yield the residents for sample letters, each once, with the reason."""
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
    """A sample letter. ``kind``: the reason for it. ``misfit``: the part that does not fit, or ''.

    ``row``: its row number. ``pdf`` and ``png`` are b'' if a part does not fit.
    """

    kind: str
    row: int
    misfit: str
    pdf: bytes
    png: bytes

    def to_json(self) -> JsonObject:
        """Return the sample without its PDF as JSON values."""
        picture = base64.b64encode(self.png).decode()
        return {"kind": self.kind, "row": self.row, "misfit": self.misfit, "png": picture}


def set_sample_letters(residents: SampleResidents) -> list[Sample]:
    """Return the sample letters, none if the run makes no letters. Raises `TemplateError`."""
    return [*chain.from_iterable(_samples(residents, *each) for each in residents.letters())]


def _samples(residents: SampleResidents, kind: str, issued: IssuedLink) -> Iterator[Sample]:
    sheet = residents.options.styles.of(issued.municipality).sheet
    if sheet is None:
        return
    with open_compiler(sheet) as compiler:
        letter = set_letter_of_one(compiler, issued, residents.options.context.today, sheet)
        picture = b"" if letter.misfit else compiler.draw_png(letter.row, letter.head)
    yield Sample(kind, issued.row_number, letter.misfit, letter.pdf, picture)


def compose_sample_mail(residents: SampleResidents) -> tuple[emails.Email, MessageSettings] | None:
    """Return the first e-mail and the settings of its municipality, or None."""
    issued = residents.first_mail
    if issued is None:
        return None
    settings = residents.options.styles.of(issued.municipality).messages
    message = compose_for_resident(issued, residents.options.context.today)
    return emails.compose_email(
        issued.email, message, issued.urls, issued.catalog, settings
    ), settings


def compose_sample_sms(residents: SampleResidents) -> sms.Sms | None:
    """Return the first SMS, or None."""
    issued = residents.first_sms
    if issued is None:
        return None
    settings = residents.options.styles.of(issued.municipality).messages
    message = compose_for_resident(issued, residents.options.context.today)
    return sms.compose_sms(message, issued.urls, issued.catalog, settings)
