"""The resident's pages: a form, and what a sealed link holds."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calsvc.errors import InvalidInput, Problem
from calsvc.i18n.event_texts import LANGUAGES, Catalog, catalog
from calsvc.links.sealing import Link
from calsvc.links.urls import OPEN_OUTSIDE_LINE
from calsvc.parsing.names import MOST_MEMBERS
from calsvc.rules.dates import ERAS
from calsvc.web.card_form.form import ASKED, Form, read_form, read_members, rearranged
from calsvc.web.pages import PRIVATE, PUBLIC, Page, languages_at, root_of, unbroken
from calsvc.web.qr import inline
from calsvc.web.request_body import form_fields
from calsvc.web.residents.devices import device, in_line
from calsvc.web.residents.link_page import preview
from calsvc.web.residents.subscribe_options import subscribing
from calsvc.web.service import base_of, link_addresses, service_of, words_for

REWORDED = {
    "card_expires.missing",
    "issued.missing",
    "date.unreadable",
    "card_expires.not_birthday",
    "card_expires.impossible_age",
}
"""Faults that the form tells in other words than programs are told: it has fields and no names."""


class FrontPage(HTTPEndpoint):
    """``/``: the form. Dates travel in its body, never in an address."""

    async def get(self, request: Request) -> Response:
        """The empty form."""
        base_of(request)  # better before the dates are typed: no link could be made here
        words = words_for(request)
        return Page(request, words, "form.html").answer(form_facts(Form(), words), PUBLIC)

    async def post(self, request: Request) -> Response:
        """The page of the link that the form makes, or the form with what is to be mended."""
        base_of(request)
        fields, words = await form_fields(request), words_for(request)
        form, page = read_form(fields), Page(request, words, "form.html")
        if changed := rearranged(form, fields):
            return page.answer(form_facts(changed, words), PRIVATE)
        try:
            members = read_members(form, service_of(request).today())
        except InvalidInput as error:
            facts = form_facts(form, words, error.problems)
            return page.answer(facts, PRIVATE, HTTPStatus.BAD_REQUEST)
        path = _path(request, Link(members, words.language))
        return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=PRIVATE)


def form_facts(form: Form, words: Catalog, problems: Sequence[Problem] = ()) -> dict[str, object]:
    """What the template of a card and its faults needs."""
    return {
        "form": form,
        "messages": {each.field: _message(each, words) for each in problems},
        "unfolded": set(_unfolded(problems)),
        "asked": ASKED,
        "eras": tuple(reversed(ERAS)),
        "most": MOST_MEMBERS,
    }


def _message(problem: Problem, words: Catalog) -> str:
    if problem.key in REWORDED:
        return words.text(f"page.error.{problem.key}", problem.facts)
    return words.problem(problem)


def _unfolded(problems: Sequence[Problem]) -> Iterator[str]:
    """The fields that must be seen: the faulty ones, and the one that may explain a fault."""
    for each in problems:
        yield each.field
        if each.key == "card_expires.not_birthday":
            yield each.field.replace("card_expires", "stay_until")


def _path(request: Request, link: Link) -> str:
    """Of a link's page. No host: browsers let a form lead only to the host that sent it."""
    path = f"{root_of(request)}/c/{service_of(request).keyring.seal(link)}"
    return f"{path}?{OPEN_OUTSIDE_LINE}" if in_line(_user_agent(request)) else path


def _user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


async def sealed_page(request: Request) -> Response:
    """``GET /c/{token}``: what the link holds, and the ways to have it in a calendar."""
    service, agent = service_of(request), _user_agent(request)
    link = service.keyring.open(request.path_params["token"])
    addresses, words = link_addresses(request, link), catalog(link.lang)
    facts = {
        "preview": preview(link, service.city, service.today()),
        "today": service.today(),
        "ways": subscribing(addresses, words.text("calendar.name"), device(agent)),
        "hand": device(agent),
        "in_line": in_line(agent),
        "addresses": addresses,
        "said": lambda standing: standing.said(words),
        "unbroken": lambda text, days: unbroken(text, [words.day(day) for day in days]),
        "qr": inline(addresses.page),
        "languages": languages_at(_in_each_language(request, link)),
    }
    return Page(request, words, "link_page.html").answer(facts, PRIVATE)


def _in_each_language(request: Request, link: Link) -> dict[str, str]:
    return {each: _path(request, link._replace(lang=each)) for each in LANGUAGES}
