# SPDX-License-Identifier: Apache-2.0
"""What a person gives to be known: credentials, a scope, and the methods that turn them into JSON.

Pure data; it does not know where the values came from or how they travel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    token: Secret | None = None
    application_credential: Named
    application_credential_secret: Secret | None = None


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a token is for; with nothing given it is unscoped."""

    project: Named
    domain: Named
    system: bool = False

    def payload(self) -> dict[str, object] | None:
        """Return the ``scope`` of a token request, None for an unscoped one.

        Source: Keystone API reference, "Password authentication with scoped authorization", and
        keystone/auth/schema.py, 30.0.0.
        """
        if self.system:
            return {"system": {"all": True}}
        if self.project:
            return {"project": self.project.payload()}
        if self.domain:
            return {"domain": self.domain.payload()}
        return None

    def __str__(self) -> str:
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
    """

    auth_types: frozenset[str]
    name: str
    identity: Callable[[Credentials], Json]
    missing: Callable[[Credentials], list[str]]
    takes_scope: bool = True


def token_request(method: Method, credentials: Credentials, scope: Scope) -> dict[str, object]:
    """Build the body of ``POST /v3/auth/tokens``.

    Shape: ``{"auth": {"identity": {"methods": ["password"], "password": {...}}, "scope": {...}}}``.
    """
    identity = {"methods": [method.name], method.name: method.identity(credentials)}
    auth: dict[str, object] = {"identity": identity}
    scope_payload = scope.payload() if method.takes_scope else None
    if scope_payload is not None:
        auth["scope"] = scope_payload
    return {"auth": auth}
