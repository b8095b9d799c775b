# SPDX-License-Identifier: Apache-2.0
"""Every other way to be known, by keystoneauth1's plugins: the optional extra ``[auth]``.

keystoneauth1 takes 0.6 s to import, so that happens only when such a token is needed, in a thread.
It is asked for the token and its document, once; requests go the same way as always.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from stackloom.auth.credentials import Method
from stackloom.errors import AuthFailed, BadConfig, CloudError, ServerFault, Unreachable
from stackloom.log import Secret
from stackloom.transport.client import Tls

_GROUP = "keystoneauth1.plugin"
EXTRA = "pip install 'stackloom[auth]'"


class Plugin(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin and what it is given, by the names of its options; no value is in its text."""

    auth_type: str
    options: Mapping[str, Secret]


def plugin_method(
    auth_type: str, values: Mapping[str, str], source: str, *, ours: Collection[str]
) -> tuple[Method, Plugin]:
    """Return the plugin for *auth_type*.

    Raises:
        BadConfig: keystoneauth1 is not installed, which says how to get it, or has no such plugin.
    """
    from importlib import util  # noqa: PLC0415 - only where the method is none of ours

    if util.find_spec("keystoneauth1") is None:
        raise BadConfig(
            f'{source}: auth_type "{auth_type}" is not one that stackloom speaks by itself',
            hint=f"for keystoneauth1's plugins: {EXTRA}; without it: {', '.join(ours)}",
        )
    from importlib.metadata import entry_points  # noqa: PLC0415 - 10 ms

    plugins = {each.name for each in entry_points(group=_GROUP)}
    if auth_type not in plugins:
        raise BadConfig(
            f'{source}: auth_type "{auth_type}" is known neither to stackloom nor to keystoneauth1',
            hint=f"there are: {', '.join(sorted({*plugins, *ours}))}",
        )
    method = Method(
        auth_types=frozenset({auth_type}),
        name=auth_type,
        identity=lambda _credentials: {},
        missing=lambda _credentials: [],
    )
    options = {name: Secret(value) for name, value in values.items()}
    return method, Plugin(auth_type=auth_type, options=options)


class _State(msgspec.Struct):
    """What ``get_auth_state`` gives (keystoneauth1/identity/base.py, 5.18)."""

    auth_token: str
    body: msgspec.Raw


async def plugin_token(plugin: Plugin, tls: Tls, source: str) -> tuple[Secret, bytes]:
    """Return a token and Keystone's document of it; in a thread where there is an event loop.

    Raises:
        BadConfig: an option is missing, or the plugin has no use for Keystone.
        CloudError: the log-in failed; the leaf says how.
    """
    import asyncio  # noqa: PLC0415 - beside keystoneauth1 it costs nothing

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _log_in(plugin, tls, source)
    return await asyncio.to_thread(_log_in, plugin, tls, source)


def _log_in(plugin: Plugin, tls: Tls, source: str) -> tuple[Secret, bytes]:
    import contextlib  # noqa: PLC0415 - as above
    import sys  # noqa: PLC0415

    from keystoneauth1 import exceptions, loading  # noqa: PLC0415 - 0.6 s
    from keystoneauth1.identity.base import BaseIdentityPlugin  # noqa: PLC0415
    from keystoneauth1.session import Session  # noqa: PLC0415

    verify: bool | str = str(tls.ca_file) if tls.ca_file and tls.verify else tls.verify
    certificate: str | tuple[str, str] | None = None
    if tls.certificate_file:
        certificate = str(tls.certificate_file)
        certificate = (certificate, str(tls.key_file)) if tls.key_file else certificate
    who = f"{plugin.auth_type} ({source})"
    # Its errors may quote what they were given, so none of them is kept as a cause.
    try:
        loader: Any = loading.get_plugin_loader(plugin.auth_type)
        loaded = loader.load_from_options(**_options(loader.get_options(), plugin))
        if not isinstance(loaded, BaseIdentityPlugin):
            raise BadConfig(f"{who} has no catalog of services, which stackloom needs")
        with contextlib.redirect_stdout(sys.stderr):  # some tell a person where to log in
            loaded.get_access(Session(auth=loaded, verify=verify, cert=certificate))
        state = msgspec.json.decode(loaded.get_auth_state() or "", type=_State)
    except exceptions.MissingRequiredOptions as error:
        names = ", ".join(option.dest for option in error.options)
        raise BadConfig(f"{who}: {names} is missing") from None
    except exceptions.Unauthorized as error:
        raise AuthFailed(
            f"Keystone did not accept the log-in with {who}",
            status=error.http_status,
            request_id=error.request_id or "",
            hint="check what the plugin is given",
        ) from None
    except exceptions.ConnectFailure:
        raise Unreachable(f"the log-in with {who} reached nobody") from None
    except exceptions.HttpError as error:
        leaf = ServerFault if error.http_status >= 500 else CloudError
        raise leaf(f"the log-in with {who} failed", status=error.http_status) from None
    except (exceptions.ClientException, msgspec.DecodeError) as error:
        raise CloudError(f"the log-in with {who} failed: {type(error).__name__}") from None
    return Secret(state.auth_token), bytes(state.body)


def _options(known: Iterable[Any], plugin: Plugin) -> dict[str, str]:
    """Pick what a plugin takes, by the newer name or an older one."""
    chosen: dict[str, str] = {}
    for option in known:  # keystoneauth1.loading.Opt
        for name in (option.dest, *(older.dest for older in option.deprecated)):
            if name in plugin.options:
                chosen[option.dest] = plugin.options[name].reveal()
                break
    return chosen
