"""Holds the municipalities that a service serves. Built-in profiles are read when first needed."""

import hashlib
from collections.abc import Iterator, Sequence

from calsvc.errors import MunicipalityFileError
from calsvc.municipality import loader
from calsvc.municipality.code_list import CODE_DIGITS, all_places, find_place, wards
from calsvc.municipality.model import Municipality
from calsvc.municipality.profile import NATIONAL_NAME

ALL = "all"


class Municipalities:
    """The municipalities that a service serves: one, several or all.

    ``single``: the only municipality, or None if there are several. ``default``: ``single``, or all
    of Japan. ``codes``: the served codes, with the wards of designated cities. ``digest``: a hash
    of all profiles. ``modified_at``: the last change of an administrator's file.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        """Read ``entries``, which are codes, paths of profiles, or `ALL`.

        Raises `MunicipalityFileError`. Files are read now, so that an error stops the start.
        """
        codes = [each for each in entries if _is_code(each)]
        for code in codes:
            loader.load_municipality(code)
        files = [
            loader.load_profile(each) for each in entries if each != ALL and not _is_code(each)
        ]
        self._own_profiles = {each.profile.code: each for each in files}
        from_files = [
            loader.build_municipality(code, self._own_profiles) for code in self._own_profiles
        ]
        self._files = {municipality.code: municipality for municipality in from_files}
        self._loaded = dict(self._files)
        self._reject_repeated(entries, len(codes))
        served = {each for code in (*codes, *self._files) for each in _with_wards(code)}
        self.codes = frozenset(all_places() if ALL in entries else served)
        self.single = self._single_municipality(entries)
        self.default = self.single or loader.national_municipality()
        self.digest = _digest(from_files)
        self.modified_at = max(
            (municipality.modified_at for municipality in from_files),
            default=loader.BUILT_IN_MODIFIED_AT,
        )

    def _reject_repeated(self, entries: Sequence[str], codes: int) -> None:
        different = len({*self._files, *filter(_is_code, entries)}) + (ALL in entries)
        if not entries or different != len(entries) or different < codes:
            raise MunicipalityFileError(
                ", ".join(entries), "", "names a municipality twice, or none"
            )

    def _single_municipality(self, entries: Sequence[str]) -> Municipality | None:
        if len(entries) > 1 or ALL in entries:
            return None
        (municipality,) = self._files.values() or [loader.load_municipality(entries[0])]
        return municipality

    def find(self, code: str) -> Municipality | None:
        """Return the municipality with ``code``, or None if it is not served."""
        if code not in self._loaded and code in self.codes:
            self._loaded.setdefault(code, loader.build_municipality(code, self._own_profiles))
        return self._loaded.get(code)

    def with_profiles(self) -> Iterator[Municipality]:
        """Yield the served municipalities with a profile."""
        for code in sorted({*self._files, *(self.codes & {*loader.built_in_codes()})}):
            municipality = self.find(code)
            if municipality is not None:
                yield municipality

    def for_link(self, code: str) -> Municipality:
        """Return the municipality of a link, or all of Japan if it is not served.

        So a link never shows the facts of another municipality.
        """
        return self.find(code) or loader.national_municipality()


def _is_code(entry: str) -> bool:
    return entry == NATIONAL_NAME or (len(entry) == CODE_DIGITS and entry.isdigit())


def _with_wards(code: str) -> list[str]:
    return [code, *(each.code for each in wards(code))] if find_place(code) else []


def _digest(from_files: Sequence[Municipality]) -> bytes:
    digest = hashlib.blake2b(digest_size=32)
    for name in (NATIONAL_NAME, *loader.built_in_codes()):
        digest.update(loader.built_in_content(name))
    for municipality in from_files:
        digest.update(municipality.digest)
    return digest.digest()
