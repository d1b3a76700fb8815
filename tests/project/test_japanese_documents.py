"""What the Japanese documents say is true: commands, settings, files, words of the pages."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from calsvc.cli.main import main
from calsvc.settings import SETTING_NAMES, env_name
from tests.support.paths import ROOT
from tests.support.programs import require

TEXTS = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.ja.md"))}
PASSWORD = "雪の坂道を歩く猫三匹です"  # noqa: S105 - nobody's
FOLDERS = re.compile(r"(^|=)(?=/etc/calsvc|/var/lib/calsvc)")
"""Where an administrator's machine has files, and a test has none."""
SOME_ROWS_FAULTY = 1
"""The exit code of ``calsvc links`` for a table such as the example."""
SHELL = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)

PROFILE = re.compile(r"^```toml\n# (\d+\.toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Return the words of each command in the blocks for a shell."""
    blocks = "".join(SHELL.findall(text)).replace("\\\n", " ")
    return [words for line in blocks.splitlines() if (words := shlex.split(line, comments=True))]


def found(pattern: str) -> list[tuple[str, str]]:
    """Return what ``pattern`` finds in each document, once, with the document's name."""
    return [
        (name, each)
        for name, text in TEXTS.items()
        for each in dict.fromkeys(re.findall(pattern, text))
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_the_commands_of_a_document_run_one_after_another(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for file, profile in PROFILE.findall(TEXTS[name]):
        (tmp_path / file).write_text(profile, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALSVC_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("CALSVC_STATE_DIR", str(tmp_path / "state"))
    for words in commands(TEXTS[name]):
        here = [FOLDERS.sub(rf"\g<1>{tmp_path}", word) for word in words]
        if here[0] == "export":
            monkeypatch.setenv(*here[1].split("=", 1))
        elif programs := [place for place, word in enumerate(here) if is_calsvc(word)]:
            run(here[programs[-1] + 1 :])


def is_calsvc(word: str) -> bool:
    return bool(re.fullmatch(r"calsvc|/opt/calsvc(-[0-9.]+)?/bin/calsvc", word))


def run(words: list[str]) -> None:
    """Run ``calsvc`` with ``words``, of which the last two may send its output to a file."""
    words, target = (words[:-2], words[-1]) if ">" in words else (words, "")
    needs_more = (words[0] == "serve" and "--check" not in words) or words[:2] == [
        "keys",
        "check",
    ]
    answers = f"{PASSWORD}\n{PASSWORD}\n"
    # Where more is needed than is here, the options are read and no more.
    done = CliRunner().invoke(main, [*words, *["--help"] * needs_more], input=answers)
    allowed = (0, SOME_ROWS_FAULTY) if words[0] == "links" else (0,)
    assert done.exit_code in allowed, (words, done.output)
    if target:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).touch(mode=0o600)
        Path(target).write_text(done.stdout, encoding="utf-8")


@pytest.mark.parametrize(("name", "target"), found(r"`make ([a-z-]+)"))
def test_every_target_of_make_is_there(name: str, target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE), name


@pytest.mark.parametrize(("name", "setting"), found(r"\bCALSVC_[A-Z_]+"))
def test_every_setting_is_there(name: str, setting: str) -> None:
    assert setting in {env_name(each) for each in SETTING_NAMES}, name


@pytest.mark.parametrize(("name", "link"), found(r"\]\(([^):#]+)(?:#[^)]*)?\)"))
def test_every_file_that_is_linked_is_there(name: str, link: str) -> None:
    assert (ROOT / "docs" / link).exists(), name


@pytest.mark.parametrize(("name", "anchor"), found(r"\]\(#([^)]+)\)"))
def test_every_section_that_is_linked_is_there(name: str, anchor: str) -> None:
    titles = re.findall(r"^#+ (.+)$", TEXTS[name], re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in titles}


@pytest.mark.parametrize(("name", "server"), found(r"(?s)```nginx\n(.*?)```"))
def test_every_server_of_nginx_is_one(name: str, server: str, tmp_path: Path) -> None:
    here = re.sub(r"listen \d+", "listen 8080", server).replace("/var/log/nginx", str(tmp_path))
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid; events {{}} http {{ {here} }}", encoding="utf-8")
    command = [require("nginx"), "-t", "-e", "stderr", "-c", conf]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, (name, tried.stderr)


@pytest.mark.parametrize(("name", "word"), found(r"［([^…］]+)］"))
def test_every_word_in_brackets_stands_on_a_page(name: str, word: str) -> None:
    """The documents quote buttons, titles and labels as ［…］."""
    texts = (ROOT / "calsvc" / "i18n" / "locale" / "ja.po").read_text(encoding="utf-8")
    assert f'msgstr "{word}"' in texts, name
