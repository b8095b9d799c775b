# SPDX-License-Identifier: Apache-2.0
"""An RBAC policy of Neutron: an object that other projects may use.

It keeps no words of ours, so it carries no mark. It is ours when the object that it is about is,
and its address says what it is: ``rbac_policy.network.blue.access_as_shared.<project's id>``. The
name that it has in the file is for the reader alone.

What ``shared`` and ``external`` of an object are in the API, policies for every project are in the
database: they show in the list, but belong to those fields (neutron/db/external_net_db.py,
``_process_l3_create``; neutron/objects/rbac_db.py, ``attach_rbac``, 29.0.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

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
    Listed,
    Names,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.cloud.sketch import Badge, Part

EVERY_PROJECT = "*"
# neutron/db/rbac_db_models.py, 29.0.0: our kinds, and what the API calls them.
_OBJECT_TYPES = {
    "network": "network",
    "security_group": "security_group",
    "qos_policy": "qos_policy",
    "address_scope": "address_scope",
    "subnet_pool": "subnetpool",
    "address_group": "address_group",
}
_KINDS = {object_type: kind for kind, object_type in _OBJECT_TYPES.items()}
_EXTENSIONS = {
    "network": "rbac-policies",
    "security_group": "rbac-security-groups",
    "qos_policy": "rbac-policies",
    "address_scope": "rbac-address-scope",
    "subnet_pool": "rbac-subnetpool",
    "address_group": "rbac-address-group",
}
# Kinds whose own field says that every project may use one.
_WITH_FIELD = frozenset({"network", "qos_policy", "address_scope", "subnet_pool"})
# keystone/resource/core.py, ``create_project``: uuid4().hex, 29.0.0.
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class RbacPolicySpec(Spec, frozen=True, kw_only=True):
    """Lets another project use one object of the scenario.

    Attributes:
        network, security_group, qos_policy, address_scope, subnet_pool, address_group: the object;
            one of them.
        action: ``access_as_shared``, or for a network ``access_as_external``.
        target_project: the other project's id, for Neutron knows no names; ``*`` for every one.
    """

    network: str = ""
    security_group: str = ""
    qos_policy: str = ""
    address_scope: str = ""
    subnet_pool: str = ""
    address_group: str = ""
    action: Literal["access_as_shared", "access_as_external"] = "access_as_shared"
    target_project: str

    @property
    def objects(self) -> list[Address]:
        """What it is about, by kind and name; one, if it is right."""
        return [Address(kind, name) for kind in _OBJECT_TYPES if (name := getattr(self, kind))]


class NewRbacPolicy(Body, frozen=True, kw_only=True):
    """What can be said when an RBAC policy is made; a target of ``*`` is every project.

    Source: neutron/extensions/rbac.py, 29.0.0.
    """

    object_type: str
    object_id: str
    action: str
    target_project: str = msgspec.field(name="target_tenant")
    project_id: str | UnsetType = UNSET


class RbacPolicyChange(Body, frozen=True, kw_only=True):
    """What can be changed of an RBAC policy."""

    target_project: str | UnsetType = msgspec.field(name="target_tenant", default=UNSET)


class RbacPolicyState(State, frozen=True, kw_only=True):
    """What Neutron tells of an RBAC policy.

    Attributes:
        object_mark: the mark of what it is about, empty where that has none.
    """

    object_type: str = ""
    object_id: str = ""
    action: str = ""
    target_project: str = msgspec.field(name="target_tenant", default="")
    project_id: str = ""
    object_mark: str = ""

    @property
    def is_field(self) -> bool:
        """Whether it is what ``shared`` or ``external`` of its object says."""
        kind = _KINDS.get(self.object_type, "")
        return self.target_project == EVERY_PROJECT and kind in _WITH_FIELD


def _address(about: Address, action: str, target_project: str) -> Address:
    return Address("rbac_policy", f"{about}.{action}.{target_project}")


def _address_of(address: Address, spec: RbacPolicySpec) -> Address:
    objects = spec.objects
    return _address(objects[0], spec.action, spec.target_project) if objects else address


def _derive(listed: Listed) -> list[RbacPolicyState]:
    """Add the marks of what policies are about; an address scope has its in its name."""
    marks = {
        (kind, state.id): mark
        for kind in _KINDS.values()
        for state in listed.get(kind, ())
        if (mark := read_mark(state.name if kind == "address_scope" else state.description))
        and mark.address.kind == kind
    }
    return [
        msgspec.structs.replace(
            state,
            object_mark=str(marks.get((_KINDS.get(state.object_type, ""), state.object_id), "")),
        )
        for state in listed.get("rbac_policy", ())
    ]


def _mark(state: RbacPolicyState, _listed: Listed) -> Mark | None:
    about = read_mark(state.object_mark)
    if about is None or state.is_field:
        return None
    return Mark(about.scenario, _address(about.address, state.action, state.target_project))


def _references(spec: RbacPolicySpec) -> Iterator[Reference]:
    for about in spec.objects:
        yield Reference(kind=about.kind, name=about.name, place=(about.kind,))


def _faults(spec: RbacPolicySpec) -> Iterator[Fault]:
    objects = spec.objects
    if len(objects) != 1:
        hint = f"one of {', '.join(_OBJECT_TYPES)}"
        yield Fault(place=(), message="a policy is about one object", hint=hint)
        return
    kind = objects[0].kind
    if spec.action == "access_as_external" and kind != "network":
        message = f"a {kind} cannot be used as an external network"
        yield Fault(place=("action",), message=message)
    if spec.target_project == EVERY_PROJECT:
        if kind in _WITH_FIELD:
            field = "external" if spec.action == "access_as_external" else "shared"
            message = f'for every project {kind} "{objects[0].name}" has a field of its own'
            yield Fault(place=("target_project",), message=message, hint=f"{field}: true there")
    elif not _ID.fullmatch(spec.target_project):
        message = f'"{spec.target_project}" is not the id of a project'
        hint = "openstack project show NAME -f value -c id tells it, to an administrator"
        yield Fault(place=("target_project",), message=message, hint=hint)


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Check that what is shared is made here: a policy is known by the mark of its object."""
    for address, spec in declared.items():
        if isinstance(spec, RbacPolicySpec):
            for about in spec.objects:
                if about not in declared:
                    message = f"{about.kind} {about.name} is not made here, so nobody could tell"
                    message += " whose policy this is"
                    yield address, Fault(place=(about.kind,), message=message)


