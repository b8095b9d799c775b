# SPDX-License-Identifier: Apache-2.0
"""Make sense of settings: a cloud that can be asked for a token, or every reason why not.

Pure: it turns ``Settings`` into a ``CloudConfig``; where settings come from is ``settings.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from stackloom import plug
from stackloom.auth import methods
from stackloom.auth.credentials import Credentials, Method, Named, Scope
from stackloom.auth.settings import Settings
from stackloom.errors import BadConfig
from stackloom.log import Secret
from stackloom.transport.client import Tls


class CloudConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A cloud, and who we are on it."""

    source: str
    auth_url: str
    method: Method
    credentials: Credentials
    scope: Scope
    region: str = ""
    interface: str = "public"
    tls: Tls
    cache_tokens: bool = True


def cloud_config(settings: Settings) -> CloudConfig:
    """Build the configuration.

    Raises:
        BadConfig: with everything that is missing or contradicts itself, in one message.
    """
    values = settings.values
    method = _method(values, settings.source)
    credentials = _credentials(values)
    problems = [f"{name} is missing" for name in method.missing(credentials)]
    problems += _url_problems(values.get("auth_url", ""))
    scope = _scope(values)
    project = scope.project
    needs_domain = method.takes_scope and project.name and not (project.id or scope.system)
    if needs_domain and not (project.domain_id or project.domain_name):
        problems.append("project_name needs project_domain_name (often: Default)")
    if problems:
        raise BadConfig(
            f"{settings.source}: " + "; ".join(problems),
            hint="set it in clouds.yaml, as OS_… variable or as --os-… option",
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
    )


def _method(values: Mapping[str, str], source: str) -> Method:
    wanted = values.get("auth_type", "password")
    known = plug.read(methods, "METHOD", Method)
    for method in known.values():
        if wanted in method.auth_types:
            return method
    names = sorted(name for method in known.values() for name in method.auth_types)
    raise BadConfig(
        f'{source}: auth_type "{wanted}" is not one that stackloom speaks',
        hint=f"it speaks: {', '.join(names)}",
    )


def _credentials(values: Mapping[str, str]) -> Credentials:
    def secret(name: str) -> Secret | None:
        return Secret(values[name]) if values.get(name) else None

    return Credentials(
        user=_named(values, "user", id=values.get("user_id", ""), name=values.get("username", "")),
        password=secret("password"),
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
    return Scope(project=project, domain=domain, system=system)


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

    unverified = values.get("insecure", "").lower() in {"true", "1", "yes"} or values.get(
        "verify", ""
    ).lower() in {"false", "0", "no"}
    return Tls(
        verify=not unverified,
        ca_file=path("cacert"),
        certificate_file=path("cert"),
        key_file=path("key"),
    )
