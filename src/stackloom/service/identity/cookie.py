# SPDX-License-Identifier: Apache-2.0
"""The page's cookie: the token itself, sealed, so that the service keeps nothing of who logged in.

Scripts cannot read it, other sites cannot have it sent, and only this service can open it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from stackloom.errors import BadConfig
from stackloom.log import Secret
from stackloom.service.grant.seal import BrokenSeal, Seal
from stackloom.service.refusal import Refused

# Browsers keep cookies of 4,096 bytes, name and attributes included (RFC 6265, section 6.1).
_MOST_CHARACTERS = 3_900
_ABOUT = "the page's cookie"


class Cookies:
    """Makes and opens the cookie.

    Args:
        is_secure: browsers send it over HTTPS only; False on the loopback.

    Attributes:
        name: of the cookie. With ``__Host-`` no other host of the domain can set it.
    """

    def __init__(self, seal: Seal, *, is_secure: bool) -> None:
        self._seal = seal
        self._is_secure = is_secure
        self.name = "__Host-stackloom" if is_secure else "stackloom"

    def made(self, token: Secret) -> str:
        """Return the value of ``Set-Cookie`` that keeps *token* until the browser is closed.

        Raises:
            Refused: ``token.refused``: it is too long for a cookie.
        """
        sealed = self._seal.seal(token.reveal().encode(), about=_ABOUT)
        value = urlsafe_b64encode(sealed).decode().rstrip("=")
        if len(value) > _MOST_CHARACTERS:
            raise Refused(
                "token.refused",
                f"this token has {len(token.reveal())} characters, too many for a cookie",
                hint="the page can be used with shorter ones, such as Keystone's Fernet tokens",
            )
        return self._header(value)

    def cleared(self) -> str:
        """Return the value of ``Set-Cookie`` that makes a browser forget it."""
        return self._header("") + "; Max-Age=0"

    def token(self, value: str) -> Secret:
        """Return the token in a cookie.

        Raises:
            Refused: ``token.refused``: it is none that we made, or its key is gone.
        """
        try:
            sealed = urlsafe_b64decode(value + "=" * (-len(value) % 4))
            return Secret(self._seal.open(sealed, about=_ABOUT).decode())
        except (ValueError, BrokenSeal, BadConfig) as error:
            raise Refused(
                "token.refused", "the page's cookie is no longer good", hint="log in again"
            ) from error

    def _header(self, value: str) -> str:
        secure = "; Secure" if self._is_secure else ""
        return f"{self.name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}"
