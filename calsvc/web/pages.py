"""Templates filled in: what every page has, and the answer it makes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from calsvc import codes
from calsvc.errors import Fact
from calsvc.i18n.catalogs import Catalog, catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.place_texts import city_name, contact, contact_phone, counters, office_name
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.web.security_headers import page_headers
from calsvc.web.service import Service, believed_base, service_of
from calsvc.web.static_files import asset_path

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
"""A page that is one person's: not to be kept, nor listed anywhere."""
PUBLIC = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
"""A page that is the same for all who read its language."""
TEMPLATE_PACKAGES = (
    "calsvc.web",
    "calsvc.web.card_form",
    "calsvc.web.residents",
    "calsvc.web.staff",
)
"""Each keeps its templates beside its code; a template's name is the same in none of the others."""
UNBROKEN = Markup('<span class="day">{}</span>')
WRITTEN_IN = {"ja-x-easy": "ja"}
"""Languages that a browser knows by a shorter name."""


@dataclass(frozen=True)
class Page:
    """A page to be made: the request it answers, its language, its template.

    ``city``: the municipality it speaks for; none for the one of the service.
    """

    request: Request
    words: Catalog
    template: str
    city: Municipality | None = None

    def answer(
        self,
        facts: Mapping[str, object],
        manner: Mapping[str, str],
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HTMLResponse:
        """The page with ``facts``; ``manner`` is `PRIVATE` or `PUBLIC`."""
        text = _environment().get_template(self.template).render({**self._frame(), **facts})
        headers = {"Content-Language": self.words.language, **manner}
        response = HTMLResponse(text, status, headers=headers)
        ancestors = service_of(self.request).settings.frame_ancestors
        response.raw_headers += page_headers(ancestors)
        return response

    def _frame(self) -> dict[str, object]:
        """What every page has."""
        service, language = service_of(self.request), self.words.language
        root, city = root_of(self.request), self.city or service.cities.default
        return {
            "t": teller(self.words, "page"),
            "day": self.words.day,
            "root": root,
            "asset": lambda name: root + asset_path(name),
            "local": local_facts(city, self.words),
            "is_only": service.cities.only is not None,
            "front": f"{root}{front_path(service, city)}",
            "language": language,
            "html_lang": html_lang(language),
            "languages": [_language(each, f"{root}/?lang={each}") for each in LANGUAGES],
        }


def front_path(service: Service, city: Municipality) -> str:
    """Returns the path of the form of ``city``, or of the first page if it has none."""
    has_form = service.cities.only is None and not city.is_national
    return f"/{city.code}/" if has_form else "/"


def local_facts(city: Municipality, words: Catalog) -> dict[str, object]:
    """Returns what pages say of the municipality."""
    return {
        "name": city_name(city, words),
        "office": office_name(city, words),
        "phone": contact_phone(city, words.language),
        "certificate_counters": counters(city, Task.CERTIFICATE, words),
        "card_counter": counters(city, Task.APPLY, words),
        "contact": contact(city, words).splitlines(),
        "home": city.home,
        "is_national": city.is_national,
    }


def root_of(request: Request) -> str:
    """The path under which the service is reached, without a slash at the end; mostly ''."""
    base = believed_base(request)
    return urlsplit(base).path


def languages_at(addresses: Mapping[str, str]) -> list[dict[str, str]]:
    """The choice of languages where each has an address of its own."""
    return [_language(language, address) for language, address in addresses.items()]


def unbroken(text: str, parts: Iterable[str]) -> Markup:
    """``text`` with each of ``parts`` marked so that no line breaks inside it."""
    marked = escape(text)
    for part in set(parts):
        marked = marked.replace(escape(part), UNBROKEN.format(part))
    return marked


def html_lang(language: str) -> str:
    """The language for the attribute ``lang``."""
    return WRITTEN_IN.get(language, language)


def _language(language: str, address: str) -> dict[str, str]:
    name = catalog(language).text("language.name")
    return {"code": language, "lang": html_lang(language), "name": name, "address": address}


def teller(words: Catalog, group: str) -> Callable[..., str]:
    """What templates say texts with: those of ``words`` whose keys begin with ``group``."""

    def tell(key: str, **facts: Fact) -> str:
        return words.text(f"{group}.{key}", facts)

    return tell


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in TEMPLATE_PACKAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def inline(address: str) -> Markup:
    """The code of ``address`` as an SVG element without size, which the stylesheet gives."""
    drawn = codes.code(address).svg_inline(
        border=codes.QUIET_ZONE, light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - numbers only, drawn by segno
