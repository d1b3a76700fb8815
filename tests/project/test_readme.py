"""What the README says is true."""

import re
from dataclasses import fields

import pytest
from starlette.testclient import TestClient

from calsvc.links.keys import new_key
from calsvc.settings import Settings, env_name
from calsvc.web.app import create_app
from calsvc.web.feed_query import KNOWN_AS_OF
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVICE = "http://127.0.0.1:8000"


def test_the_first_screen_shows_the_two_commands() -> None:
    first = README.splitlines()[:8]
    assert any(line.startswith("make run") for line in first)
    assert any(line.startswith("make test") for line in first)


def test_the_table_of_settings_has_every_setting_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(CALSVC_[A-Z_]+)` \|(.*?)\|", README, re.MULTILINE))
    defaults = Settings()
    names = [field.name for field in fields(Settings)]
    assert set(rows) == {env_name(name) for name in names}
    for name in names:
        assert rows[env_name(name)].strip(" `") == shown(getattr(defaults, name)), name


def shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)


@pytest.mark.parametrize("address", re.findall(rf"'{SERVICE}([^']+)'", README))
def test_every_address_of_the_readme_answers(address: str) -> None:
    client = TestClient(create_app(Settings(keys=new_key())), base_url=SERVICE)
    assert client.get(address).status_code == 200


def test_the_table_of_parameters_has_every_parameter() -> None:
    table = README.partition("| parameter | what |")[2].partition("\n\n")[0]
    names = re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)
    assert set(names) == {*KNOWN_AS_OF}


@pytest.mark.parametrize(
    "link", re.findall(r"\]\(([^):#]+)\)", README) + re.findall(r'src="([^"]+)"', README)
)
def test_every_file_that_the_readme_names_is_there(link: str) -> None:
    assert (ROOT / link).exists()
