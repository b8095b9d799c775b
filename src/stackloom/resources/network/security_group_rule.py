# SPDX-License-Identifier: Apache-2.0
"""A rule of a security group: what may come in or go out."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State

# What people and Neutron call ICMP, by name and number (neutron_lib/constants.py, 2026.2).
ICMP_PROTOCOLS = frozenset({"icmp", "icmpv6", "ipv6-icmp", "1", "58"})


class NewSecurityGroupRule(Body, frozen=True, kw_only=True):
    """What can be said when a rule is made; for ICMP the ports are type and code.

    Source: neutron/extensions/{securitygroup,security_groups_remote_address_group}.py, 29.0.0.
    """

    security_group_id: str
    direction: str
    ethertype: str | UnsetType = UNSET
    protocol: str | UnsetType | None = UNSET
    port_range_min: int | UnsetType | None = UNSET
    port_range_max: int | UnsetType | None = UNSET
    remote_ip_prefix: str | UnsetType | None = UNSET
    remote_group_id: str | UnsetType | None = UNSET
    remote_address_group_id: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class SecurityGroupRuleState(State, frozen=True, kw_only=True):
    """What Neutron tells of a rule."""

    security_group_id: str = ""
    direction: str = ""
    ethertype: str = ""
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    normalized_cidr: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None
    belongs_to_default_sg: bool | None = None
    project_id: str = ""
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None

    @property
    def port_range(self) -> str:
        """Ports as ``80:443``, ICMP as ``type=8:code=0``; empty for all."""
        first, last = self.port_range_min, self.port_range_max
        if self.protocol in ICMP_PROTOCOLS:
            code = "" if last is None else f":code={last}"
            return "" if first is None else f"type={first}{code}"
        if first is None and last is None:
            return ""
        return f"{last if first is None else first}:{first if last is None else last}"

    @property
    def remote_range(self) -> str:
        """The addresses of the other side; any where no range is told."""
        return self.remote_ip_prefix or ("::/0" if self.ethertype == "IPv6" else "0.0.0.0/0")


KIND = Kind(
    name="security_group_rule",
    plural="security_group_rules",
    service="network",
    path="/v2.0/security-group-rules",
    state=SecurityGroupRuleState,
    new=NewSecurityGroupRule,
    project_query="project_id",
    has_name=False,
    bulk=True,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="IP Protocol", value=lambda state: state.protocol),
        Column(title="Ethertype", value=lambda state: state.ethertype),
        Column(title="IP Range", value=lambda state: state.remote_range),
        Column(title="Port Range", value=lambda state: state.port_range),
        Column(title="Direction", value=lambda state: state.direction),
        Column(title="Remote Security Group", value=lambda state: state.remote_group_id),
        Column(title="Remote Address Group", value=lambda state: state.remote_address_group_id),
        Column(title="Security Group", value=lambda state: state.security_group_id),
    ),
)
