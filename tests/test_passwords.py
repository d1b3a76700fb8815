"""Passwords are stored as hashes, and weak ones are detected."""

import pytest

from calsvc import passwords


def test_a_hash_verifies_its_password_only() -> None:
    hashed = passwords.hash_password("ramen otaru canal")
    assert "ramen" not in hashed
    assert passwords.verify_password("ramen otaru canal", hashed)
    assert not passwords.verify_password("another password", hashed)
    assert not passwords.verify_password("ramen otaru canal", passwords.hash_of_unknown_name())
    assert not passwords.verify_password("x" * (passwords.MAX_PASSWORD_LENGTH + 1), hashed)


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("password1234", ""),
        ("qwertyuiop12", ""),
        ("P@ssw0rd!!!!", ""),
        ("otaruhanako1", "otaruhanako"),
    ],
)
def test_a_password_that_few_guesses_find_is_weak(password: str, name: str) -> None:
    assert passwords.is_weak_password(password, name)


@pytest.mark.parametrize(
    "password", ["ramen otaru canal", "雪の坂道を歩く猫三匹", "k" + "z8Qw" * 20]
)
def test_a_password_that_needs_many_guesses_is_not_weak(password: str) -> None:
    assert not passwords.is_weak_password(password, "小樽 はな子")
