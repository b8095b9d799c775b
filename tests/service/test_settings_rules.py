# SPDX-License-Identifier: Apache-2.0
"""What has to hold between settings, above all that nobody is served whom nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.errors import BadConfig
from stackloom.service.settings import (
    DatabaseSettings,
    IdentitySettings,
    MetricsSettings,
    SecretsSettings,
    ServerSettings,
    ServiceSettings,
    TelemetrySettings,
)
from stackloom.service.settings_rules import check_settings, problems_of

_KEYSTONE = IdentitySettings(auth_url="https://keystone.example/v3")
_LACKS_BOTH = (
    "[server] listen: others can reach 0.0.0.0:80, which needs Keystone ([identity] auth_url) and "
    "TLS ([server] tls_certificate, tls_key); or --behind-proxy, where a proxy does TLS"
)
_LACKS_KEYS = (
    "[secrets] keys_file is needed where [database] url names a PostgreSQL that others use too: "
    "secrets in it are sealed with a key that all processes have"
)
_LACKS_TLS = _LACKS_BOTH.replace("Keystone ([identity] auth_url) and ", "")
_LACKS_KEYSTONE = _LACKS_BOTH.replace(" and TLS ([server] tls_certificate, tls_key)", "")


def _tls(folder: Path, **more: object) -> ServerSettings:
    for name in ("certificate", "key"):
        (folder / name).touch()
    return ServerSettings(
        tls_certificate=str(folder / "certificate"),
        tls_key=str(folder / "key"),
        **more,  # type: ignore[arg-type] # the caller's
    )


@pytest.mark.parametrize("listen", ["127.0.0.1:1", "[::1]:0", "localhost:80", "127.1.2.3:9"])
def test_on_the_loopback_nothing_is_needed(listen: str) -> None:
    """Only this machine can ask there."""
    assert problems_of(ServiceSettings(server=ServerSettings(listen=listen))) == ()


def test_others_are_served_only_with_keystone_and_tls(tmp_path: Path) -> None:
    """Either lacks, both lack, neither lacks, or a proxy is named."""
    listen = "0.0.0.0:80"
    server, tls = ServerSettings(listen=listen), _tls(tmp_path, listen=listen)
    behind = ServerSettings(listen=listen, behind_proxy=True)
    found = [
        problems_of(ServiceSettings(server=server)),
        problems_of(ServiceSettings(server=server, identity=_KEYSTONE)),
        problems_of(ServiceSettings(server=tls)),
        problems_of(ServiceSettings(server=tls, identity=_KEYSTONE)),
        problems_of(ServiceSettings(server=behind)),
    ]
    assert found == [(_LACKS_BOTH,), (_LACKS_TLS,), (_LACKS_KEYSTONE,), (), ()]


def test_grpc_is_no_way_around_it() -> None:
    """Its address is looked at as that of REST."""
    settings = ServiceSettings(server=ServerSettings(grpc_listen="192.0.2.1:80"))
    assert problems_of(settings) == (
        _LACKS_BOTH.replace("listen", "grpc_listen", 1).replace("0.0.0.0", "192.0.2.1"),
    )


def test_what_belongs_together(tmp_path: Path) -> None:
    """All of it is told at once."""
    settings = ServiceSettings(
        server=ServerSettings(listen="here", tls_key=str(tmp_path / "no"), public_url="x.example"),
        database=DatabaseSettings(url="mysql://x"),
        identity=IdentitySettings(service_user="stackloom", cacert="/no/such"),
        metrics=MetricsSettings(listen="1.2.3.4:99999"),
        telemetry=TelemetrySettings(endpoint="grpc://x"),
    )
    assert problems_of(settings) == (
        "[database] url begins with postgresql://",
        "[server] public_url begins with http://",
        "[telemetry] endpoint begins with http://",
        _LACKS_KEYS,
        "[identity] service_user is of no use without auth_url",
        "[identity] service_user and service_password_file go together",
        "[identity] cacert: there is no file /no/such",
        "[server] tls_certificate and tls_key go together",
        f"[server] tls_key: there is no file {tmp_path / 'no'}",
        '[server] listen: "here" is no address (host:port, or [host]:port for IPv6)',
        '[metrics] listen: "1.2.3.4:99999" is no address (host:port, or [host]:port for IPv6)',
    )


def test_what_would_be_of_no_use_with_keystone() -> None:
    """Whoever names a cloud would wonder whose rights count."""
    server = ServerSettings(os_cloud="mine", bearer_file="/bearer")
    assert problems_of(ServiceSettings(server=server)) == ()
    assert problems_of(ServiceSettings(server=server, identity=_KEYSTONE)) == (
        "[server] os_cloud (--os-cloud) is for a service without [identity] auth_url",
        "[server] bearer_file is for a service without [identity] auth_url",
    )


def test_a_worker_is_asked_by_nobody(tmp_path: Path) -> None:
    """Where it would listen does not matter, a key for secrets does."""
    listening = ServiceSettings(server=ServerSettings(listen="0.0.0.0:80"))
    check_settings(listening, is_api=False)
    with pytest.raises(BadConfig) as caught:
        check_settings(
            ServiceSettings(
                database=DatabaseSettings(url="postgresql://x"),
                secrets=SecretsSettings(keys_file=str(tmp_path / "keys")),
            ),
            is_api=False,
        )
    assert str(caught.value) == (
        "the service's settings do not go together:\n"
        f"[secrets] keys_file: there is no file {tmp_path / 'keys'}"
    )
