# SPDX-License-Identifier: Apache-2.0
"""What a person decides of a cloud when it comes up: now, or the last time.

Knows the settings file, and nothing about installing or starting.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from stackloom.errors import UsageError
from stackloom.local import blueprint, settings
from stackloom.local import release as releases
from stackloom.local.layout import CloudLayout
from stackloom.local.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person decided, now or earlier.

    Attributes:
        first_port: the first of the cloud's ports; 0 for free ones.
        is_port_fixed: that port was asked for now, and no other will do.
    """

    release: str
    extras: frozenset[str]
    has_stock_quotas: bool
    first_port: int
    is_port_fixed: bool = field(default=False, compare=False)

    @property
    def services(self) -> dict[str, Service]:
        """Return the services of the cloud by name, in the order of their start."""
        return blueprint.chosen_services(self.extras)

    @property
    def port_offsets(self) -> dict[str, int]:
        """Return where the port of each service is, counted from the first."""
        return {service.name: service.port_offset for service in self.services.values()}


def chosen_before(cloud: CloudLayout) -> Choice:
    """Return what was decided the last time, or what holds where nobody decides."""
    before = settings.read(cloud.settings)
    return Choice(
        release=before.release or releases.DEFAULT,
        extras=frozenset(before.extras),
        has_stock_quotas=before.has_stock_quotas,
        first_port=before.first_port,
    )


def choose(
    cloud: CloudLayout,
    release: str | None,
    with_services: Collection[str] | None,
    port_base: int | None,
    quotas: Literal["generous", "openstack"] | None,
) -> Choice:
    """Put together what is asked for now and what was asked for before.

    Raises:
        UnknownName: there is no such release or service.
        UsageError: the cloud's data is of another release.
    """
    before = chosen_before(cloud)
    extras = before.extras if with_services is None else frozenset(with_services)
    choice = Choice(
        release=release or before.release,
        extras=extras,
        has_stock_quotas=before.has_stock_quotas if quotas is None else quotas == "openstack",
        first_port=before.first_port if port_base is None else port_base,
        is_port_fixed=port_base is not None,
    )
    releases.release(choice.release, choice.services)
    if choice.release != before.release and cloud.data.is_dir():
        raise UsageError(
            f'the cloud "{cloud.name}" holds data of OpenStack {before.release},'
            f" which {choice.release} cannot read",
            hint="give the other release a cloud of its own with --name, or reset this one"
            " while it is down",
        )
    return choice
