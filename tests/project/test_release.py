"""``make release`` builds a committed and dated version, and rejects all others."""

import json
import re
import shutil
import subprocess
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.paths import ROOT

NEEDED = (".ci", "calsvc", ".dockerignore", ".gitignore", "CHANGELOG.md", "Dockerfile", "LICENSE")
NEEDED += ("Makefile", "README.md", "pyproject.toml")
IDENTITY = ("-c", "user.name=x", "-c", "user.email=x@example.jp", "-c", "commit.gpgsign=false")
VERSION = "0.1.0"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)


def replace_line(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert re.search(old, text, re.MULTILINE)
    path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE), encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one commit, with the changelog and version of a release."""
    folder = tmp_path / "tree"
    folder.mkdir()
    for name in NEEDED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    replace_line(folder / "pyproject.toml", '^version = ".*"$', f'version = "{VERSION}"')
    replace_line(folder / "CHANGELOG.md", "^## .*$", f"## {VERSION} (2026-11-26)")
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def commit(tree: Path) -> None:
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--allow-empty", "--message", "x")


def release(tree: Path, output: Path) -> "subprocess.CompletedProcess[str]":
    command = [tree / ".ci" / "release", output]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("CHANGELOG.md", r"^## .*$", "## Unreleased", "must be: ## 0.1.0 (YYYY-MM-DD)"),
        ("CHANGELOG.md", r"^## .*$", "## 0.1.0", "must be: ## 0.1.0 (YYYY-MM-DD)"),
        ("pyproject.toml", '^version = ".*"$', 'version = "0.2.0"', "must be: ## 0.2.0"),
        ("pyproject.toml", '^version = ".*"$', 'version = "0.1"', "must be like 1.2.3"),
        ("pyproject.toml", '^version = ".*"$', 'version = "0.1.0.dev1"', "must be like 1.2.3"),
    ],
)
def test_version_without_a_dated_section_is_rejected(
    tree: Path, file: str, old: str, new: str, message: str
) -> None:
    replace_line(tree / file, old, new)
    commit(tree)
    assert_rejected(tree, message)


def assert_rejected(tree: Path, message: str) -> None:
    output = tree.parent / "out"
    done = release(tree, output)
    assert done.returncode == 1
    assert message in done.stderr
    assert not output.exists()


def test_release_with_uncommitted_changes_is_rejected(tree: Path) -> None:
    (tree / "calsvc" / "new.py").touch()
    assert_rejected(tree, "Commit or remove what has changed")


def test_version_tagged_at_another_commit_is_rejected(tree: Path) -> None:
    git(tree, "tag", f"v{VERSION}")
    commit(tree)
    assert_rejected(tree, f"v{VERSION} names another commit")


def test_existing_output_is_not_overwritten(tree: Path) -> None:
    (kept := tree.parent / "out" / "kept").mkdir(parents=True)
    assert "exists already" in release(tree, kept.parent).stderr
    assert kept.is_dir()


@pytest.mark.large
def test_release_is_complete_and_reproducible(tree: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for output in (first, second):
        done = release(tree, output)
        assert done.returncode == 0, done.stderr
    wheel = f"calsvc-{VERSION}-py3-none-any.whl"
    image, bill = f"calsvc-{VERSION}-image.tar.gz", f"calsvc-{VERSION}.cdx.json"
    names = {wheel, image, bill, "changes.md", "SHA256SUMS"}
    assert {each.name for each in first.iterdir()} == names
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=first, check=True)
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert "calsvc/rules/expiry.py" in ZipFile(first / wheel).namelist()
    with tarfile.open(first / image) as packed:
        assert {"Dockerfile", "calsvc/rules/expiry.py", "pyproject.toml"} <= {*packed.getnames()}
    assert json.loads((first / bill).read_bytes())["bomFormat"] == "CycloneDX"
    changes = (first / "changes.md").read_text("utf-8")
    assert changes.startswith(f"## {VERSION} (2026-11-26)\n")
    assert changes.count("\n## ") == 0


KINDS = ["Dates changed", "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
"""Those of Keep a Changelog, in its order, behind the one that matters most here."""


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    titles, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    assert titles.startswith("# Changelog\n")
    for section in sections:
        title = section.partition("\n")[0]
        assert re.fullmatch(r"Unreleased|\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)", title)
        headings = re.findall(r"^### (.+)$", section, re.MULTILINE)
        assert headings == [each for each in KINDS if each in headings], title


def test_the_newest_release_of_the_changelog_has_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.findall(r"^## (\d+\.\d+\.\d+) ", text, re.MULTILINE)[0]
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == newest
