"""The caches of a process hold no submitted value after the response.

The requests reach the application without a client, because clients keep URLs of their own.
"""

import functools
import gc
import importlib
import json
import pkgutil
from collections.abc import Iterator
from datetime import date
from types import FunctionType, ModuleType
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message

import calsvc
from calsvc.feed import templates
from calsvc.i18n.catalogs import Catalog
from calsvc.links.keys import parse_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.model import Municipality
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.settings import Settings
from calsvc.web.app import create_app
from tests.support.clients import TODAY
from tests.support.links import link_of
from tests.support.loops import run_in_own_loop
from tests.support.servers import KEY

BORN, ISSUED = date(1971, 11, 3), date(2019, 7, 19)
"""Neither is an expiry that could be cached."""
NAME = "Kazuhisa"
MARKS = (f"{BORN}", f"{ISSUED}", NAME, f"c1-born-year={BORN.year}")
CACHE = type(functools.lru_cache(len))
UNBOUNDED = {
    "calsvc.i18n.catalogs.get_catalog",
    "calsvc.municipality.code_list._prefectures_by_number",
    "calsvc.municipality.code_list.all_places",
    "calsvc.municipality.code_list.prefectures",
    "calsvc.municipality.code_list.shared_names",
    "calsvc.municipality.code_list.wards_by_city",
    "calsvc.municipality.postal_codes._prefixes",
    "calsvc.municipality.search._index",
    "calsvc.municipality.search._prefectures",
    "calsvc.municipality.loader._load_built_in",
    "calsvc.municipality.loader._load_by_code",
    "calsvc.municipality.loader.national_municipality",
    "calsvc.web.api.description.operations",
    "calsvc.web.api.openapi.document",
    "calsvc.web.static_files.get_asset",
    "calsvc.web.static_files.icon_url",
    "calsvc.web.templating._loader",
    "calsvc.web.templating.get_environment",
}
"""Their keys are codes and names of this project's own files, or there is only one."""
SCENERY = (type, ModuleType, FunctionType, Catalog, Municipality)
"""No request changes them, and everything hangs on them."""


async def ask(app: ASGIApp, method: str, url: str, body: bytes = b"", **headers: str) -> int:
    """Send a request to ``app`` and return the status of the response."""
    path, _, query = url.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"accept", b"text/html")]
        + [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


def caches() -> Iterator[object]:
    """Return every function of this process that remembers its results."""
    return (each for each in gc.get_objects() if isinstance(each, CACHE))


def contents(cache: object) -> Iterator[object]:
    """Return everything that ``cache`` keeps alive by itself."""
    seen, left = set(), gc.get_referents(cache)
    while left:
        item = left.pop()
        if id(item) in seen or isinstance(item, SCENERY):
            continue
        seen.add(id(item))
        yield item
        left += gc.get_referents(item)


def holds(item: object) -> bool:
    """Return whether ``item`` tells something of the person."""
    if isinstance(item, date):
        return item in (BORN, ISSUED)
    if isinstance(item, bytes | bytearray):
        item = bytes(item).decode("latin-1")
    return isinstance(item, str) and any(mark in item for mark in MARKS)


async def ask_everything() -> None:
    app = create_app(Settings(keys=KEY), today=lambda: TODAY)
    members = (
        NamedCard(Card(BORN, ISSUED), NAME),
        NamedCard(Card(date(2015, 2, 1), ISSUED), f"{NAME}2"),
    )
    token = Keyring(parse_keys(KEY, "test")).seal(link_of(*members))
    card = f"born={BORN}&issued={ISSUED}"
    fields = {"cards": "1", "c1-name": NAME}
    for name, day in (("born", BORN), ("issued", ISSUED)):
        fields |= {
            f"c1-{name}-{part}": str(getattr(day, part)) for part in ("year", "month", "day")
        }
    form = {"content_type": "application/x-www-form-urlencoded"}
    body = json.dumps({"cards": [{"born": f"{BORN}", "issued": f"{ISSUED}", "name": NAME}]})
    asked = [
        await ask(app, "GET", f"/calendar.ics?{card}", accept_language=f"en;q=0.{NAME}"),
        await ask(app, "GET", f"/calendar.ics?{card}&lang=vi&alarms=off"),
        await ask(app, "GET", f"/api/milestones?{card}", accept_language=NAME),
        await ask(app, "GET", f"/c/{token}.ics", user_agent=NAME),
        await ask(app, "GET", f"/c/{token}?{card}&changed=1", user_agent=f"Line/{NAME}"),
        await ask(app, "GET", f"/c/{token}?lang=en&name={quote(NAME)}"),
        await ask(app, "GET", f"/c/{token}/edit?{card}"),
        await ask(app, "POST", "/", urlencode(fields).encode(), **form),
        await ask(app, "POST", "/api/links", body.encode(), content_type="application/json"),
    ]
    assert asked == [200] * 7 + [303, 200]
    faulty = [
        await ask(app, "GET", f"/calendar.ics?{card}&name={NAME}"),
        await ask(app, "GET", f"/c/{NAME}?{card}"),
        await ask(app, "GET", f"/{NAME}?{card}"),
        await ask(app, "POST", "/", urlencode(fields | {"c1-born-day": "41"}).encode(), **form),
    ]
    assert faulty == [400, 404, 404, 400]


def test_no_cache_holds_what_was_asked() -> None:
    run_in_own_loop(ask_everything())
    gc.collect()
    filled = [each for each in caches() if each.cache_info().currsize]  # type: ignore[attr-defined]
    assert templates._card_events in filled
    for cache in filled:
        assert [item for item in contents(cache) if holds(item)] == [], cache


def test_the_search_finds_what_a_cache_holds() -> None:
    @functools.lru_cache
    def keeping(key: object) -> object:
        return [{"a": (key,)}]

    for held in (BORN, f"?born={BORN}", NAME.encode(), (1, ISSUED)):
        keeping(held)
        assert any(holds(item) for item in contents(keeping)), held
        keeping.cache_clear()


def test_every_cache_that_requests_fill_is_bounded() -> None:
    names = [each.name for each in pkgutil.walk_packages(calsvc.__path__, "calsvc.")]
    modules = [importlib.import_module(name) for name in names if name != "calsvc.__main__"]
    unbounded = {
        f"{each.__module__}.{each.__qualname__}"
        for module in modules
        for each in vars(module).values()
        if isinstance(each, CACHE) and each.cache_parameters()["maxsize"] is None
    }
    assert {each for each in unbounded if not each.startswith("calsvc.bulk.")} <= UNBOUNDED
