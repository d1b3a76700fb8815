"""Lets a resident choose the municipality if the service serves several.

The search text is sent in a body and never stored, because a postal code is part of an address.
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
from calsvc.i18n.place_texts import municipality_name, prefecture_name
from calsvc.municipality import code_list, search
from calsvc.municipality.code_list import Place
from calsvc.municipality.model import Municipality
from calsvc.municipality.postal_codes import find_by_postal_code, parse_postal_code
from calsvc.municipality.romaji import latin_name, short_kana
from calsvc.web.pages import PRIVATE, PUBLIC, Page, language_links, root_path
from calsvc.web.service import Service, get_request_catalog, get_service

SEARCH_FIELD = "place"


class CodeConvertor(Convertor[str]):
    """A path parameter of six digits, the code of a municipality."""

    regex = "[0-9]{6}"

    def convert(self, value: str) -> str:
        """Return the code unchanged."""
        return value

    def to_string(self, value: str) -> str:
        """Return the code unchanged."""
        return value


@dataclass(frozen=True)
class Choice:
    """A municipality or a prefecture to choose.

    ``path``: of the municipality's form, the city's list of wards, or the prefecture's list.
    """

    name: str
    reading: str
    prefecture: str
    path: str


def municipality_in_path(request: Request) -> Municipality:
    """Return the municipality that the path names. Raises `HTTPException` 404."""
    municipality = get_service(request).municipalities.find(request.path_params["code"])
    if municipality is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return municipality


def redirect_to_front_page(request: Request) -> Response:
    """Redirect to the form of the only municipality. Raises `HTTPException` 404 for another."""
    municipality, single = municipality_in_path(request), get_service(request).municipalities.single
    if municipality is not single:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    target = f"{root_path(request)}/?lang={get_request_catalog(request).language}"
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)


def choice_page(request: Request) -> Response:
    """Return the page with the search field and the prefectures."""
    return _render(request, "city_choice.html", {"results": (), "has_searched": False}, PUBLIC)


def search_results_page(request: Request, fields: Mapping[str, str]) -> Response:
    """Return the page with the results of a search."""
    service, text = get_service(request), fields.get(SEARCH_FIELD, "")
    codes = service.municipalities.codes
    postal_code = parse_postal_code(text)
    places = find_by_postal_code(postal_code) if postal_code else search.find_places(text, codes)
    results = [
        *_prefecture_choices(request, text),
        *_choices(request, [each for each in places if each.code in codes]),
    ]
    context = {"results": results, "has_searched": True}
    status = HTTPStatus.OK if results else HTTPStatus.BAD_REQUEST
    return _render(request, "city_choice.html", context, PRIVATE, status)


async def prefecture_page(request: Request) -> Response:
    """``GET /prefectures/{number}``: its municipalities, ordered by kana."""
    number = request.path_params["number"]
    catalog = get_request_catalog(request)
    listed = _prefectures(get_service(request))
    names = {each.number: prefecture_name(each, catalog) for each in listed}
    if number not in names:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    municipalities = sorted(
        _filter_served(request, code_list.places_in_prefecture(number)), key=short_kana
    )
    context = {
        "title": names[number],
        "results": _choices(request, municipalities),
        "unknown_ward": "",
    }
    return _render(request, "city_list.html", context, PUBLIC)


async def wards_page(request: Request) -> Response:
    """``GET /{code}/wards``: the wards of a designated city, and the link to continue without."""
    municipality, catalog = municipality_in_path(request), get_request_catalog(request)
    wards = _filter_served(request, code_list.wards(municipality.code))
    if not wards or get_service(request).municipalities.single is not None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context = {
        "title": municipality_name(municipality, catalog),
        "results": _choices(request, wards),
        "unknown_ward": f"{root_path(request)}/{municipality.code}/?lang={catalog.language}",
    }
    return _render(request, "city_list.html", context, PUBLIC)


def _render(
    request: Request,
    template: str,
    context: Mapping[str, object],
    cache_headers: Mapping[str, str],
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    catalog, root = get_request_catalog(request), root_path(request)
    base_context = {
        "prefectures": [
            (
                prefecture_name(each, catalog),
                f"{root}/prefectures/{each.number}?lang={catalog.language}",
            )
            for each in _prefectures(get_service(request))
        ],
        "languages": language_links(
            {each: f"{root}{_path(request)}?lang={each}" for each in LANGUAGES}
        ),
    }
    return Page(request, catalog, template).render(
        {**base_context, **context}, cache_headers, status
    )


def _path(request: Request) -> str:
    path: str = request.scope["path"]
    return path


def _prefectures(service: Service) -> list[code_list.Prefecture]:
    if service.municipalities.single is not None:
        return []
    served = {code[: code_list.PREFECTURE_DIGITS] for code in service.municipalities.codes}
    return [each for each in code_list.prefectures() if each.number in served]


def _prefecture_choices(request: Request, query: str) -> Iterator[Choice]:
    catalog, prefecture = get_request_catalog(request), search.find_prefecture(query)
    if prefecture is not None and prefecture in _prefectures(get_service(request)):
        path = f"{root_path(request)}/prefectures/{prefecture.number}?lang={catalog.language}"
        reading = prefecture.kana if catalog.language.startswith("ja") else prefecture.latin
        yield Choice(prefecture.name, reading, "", path)


def _filter_served(request: Request, places: Iterable[Place]) -> list[Place]:
    codes = get_service(request).municipalities.codes
    return [each for each in places if each.code in codes]


def _choices(request: Request, places: Iterable[Place]) -> list[Choice]:
    catalog, root = get_request_catalog(request), root_path(request)
    return [_choice(each, catalog, root) for each in places]


def _choice(place: Place, catalog: Catalog, root: str) -> Choice:
    end = "wards" if code_list.wards(place.code) else ""
    in_japanese = catalog.language.startswith("ja")
    return Choice(
        name=place.short_name,
        reading=short_kana(place) if in_japanese else latin_name(place.code),
        prefecture=prefecture_name(code_list.prefecture_of(place.code), catalog),
        path=f"{root}/{place.code}/{end}?lang={catalog.language}",
    )
