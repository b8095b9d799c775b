# SPDX-License-Identifier: Apache-2.0
"""A server group of Nova: servers that should be together, or apart.

Nova keeps nothing of a person's but its name, so there the mark is, after the person's own name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Fault,
    Ids,
    Kind,
    Names,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark, without_mark
from stackloom.cloud.sketch import Badge, Part

# nova/api/openstack/compute/schemas/server_groups.py, ``policies``, 34.0.0.
_POLICIES = ("affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity")


class ServerGroupRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``anti-affinity`` allows all the same."""

    max_server_per_host: int


class ServerGroupSpec(Spec, frozen=True, kw_only=True):
    """A server group; to change it replaces it and the servers in it.

    Attributes:
        policy: ``affinity`` keeps its servers on one host, ``anti-affinity`` on different ones, and
            ``soft-affinity`` and ``soft-anti-affinity`` do so where they can.
        rules: for ``anti-affinity`` only: ``{max_server_per_host: 2}``.
    """

    policy: str
    rules: ServerGroupRules | UnsetType = UNSET


class NewServerGroup(Body, frozen=True, kw_only=True):
    """What can be said when a server group is made.

    Attributes:
        policy: ``affinity``, ``anti-affinity``, ``soft-affinity`` or ``soft-anti-affinity``.
        rules: ``{"max_server_per_host": 2}`` for ``anti-affinity``.

    Source: nova/api/openstack/compute/schemas/server_groups.py, ``create_v264``, 34.0.0.
    """

    name: str
    policy: str
    rules: Mapping[str, int] | UnsetType = UNSET


class ServerGroupState(State, frozen=True, kw_only=True):
    """What Nova tells of a server group."""

    policy: str = ""
    rules: Mapping[str, Any] = {}
    members: tuple[str, ...] = ()
    project_id: str = ""
    user_id: str = ""


def _faults(spec: ServerGroupSpec) -> Iterator[Fault]:
    if spec.policy not in _POLICIES:
        message = f'"{spec.policy}" is no policy of server groups'
        yield Fault(place=("policy",), message=message, hint=f"known are: {', '.join(_POLICIES)}")
    elif spec.rules is not UNSET and spec.policy != "anti-affinity":
        message = f'the policy "{spec.policy}" takes no rules'
        yield Fault(place=("rules",), message=message, hint="only anti-affinity does")


def _rules(spec: ServerGroupSpec) -> dict[str, int] | UnsetType:
    return UNSET if spec.rules is UNSET else msgspec.to_builtins(spec.rules)


def _create(address: Address, spec: ServerGroupSpec, mark: Mark, _ids: Ids) -> Call:
    body: dict[str, Any] = {"name": mark.beside(address.name), "policy": spec.policy}
    if (rules := _rules(spec)) is not UNSET:
        body["rules"] = rules
    return Call(method="POST", path=_PATH, body={"server_group": body})


def _compare(
    address: Address, spec: ServerGroupSpec, state: ServerGroupState, mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    """Compare; nothing of a server group can be changed.

    Source: nova/api/openstack/compute/server_groups.py, 34.0.0: there is no PUT.
    """
    yield from differences(
        [
            ("name", state.name, mark.beside(address.name), False),
            ("policy", state.policy, spec.policy, False),
            ("rules", dict(state.rules), _rules(spec), False),
        ]
    )


def _capture(state: ServerGroupState, _names: Names) -> Mapping[str, Any]:
    return {"policy": state.policy} | ({"rules": dict(state.rules)} if state.rules else {})


def _sketch(state: ServerGroupState) -> Iterator[Part]:
    label = without_mark(state.name) or state.id
    for server in state.members or ("",):
        yield Badge(on=server, key=state.id, sort="server_group", label=label, note=state.policy)


def _sketch_spec(address: Address, spec: ServerGroupSpec, _declared: Declared) -> Iterator[Part]:
    label, note = address.name, spec.policy
    yield Badge(on="", key=str(address), sort="server_group", label=label, note=note)


_PATH = "/v2.1/os-server-groups"

KIND = Kind(
    name="server_group",
    plural="server_groups",
    service="compute",
    path=_PATH,
    state=ServerGroupState,
    new=NewServerGroup,
    # 2.64 has one policy with rules in place of a list (Rocky, 2018).
    microversion="2.64",
    newest_microversion="2.104",
    # nova/api/openstack/compute/schemas/server_groups.py has no filter by name, 34.0.0.
    name_query="",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Policy", value=lambda state: state.policy),
    ),
    long_columns=(
        Column(title="Members", value=lambda state: list(state.members)),
        Column(title="Project Id", value=lambda state: state.project_id),
        Column(title="User Id", value=lambda state: state.user_id),
    ),
    mark=lambda state, _listed: read_mark(state.name),
    declaration=Declaration(
        spec=ServerGroupSpec,
        section="server_groups",
        faults=_faults,
        create=_create,
        compare=_compare,
        consumes=lambda _spec, _ids: {"compute.server_groups": 1},
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
