"""Writes a profile to fill in."""

from datetime import date
from importlib.resources import files

from calsvc.errors import MunicipalityFileError
from calsvc.municipality.code_list import Place, home_page, place
from calsvc.municipality.counters import CounterKind

KINDS = {
    "市": CounterKind.CITY_HALL,
    "区": CounterKind.WARD_OFFICE,
    "町": CounterKind.TOWN_HALL,
    "村": CounterKind.VILLAGE_OFFICE,
}


def new_profile(code: str, today: date) -> str:
    """Returns a profile for ``code`` with its name and home page, to be filled in.

    Raises `MunicipalityFileError` for a code that is none.
    """
    found = place(code)
    if found is None:
        raise MunicipalityFileError(
            code, "", "there is no such municipality: look the code up again"
        )
    template = (files("calsvc.municipality") / "data" / "new_profile.toml").read_text("utf-8")
    return template.format(
        **_facts(found),
        extends=f'extends = "{found.within}"\n' if found.within else "",
        kind=KINDS[found.name[-1]],
        today=today.isoformat(),
    )


def _facts(found: Place) -> dict[str, str]:
    return {
        "code": found.code,
        "name": found.short_name,
        "kana": found.kana,
        "prefecture": found.prefecture,
        "home": home_page(found.code),
    }
