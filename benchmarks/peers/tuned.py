# SPDX-License-Identifier: Apache-2.0
"""The best that we could write by hand for this one job: asyncio, bulk requests, all at once.

It checks nothing, marks nothing, repeats nothing and knows its names beforehand; a general tool
cannot be much faster. ``tuned.py create|destroy N``: N networks with a server each, on one router.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from pyreqwest.client import ClientBuilder

AT_ONCE = 50
POLL_SECONDS = 0.5


class Tuned:
    def __init__(self, client) -> None:
        self.client = client
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.token = ""
        self.urls: dict[str, str] = {}

    async def log_in(self) -> None:
        user = {
            "name": os.environ["OS_USERNAME"],
            "password": os.environ["OS_PASSWORD"],
            "domain": {"name": os.environ["OS_USER_DOMAIN_NAME"]},
        }
        project = {
            "name": os.environ["OS_PROJECT_NAME"],
            "domain": {"name": os.environ["OS_PROJECT_DOMAIN_NAME"]},
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        auth = {"identity": identity, "scope": {"project": project}}
        url = f"{os.environ['OS_AUTH_URL']}/auth/tokens"
        request = self.client.post(url).body_json({"auth": auth}).build()
        response = await request.send()
        self.token = response.headers["x-subject-token"]
        for service in (await response.json())["token"]["catalog"]:
            public = [e["url"] for e in service["endpoints"] if e["interface"] == "public"]
            self.urls[service["type"]] = public[0].rstrip("/")

    async def ask(self, method: str, service: str, path: str, body=None):
        builder = self.client.request(method, f"{self.urls[service]}{path}")
        builder = builder.header("X-Auth-Token", self.token)
        if body is not None:
            builder = builder.body_json(body)
        async with self.slots:
            response = await builder.build().send()
            text = await response.text()
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status} {text}")
        return json.loads(text) if text else None

    async def create(self, count: int) -> None:
        names = [f"bench-{number}" for number in range(count)]
        bodies = [{"name": name} for name in names]
        images, flavors, networks, router = await asyncio.gather(
            self.ask("GET", "image", "/v2/images?name=cirros"),
            self.ask("GET", "compute", "/flavors"),
            self.ask("POST", "network", "/v2.0/networks", {"networks": bodies}),
            self.ask("POST", "network", "/v2.0/routers", {"router": {"name": "bench-router"}}),
        )
        image = images["images"][0]["id"]
        flavor = next(each["id"] for each in flavors["flavors"] if each["name"] == "m1.tiny")
        ids = {network["name"]: network["id"] for network in networks["networks"]}
        bodies = [
            {"name": name, "network_id": ids[name], "ip_version": 4, "cidr": f"10.77.{n}.0/24"}
            for n, name in enumerate(names)
        ]
        subnets = await self.ask("POST", "network", "/v2.0/subnets", {"subnets": bodies})
        interfaces = f"/v2.0/routers/{router['router']['id']}/add_router_interface"
        servers = [
            self.ask(
                "POST",
                "compute",
                "/servers",
                {
                    "server": {
                        "name": name,
                        "imageRef": image,
                        "flavorRef": flavor,
                        "networks": [{"uuid": ids[name]}],
                    }
                },
            )
            for name in names
        ]
        legs = [
            self.ask("PUT", "network", interfaces, {"subnet_id": subnet["id"]})
            for subnet in subnets["subnets"]
        ]
        await asyncio.gather(*servers, *legs)
        while any(server["status"] != "ACTIVE" for server in await self.servers()):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)

    async def servers(self):
        listed = await self.ask("GET", "compute", "/servers/detail")
        return [each for each in listed["servers"] if each["name"].startswith("bench-")]

    async def destroy(self) -> None:
        servers, subnets, networks, routers = await asyncio.gather(
            self.servers(),
            self.ask("GET", "network", "/v2.0/subnets"),
            self.ask("GET", "network", "/v2.0/networks"),
            self.ask("GET", "network", "/v2.0/routers?name=bench-router"),
        )
        router = f"/v2.0/routers/{routers['routers'][0]['id']}"

        async def remove_router() -> None:
            ours = [s["id"] for s in subnets["subnets"] if s["name"].startswith("bench-")]
            path = f"{router}/remove_router_interface"
            legs = [self.ask("PUT", "network", path, {"subnet_id": id}) for id in ours]
            await asyncio.gather(*legs)
            await self.ask("DELETE", "network", router)

        async def remove_servers() -> None:
            gone = [self.ask("DELETE", "compute", f"/servers/{s['id']}") for s in servers]
            await asyncio.gather(*gone)
            while await self.servers():  # noqa: ASYNC110
                await asyncio.sleep(POLL_SECONDS)

        await asyncio.gather(remove_router(), remove_servers())
        ours = [n["id"] for n in networks["networks"] if n["name"].startswith("bench-")]
        gone = [self.ask("DELETE", "network", f"/v2.0/networks/{id}") for id in ours]
        await asyncio.gather(*gone)


async def main() -> None:
    async with ClientBuilder().error_for_status(False).build() as client:
        tuned = Tuned(client)
        await tuned.log_in()
        await (tuned.create(int(sys.argv[2])) if sys.argv[1] == "create" else tuned.destroy())


if __name__ == "__main__":
    asyncio.run(main())
    # pyreqwest's threads (0.15.1) may abort an interpreter that ends right after its last request.
    os._exit(0)
