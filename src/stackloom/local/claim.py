# SPDX-License-Identifier: Apache-2.0
"""What a cloud is given for one run, and told to whoever wants in: ports and passwords.

Knows nothing about the processes that listen there.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace

from stackloom.local import blueprint, clouds_yaml, files, ports, settings
from stackloom.local.access import Access
from stackloom.local.choice import Choice
from stackloom.local.layout import CloudLayout, Layout
from stackloom.local.progress import Remark, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a cloud is given for one run; ``sockets`` are bound, one for each service."""

    settings: settings.Settings
    sockets: Mapping[str, socket.socket]

    def port_by_service(self) -> dict[str, int]:
        """Return the ports that the sockets are bound to."""
        return {name: each.getsockname()[1] for name, each in self.sockets.items()}

    def close(self) -> None:
        """Let go of the sockets: whoever listens there has its own hold on them."""
        for each in self.sockets.values():
            each.close()


def claim(everything: Layout, cloud: CloudLayout, choice: Choice, report: Report) -> Claim:
    """Find ports and passwords: those of the last run where that is possible.

    Raises:
        UsageError: there are no such ports as were asked for.
        LocalCloudError: another program has them, or there are none.
    """
    users = blueprint.user_names(blueprint.all_services())
    before = settings.read(cloud.settings).with_users(users)
    others = {
        settings.read(path).first_port
        for path in everything.clouds.glob("*/settings.json")
        if path != cloud.settings
    }
    offsets = choice.port_offsets
    if choice.is_port_fixed:
        bound = ports.claim_at(offsets, first=choice.first_port)
    else:
        bound = ports.claim(tuple(offsets.values()), preferred=before.first_port, taken=others)
    sockets = dict(zip(offsets, bound, strict=True))
    name, first_socket = next(iter(sockets.items()))
    first_port = first_socket.getsockname()[1] - offsets[name]
    if before.first_port not in {0, first_port} and not choice.is_port_fixed:
        report(
            Remark(
                text=f"Another program took a port from {before.first_port} on;"
                f" the cloud now listens from {first_port} on"
            )
        )
    now = replace(
        before.with_first_port(first_port).with_choice(choice.release, choice.extras),
        has_stock_quotas=choice.has_stock_quotas,
    )
    settings.write(cloud.settings, now)
    return Claim(settings=now, sockets=sockets)


def write_access(cloud: CloudLayout, claim: Claim, supervisor: int) -> Access:
    """Write down how to log in, for us and for other tools."""
    port = claim.port_by_service()["keystone"]
    passwords = {user: claim.settings.passwords[user] for user in blueprint.PEOPLE}
    found = Access(
        name=cloud.name,
        auth_url=f"http://{ports.LOOPBACK}:{port}/v3",
        region=blueprint.REGION,
        passwords=passwords,
        clouds_yaml=cloud.clouds_yaml,
    )
    files.write(cloud.clouds_yaml, clouds_yaml.text(found))
    raw = {
        "supervisor": supervisor,
        "auth_url": found.auth_url,
        "region": found.region,
        "passwords": {user: password.reveal() for user, password in passwords.items()},
    }
    files.write(cloud.access, json.dumps(raw, indent=1) + "\n")
    return found
