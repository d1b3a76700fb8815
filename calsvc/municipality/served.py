"""Knows which municipalities a service serves, and reads each when it is first needed."""

import hashlib
from collections.abc import Iterator, Sequence

from calsvc.errors import MunicipalityFileError
from calsvc.municipality import toml_reader
from calsvc.municipality.code_list import CODE_DIGITS, place, places, wards
from calsvc.municipality.model import Municipality
from calsvc.municipality.profile import NATIONAL_NAME

ALL = "all"


class Municipalities:
    """The municipalities of a service: one, several or all.

    ``only``: the one, if there is no other. ``default``: the one, or what holds for all of Japan.
    ``codes``: of those that are served, with the wards of designated cities. ``digest`` stands for
    all facts, ``changed`` is when a file of them last changed.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        """Read ``entries``: codes, paths of profiles, or `ALL`.

        Raises `MunicipalityFileError` for a faulty one.

        Files are read at once, so that a fault is found at the start.
        """
        codes = [each for each in entries if _is_code(each)]
        for code in codes:
            toml_reader.load(code)
        files = [
            toml_reader.load_own(each) for each in entries if each != ALL and not _is_code(each)
        ]
        self._own = {each.profile.code: each for each in files}
        read = [toml_reader.assemble(code, self._own) for code in self._own]
        self._files = {city.code: city for city in read}
        self._read = dict(self._files)
        self._refuse_repeated(entries, len(codes))
        served = {each for code in (*codes, *self._files) for each in _with_wards(code)}
        self.codes = frozenset(places() if ALL in entries else served)
        self.only = self._the_only(entries)
        self.default = self.only or toml_reader.national()
        self.digest = _digest(read)
        self.changed = max((city.changed for city in read), default=toml_reader.WITH_RELEASE)

    def _refuse_repeated(self, entries: Sequence[str], codes: int) -> None:
        different = len({*self._files, *filter(_is_code, entries)}) + (ALL in entries)
        if not entries or different != len(entries) or different < codes:
            raise MunicipalityFileError(
                ", ".join(entries), "", "names a municipality twice, or none"
            )

    def _the_only(self, entries: Sequence[str]) -> Municipality | None:
        if len(entries) > 1 or ALL in entries:
            return None
        (city,) = self._files.values() or [toml_reader.load(entries[0])]
        return city

    def find(self, code: str) -> Municipality | None:
        """Returns the municipality with that code, or none if it is not served."""
        if code not in self._read and code in self.codes:
            self._read.setdefault(code, toml_reader.assemble(code, self._own))
        return self._read.get(code)

    def with_profiles(self) -> Iterator[Municipality]:
        """Yields the municipalities that are served and have a profile of their own."""
        for code in sorted({*self._files, *(self.codes & {*toml_reader.built_in_codes()})}):
            city = self.find(code)
            if city is not None:
                yield city

    def for_link(self, code: str) -> Municipality:
        """Returns the municipality of a link.

        One that is not served speaks with the national words, never under another's name.
        """
        return self.find(code) or toml_reader.national()


def _is_code(entry: str) -> bool:
    return entry == NATIONAL_NAME or (len(entry) == CODE_DIGITS and entry.isdigit())


def _with_wards(code: str) -> list[str]:
    return [code, *(each.code for each in wards(code))] if place(code) else []


def _digest(read: Sequence[Municipality]) -> bytes:
    digest = hashlib.blake2b(digest_size=32)
    for name in (NATIONAL_NAME, *toml_reader.built_in_codes()):
        digest.update(toml_reader.built_in_content(name))
    for city in read:
        digest.update(city.digest)
    return digest.digest()
