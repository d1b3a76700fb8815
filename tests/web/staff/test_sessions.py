"""Session cookies: signed, and ended by another key or another password."""

from calsvc.passwords import hash_of
from calsvc.web.staff.sessions import Sessions
from tests.support.staff import HASH


def test_a_session_is_signed_and_ends_with_the_password() -> None:
    sessions = Sessions(b"k" * 64, HASH)
    cookie = sessions.begin()
    assert sessions.session(cookie)
    assert Sessions(b"k" * 64, HASH).session(cookie) == sessions.session(cookie)
    assert not sessions.session(cookie[:-2] + "xx")
    assert not Sessions(b"k" * 64, hash_of("another one")).session(cookie)
    assert not Sessions(b"l" * 64, HASH).session(cookie)
    assert not sessions.session(sessions.greet())
