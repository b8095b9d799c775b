# SPDX-License-Identifier: Apache-2.0
"""Make sense of settings: a cloud that can be asked for a token, or every reason why not.

Pure: it turns ``Settings`` into a ``CloudConfig``; where settings come from is ``settings.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from stackloom import plug
from stackloom.auth import methods
from stackloom.auth.credentials import Credentials, Method, Named, Scope, all_of
from stackloom.auth.service_choice import ServiceChoice, service_choices
from stackloom.auth.settings import Settings
from stackloom.errors import BadConfig
from stackloom.log import Secret
from stackloom.transport.client import Tls

if TYPE_CHECKING:
    from stackloom.auth.plugin import Plugin

_LACKS_ONE = "password is missing"
_TYPE_IT_HINT = (
    "give it as --os-password or OS_PASSWORD, or in clouds.yaml or secure.yaml; on a terminal "
    "stackloom asks for it"
)
_ANY_HINT = "set it in clouds.yaml, as OS_… variable or as --os-… option"
_MISSING = {"user_domain_name": "username needs user_domain_name (often: Default)"}


class CloudConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A cloud, and who we are on it.

    Attributes:
        services: what is said about single services, by their type with underscores.
        plugin: keystoneauth1's, where the method is none of ours.
        cache_path: where tokens are kept; empty for the usual place.
    """

    source: str
    auth_url: str
    method: Method
    credentials: Credentials
    scope: Scope
    region: str = ""
    interface: str = "public"
    tls: Tls
    cache_tokens: bool = True
    cache_path: str = ""
    services: Mapping[str, ServiceChoice] = msgspec.field(default_factory=dict)
    plugin: Plugin | None = None


def cloud_config(settings: Settings) -> CloudConfig:
    """Build the configuration.

    Raises:
        BadConfig: with everything that is missing or contradicts itself, in one message.
    """
    values = settings.values
    method, plugin = _method(values, settings.source)
    credentials = _credentials(values)
    problems = [_MISSING.get(name, f"{name} is missing") for name in method.missing(credentials)]
    problems += _url_problems(values.get("auth_url", ""))
    scope = _scope(values)
    project = scope.project
    needs_domain = method.takes_scope and project.name and not plugin
    needs_domain = needs_domain and not (
        project.id or scope.system or scope.trust_id or scope.unscoped
    )
    if needs_domain and not (project.domain_id or project.domain_name):
        problems.append("project_name needs project_domain_name (often: Default)")
    if problems:
        raise BadConfig(
            f"{settings.source}: " + "; ".join(problems),
            hint=_TYPE_IT_HINT if problems == [_LACKS_ONE] else _ANY_HINT,
        )
    return CloudConfig(
        source=settings.source,
        auth_url=_versioned(values["auth_url"]),
        method=method,
        credentials=credentials,
        scope=scope,
        region=values.get("region_name", ""),
        interface=values.get("interface", "public").removesuffix("URL"),
        tls=_tls(values),
        cache_tokens=settings.cache_tokens,
        cache_path=settings.cache_path,
        services=service_choices(values),
        plugin=plugin,
    )


def _method(values: Mapping[str, str], source: str) -> tuple[Method, Plugin | None]:
    """Return the method that is wanted; with keystoneauth1's plugin where it is none of ours.

    Without ``auth_type`` it is the password, as in openstacksdk, unless there is only a token or an
    application credential.
    """
    wanted = values.get("auth_type") or _implied_type(values)
    name = wanted.removeprefix("v3")
    if name in plug.module_names(methods):  # as nearly always; it saves looking at the others
        method = plug.read_one(methods, name, "METHOD", Method)
        if wanted in method.auth_types:
            return method, None
    known = plug.read(methods, "METHOD", Method).values()
    if wanted == "v3multifactor":
        names = [name.strip() for name in values.get("auth_methods", "").split(",")]
        return all_of(tuple(_factor(known, name, source) for name in names)), None
    for method in known:
        if wanted in method.auth_types:
            return method, None
    from stackloom.auth.plugin import plugin_method  # noqa: PLC0415 - for few

    return plugin_method(wanted, values, source, ours=_auth_types(known))