def _requires(spec: RbacPolicySpec) -> Iterator[Requirement]:
    for about in spec.objects:
        yield Requirement(place=(about.kind,), extension=_EXTENSIONS[about.kind])
    if spec.target_project == EVERY_PROJECT:
        # neutron/conf/policies/rbac.py, ``create_rbac_policy:target_tenant``, 29.0.0.
        yield Requirement(place=("target_project",), admin=True)


def _create(_address: Address, spec: RbacPolicySpec, _mark: Mark, ids: Ids) -> Call:
    [about] = spec.objects
    body = {
        "object_type": _OBJECT_TYPES[about.kind],
        "object_id": ids(about.kind, about.name),
        "action": spec.action,
        "target_tenant": spec.target_project,
    }
    return Call(method="POST", path="/v2.0/rbac-policies", body={"rbac_policy": body})


def _compare(
    _address: Address, spec: RbacPolicySpec, state: RbacPolicyState, _mark: Mark, ids: Ids
) -> Iterator[Difference]:
    """Compare the object; all else is its address."""
    [about] = spec.objects
    return differences([("object_id", state.object_id, ids(about.kind, about.name), False)])


def _capture(state: RbacPolicyState, names: Names) -> Mapping[str, Any] | None:
    kind = _KINDS.get(state.object_type, "")
    name = names(kind, state.object_id) if kind and not state.is_field else ""
    if not name:
        return None
    action = {} if state.action == "access_as_shared" else {"action": state.action}
    return {kind: name, **action, "target_project": state.target_project}


def _words(action: str, target_project: str) -> str:
    whom = "every project" if target_project == EVERY_PROJECT else f"project {target_project}"
    return f"external for {whom}" if action == "access_as_external" else f"shared with {whom}"


def _sketch_spec(address: Address, spec: RbacPolicySpec, _declared: Declared) -> Iterator[Part]:
    label = _words(spec.action, spec.target_project)
    for about in spec.objects:
        yield Badge(on=str(about), key=str(address), sort="rbac_policy", label=label)


def _sketch(state: RbacPolicyState) -> Iterator[Part]:
    label = _words(state.action, state.target_project)
    yield Badge(on=state.object_id, key=state.id, sort="rbac_policy", label=label)


KIND = Kind(
    name="rbac_policy",
    plural="rbac_policies",
    noun="network rbac",
    service="network",
    path="/v2.0/rbac-policies",
    state=RbacPolicyState,
    new=NewRbacPolicy,
    change=RbacPolicyChange,
    has_name=False,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Object Type", value=lambda state: state.object_type),
        Column(title="Object ID", value=lambda state: state.object_id),
    ),
    long_columns=(Column(title="Action", value=lambda state: state.action),),
    derive=_derive,
    derived_from=("rbac_policy", *_OBJECT_TYPES),
    mark=_mark,
    declaration=Declaration(
        spec=RbacPolicySpec,
        section="rbac_policies",
        references=_references,
        faults=_faults,
        faults_together=_faults_together,
        address_of=_address_of,
        create=_create,
        compare=_compare,
        needs=lambda state: [state.object_id],
        leaves_with=lambda state: state.object_id,
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.rbac_policy": 1},
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
