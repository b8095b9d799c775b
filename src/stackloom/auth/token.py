# SPDX-License-Identifier: Apache-2.0
"""A token as Keystone describes it, and the catalog that came with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import msgspec

from stackloom.auth.service_choice import ServiceChoice, choice_for
from stackloom.errors import BadAnswer, NoEndpoint
from stackloom.log import Secret

# Names under which clouds register the same service (service-types authority; the older names are
# what Cinder's and Placement's installation guides used).
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "block-storage": ("block-storage", "volumev3", "block-store", "volume"),
}


class _Domain(msgspec.Struct, frozen=True, kw_only=True):
    id: str = ""
    name: str = ""


class _Owned(msgspec.Struct, frozen=True, kw_only=True):
    """A user or a project."""

    id: str
    name: str
    domain: _Domain = _Domain()


class _Role(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One address of a service, as the catalog gives it."""

    url: str
    interface: str
    region_id: str | None = None
    region: str | None = None

    @property
    def region_name(self) -> str:
        """Its region; older catalogs call it ``region``."""
        return self.region_id or self.region or ""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One service of the catalog."""

    type: str
    name: str = ""
    id: str = ""
    endpoints: tuple[Endpoint, ...] = ()


class _Trust(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    user: _Owned
    expires_at: str
    issued_at: str = ""
    project: _Owned | None = None
    domain: _Domain | None = None
    system: Mapping[str, bool] | None = None
    roles: tuple[_Role, ...] = ()
    catalog: tuple[Service, ...] = ()
    methods: tuple[str, ...] = ()
    trust: _Trust | None = msgspec.field(default=None, name="OS-TRUST:trust")


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    token: _Body


class Token:
    """A token with its facts.

    Attributes:
        secret: what goes into ``X-Auth-Token``.
        document: Keystone's answer as it came, so that a cache can keep it.
    """

    def __init__(self, secret: Secret, document: bytes) -> None:
        self.secret = secret
        self.document = document
        self._services: Mapping[str, ServiceChoice] = {}
        self._auth_url = ""
        try:
            self._body = msgspec.json.decode(document, type=_Document).token
            self.expires_at = _instant(self._body.expires_at)
            self.issued_at = _instant(self._body.issued_at) if self._body.issued_at else None
        except (msgspec.DecodeError, ValueError) as error:
            raise BadAnswer(
                f"Keystone's token cannot be read: {error}",
                hint="is auth_url really Keystone's?",
            ) from error

    @property
    def life(self) -> timedelta | None:
        """How long it is good from its issue on; None where Keystone does not say."""
        return self.expires_at - self.issued_at if self.issued_at else None

    @property
    def user_name(self) -> str:
        """The user it was issued to."""
        return self._body.user.name

    @property
    def user_domain(self) -> str:
        """The name of the user's domain."""
        return self._body.user.domain.name

    @property
    def user_id(self) -> str:
        """The id of the user."""
        return self._body.user.id

    @property
    def project_id(self) -> str:
        """The project it is for; empty for a system, domain or unscoped token."""
        return self._body.project.id if self._body.project else ""

    @property
    def project_name(self) -> str:
        """The name of the project it is for; empty likewise."""
        return self._body.project.name if self._body.project else ""

    @property
    def catalog(self) -> tuple[Service, ...]:
        """The services that it can reach, in Keystone's order."""
        return self._body.catalog

    @property
    def methods(self) -> tuple[str, ...]:
        """How it was earned: Keystone's names of the methods."""
        return self._body.methods

    @property
    def is_delegated(self) -> bool:
        """Whether it came from a trust or an application credential, so may do less than its user.

        Source: keystone/common/render_token.py, 30.0.0. A token that was exchanged for another
        keeps the methods of the first (keystone/api/_shared/authentication.py).
        """
        return self._body.trust is not None or "application_credential" in self._body.methods

    @property
    def roles(self) -> tuple[str, ...]:
        """The names of the roles it carries, sorted."""
        return tuple(sorted(role.name for role in self._body.roles))

    @property
    def scope(self) -> str:
        """What it is for, in words: ``system``, ``project demo``, ``domain x``, ``unscoped``."""
        if self._body.system:
            return "system"
        if self._body.project:
            return f"project {self._body.project.name}"
        return f"domain {self._body.domain.name}" if self._body.domain else "unscoped"

    def endpoint(self, service: str, *, region: str = "", interface: str = "public") -> str:
        """Return the root address of a service: no version, no project id, no last slash.

        Catalogs give ``http://a/compute/v2.1``, ``…/v2.1/<project id>`` or ``http://a:8774``;
        requests name their version themselves, so only what stands before it counts.

        Raises:
            NoEndpoint: says which services, regions and interfaces there are.
        """
        choice = choice_for(self._services, service)
        if choice.endpoint_override:
            return self._root(choice.endpoint_override)
        region = choice.region_name or region
        interface = choice.interface or interface
        types = _ALIASES.get(service, (service,))
        # The newer name counts first: the older one may lead to an older version.
        found = [each for name in types for each in self._body.catalog if each.type == name]
        if not found and service == "identity" and self._auth_url:
            return self._root(self._auth_url)
        if not found:
            raise self._no_service(service)
        endpoints = [endpoint for each in found for endpoint in each.endpoints]
        for endpoint in endpoints:
            regions = {endpoint.region_id, endpoint.region}
            if endpoint.interface == interface and (not region or region in regions):
                return self._root(endpoint.url)
        offers = sorted({f"{e.region_name or '-'}/{e.interface}" for e in endpoints})
        raise NoEndpoint(
            f"service {service} has no {interface} endpoint in region {region or '(any)'}",
            hint=f"the catalog has: {', '.join(offers) or 'none'}",
        )

    def _no_service(self, service: str) -> NoEndpoint:
        known = sorted({each.type for each in self._body.catalog})
        if not self.project_id:
            hint = (
                f"this token is {self._for_scope}; the catalog leaves out services whose address "
                "has a project in it: give a project (--os-project-name)"
            )
        else:
            hint = f"it has: {', '.join(known) or 'nothing'}"
        return NoEndpoint(f"the catalog has no {service} service", hint=hint)

    def using(self, services: Mapping[str, ServiceChoice], *, auth_url: str = "") -> Token:
        """Return the same token, as a configuration wants it used.

        Args:
            services: what is said about single services; it counts before the catalog.
            auth_url: where Keystone is for a token without a catalog, which an unscoped one is.
        """
        twin = Token.__new__(Token)  # the document of a large cloud is not read twice
        twin.__dict__.update(self.__dict__, _services=services, _auth_url=auth_url)
        return twin

    @property
    def _for_scope(self) -> str:
        return self.scope if self.scope == "unscoped" else f"for {self.scope}"

    def _root(self, url: str) -> str:
        parts = urlsplit(url)
        segments = [segment for segment in parts.path.split("/") if segment]
        if segments and segments[-1] in {self.project_id, f"AUTH_{self.project_id}"}:
            segments.pop()
        if segments and segments[-1][0] == "v" and segments[-1][1:].replace(".", "").isdigit():
            segments.pop()
        path = "/" + "/".join(segments) if segments else ""
        return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
