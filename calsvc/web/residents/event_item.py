"""Builds the item of an event on the page of a link.

Its text is the same for many cards. So a template is rendered once for each text, and days are
inserted into its bytes. This takes a tenth of the time of rendering.
"""

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import escape

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import BODY_CACHE_SIZE, EventText
from calsvc.web.pages import paragraphs
from calsvc.web.residents.event_status import EventStatus
from calsvc.web.ruby import with_ruby
from calsvc.web.templating import get_environment


def encode_days(day_texts: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return the days of an event in bytes, for `render_item`."""
    return {name.encode(): text.encode() for name, text in day_texts.items()}


def holder_label(holder: str, catalog: Catalog) -> bytes:
    """Return the HTML that names ``holder`` before a text, or nothing."""
    label = f'<span class="holder">{escape(holder)}</span> ' if holder else ""
    return with_ruby(label, catalog).encode()


def render_item(
    event: EventText, days: Mapping[bytes, bytes], when: str, status: EventStatus, catalog: Catalog
) -> bytes:
    """Return the HTML of ``event``. ``when``: its dates in HTML.

    ``days``: from `encode_days`. For a household, it also has ``holder`` in HTML.
    """
    return _template(event.title, event.body, catalog) % {
        b"holder": b"",
        **days,
        b"state": status.state.encode(),
        b"when": when.encode(),
        b"status": with_ruby(escape(status.text(catalog)), catalog).encode(),
        b"doubts": _doubts(event.doubts, catalog) if event.doubts else b"",
    }


def _doubts(lines: str, catalog: Catalog) -> bytes:
    return f"{with_ruby(paragraphs(lines.rstrip()), catalog)}\n".encode()


class _Placeholders(dict[str, str]):
    """Maps a placeholder of `str.format_map` to one of bytes formatting."""

    def __missing__(self, name: str) -> str:
        return f"%({name})b"


@lru_cache(maxsize=BODY_CACHE_SIZE)
def _template(title: str, body: str, catalog: Catalog) -> bytes:
    """Return the item with placeholders. Their values are HTML or need no escaping."""
    template = get_environment(catalog.language).get_template("event.html")
    text = with_ruby(template.render(title=title, body=paragraphs(body)), catalog)
    return byte_template(text)


def byte_template(text: str) -> bytes:
    """Return ``text`` as a template of bytes formatting, with the same placeholders."""
    return text.replace("%", "%%").format_map(_Placeholders()).encode()
