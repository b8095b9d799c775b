# SPDX-License-Identifier: Apache-2.0
"""Settings of the service as options, and what is read of them and everything else."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Invocation

if TYPE_CHECKING:
    from stackloom.service.settings_sources import Given, SettingsRead

# By option: the setting, what stands for its value in the help, and the help.
_OPTIONS = {
    "--database": (
        "database.url",
        "URL",
        "postgresql://user:password@host/name; by default one is started here",
    ),
    "--listen": ("server.listen", "HOST:PORT", "REST and the page; 127.0.0.1:9850 by default"),
    "--grpc-listen": ("server.grpc_listen", "HOST:PORT", "gRPC; nowhere by default"),
    "--metrics-listen": ("metrics.listen", "HOST:PORT", "/metrics; 127.0.0.1:9852 by default"),
}
_WORKER_METRICS = (
    "metrics.worker_listen",
    "HOST:PORT",
    "/metrics of this worker; 127.0.0.1:9853 by default",
)
# What the extra "service" brings, by the names of its packages.
_NEEDED = (
    *("cryptography", "httptools", "jinja2", "litestar", "procrastinate", "prometheus_client"),
    *("psycopg", "psycopg_pool", "uvicorn", "uvloop"),
)
_BEHIND_PROXY = "--behind-proxy"


def add_service_options(parser: ArgumentParser, *options: str) -> None:
    """Add ``--config`` and some of the options of ``_OPTIONS`` to a command's parser."""
    parser.add_argument(
        "--config",
        default="",
        metavar="FILE",
        help="the settings, by default $STACKLOOM_CONFIG or /etc/stackloom/stackloom.toml",
    )
    for option in options:
        _, value, help = _OPTIONS[option]
        parser.add_argument(option, metavar=value, help=help)


def add_worker_metrics_option(parser: ArgumentParser) -> None:
    """Add ``--metrics-listen`` as it is for a worker."""
    name, value, help = _WORKER_METRICS
    parser.add_argument("--metrics-listen", metavar=value, help=help, dest=name)


def add_behind_proxy_option(parser: ArgumentParser) -> None:
    """Add ``--behind-proxy``."""
    parser.add_argument(
        _BEHIND_PROXY,
        action="store_true",
        help="a proxy in front does TLS, and says in X-Forwarded-* who asks",
    )


def check_extra() -> None:
    """Check that what the service needs beyond the command line is installed.

    Raises:
        UsageError: it is not.
    """
    from importlib.util import find_spec

    from stackloom.errors import UsageError

    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise UsageError(
            f"the service needs more than the command line: {', '.join(missing)} cannot be found",
            hint="pip install 'stackloom[service]'",
        )


def given_options(invocation: Invocation) -> dict[str, Given]:
    """Return the settings that were given as options, by name."""
    from stackloom.service.settings_sources import Given

    words = vars(invocation.options)
    given = {
        name: Given(value=words[option[2:].replace("-", "_")], source=option)
        for option, (name, _, _) in _OPTIONS.items()
        if words.get(option[2:].replace("-", "_")) is not None
    }
    name = _WORKER_METRICS[0]
    if words.get(name) is not None:
        given[name] = Given(value=words[name], source="--metrics-listen")
    if words.get("behind_proxy"):
        given["server.behind_proxy"] = Given(value="true", source=_BEHIND_PROXY)
    if invocation.cloud_options.cloud:
        given["server.os_cloud"] = Given(value=invocation.cloud_options.cloud, source="--os-cloud")
    return given


def service_environment(invocation: Invocation) -> dict[str, str]:
    """Return the variables with which another process reads the same settings, and cloud."""
    from stackloom.service.settings_sources import as_environment

    given = as_environment(given_options(invocation), invocation.options.config)
    options = invocation.cloud_options.settings
    cloud = {f"OS_{name.upper()}": value for name, value in options.items()}
    return {**invocation.environment, **cloud, **given}


def service_settings(invocation: Invocation) -> SettingsRead:
    """Read every setting from options, variables and the file."""
    from stackloom.service.settings_sources import read_settings

    return read_settings(
        invocation.environment, given_options(invocation), invocation.options.config
    )
