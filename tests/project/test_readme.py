"""The README is correct: settings, parameters, URLs and files."""

import re
from dataclasses import fields

import pytest
from starlette.testclient import TestClient

from calsvc.links.keys import generate_key
from calsvc.settings import Settings, env_name
from calsvc.web.app import create_app
from calsvc.web.feed_query import MILESTONE_PARAMETERS
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVICE = "http://127.0.0.1:8000"


def test_first_screen_of_the_readme_has_run_and_test() -> None:
    first = README.splitlines()[:8]
    assert any(line.startswith("make run") for line in first)
    assert any(line.startswith("make test") for line in first)


def test_readme_lists_every_setting_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(CALSVC_[A-Z_]+)` \|(.*?)\|", README, re.MULTILINE))
    defaults = Settings()
    names = [field.name for field in fields(Settings)]
    assert set(rows) == {env_name(name) for name in names}
    for name in names:
        assert rows[env_name(name)].strip(" `") == format_default(getattr(defaults, name)), name


def format_default(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)


@pytest.mark.parametrize("path", re.findall(rf"'{SERVICE}([^']+)'", README))
def test_every_url_in_the_readme_responds_200(path: str) -> None:
    client = TestClient(create_app(Settings(keys=generate_key())), base_url=SERVICE)
    assert client.get(path).status_code == 200


def test_readme_lists_every_query_parameter() -> None:
    table = README.partition("| parameter | what |")[2].partition("\n\n")[0]
    names = re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)
    assert set(names) == {*MILESTONE_PARAMETERS}


@pytest.mark.parametrize(
    "link", re.findall(r"\]\(([^):#]+)\)", README) + re.findall(r'src="([^"]+)"', README)
)
def test_every_file_in_the_readme_exists(link: str) -> None:
    assert (ROOT / link).exists()


def anchors() -> set[str]:
    titles = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_section_that_is_linked_is_there() -> None:
    documents = [*(ROOT / "docs").glob("*.md"), ROOT / "bench/README.md"]
    texts = [path.read_text(encoding="utf-8") for path in documents]
    linked = {each for text in texts for each in re.findall(r"README\.md#([^)]+)\)", text)}
    linked |= {*re.findall(r"\]\(#([^)]+)\)", README)}
    assert len(linked) > 6
    assert linked <= anchors()
