# SPDX-License-Identifier: Apache-2.0
"""What has to hold between settings of the service, beyond what each may be by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from stackloom.errors import BadConfig
from stackloom.service.machine.address import Address, read_address
from stackloom.service.settings import ServiceSettings


def check_settings(settings: ServiceSettings, *, is_api: bool = True) -> None:
    """Check what has to hold between them.

    Args:
        is_api: whether it is for a process that others ask; a worker is asked by nobody.

    Raises:
        BadConfig: something does not; it tells all.
    """
    if problems := problems_of(settings, is_api=is_api):
        raise BadConfig(
            "the service's settings do not go together:\n" + "\n".join(problems),
            hint="stackloom config check shows every value and where it is from",
        )


def problems_of(settings: ServiceSettings, *, is_api: bool = True) -> tuple[str, ...]:
    """Return a sentence for everything that does not go together."""
    found = [*_of_urls(settings), *_of_database(settings), *_of_identity(settings)]
    if is_api:
        found += [*_of_server(settings)]
    return tuple(found)


def _of_urls(settings: ServiceSettings) -> Iterator[str]:
    expected = [
        ("[database] url", settings.database.url, ("postgresql", "postgres")),
        ("[identity] auth_url", settings.identity.auth_url, ("http", "https")),
        ("[server] public_url", settings.server.public_url, ("http", "https")),
        ("[telemetry] endpoint", settings.telemetry.endpoint, ("http", "https")),
    ]
    for name, url, schemes in expected:
        if url and urlsplit(url).scheme not in schemes:
            yield f"{name} begins with {schemes[0]}://"


def _of_database(settings: ServiceSettings) -> Iterator[str]:
    if settings.database.url and not settings.secrets.keys_file:
        yield (
            "[secrets] keys_file is needed where [database] url names a PostgreSQL that others "
            "use too: secrets in it are sealed with a key that all processes have"
        )
    yield from _missing("[secrets] keys_file", settings.secrets.keys_file)


def _of_identity(settings: ServiceSettings) -> Iterator[str]:
    identity = settings.identity
    without_keystone = {
        "os_cloud (--os-cloud)": settings.server.os_cloud,
        "bearer_file": settings.server.bearer_file,
    }
    for name, value in without_keystone.items():
        if value and identity.auth_url:
            yield f"[server] {name} is for a service without [identity] auth_url"
    if identity.service_user and not identity.auth_url:
        yield "[identity] service_user is of no use without auth_url"
    if bool(identity.service_user) != bool(identity.service_password_file):
        yield "[identity] service_user and service_password_file go together"
    yield from _missing("[identity] service_password_file", identity.service_password_file)
    yield from _missing("[identity] cacert", identity.cacert)


def _of_server(settings: ServiceSettings) -> Iterator[str]:
    server = settings.server
    if bool(server.tls_certificate) != bool(server.tls_key):
        yield "[server] tls_certificate and tls_key go together"
    yield from _missing("[server] tls_certificate", server.tls_certificate)
    yield from _missing("[server] tls_key", server.tls_key)
    for name, text in (("listen", server.listen), ("grpc_listen", server.grpc_listen)):
        if text or name == "listen":
            yield from _exposed(settings, f"[server] {name}", text)
    for name, text in (
        ("listen", settings.metrics.listen),
        ("worker_listen", settings.metrics.worker_listen),
    ):
        if text:
            yield from _unread(f"[metrics] {name}", text)


def _exposed(settings: ServiceSettings, name: str, text: str) -> Iterator[str]:
    """Tell of an address that others can reach, while nobody checks who they are or TLS lacks."""
    unread = [*_unread(name, text)]
    if unread:
        yield from unread
        return
    address: Address = read_address(text)
    if address.is_loopback or settings.server.behind_proxy:
        return
    lacking = [] if settings.identity.auth_url else ["Keystone ([identity] auth_url)"]
    if not settings.server.tls_certificate:
        lacking.append("TLS ([server] tls_certificate, tls_key)")
    if lacking:
        yield (
            f"{name}: others can reach {address}, which needs {' and '.join(lacking)}; or "
            "--behind-proxy, where a proxy does TLS"
        )


def _unread(name: str, text: str) -> Iterator[str]:
    try:
        read_address(text)
    except BadConfig as error:
        yield f"{name}: {error} ({error.hint})"


def _missing(name: str, file: str) -> Iterator[str]:
    if file and not Path(file).is_file():
        yield f"{name}: there is no file {file}"
