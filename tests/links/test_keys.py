"""Keys are generated, parsed and rejected, and their fingerprints hide them."""

import os
from pathlib import Path

import pytest

from calsvc.links.keys import (
    KEY_BYTES,
    InvalidKeysError,
    fingerprint,
    generate_key,
    is_exposed,
    load_keys,
    parse_keys,
)


def test_a_generated_key_is_valid_and_unique() -> None:
    first, second = generate_key(), generate_key()
    keys = parse_keys(f"{first} {second}", "test")
    assert [len(key) for key in keys] == [KEY_BYTES, KEY_BYTES]
    assert keys[0] != keys[1]


def test_keys_are_separated_by_lines_or_commas_without_comments() -> None:
    first, second = generate_key(), generate_key()
    text = f"# the new one\n{first}  # since May\n\n{second}\n"
    assert parse_keys(text, "test") == parse_keys(f"{first},{second}", "test")


@pytest.mark.parametrize("text", ["", "   ", "# only a comment", "\n\n"])
def test_a_source_without_a_key_is_rejected_with_its_name(text: str) -> None:
    with pytest.raises(InvalidKeysError, match="CALSVC_KEYS: holds no key"):
        parse_keys(text, "CALSVC_KEYS")


@pytest.mark.parametrize("word", ["short", "A" * 87, "!" * 86, "あ" * 86])
def test_a_faulty_key_is_rejected_and_not_shown(word: str) -> None:
    with pytest.raises(InvalidKeysError, match="a key is faulty") as refusal:
        parse_keys(f"{generate_key()} {word}", "keys.txt")
    assert "keys.txt" in str(refusal.value)
    assert word not in str(refusal.value)


def test_the_setting_takes_precedence_over_the_key_file(tmp_path: Path) -> None:
    key = generate_key()
    assert load_keys(key, str(tmp_path / "missing")) == parse_keys(key, "test")


def test_an_unusable_key_file_is_rejected_with_its_name(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("")
    binary.write_bytes(b"\xff\xfe")
    empty.chmod(0o600)
    binary.chmod(0o600)
    for path in (tmp_path / "missing", empty, binary, tmp_path):
        with pytest.raises(InvalidKeysError, match=str(path)):
            load_keys("", str(path))


def test_key_file_that_others_may_read_is_rejected(tmp_path: Path) -> None:
    path, key = tmp_path / "keys", generate_key()
    path.write_text(key)
    for mode in (0o640, 0o604, 0o620, 0o666):
        path.chmod(mode)
        with pytest.raises(InvalidKeysError, match=f"run: chmod 600 {path}") as refusal:
            load_keys("", str(path))
        assert key not in str(refusal.value)
    path.chmod(0o400)
    assert load_keys("", str(path)) == parse_keys(key, "test")


@pytest.mark.parametrize(
    ("mode", "owner", "exposed"),
    [
        (0o100400, 1000, False),
        (0o100440, 1000, True),
        (0o100440, 0, False),
        (0o100460, 0, True),
        (0o100444, 0, True),
        (0o020666, 0, False),
    ],
)
def test_group_may_read_only_a_file_of_root(mode: int, owner: int, exposed: bool) -> None:
    found = os.stat_result((mode, 1, 1, 1, owner, 1000, 0, 0, 0, 0))
    assert is_exposed(found, 1000) is exposed
    assert is_exposed(found, owner or 1000) is exposed


def test_a_fingerprint_is_stable_and_not_part_of_the_key() -> None:
    (key,) = parse_keys(generate_key(), "test")
    (other,) = parse_keys(generate_key(), "test")
    assert fingerprint(key) == fingerprint(key) != fingerprint(other)
    assert len(fingerprint(key)) == 16
    assert bytes.fromhex(fingerprint(key))[:4] not in key
