# SPDX-License-Identifier: Apache-2.0
"""Many writers at once on Neutron and Nova: none of them may hear that the database is locked.

    scripts/uv run python -m tests.faults.writers [--writers 32] [--seconds 60]

starts a throw-away cloud for it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.cloud.cloud import Cloud, connect
from stackloom.cloud_choice import local_settings
from stackloom.errors import CloudError
from stackloom.local import throwaway

_FAULT = 500


@dataclass(slots=True, kw_only=True)
class Written:
    """What all writers together have seen.

    Attributes:
        answers: how many of each HTTP status; 200 stands for all that succeeded.
        faults: what services said with 5xx, or that they did not answer.
    """

    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def write(environment: Mapping[str, str], *, writers: int, seconds: float) -> Written:
    """Let so many write for so long: three of four on Neutron, the others on Nova.

    Args:
        environment: ``OS_*`` of the user as whom they write; all that they make, they delete.
    """
    return asyncio.run(_write(environment, writers, time.monotonic() + seconds))


async def _write(environment: Mapping[str, str], writers: int, until: float) -> Written:
    config = cloud_config(local_settings(environment, {}, "writers"))
    config = msgspec.structs.replace(config, cache_tokens=False)
    written = Written()
    async with asyncio.TaskGroup() as group:
        for number in range(writers):
            group.create_task(_one(config, number, until, written))
    return written


async def _one(config: CloudConfig, number: int, until: float, written: Written) -> None:
    """Be one writer, with a connection of its own."""
    async with connect(config) as cloud:
        while time.monotonic() < until:
            if number % 4 == 3:
                await _servers(cloud, number, written)
            else:
                await _networks(cloud, number, written)


async def _networks(cloud: Cloud, number: int, written: Written) -> None:
    at = "/v2.0/networks"
    network = await _sent(
        cloud, written, "network", "POST", at, {"network": {"name": f"writer-{number}"}}
    )
    if not network:
        return
    id = network["network"]["id"]
    subnet = {"network_id": id, "ip_version": 4, "cidr": "10.3.0.0/24"}
    await _sent(cloud, written, "network", "POST", "/v2.0/subnets", {"subnet": subnet})
    port = await _sent(
        cloud, written, "network", "POST", "/v2.0/ports", {"port": {"network_id": id}}
    )
    group = await _sent(
        cloud,
        written,
        "network",
        "POST",
        "/v2.0/security-groups",
        {"security_group": {"name": f"writer-{number}"}},
    )
    if port and group:
        change = {"port": {"security_groups": [group["security_group"]["id"]]}}
        path = f"/v2.0/ports/{port['port']['id']}"
        await _sent(cloud, written, "network", "PUT", path, change)
        await _sent(cloud, written, "network", "DELETE", path)
        path = f"/v2.0/security-groups/{group['security_group']['id']}"
        await _sent(cloud, written, "network", "DELETE", path)
    await _sent(cloud, written, "network", "DELETE", f"{at}/{id}")


async def _servers(cloud: Cloud, number: int, written: Written) -> None:
    images = await _sent(cloud, written, "image", "GET", "/v2/images")
    flavors = await _sent(cloud, written, "compute", "GET", "/v2.1/flavors")
    spec = {
        "name": f"writer-{number}",
        "imageRef": images["images"][0]["id"],
        "flavorRef": flavors["flavors"][0]["id"],
        "networks": "none",
    }
    body = {"server": spec}
    at = "/v2.1/servers"
    server = await _sent(cloud, written, "compute", "POST", at, body, microversion="2.37")
    if server:
        path = f"{at}/{server['server']['id']}"
        await _sent(cloud, written, "compute", "PUT", path, {"server": {"name": "renamed"}})
        await _sent(cloud, written, "compute", "DELETE", path)


async def _sent(
    cloud: Cloud,
    written: Written,
    service: str,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    *,
    microversion: str = "",
) -> dict[str, Any]:
    """Send one request and count how it ended; return its answer, or nothing."""
    try:
        answer = await cloud.request(service, method, path, body=body, microversion=microversion)
    except CloudError as error:
        written.answers[error.status] += 1
        if error.status == 0 or error.status >= _FAULT:
            written.faults.append(f"{method} {path}: {error}")
        return {}
    written.answers[200] += 1
    found: dict[str, Any] = msgspec.json.decode(answer.body) if answer.body else {}
    return found


def main() -> int:
    """Write as the command line says; 0 where nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with throwaway.throw_away(throwaway.new_name("writers")) as access:
        written = write(access.environment(), writers=options.writers, seconds=options.seconds)
    answers = ", ".join(f"{count} of {status}" for status, count in written.answers.items())
    sys.stdout.write(f"{options.writers} writers, {options.seconds:.0f} s: {answers}\n")
    sys.stdout.writelines(f"{fault}\n" for fault in written.faults)
    return 1 if written.faults else 0


if __name__ == "__main__":
    sys.exit(main())
