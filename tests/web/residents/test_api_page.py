"""The page of the API: what the OpenAPI document says, and commands that work as they stand."""

import html
import json
import re
import subprocess
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.api.description import TOKEN, operations
from calsvc.web.ruby import with_ruby
from tests.support.programs import require
from tests.support.servers import running_service


def commands(page: str) -> list[str]:
    shown = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    return [html.unescape(each) for each in shown]


def test_every_operation_is_shown(client: TestClient) -> None:
    page = client.get("/api?lang=en").text
    for each in [each for tag in operations().values() for each in tag]:
        assert f"<code>{each.method} {each.path}</code>" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_fields_have_the_labels_of_the_form(client: TestClient, lang: str) -> None:
    catalog = get_catalog(lang)
    born = with_ruby(catalog.text("page.field.born"), catalog)
    assert f"<dt><code>born</code> {born}" in client.get(f"/api?lang={lang}").text


def test_descriptions_in_english_are_marked_as_such(client: TestClient) -> None:
    page = client.get("/api?lang=ja").text
    assert '<span lang="en">The date of birth.</span>' in page
    assert '<p lang="en">Makes a sealed link for one to ten cards.</p>' in page


def test_the_document_names_the_page(client: TestClient) -> None:
    external = client.get("/openapi.json").json()["externalDocs"]["url"]
    assert client.get(f"/{external}").status_code == 200


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_service(tmp_path_factory.mktemp("service")) as service:
        yield f"http://localhost:{service.port}"


def run(command: str) -> str:
    require("curl")
    done = subprocess.run(
        ["sh", "-c", f"{command} --silent --show-error --fail"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_command_works_as_it_stands(base_url: str) -> None:
    page = run(f"curl {base_url}/api")
    shown = commands(page)
    assert len(shown) == 6
    made = json.loads(run(next(each for each in shown if "/api/links" in each)))
    token = made["page"].rpartition("/c/")[2].partition("?")[0]
    for each in shown:
        answer = run(each.replace(TOKEN, token))
        assert answer.startswith(("BEGIN:VCALENDAR", "{")), each
