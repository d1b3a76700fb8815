"""Builds the item of an event on the page of a link.

Its text is the same for many cards. So a template is rendered once for each text, and days are
filled into its bytes, which takes a tenth of the time that text does.
"""

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import escape

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import BODY_CACHE_SIZE, EventText
from calsvc.web.pages import paragraphs
from calsvc.web.residents.event_status import Standing
from calsvc.web.ruby import with_ruby
from calsvc.web.templating import environment


def in_bytes(words: Mapping[str, str]) -> dict[bytes, bytes]:
    """Returns ``words`` as `item` wants the days of its event."""
    return {name.encode(): word.encode() for name, word in words.items()}


def holder_label(holder: str, catalog: Catalog) -> bytes:
    """Returns the HTML that names ``holder`` in front of what is said, or nothing."""
    label = f'<span class="holder">{escape(holder)}</span> ' if holder else ""
    return with_ruby(label, catalog).encode()


def item(
    event: EventText, days: Mapping[bytes, bytes], when: str, stands: Standing, catalog: Catalog
) -> bytes:
    """Returns the HTML of ``event``. ``when``: HTML.

    ``days``: its own in bytes, and in a list of several cards the ``holder`` in HTML.
    """
    return _template(event.title, event.body, catalog) % {
        b"holder": b"",
        **days,
        b"state": stands.state.encode(),
        b"when": when.encode(),
        b"said": with_ruby(escape(stands.said(catalog)), catalog).encode(),
        b"doubts": _doubts(event.doubts, catalog) if event.doubts else b"",
    }


def _doubts(lines: str, catalog: Catalog) -> bytes:
    return f"{with_ruby(paragraphs(lines.rstrip()), catalog)}\n".encode()


class _Placeholders(dict[str, str]):
    """Turns the placeholders of text into those of bytes."""

    def __missing__(self, name: str) -> str:
        return f"%({name})b"


@lru_cache(maxsize=BODY_CACHE_SIZE)
def _template(title: str, body: str, catalog: Catalog) -> bytes:
    """Returns the item with placeholders. What fills them is HTML, or needs no escaping."""
    template = environment(catalog.language).get_template("event.html")
    text = with_ruby(template.render(title=title, body=paragraphs(body)), catalog)
    return byte_template(text)


def byte_template(text: str) -> bytes:
    """Returns ``text`` with its placeholders for `str.format_map` as those of bytes."""
    return text.replace("%", "%%").format_map(_Placeholders()).encode()
