# SPDX-License-Identifier: Apache-2.0
"""``server``: servers of Nova. What they are made of and can do stands in ``cli/server_*.py``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from stackloom.cli.command import Group
from stackloom.cli.fields import Field, named, number, several, switch, text
from stackloom.cli.kind_commands import list_command
from stackloom.cli.server_actions import ACTIONS
from stackloom.cli.server_changes import CHANGES
from stackloom.cli.server_create import CREATE
from stackloom.cli.server_parts import PARTS
from stackloom.cli.server_show import SHOW

if TYPE_CHECKING:
    from stackloom.cli.listing import Values, View
    from stackloom.cloud.cloud import Cloud
    from stackloom.resources.compute.server import ServerState

_KIND = "compute.server"


def _taken(field: Field, take: Any) -> Field:
    return msgspec.structs.replace(field, take=take)


_FILTERS = (
    _taken(
        text("--name", "name", "with this name; a regular expression", metavar="NAME"),
        lambda name: f"^({name})$",
    ),
    _taken(text("--status", "status", "ACTIVE, SHUTOFF, ERROR, …"), str.upper),
    named("--flavor", "flavor", "compute.flavor", "of this flavor"),
    named("--image", "image", "image.image", "booted from this image"),
    text("--host", "host", "on this host (administrators)"),
    switch("--all-projects", "all_tenants", "of all projects (administrators)"),
    named(
        "--project",
        "project_id",
        "identity.project",
        "of this project (administrators)",
        brings={"all_tenants": True},
    ),
    named("--user", "user_id", "identity.user", "of this user (administrators)"),
    text("--ip", "ip", "with an IPv4 address that this expression matches", metavar="ADDRESS"),
    text("--ip6", "ip6", "with an IPv6 address that this expression matches", metavar="ADDRESS"),
    text("--instance-name", "instance_name", "called so by the hypervisor", metavar="NAME"),
    text("--reservation-id", "reservation_id", "made by one request", metavar="ID"),
    switch("--deleted", "deleted", "only deleted ones (administrators)"),
    text("--availability-zone", "availability_zone", "in this zone", metavar="ZONE"),
    text("--key-name", "key_name", "with this key pair", metavar="KEY"),
    switch("--config-drive", "config_drive", "only those with a config drive"),
    switch("--no-config-drive", "config_drive", "only those without", value=False),
    text("--vm-state", "vm_state", "active, stopped, …", metavar="STATE"),
    text("--task-state", "task_state", "spawning, deleting, …", metavar="STATE"),
    number("--power-state", "power_state", "1 running, 3 paused, 4 shut down, …", metavar="N"),
    text("--changes-since", "changes-since", "changed since this time (ISO 8601)", metavar="TIME"),
    text("--changes-before", "changes-before", "changed before it", metavar="TIME"),
    switch("--locked", "locked", "only locked ones"),
    switch("--unlocked", "locked", "only those that are not locked", value=False),
    several("--tags", "tags", "with all of these tags; repeatable", take=",".join, metavar="TAG"),
    several(
        "--not-tags", "not-tags", "without these tags; repeatable", take=",".join, metavar="TAG"
    ),
)

_PLACES = (
    switch("--no-name-lookup", "plain", "show ids of images, without asking Glance for names"),
    switch("-n", "plain", "the same"),
    # Both look the names up in one request here; fingers know the options.
    switch("--name-lookup-one-by-one", "looked_up", "look names up; the default"),
)


async def _look(cloud: Cloud, given: Mapping[str, Any]) -> View:
    """Show images by name, unless told otherwise."""
    from stackloom.cli.listing import View

    if given.get("plain"):
        return View()

    async def dress(servers: Sequence[ServerState]) -> Values:
        names = await _image_names(cloud, {each.image_id for each in servers} - {""})
        return {"Image": lambda server: names.get(server.image_id, server.image_id)}

    return View(dress=dress)


async def _image_names(cloud: Cloud, ids: Collection[str]) -> dict[str, str]:
    """Return the names of images, as far as Glance tells them; those deleted have none.

    Source: glance/db/sqlalchemy/api.py, ``_make_conditions_from_filters``, 33.0.0: ``id=in:…``.
    """
    from stackloom.cli.kind_at_hand import load_kind
    from stackloom.cloud.verbs import list_states
    from stackloom.errors import CloudError

    if not ids:
        return {}
    query = {"id": f"in:{','.join(sorted(ids))}", "visibility": "all"}
    try:
        images = list_states(cloud, load_kind("image.image"), query)
        return {each.id: each.name or each.id async for each in images}
    except CloudError:
        return {}  # a list of servers does not fail for a Glance that does


GROUP = Group(
    help="Servers",
    commands=(
        list_command(_KIND, _FILTERS, places=_PLACES, look=_look),
        SHOW,
        CREATE,
        *CHANGES,
        *ACTIONS,
        *PARTS,
    ),
)
