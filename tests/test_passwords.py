"""Passwords are kept as hashes, and common ones are known."""

import pytest

from calsvc import passwords


def test_a_hash_fits_its_password_alone() -> None:
    hashed = passwords.hash_of("ramen otaru canal")
    assert "ramen" not in hashed
    assert passwords.fits("ramen otaru canal", hashed)
    assert not passwords.fits("another password", hashed)
    assert not passwords.fits("ramen otaru canal", passwords.nobody())
    assert not passwords.fits("x" * (passwords.MAX_PASSWORD_LENGTH + 1), hashed)


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("password1234", ""),
        ("qwertyuiop12", ""),
        ("P@ssw0rd!!!!", ""),
        ("otaruhanako1", "otaruhanako"),
    ],
)
def test_a_password_that_few_guesses_find_is_common(password: str, name: str) -> None:
    assert passwords.is_common(password, name)


@pytest.mark.parametrize(
    "password", ["ramen otaru canal", "雪の坂道を歩く猫三匹", "k" + "z8Qw" * 20]
)
def test_a_password_of_many_guesses_is_not_common(password: str) -> None:
    assert not passwords.is_common(password, "小樽 はな子")
