"""Commands, settings, files and quoted labels in the Japanese documents exist."""

import re
import shlex
import shutil
import subprocess
from itertools import dropwhile
from pathlib import Path

import pytest
from click.testing import CliRunner

from calsvc.cli.main import main
from calsvc.settings import SETTING_NAMES, env_name
from tests.support.paths import ROOT
from tests.support.programs import require

TEXTS = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.ja.md"))}
PASSWORD = "雪の坂道を歩く猫三匹です"  # noqa: S105 - of no account
SYSTEM_FOLDERS_PATTERN = re.compile(r"(^|=)(?=/etc/calsvc|/var/lib/calsvc)")
"""Folders on an administrator's machine, which a test replaces by a temporary folder."""
SOME_ROWS_FAULTY = 1
"""The exit code of ``calsvc links`` for tables with faulty rows, such as the example."""
SHELL_PATTERN = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SETTING_PATTERN = re.compile(r"^ *\| `(CALSVC_\w+)` \| `([^`]+)` \|", re.MULTILINE)
"""A row of a table with a setting and its value."""
PROFILE_PATTERN = re.compile(r"^```toml\n# (\d+\.toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def parse_commands(text: str) -> list[list[str]]:
    """Return the words of each command in shell blocks."""
    blocks = "".join(SHELL_PATTERN.findall(text)).replace("\\\n", " ")
    return [words for line in blocks.splitlines() if (words := shlex.split(line, comments=True))]


def find_all(pattern: str) -> list[tuple[str, str]]:
    """Return the distinct matches of ``pattern`` in each document, with the document's name."""
    return [
        (name, match)
        for name, text in TEXTS.items()
        for match in dict.fromkeys(re.findall(pattern, text))
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_commands_of_a_document_run_in_order(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "calsvc-offline").symlink_to(".")  # an unpacked archive has the examples, too
    for file, profile in PROFILE_PATTERN.findall(TEXTS[name]):
        (tmp_path / file).write_text(profile, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALSVC_KEY_FILE", f"{tmp_path}/etc/calsvc/keys")
    monkeypatch.setenv("CALSVC_STATE_DIR", f"{tmp_path}/var/lib/calsvc")
    for setting, value in SETTING_PATTERN.findall(TEXTS[name]):
        monkeypatch.setenv(setting, value)
    for words in parse_commands(TEXTS[name]):
        here = [SYSTEM_FOLDERS_PATTERN.sub(rf"\g<1>{tmp_path}", word) for word in words]
        if here[0] == "export":
            monkeypatch.setenv(*here[1].split("=", 1))
        elif here[:2] == ["cp", "-R"]:
            shutil.copytree(*here[2:])
        elif (command := words_without_variables(here))[0] == "calsvc":
            run(command[1:])


def words_without_variables(words: list[str]) -> list[str]:
    """Drop ``RELEASE=…`` before a command, because a test has only one release."""
    return [*dropwhile(re.compile(r"RELEASE=").match, words)]


def run(words: list[str]) -> None:
    """Run ``calsvc`` with ``words``. The last two words may redirect its output to a file."""
    words, target = (words[:-2], words[-1]) if ">" in words else (words, "")
    needs_more = (words[0] == "serve" and "--check" not in words) or words[:2] == [
        "keys",
        "check",
    ]
    answers = f"{PASSWORD}\n{PASSWORD}\n"
    # A command that needs a server only has its options checked.
    done = CliRunner().invoke(main, [*words, *["--help"] * needs_more], input=answers)
    allowed = (0, SOME_ROWS_FAULTY) if words[0] == "links" else (0,)
    assert done.exit_code in allowed, (words, done.output)
    if target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).touch(mode=0o600)
        Path(target).write_text(done.stdout, encoding="utf-8")


@pytest.mark.parametrize(("name", "target"), find_all(r"`make ([a-z-]+)"))
def test_every_make_target_in_a_document_exists(name: str, target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE), name


@pytest.mark.parametrize(("name", "setting"), find_all(r"\bCALSVC_[A-Z_]+"))
def test_every_setting_in_a_document_exists(name: str, setting: str) -> None:
    assert setting in {env_name(each) for each in SETTING_NAMES}, name


@pytest.mark.parametrize(("name", "link"), find_all(r"\]\(([^):#]+)(?:#[^)]*)?\)"))
def test_every_linked_file_exists(name: str, link: str) -> None:
    assert (ROOT / "docs" / link).exists(), name


@pytest.mark.parametrize(("name", "anchor"), find_all(r"\]\(#([^)]+)\)"))
def test_every_linked_section_exists(name: str, anchor: str) -> None:
    titles = re.findall(r"^#+ (.+)$", TEXTS[name], re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in titles}


@pytest.mark.parametrize(("name", "server"), find_all(r"(?s)```nginx\n(.*?)```"))
def test_every_nginx_server_block_is_valid(name: str, server: str, tmp_path: Path) -> None:
    here = re.sub(r"listen \d+", "listen 8080", server).replace("/var/log/nginx", str(tmp_path))
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid; events {{}} http {{ {here} }}", encoding="utf-8")
    command = [require("nginx"), "-t", "-e", "stderr", "-c", conf]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (name, done.stderr)


@pytest.mark.parametrize(("name", "word"), find_all(r"［([^…］]+)］"))
def test_every_quoted_label_is_in_the_catalog(name: str, word: str) -> None:
    """The documents quote buttons, titles and labels as ［…］."""
    texts = (ROOT / "calsvc" / "i18n" / "locale" / "ja.po").read_text(encoding="utf-8")
    assert f'msgstr "{word}"' in texts, name
