"""Markup in names, fields and URLs is text on every page."""

from html.parser import HTMLParser

import pytest

from calsvc.parsing.names import MAX_NAME_LENGTH, clean_name
from tests.support.hostile_client import Server

MARKUP = (
    "<svg onload=a()>",
    "<script>a()</script>",
    "<script src=//a>",
    '"><img src=x>',
    "'><b onclick=a>",
    '" onmouseover="a()',
    "' autofocus onfocus=",
    "</title><script>",
    "</textarea><b>",
    "<!--<b>",
    "--><b>",
    "]]><b>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "javascript:a()",
    "{{7*7}}",
    "${7*7}",
    "{% raw %}<b>",
    "<%= 7*7 %>",
    "\u003cb\u003e",
    "\uff1cscript\uff1e",
    "<\u200dscript>",
    "<b\u0000onload=a>",
    "\u202e<b>\u202c",
    "<a href=//evil.e>",
    "<base href=//a>",
    "<meta http-equiv=a>",
    "<iframe src=a>",
    "<style>*{}",
    "`${a}`",
)


class Elements(HTMLParser):
    """The elements of a page, each with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(attributes)) for tag, attributes in self.found]


def page_of(server: Server, *names: str) -> Elements:
    answer = server.client.get(server.link(*names)["page"])
    assert answer.status_code == 200
    return Elements(answer.text)


@pytest.mark.parametrize("name", MARKUP)
def test_a_name_on_a_page_is_text_and_nothing_else(server: Server, name: str) -> None:
    assert len(clean_name(name)) <= MAX_NAME_LENGTH
    page, harmless = page_of(server, name, "b"), page_of(server, "a", "b")
    assert page.shape == harmless.shape
    assert clean_name(name) in page.text
    for _, attributes in page.found:
        assert not [each for each in attributes if each.startswith("on")]
        assert not (attributes.get("href") or "").startswith(("javascript:", "//"))


@pytest.mark.parametrize("text", [*MARKUP, "<script>alert(document.domain)</script>" * 20])
@pytest.mark.parametrize(
    "field", ["c1-name", "c1-born-year", "c1-born-era", "c1-issued-day", "cards"]
)
def test_input_is_shown_again_in_the_form_as_text(server: Server, field: str, text: str) -> None:
    def form(value: str) -> Elements:
        answer = server.client.post(server.base, data={field: value})
        assert answer.status_code == 400
        return Elements(answer.text)

    page = form(text)
    assert {tag for tag, _ in page.found} == {tag for tag, _ in form("x").found}
    for _, attributes in page.found:
        assert not [each for each in attributes if each.startswith("on")]


@pytest.mark.parametrize("text", MARKUP)
def test_no_markup_in_an_address_reaches_a_page(server: Server, text: str) -> None:
    for path in ("/nowhere", "/", "/calendar.ics", "/c/x"):
        query = {"lang": text, text: "1", "born": text}
        answer = server.client.get(
            server.base + path, params=query, headers={"Accept": "text/html"}
        )
        assert answer.status_code in (200, 400, 404)
        assert text not in answer.text or text in server.client.get(server.base).text
