# SPDX-License-Identifier: Apache-2.0
"""The page's cookie holds the token, and only this service can open it."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from stackloom.log import Secret
from stackloom.service.grant.seal import Seal, SealKey
from stackloom.service.identity.cookie import Cookies
from stackloom.service.refusal import Refused

_SEAL = Seal([SealKey(id="a", secret=b"k" * 32)])
_FERNET = Secret("gAAAAAB" + "x" * 190)


def _value(header: str) -> str:
    return header.split(";", maxsplit=1)[0].partition("=")[2]


@pytest.mark.parametrize(
    ("is_secure", "name", "attributes"),
    [
        (True, "__Host-stackloom", "Path=/; HttpOnly; SameSite=Strict; Secure"),
        (False, "stackloom", "Path=/; HttpOnly; SameSite=Strict"),
    ],
)
def test_scripts_and_other_sites_cannot_have_it(
    is_secure: bool, name: str, attributes: str
) -> None:
    """And beyond the loopback it is sent over HTTPS only; it ends with the browser."""
    cookies = Cookies(_SEAL, is_secure=is_secure)
    header = cookies.made(_FERNET)
    assert cookies.name == name
    assert header == f"{name}={_value(header)}; {attributes}"
    assert _FERNET.reveal() not in header
    assert cookies.token(_value(header)) == _FERNET
    assert cookies.cleared() == f"{name}=; {attributes}; Max-Age=0"


def test_it_survives_a_new_key() -> None:
    """As long as the older one is in the file."""
    value = _value(Cookies(_SEAL, is_secure=False).made(_FERNET))
    new = SealKey(id="b", secret=b"n" * 32)
    both = Seal([new, SealKey(id="a", secret=b"k" * 32)])
    assert Cookies(both, is_secure=False).token(value) == _FERNET
    with pytest.raises(Refused) as refused:
        Cookies(Seal([new]), is_secure=False).token(value)
    assert refused.value.code == "token.refused"


@pytest.mark.parametrize("value", ["", "x", "%%%", "ä", "AAAA", "A" * 400])
def test_what_is_no_cookie_of_ours_is_refused(value: str) -> None:
    """As 401, which sends browsers to the log-in."""
    with pytest.raises(Refused) as refused:
        Cookies(_SEAL, is_secure=True).token(value)
    assert (refused.value.code, refused.value.hint) == ("token.refused", "log in again")


def test_something_else_that_was_sealed_is_none() -> None:
    """A secret out of the database opens no page."""
    sealed = _SEAL.seal(b"token", about="p-1 jobs secrets 7")
    with pytest.raises(Refused):
        Cookies(_SEAL, is_secure=True).token(urlsafe_b64encode(sealed).decode())


def test_a_token_that_no_browser_would_keep_is_told() -> None:
    """Browsers drop longer cookies without a word."""
    with pytest.raises(Refused, match="3000 characters, too many for a cookie"):
        Cookies(_SEAL, is_secure=True).made(Secret("x" * 3_000))