def _implied_type(values: Mapping[str, str]) -> str:
    if not any(values.get(name) for name in ("username", "user_id", "password")):
        if values.get("token"):
            return "token"
        if values.get("application_credential_id"):
            return "v3applicationcredential"
    return "password"


def _factor(known: Collection[Method], name: str, source: str) -> Method:
    for method in known:
        if name in {method.name, *method.auth_types}:
            return method
    raise BadConfig(
        f'{source}: auth_methods has "{name}", which is no method that stackloom speaks'
        if name
        else f"{source}: auth_type v3multifactor needs auth_methods",
        hint="for example: auth_methods: [v3password, v3totp]",
    )


def _auth_types(known: Collection[Method]) -> list[str]:
    return sorted({"v3multifactor", *(name for method in known for name in method.auth_types)})


def _credentials(values: Mapping[str, str]) -> Credentials:
    def secret(name: str) -> Secret | None:
        return Secret(values[name]) if values.get(name) else None

    return Credentials(
        user=_named(values, "user", id=values.get("user_id", ""), name=values.get("username", "")),
        password=secret("password"),
        passcode=secret("passcode"),
        token=secret("token"),
        application_credential=Named(
            id=values.get("application_credential_id", ""),
            name=values.get("application_credential_name", ""),
        ),
        application_credential_secret=secret("application_credential_secret"),
    )


def _named(values: Mapping[str, str], owner: str, *, id: str, name: str) -> Named:
    """Build a user or project; without a domain of its own it has the one given for all."""
    has_own = values.get(f"{owner}_domain_id") or values.get(f"{owner}_domain_name")
    whose = owner if has_own else "default"
    return Named(
        id=id,
        name=name,
        domain_id=values.get(f"{whose}_domain_id", ""),
        domain_name=values.get(f"{whose}_domain_name", ""),
    )


def _scope(values: Mapping[str, str]) -> Scope:
    system = values.get("system_scope", "").lower() in {"all", "true"}
    project = _named(
        values,
        "project",
        id=values.get("project_id", ""),
        name=values.get("project_name", ""),
    )
    domain = Named(id=values.get("domain_id", ""), name=values.get("domain_name", ""))
    return Scope(
        project=project,
        domain=domain,
        system=system,
        trust_id=values.get("trust_id", ""),
        unscoped=values.get("unscoped", "").lower() == "true",
    )


def _url_problems(url: str) -> list[str]:
    if not url:
        return ["auth_url is missing"]
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
        is_address = is_address and parts.port != 0  # looks at the port, which may be no number
    except ValueError:
        is_address = False
    return [] if is_address else [f'auth_url "{url}" is not an http:// or https:// address']


def _versioned(url: str) -> str:
    """Return the address of Keystone's v3: clouds give it with and without ``/v3``."""
    url = url.rstrip("/")
    url = url.removesuffix("/v2.0")
    return url if url.endswith("/v3") else f"{url}/v3"


def _tls(values: Mapping[str, str]) -> Tls:
    def path(name: str) -> Path | None:
        return Path(values[name]).expanduser().absolute() if values.get(name) else None

    # "insecure" as in openstacksdk (openstack/config/loader.py, get_boolean, 4.22): only the word
    # true gives up the check. "verify" there is off only for YAML's own false; no variable could
    # say that, so its words count here.
    unverified = values.get("insecure", "").lower() == "true" or values.get(
        "verify", ""
    ).lower() in {"false", "0", "no"}
    return Tls(
        verify=not unverified,
        ca_file=path("cacert"),
        certificate_file=path("cert"),
        key_file=path("key"),
    )
