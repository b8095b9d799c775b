# SPDX-License-Identifier: Apache-2.0
"""Where the token of a request is: a header of OpenStack's, the usual one, or the page's cookie."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stackloom.log import Secret
from stackloom.service.refusal import Refused
from stackloom.service.rest.asked import Asked
from stackloom.web.site import is_from_here

SAFE_METHODS = frozenset({"GET", "HEAD"})

# Fernet tokens are some 200 characters, JWS ones with many roles below 2,000.
_FORM = re.compile(r"[\x21-\x7e]{1,8192}")


def token_of(asked: Asked) -> Secret:
    """Return the token that came with the request.

    Raises:
        Refused: there is none, or it is none; or a browser sends the cookie for another site.
    """
    return token_in(asked.headers) or _from_page(asked)


def token_in(headers: Mapping[str, str]) -> Secret | None:
    """Return the token in headers, or in the metadata of gRPC; None where there is none.

    Raises:
        Refused: what is there is none.
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    text = headers.get("x-auth-token", "")
    if not text and scheme.lower() == "bearer":
        text = bearer.strip()
    if not text:
        return None
    if not _FORM.fullmatch(text):
        raise Refused("token.refused", "the token is not one of Keystone's: 1 to 8192 characters")
    return Secret(text)


def _from_page(asked: Asked) -> Secret:
    cookies = asked.context.cookies
    sealed = cookie(asked.header("cookie"), cookies.name)
    if not sealed:
        raise Refused(
            "token.missing",
            f"{asked.place} came without a token",
            hint="send X-Auth-Token, as openstack token issue gives it, or Authorization: Bearer",
        )
    if asked.method not in SAFE_METHODS:
        check_origin(asked)
    return cookies.token(sealed)


def check_origin(asked: Asked) -> None:
    """Check that a page of ours sends it: a browser sends the cookie along from anywhere.

    ``Origin`` is compared with the address that the browser called, or that the operator gave: a
    name that somebody else has let point to us has no cookie of ours.

    Raises:
        Refused: it is another site, or not said.
    """
    origin = asked.header("origin")
    public_url = asked.context.public_url
    if not is_from_here(origin, host=asked.header("host"), public_url=public_url):
        raise Refused(
            "origin.refused",
            f"{asked.place} came from {origin[:200] or 'an unknown place'}, "
            f"and the page is at {public_url}",
            hint="open the page under that address; operators set it as [server] public_url",
        )


def cookie(header: str, name: str) -> str:
    """Return a cookie out of a ``Cookie`` header, "" where it is not there.

    Others of the same host may have anything in theirs (on the loopback whatever runs on another
    port), so each is taken by itself; the standard library gives none where it stumbles over one.
    """
    for pair in header.split(";"):
        found, _, value = pair.partition("=")
        if found.strip() == name:
            return value.strip().strip('"')
    return ""
