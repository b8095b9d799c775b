# SPDX-License-Identifier: Apache-2.0
"""``port``: places on networks, with their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from stackloom.cli.command import Group
from stackloom.cli.fields import (
    NEW_TAGS,
    SET_TAGS,
    TAG_FILTERS,
    UNSET_TAGS,
    Field,
    Join,
    added,
    key_values,
    named,
    objects,
    pair,
    several,
    several_named,
    switch,
    text,
    without,
)
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
    unset_command,
)
from stackloom.errors import UsageError

_KIND = "network.port"
_VNIC_TYPES = (
    *("normal", "direct", "direct-physical", "macvtap", "baremetal", "virtio-forwarder"),
    *("smart-nic", "vdpa", "remote-managed", "accelerator-direct", "accelerator-direct-physical"),
)


def _json_or_pairs(words: Sequence[str]) -> dict[str, Any]:
    """Read ``{"a": 1}`` or ``a=1``, all together one object."""
    result: dict[str, Any] = {}
    for word in words:
        try:
            read = msgspec.json.decode(word) if word.startswith("{") else key_values([word])
        except msgspec.DecodeError as error:
            raise UsageError(f'"{word}" is neither JSON nor KEY=VALUE') from error
        result |= read
    return result


def _merged(have: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {**(have or {}), **given}


def _without_keys(have: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    if missing := [key for key in keys if key not in have]:
        raise UsageError(f"its binding profile does not have {missing[0]}")
    return {key: value for key, value in have.items() if key not in keys}


def _lists(join: Join | None) -> tuple[Field, ...]:
    """Return the options for lists, which a change sends whole."""
    return (
        objects(
            "--fixed-ip",
            "fixed_ips",
            "a subnet, an address, or both",
            {"subnet": "subnet_id", "ip-address": "ip_address"},
            refers={"subnet": "network.subnet"},
            join=join,
        ),
        objects(
            "--allowed-address",
            "allowed_address_pairs",
            "another address or range that it may send from",
            {"ip-address": "ip_address", "mac-address": "mac_address"},
            required=["ip-address"],
            join=join,
        ),
        several_named(
            "--security-group", "security_groups", "network.security_group", "a group", join=join
        ),
    )


def _binding_profile(join: Join | None) -> Field:
    return several(
        "--binding-profile",
        "binding:profile",
        "data for the host, as KEY=VALUE or JSON (administrators); repeatable",
        take=_json_or_pairs,
        join=join,
        metavar="DATA",
    )


_BOTH = (
    text("--description", "description", "for people"),
    pair("--enable", "--disable", "admin_state_up", "let it carry traffic"),
    text("--device", "device_id", "the server or router it belongs to, by id", metavar="ID"),
    text("--device-owner", "device_owner", "what that is, such as compute:nova", metavar="OWNER"),
    text("--mac-address", "mac_address", "its hardware address (administrators)"),
    text("--vnic-type", "binding:vnic_type", "how a server is given it", choices=_VNIC_TYPES),
    text("--host", "binding:host_id", "the host it is on (administrators)"),
    text("--dns-domain", "dns_domain", "the domain of its name"),
    text("--dns-name", "dns_name", "its name in DNS"),
    *(
        switch(
            f"--numa-policy-{policy}",
            "numa_affinity_policy",
            f"take a host whose NUMA nodes fit: {policy}",
            value=policy,
        )
        for policy in ("required", "preferred", "socket", "legacy")
    ),
    several(
        "--hint",
        "hints",
        "an ALIAS=VALUE, or JSON, for the network driver (administrators); repeatable",
        take=_json_or_pairs,
    ),
    pair("--trusted", "--not-trusted", "trusted", "let a server have it as trusted"),
    named("--qos-policy", "qos_policy_id", "network.qos_policy", "its policy"),
    pair(
        "--enable-port-security",
        "--disable-port-security",
        "port_security_enabled",
        "filter what it sends and receives",
    ),
    pair(
        "--enable-uplink-status-propagation",
        "--disable-uplink-status-propagation",
        "propagate_uplink_status",
        "tell the server when the uplink is down",
    ),
    objects(
        "--extra-dhcp-option",
        "extra_dhcp_opts",
        "what DHCP tells this port alone; without a value it is taken away",
        {"name": "opt_name", "value": "opt_value", "ip-version": "ip_version"},
        required=["name"],
        numbers=["ip-version"],
    ),
)
_NO_GROUP = switch(
    "--no-security-group", "security_groups", "without the groups it has or would have", value=[]
)
_NO_IP = switch(
    "--no-fixed-ip", "fixed_ips", "without the addresses it has or would have", value=[]
)
_CREATE = (
    named("--network", "network_id", "network.network", "where it is", required=True),
    *_BOTH,
    _NO_GROUP,
    _NO_IP,
    *_lists(None),
    _binding_profile(None),
    text("--device-profile", "device_profile", "of Cyborg"),
    text("--hardware-offload-type", "hardware_offload_type", "such as switchdev"),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
    *NEW_TAGS,
)
_SET = (
    text("--name", "name", "a new name"),
    *_BOTH,
    _NO_GROUP,
    _NO_IP,
    switch("--no-allowed-address", "allowed_address_pairs", "without those it has", value=[]),
    *_lists(added),
    switch("--no-binding-profile", "binding:profile", "without what it has", value=[]),
    _binding_profile(_merged),
    text("--data-plane-status", "data_plane_status", "what is known", choices=("ACTIVE", "DOWN")),
    *SET_TAGS,
)
_UNSET = (
    *_lists(without),
    several(
        "--binding-profile",
        "binding:profile",
        "a key of its data for the host; repeatable",
        join=_without_keys,
        metavar="KEY",
    ),
    switch("--qos-policy", "qos_policy_id", "leave it without a policy", value=None),
    switch("--data-plane-status", "data_plane_status", "forget what is known", value=None),
    switch("--numa-policy", "numa_affinity_policy", "let it be on any NUMA node", value=None),
    switch("--host", "binding:host_id", "take it off its host (administrators)", value=None),
    switch("--hints", "hints", "leave the network driver without hints", value=None),
    switch("--device", "device_id", "let it belong to nothing", value=""),
    switch("--device-owner", "device_owner", "let it be of no sort", value=""),
    *UNSET_TAGS,
)


_ADDRESSES = objects(
    "--fixed-ip",
    "fixed_ips",
    "with this address, on this subnet, or both",
    {"subnet": "subnet_id", "ip-address": "ip_address", "ip-substring": "ip_address_substr"},
    refers={"subnet": "network.subnet"},
)


def _as_filters(given: Sequence[Mapping[str, str]]) -> list[str]:
    """Turn addresses into what Neutron filters by: ``subnet_id=…``, ``ip_address=…``."""
    wanted: Any = _ADDRESSES.take(given)
    return [f"{name}={value}" for each in wanted for name, value in each.items()]


_FILTERS = (
    text("--name", "name", "with exactly this name"),
    named("--network", "network_id", "network.network", "on this network"),
    named("--router", "device_id", "network.router", "of this router"),
    named("--server", "device_id", "compute.server", "of this server"),
    text("--device-id", "device_id", "of what has this id", metavar="ID"),
    text("--device-owner", "device_owner", "of this sort, such as compute:nova", metavar="OWNER"),
    text("--host", "binding:host_id", "on this host (administrators)"),
    text("--mac-address", "mac_address", "with this hardware address"),
    msgspec.structs.replace(_ADDRESSES, take=_as_filters),
    several_named(
        "--security-group", "security_groups", "network.security_group", "in one of these groups"
    ),
    text("--status", "status", "ACTIVE, BUILD, DOWN or ERROR"),
    named("--project", "project_id", "identity.project", "of this project"),
    *TAG_FILTERS,
)


def _complete(body: dict[str, Any], _have: Mapping[str, Any]) -> None:
    # --no-binding-profile on its own empties an object, not a list.
    if body.get("binding:profile") == []:
        body["binding:profile"] = {}


GROUP = Group(
    help="Ports",
    commands=(
        list_command(_KIND, _FILTERS),
        show_command(_KIND),
        create_command(_KIND, _CREATE),
        set_command(_KIND, _SET, complete=_complete),
        unset_command(_KIND, _UNSET),
        delete_command(_KIND),
    ),
)
