"""Session cookies are signed. A key that is removed ends them."""

import time
from itertools import pairwise

from itsdangerous.encoding import base64_encode, int_to_bytes

from calsvc.web.staff.sessions import SESSION_SECONDS, Sessions

OLD, NEW = b"k" * 64, b"l" * 64


def test_a_session_is_signed() -> None:
    sessions = Sessions([OLD])
    cookie = sessions.new_session_cookie()
    assert sessions.session(cookie)
    assert Sessions([OLD]).session(cookie) == sessions.session(cookie)
    assert not sessions.session(cookie[:-2] + "xx")
    assert not sessions.session(sessions.new_login_cookie())


def test_session_expires_even_if_the_browser_has_its_cookie() -> None:
    sessions = Sessions([OLD])
    session, _, _ = sessions.new_session_cookie().rsplit(".", 2)
    for age, is_valid in ((SESSION_SECONDS - 60, True), (SESSION_SECONDS + 60, False)):
        stamp = base64_encode(int_to_bytes(int(time.time()) - age))
        signed = b".".join((session.encode(), stamp))
        cookie = b".".join((signed, sessions.signer(b"session").get_signature(signed)))
        assert bool(sessions.session(cookie.decode())) is is_valid


def test_rotation_of_keys_ends_no_session_between_any_two_copies() -> None:
    steps = [Sessions(keys) for keys in ([OLD], [OLD, NEW], [NEW, OLD])]
    for one, next_ in pairwise(steps):
        for made_by, read_by in ((one, next_), (next_, one)):
            session = read_by.session(cookie := made_by.new_session_cookie())
            assert session == made_by.session(cookie) != ""
            assert read_by.is_csrf_token(made_by.csrf_token(session), session)
            assert read_by.browser(made_by.new_browser_cookie())
            assert read_by.visit(made_by.new_login_cookie())


def test_key_that_is_removed_ends_its_sessions() -> None:
    made_by, read_by = Sessions([OLD, NEW]), Sessions([NEW])
    session = made_by.session(cookie := made_by.new_session_cookie())
    assert not read_by.session(cookie)
    assert not read_by.is_csrf_token(made_by.csrf_token(session), session)
