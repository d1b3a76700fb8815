"""Asks for the municipality where the service serves several.

What is typed travels in a body and is kept nowhere: a postal code is part of an address.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.convertors import Convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.place_texts import city_name, prefecture_name
from calsvc.municipality import code_list, search
from calsvc.municipality.code_list import Place
from calsvc.municipality.model import Municipality
from calsvc.municipality.postal_codes import places_of, read_postal_code
from calsvc.municipality.romaji import latin_name, short_kana
from calsvc.web.pages import PRIVATE, PUBLIC, Page, languages_at, root_of
from calsvc.web.service import Service, get_request_catalog, service_of

FIELD = "place"


class CodeConvertor(Convertor[str]):
    """Takes six digits from a path."""

    regex = "[0-9]{6}"

    def convert(self, value: str) -> str:
        """Returns the digits."""
        return value

    def to_string(self, value: str) -> str:
        """Returns the digits."""
        return value


@dataclass(frozen=True)
class Choice:
    """A place to choose, or a prefecture.

    ``path``: of its form, of the wards of a designated city, or of the list of the prefecture.
    """

    name: str
    reading: str
    prefecture: str
    path: str


def city_of(request: Request) -> Municipality:
    """Returns the municipality that the address names. Raises `HTTPException` 404."""
    city = service_of(request).cities.find(request.path_params["code"])
    if city is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return city


def to_only(request: Request) -> Response:
    """Leads to the form of the only municipality. Raises `HTTPException` 404 for another."""
    city, only = city_of(request), service_of(request).cities.only
    if city is not only:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    target = f"{root_of(request)}/?lang={get_request_catalog(request).language}"
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)


def choice_page(request: Request) -> Response:
    """Returns the page with the field and the prefectures."""
    return _answer(request, "city_choice.html", {"found": (), "asked": False}, PUBLIC)


def found_page(request: Request, fields: Mapping[str, str]) -> Response:
    """Returns the page with the places and the prefecture that were searched for."""
    service, text = service_of(request), fields.get(FIELD, "")
    codes = service.cities.codes
    postal_code = read_postal_code(text)
    places = places_of(postal_code) if postal_code else search.find(text, codes)
    found = [
        *_prefecture_choices(request, text),
        *_choices(request, [each for each in places if each.code in codes]),
    ]
    context = {"found": found, "asked": True}
    status = HTTPStatus.OK if found else HTTPStatus.BAD_REQUEST
    return _answer(request, "city_choice.html", context, PRIVATE, status)


async def prefecture_page(request: Request) -> Response:
    """``GET /prefectures/{number}``: its municipalities, in the order of their kana."""
    number = request.path_params["number"]
    catalog = get_request_catalog(request)
    listed = _prefectures(service_of(request))
    names = {each.number: prefecture_name(each, catalog) for each in listed}
    if number not in names:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    cities = sorted(_served(request, code_list.in_prefecture(number)), key=short_kana)
    context = {"title": names[number], "found": _choices(request, cities), "unknown_ward": ""}
    return _answer(request, "city_list.html", context, PUBLIC)


async def wards_page(request: Request) -> Response:
    """``GET /{code}/wards``: the wards of a designated city, and the way on without one."""
    city, catalog = city_of(request), get_request_catalog(request)
    wards = _served(request, code_list.wards(city.code))
    if not wards or service_of(request).cities.only is not None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context = {
        "title": city_name(city, catalog),
        "found": _choices(request, wards),
        "unknown_ward": f"{root_of(request)}/{city.code}/?lang={catalog.language}",
    }
    return _answer(request, "city_list.html", context, PUBLIC)


def _answer(
    request: Request,
    template: str,
    context: Mapping[str, object],
    manner: Mapping[str, str],
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    catalog, root = get_request_catalog(request), root_of(request)
    frame = {
        "prefectures": [
            (
                prefecture_name(each, catalog),
                f"{root}/prefectures/{each.number}?lang={catalog.language}",
            )
            for each in _prefectures(service_of(request))
        ],
        "languages": languages_at(
            {each: f"{root}{_path(request)}?lang={each}" for each in LANGUAGES}
        ),
    }
    return Page(request, catalog, template).answer({**frame, **context}, manner, status)


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path


def _prefectures(service: Service) -> list[code_list.Prefecture]:
    if service.cities.only is not None:
        return []
    served = {code[: code_list.PREFECTURE_DIGITS] for code in service.cities.codes}
    return [each for each in code_list.prefectures() if each.number in served]


def _prefecture_choices(request: Request, query: str) -> Iterator[Choice]:
    catalog, found = get_request_catalog(request), search.find_prefecture(query)
    if found is not None and found in _prefectures(service_of(request)):
        path = f"{root_of(request)}/prefectures/{found.number}?lang={catalog.language}"
        reading = found.kana if catalog.language.startswith("ja") else found.latin
        yield Choice(found.name, reading, "", path)


def _served(request: Request, places: Iterable[Place]) -> list[Place]:
    codes = service_of(request).cities.codes
    return [each for each in places if each.code in codes]


def _choices(request: Request, places: Iterable[Place]) -> list[Choice]:
    catalog, root = get_request_catalog(request), root_of(request)
    return [_choice(each, catalog, root) for each in places]


def _choice(found: Place, catalog: Catalog, root: str) -> Choice:
    end = "wards" if code_list.wards(found.code) else ""
    in_japanese = catalog.language.startswith("ja")
    return Choice(
        name=found.short_name,
        reading=short_kana(found) if in_japanese else latin_name(found.code),
        prefecture=prefecture_name(code_list.prefecture_of(found.code), catalog),
        path=f"{root}/{found.code}/{end}?lang={catalog.language}",
    )
