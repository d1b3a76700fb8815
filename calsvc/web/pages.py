"""Renders pages: the context that all templates share, and the response."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from calsvc import qr_codes
from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import find_contact_phone, format_contact, office_name
from calsvc.i18n.languages import LANGUAGE_HEADS, LANGUAGES, Language
from calsvc.i18n.place_texts import format_counters, unambiguous_name
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.web.ruby import with_ruby
from calsvc.web.security_headers import page_headers
from calsvc.web.service import Service, get_service, trusted_base_url
from calsvc.web.static_files import asset_path, icon_url
from calsvc.web.templating import get_environment

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
"""Headers of a page about one person. It must be neither cached nor indexed."""
PLACEHOLDER = "\0"
"""The placeholder of inserted bytes. No text holds it: names are without control characters."""
PUBLIC = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
"""Headers of a page that depends only on the language."""
URL_PATTERN = re.compile(r"https?://[!-~]+(?<![.,)])")
"""A URL in a text. Japanese text continues after it without a space."""


@dataclass(frozen=True)
class Page:
    """A page to render: its request, its language and its template.

    ``municipality``: the municipality that the page is about. None for the default of the service.
    """

    request: Request
    catalog: Catalog
    template: str
    municipality: Municipality | None = None

    def render(
        self,
        context: Mapping[str, object],
        cache_headers: Mapping[str, str],
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HTMLResponse:
        """Return the response. ``cache_headers``: `PRIVATE` or `PUBLIC`."""
        template = get_environment(self.catalog.language).get_template(self.template)
        inserts = Inserts()
        text = template.render({**self._base_context(), "insert": inserts.placeholder, **context})
        headers = {"Content-Language": self.catalog.language, **cache_headers}
        body = inserts.join(with_ruby(text, self.catalog))
        response = HTMLResponse(body, status, headers=headers)
        ancestors = get_service(self.request).settings.frame_ancestors
        response.raw_headers += page_headers(ancestors)
        return response

    def _base_context(self) -> dict[str, object]:
        """Return the part of the context that every template needs."""
        service, language = get_service(self.request), self.catalog.language
        municipality = self.municipality or service.municipalities.default
        base_url = trusted_base_url(self.request)
        root = base_path(base_url)
        return {
            "t": translator(self.catalog, "page"),
            "day": self.catalog.format_date,
            "base_url": base_url,
            "root_path": root,
            "icon": icon_url(),
            "asset": lambda name: root + asset_path(name),
            "municipality": municipality_context(municipality, self.catalog),
            "is_only": service.municipalities.single is not None,
            "municipality_query": ""
            if service.municipalities.single
            else f"&municipality={municipality.code}",
            "form_path": f"{root}{form_path(service, municipality)}",
            "language": language,
            "head": self.catalog.head,
            "languages": language_links({each: f"{root}/?lang={each}" for each in LANGUAGES}),
        }


class Inserts:
    """Rendered parts of a page, in bytes. They are inserted last, so they are copied only once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def placeholder(self, parts: Sequence[bytes]) -> str:
        """Return the placeholder of ``parts`` in the text of the page. They must be HTML."""
        self._parts.append(b"\n".join([*parts, b""]))
        return PLACEHOLDER

    def join(self, text: str) -> bytes:
        """Return the page ``text`` with the parts in place of their placeholders."""
        pieces = text.encode().split(PLACEHOLDER.encode(), len(self._parts))
        joined = zip(pieces, [*self._parts, b""], strict=True)
        return b"".join([part for pair in joined for part in pair])


def form_path(service: Service, municipality: Municipality) -> str:
    """Return the path of the form of ``municipality``, or of the first page if it has none."""
    has_form = service.municipalities.single is None and not municipality.is_national
    return f"/{municipality.code}/" if has_form else "/"


def municipality_context(municipality: Municipality, catalog: Catalog) -> dict[str, object]:
    """Return the context about the municipality: name, counters, contact."""
    return {
        "name": unambiguous_name(municipality, catalog),
        "office": office_name(municipality, catalog),
        "phone": find_contact_phone(municipality, catalog.language),
        "certificate_counters": format_counters(municipality, Task.CERTIFICATE, catalog),
        "card_counter": format_counters(municipality, Task.APPLY, catalog),
        "contact": format_contact(municipality, catalog).splitlines(),
        "home": municipality.home_page,
        "is_national": municipality.is_national,
    }


def root_path(request: Request) -> str:
    """Return the path of the service's URL, without a slash at the end. It is mostly ''."""
    return base_path(trusted_base_url(request))


def base_path(base_url: str) -> str:
    """Return the path of ``base_url``, without a slash at the end. It is mostly ''."""
    return urlsplit(base_url).path


class LanguageLink(NamedTuple):
    """A language of a page, and the URL of the page in it."""

    head: Language
    url: str


def language_links(urls: Mapping[str, str]) -> list[LanguageLink]:
    """Return the links to a page in other languages. ``urls``: a URL for each language."""
    return [LanguageLink(LANGUAGE_HEADS[language], url) for language, url in urls.items()]


def no_wrap(text: str, parts: Iterable[str]) -> Markup:
    """Return ``text`` with each of ``parts`` marked so that no line breaks inside it."""
    marked = str(escape(text))
    for part in {*parts}:
        marked = marked.replace(str(escape(part)), no_wrap_day(part))
    return Markup(marked)  # noqa: S704 - escaped above


def no_wrap_day(day: str) -> Markup:
    """Return ``day`` marked so that no line breaks inside it."""
    return Markup(f'<span class="day">{escape(day)}</span>')  # noqa: S704 - escaped here


def paragraphs(text: str) -> Markup:
    """Return each line of ``text`` as a paragraph in which URLs are links."""
    linked = URL_PATTERN.sub(r'<a href="\g<0>" rel="noopener">\g<0></a>', str(escape(text)))
    lines = linked.replace("\n", "</p>\n<p>")
    return Markup(f"<p>{lines}</p>")  # noqa: S704 - escaped above


def translator(catalog: Catalog, group: str) -> Callable[..., str]:
    """Return the function ``t`` of templates, for the texts whose keys begin with ``group``."""

    def translate(key: str, **params: ParamValue) -> str:
        return catalog.text(f"{group}.{key}", params)

    return translate


def inline_qr_code(url: str) -> Markup:
    """Return the QR code of ``url`` as an SVG element. The stylesheet sets its size."""
    width, paths = qr_codes.draw_svg_paths(url)
    drawn = f'<svg viewBox="0 0 {width} {width}" class="qr">{paths}</svg>'
    return Markup(drawn)  # noqa: S704 - numbers only, drawn by `qr_codes`
