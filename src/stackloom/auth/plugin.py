# SPDX-License-Identifier: Apache-2.0
"""Every other way to be known, by keystoneauth1's plugins: the optional extra ``[auth]``.

keystoneauth1 takes 0.6 s to import, so that happens only when such a token is needed, in a thread.
It is asked for the token and its document, once; requests go the same way as always.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Collection, Mapping

import msgspec

from stackloom.auth.credentials import Method
from stackloom.errors import BadConfig
from stackloom.log import Secret

_GROUP = "keystoneauth1.plugin"
EXTRA = "pip install 'stackloom[auth]'"


class Plugin(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin and what it is given; every value is kept out of texts."""

    auth_type: str
    options: Mapping[str, Secret]


def plugin_method(
    auth_type: str, values: Mapping[str, str], source: str, *, ours: Collection[str]
) -> tuple[Method, Plugin]:
    """Return the plugin for *auth_type*.

    Raises:
        BadConfig: keystoneauth1 is not installed, which says how to get it, or has no such plugin.
    """
    if importlib.util.find_spec("keystoneauth1") is None:
        raise BadConfig(
            f'{source}: auth_type "{auth_type}" is not one that stackloom speaks by itself',
            hint=f"for keystoneauth1's plugins: {EXTRA}; without it: {', '.join(ours)}",
        )
    plugins = {each.name for each in importlib.metadata.entry_points(group=_GROUP)}
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
