"""Templates filled in: what every page has, and the answer it makes."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from calsvc import codes
from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import contact, contact_phone, office_name
from calsvc.i18n.languages import LANGUAGE_HEADS, LANGUAGES, Language
from calsvc.i18n.place_texts import counters, unmistakable_name
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.web.ruby import with_ruby
from calsvc.web.security_headers import page_headers
from calsvc.web.service import Service, believed_base, service_of
from calsvc.web.static_files import asset_path, icon_url
from calsvc.web.templating import environment

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
"""A page that is one person's: not to be kept, nor listed anywhere."""
MARK = "\0"
"""Stands in no text: names are without control characters."""
PUBLIC = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
"""A page that is the same for all who read its language."""
ADDRESS = re.compile(r"https?://[!-~]+(?<![.,)])")
"""An address in a text. Japanese follows one without a space."""


@dataclass(frozen=True)
class Page:
    """A page to be made: the request it answers, its language, its template.

    ``city``: the municipality it speaks for; none for the one of the service.
    """

    request: Request
    catalog: Catalog
    template: str
    city: Municipality | None = None

    def answer(
        self,
        context: Mapping[str, object],
        manner: Mapping[str, str],
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HTMLResponse:
        """The page with ``context``; ``manner`` is `PRIVATE` or `PUBLIC`."""
        template, inserts = (
            environment(self.catalog.language).get_template(self.template),
            Inserts(),
        )
        text = template.render({**self._frame(), "insert": inserts.mark, **context})
        headers = {"Content-Language": self.catalog.language, **manner}
        body = inserts.join(with_ruby(text, self.catalog))
        response = HTMLResponse(body, status, headers=headers)
        ancestors = service_of(self.request).settings.frame_ancestors
        response.raw_headers += page_headers(ancestors)
        return response

    def _frame(self) -> dict[str, object]:
        """What every page has."""
        service, language = service_of(self.request), self.catalog.language
        base, city = believed_base(self.request), self.city or service.cities.default
        root = base_path(base)
        return {
            "t": teller(self.catalog, "page"),
            "day": self.catalog.day,
            "base": base,
            "root": root,
            "icon": icon_url(),
            "asset": lambda name: root + asset_path(name),
            "local": municipality_context(city, self.catalog),
            "is_only": service.cities.only is not None,
            "of_city": "" if service.cities.only else f"&municipality={city.code}",
            "front": f"{root}{front_path(service, city)}",
            "language": language,
            "head": self.catalog.head,
            "languages": [_language(each, f"{root}/?lang={each}") for each in LANGUAGES],
        }


class Inserts:
    """Parts of a page that are bytes already: put in last, so that they are copied only once."""

    def __init__(self) -> None:
        """There is none yet."""
        self._parts: list[bytes] = []

    def mark(self, parts: Sequence[bytes]) -> str:
        """Returns what stands for ``parts`` in the text of the page. They must be HTML."""
        self._parts.append(b"\n".join([*parts, b""]))
        return MARK

    def join(self, text: str) -> bytes:
        """Returns the page ``text`` with the parts in place of their marks."""
        pieces = text.encode().split(MARK.encode(), len(self._parts))
        joined = zip(pieces, [*self._parts, b""], strict=True)
        return b"".join([part for pair in joined for part in pair])


def front_path(service: Service, city: Municipality) -> str:
    """Returns the path of the form of ``city``, or of the first page if it has none."""
    has_form = service.cities.only is None and not city.is_national
    return f"/{city.code}/" if has_form else "/"


def municipality_context(city: Municipality, catalog: Catalog) -> dict[str, object]:
    """Returns what pages say of the municipality."""
    return {
        "name": unmistakable_name(city, catalog),
        "office": office_name(city, catalog),
        "phone": contact_phone(city, catalog.language),
        "certificate_counters": counters(city, Task.CERTIFICATE, catalog),
        "card_counter": counters(city, Task.APPLY, catalog),
        "contact": contact(city, catalog).splitlines(),
        "home": city.home,
        "is_national": city.is_national,
    }


def root_of(request: Request) -> str:
    """The path under which the service is reached, without a slash at the end; mostly ''."""
    return base_path(believed_base(request))


def base_path(base: str) -> str:
    """Returns the path of the address ``base``, without a slash at the end; mostly ''."""
    return urlsplit(base).path


class LanguageLink(NamedTuple):
    """A language that a page may be read in."""

    head: Language
    address: str


def languages_at(addresses: Mapping[str, str]) -> list[LanguageLink]:
    """The choice of languages where each has an address of its own."""
    return [_language(language, address) for language, address in addresses.items()]


def unbroken(text: str, parts: Iterable[str]) -> Markup:
    """``text`` with each of ``parts`` marked so that no line breaks inside it."""
    marked = str(escape(text))
    for part in {*parts}:
        marked = marked.replace(str(escape(part)), unbroken_day(part))
    return Markup(marked)  # noqa: S704 - escaped above


def unbroken_day(day: str) -> Markup:
    """Returns ``day`` marked so that no line breaks inside it."""
    return Markup(f'<span class="day">{escape(day)}</span>')  # noqa: S704 - escaped here


def paragraphs(text: str) -> Markup:
    """Returns each line of ``text`` as a paragraph in which addresses are links."""
    linked = ADDRESS.sub(r'<a href="\g<0>" rel="noopener">\g<0></a>', str(escape(text)))
    lines = linked.replace("\n", "</p>\n<p>")
    return Markup(f"<p>{lines}</p>")  # noqa: S704 - escaped above


def _language(language: str, address: str) -> LanguageLink:
    return LanguageLink(LANGUAGE_HEADS[language], address)


def teller(catalog: Catalog, group: str) -> Callable[..., str]:
    """What templates say texts with: those of ``catalog`` whose keys begin with ``group``."""

    def tell(key: str, **context: ParamValue) -> str:
        return catalog.text(f"{group}.{key}", context)

    return tell


def inline(address: str) -> Markup:
    """Returns the code of ``address`` as an SVG element, which has its size from the stylesheet."""
    width, paths = codes.drawing(address)
    drawn = f'<svg viewBox="0 0 {width} {width}" class="qr">{paths}</svg>'
    return Markup(drawn)  # noqa: S704 - numbers only, drawn by `codes`
