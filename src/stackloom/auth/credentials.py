# SPDX-License-Identifier: Apache-2.0
"""What a person gives to be known: credentials, a scope, and the methods that turn them into JSON.

Pure data; it does not know where the values came from or how they travel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

import msgspec

from stackloom.log import Secret

Json = Mapping[str, object]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of Keystone by id, or by name inside a domain given by id or name."""

    id: str = ""
    name: str = ""
    domain_id: str = ""
    domain_name: str = ""

    def __bool__(self) -> bool:
        return bool(self.id or self.name)

    def payload(self) -> dict[str, object]:
        """Return ``{"id"}``, or ``{"name", "domain": {"id"|"name"}}`` as Keystone wants it."""
        if self.id:
            return {"id": self.id}
        if self.domain_id:
            return {"name": self.name, "domain": {"id": self.domain_id}}
        if self.domain_name:
            return {"name": self.name, "domain": {"name": self.domain_name}}
        return {"name": self.name}


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that any method may need; each method says what it misses."""

    user: Named
    password: Secret | None = None
    passcode: Secret | None = None
    token: Secret | None = None
    application_credential: Named
    application_credential_secret: Secret | None = None


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a token is for; with nothing given Keystone decides, by the user's default project.

    Attributes:
        unscoped: wanted so, also where the user has a default project.
        trust_id: act as whoever has given this trust, in its project.
    """

    project: Named
    domain: Named
    system: bool = False
    trust_id: str = ""
    unscoped: bool = False

    def payload(self) -> Json | str | None:
        """Return the ``scope`` of a token request, None for none.

        Source: Keystone API reference, "Password authentication with scoped authorization", and
        keystone/auth/schema.py, 30.0.0.
        """
        if self.unscoped:
            return "unscoped"
        if self.trust_id:
            return {"OS-TRUST:trust": {"id": self.trust_id}}
        if self.system:
            return {"system": {"all": True}}
        if self.project:
            return {"project": self.project.payload()}
        if self.domain:
            return {"domain": self.domain.payload()}
        return None

    def __str__(self) -> str:
        if self.unscoped:
            return "unscoped"
        if self.trust_id:
            return f"trust {self.trust_id}"
        if self.system:
            return "system"
        if self.project:
            return f"project {self.project.name or self.project.id}"
        if self.domain:
            return f"domain {self.domain.name or self.domain.id}"
        return "unscoped"


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """One way to be known.

    Attributes:
        auth_types: the values of ``auth_type`` that mean it.
        name: Keystone's name for it in ``methods``.
        identity: builds what stands under that name.
        missing: names the settings that are needed and not there.
        takes_scope: False where the credential itself fixes the project.
        parts: the methods of one request that has several; empty for a method by itself.
    """

    auth_types: frozenset[str]
    name: str
    identity: Callable[[Credentials], Json]
    missing: Callable[[Credentials], list[str]]
    takes_scope: bool = True
    parts: tuple[Method, ...] = ()


def all_of(parts: tuple[Method, ...]) -> Method:
    """Combine several methods into one that needs them all: multi-factor authentication."""

    def identity(_credentials: Credentials) -> NoReturn:
        raise AssertionError("each part builds its own")

    def missing(credentials: Credentials) -> list[str]:
        return list(dict.fromkeys(name for part in parts for name in part.missing(credentials)))

    return Method(
        auth_types=frozenset({"v3multifactor"}),
        name=" and ".join(part.name for part in parts),
        identity=identity,
        missing=missing,
        takes_scope=all(part.takes_scope for part in parts),
        parts=parts,
    )


def missing_user(user: Named) -> list[str]:
    """Name what a user lacks: any name at all, or the domain that a name needs."""
    if not user:
        return ["username"]
    has_domain = user.id or user.domain_id or user.domain_name
    return [] if has_domain else ["user_domain_name"]


def token_request(method: Method, credentials: Credentials, scope: Scope) -> dict[str, object]:
    """Build the body of ``POST /v3/auth/tokens``.

    Shape: ``{"auth": {"identity": {"methods": ["password"], "password": {...}}, "scope": {...}}}``.
    """
    parts = method.parts or (method,)
    identity: dict[str, object] = {"methods": [part.name for part in parts]}
    for part in parts:
        identity[part.name] = part.identity(credentials)
    auth: dict[str, object] = {"identity": identity}
    scope_payload = scope.payload() if method.takes_scope else None
    if scope_payload is not None:
        auth["scope"] = scope_payload
    return {"auth": auth}
