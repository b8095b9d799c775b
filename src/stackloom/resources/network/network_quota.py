# SPDX-License-Identifier: Apache-2.0
"""How many objects of Neutron a project may have; -1 for any number."""

from __future__ import annotations

import msgspec

from stackloom.cloud.kind import Column, Kind, State


class NetworkQuotaState(State, frozen=True, kw_only=True):
    """What Neutron tells of a project's limits; the project is its id, told only in lists.

    Source: neutron/conf/quota.py and the quotas that plugins register, 29.0.0.
    """

    id: str = msgspec.field(name="project_id", default="")
    network: int | None = None
    subnet: int | None = None
    subnetpool: int | None = None
    port: int | None = None
    router: int | None = None
    router_route: int | None = None
    floatingip: int | None = None
    security_group: int | None = None
    security_group_rule: int | None = None
    rbac_policy: int | None = None
    trunk: int | None = None


KIND = Kind(
    name="network_quota",
    plural="quotas",
    key="quota",
    noun="quota",
    service="network",
    path="/v2.0/quotas",
    state=NetworkQuotaState,
    has_name=False,
    columns=(
        Column(title="Project ID", value=lambda state: state.id),
        Column(title="Floating IPs", value=lambda state: state.floatingip),
        Column(title="Networks", value=lambda state: state.network),
        Column(title="Ports", value=lambda state: state.port),
        Column(title="RBAC Policies", value=lambda state: state.rbac_policy),
        Column(title="Routers", value=lambda state: state.router),
        Column(title="Security Groups", value=lambda state: state.security_group),
        Column(title="Security Group Rules", value=lambda state: state.security_group_rule),
        Column(title="Subnets", value=lambda state: state.subnet),
        Column(title="Subnet Pools", value=lambda state: state.subnetpool),
    ),
)
