"""Creates the text of a profile for a clerk to complete."""

from datetime import date
from importlib.resources import files

from calsvc.errors import MunicipalityFileError
from calsvc.municipality.code_list import Place, find_home_page, find_place
from calsvc.municipality.counters import CounterKind

KINDS = {
    "市": CounterKind.CITY_HALL,
    "区": CounterKind.WARD_OFFICE,
    "町": CounterKind.TOWN_HALL,
    "村": CounterKind.VILLAGE_OFFICE,
}


def new_profile(code: str, today: date) -> str:
    """Return the text of a profile for ``code``, with its name and home page only.

    Raises `MunicipalityFileError` for an unknown code.
    """
    place = find_place(code)
    if place is None:
        raise MunicipalityFileError(
            code, "", "there is no such municipality: look the code up again"
        )
    template = (files("calsvc.municipality") / "data" / "new_profile.toml").read_text("utf-8")
    return template.format(
        **_template_values(place),
        extends=f'extends = "{place.within}"\n' if place.within else "",
        kind=KINDS[place.name[-1]],
        today=today.isoformat(),
    )


def _template_values(place: Place) -> dict[str, str]:
    return {
        "code": place.code,
        "name": place.short_name,
        "kana": place.kana,
        "prefecture": place.prefecture,
        "home": find_home_page(place.code),
    }
