"""Keys: made, read, refused."""

import stat
from pathlib import Path

import pytest

from calsvc.links.keys import KEY_BYTES, BadKeysError, load_keys, make_key_file, new_key, read_keys


def test_a_new_key_can_be_read_and_differs_from_the_next() -> None:
    first, second = new_key(), new_key()
    keys = read_keys(f"{first} {second}", "test")
    assert [len(key) for key in keys] == [KEY_BYTES, KEY_BYTES]
    assert keys[0] != keys[1]


def test_keys_are_separated_by_lines_or_commas_without_comments() -> None:
    first, second = new_key(), new_key()
    text = f"# the new one\n{first}  # since May\n\n{second}\n"
    assert read_keys(text, "test") == read_keys(f"{first},{second}", "test")


@pytest.mark.parametrize("text", ["", "   ", "# only a comment", "\n\n"])
def test_a_source_without_a_key_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadKeysError, match="CALSVC_KEYS: holds no key"):
        read_keys(text, "CALSVC_KEYS")


@pytest.mark.parametrize("word", ["short", "A" * 87, "!" * 86, "あ" * 86])
def test_a_faulty_key_is_refused_and_not_shown(word: str) -> None:
    with pytest.raises(BadKeysError, match="a key is faulty") as refusal:
        read_keys(f"{new_key()} {word}", "keys.txt")
    assert "keys.txt" in str(refusal.value)
    assert word not in str(refusal.value)


def test_a_key_file_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "config" / "keys"
    assert make_key_file(str(path))
    content = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not make_key_file(str(path))
    assert path.read_bytes() == content
    assert len(load_keys("", str(path))) == 1


def test_keys_given_directly_count_before_the_file(tmp_path: Path) -> None:
    key = new_key()
    assert load_keys(key, str(tmp_path / "missing")) == read_keys(key, "test")


def test_an_unusable_key_file_is_refused_by_name(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_text("")
    binary.write_bytes(b"\xff\xfe")
    for path in (tmp_path / "missing", empty, binary, tmp_path):
        with pytest.raises(BadKeysError, match=str(path)):
            load_keys("", str(path))


def test_a_key_file_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadKeysError, match="CALSVC_KEYS"):
        make_key_file(str(tmp_path / "file" / "keys"))
