# SPDX-License-Identifier: Apache-2.0
"""The stub's Nova: servers that build for a while and are gone a while after their DELETE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from connection import Answer, Request
from identity import PROJECT_ID, USER_ID
from network import Network

_FLAVORS = {
    str(number): {
        "id": str(number),
        "name": name,
        "ram": ram,
        "disk": disk,
        "vcpus": vcpus,
        "swap": 0,
        "rxtx_factor": 1.0,
        "os-flavor-access:is_public": True,
        "extra_specs": {},
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "OS-FLV-DISABLED:disabled": False,
        "links": [],
    }
    for number, name, ram, disk, vcpus in (
        (1, "m1.tiny", 512, 1, 1),
        (2, "m1.small", 2048, 20, 1),
        (3, "m1.medium", 4096, 40, 2),
    )
}
MOST_IN_A_PAGE = 1000  # nova/conf/api.py, max_limit, 34.0.0
_NOT_FOUND = {"itemNotFound": {"code": 404, "message": "Instance could not be found."}}


class Compute:
    """Answers what begins with ``/compute``.

    Args:
        later: runs something after so many seconds.
    """

    def __init__(
        self,
        root: str,
        network: Network,
        later: Callable[[float, Callable[[], None]], object],
        *,
        build_seconds: float,
        gone_seconds: float,
    ) -> None:
        self._root = root
        self._network = network
        self._later = later
        self.build_seconds = build_seconds
        self.gone_seconds = gone_seconds
        self._made = 0
        self._servers: dict[str, dict[str, Any]] = {}
        self._given_ports: set[str] = set()

    def handle(self, request: Request, parts: list[str]) -> Answer:
        """Answer *request*; *parts* is its path after ``/compute``."""
        match request.method, parts:
            case "GET", [] | ["v2.1"]:
                version = self._version()
                document = {"version": version} if parts else {"versions": [version]}
                return Answer(document=document)
            case "GET", ["v2.1", "flavors"] | ["v2.1", "flavors", "detail"]:
                return Answer(document={"flavors": list(_FLAVORS.values())})
            case "GET", ["v2.1", "flavors", id] if id in _FLAVORS:
                return Answer(document={"flavor": _FLAVORS[id]})
            case "GET", ["v2.1", "flavors", _, "os-extra_specs"]:
                return Answer(document={"extra_specs": {}})
            case "GET", ["v2.1", "limits"]:
                return Answer(document={"limits": {"rate": [], "absolute": self._limits()}})
            case "GET", ["v2.1", "os-quota-sets", id, *_]:
                unlimited = {"limit": -1, "in_use": len(self._servers), "reserved": 0}
                names = ("instances", "cores", "ram", "key_pairs", "server_groups")
                return Answer(document={"quota_set": {"id": id, **dict.fromkeys(names, unlimited)}})
            case "GET", ["v2.1", "servers"] | ["v2.1", "servers", "detail"]:
                return self._list(request)
            case "POST", ["v2.1", "servers"]:
                return self._boot(request.body["server"])
            case method, ["v2.1", "servers", id, *rest] if id in self._servers:
                return self._member(method, self._servers[id], rest, request)
            case "GET", ["v2.1", collection]:
                plural = collection.removeprefix("os-").replace("-", "_")
                return Answer(document={plural: []})
        return Answer(status=404, document=_NOT_FOUND)

    def _version(self) -> dict[str, object]:
        links = [{"rel": "self", "href": f"{self._root}/compute/v2.1/"}]
        versions = {"version": "2.104", "min_version": "2.1"}
        return {"id": "v2.1", "status": "CURRENT", "links": links, **versions}

    def _limits(self) -> dict[str, int]:
        names = ("Instances", "Cores", "RAMSize", "Keypairs", "ServerGroups")
        used = ("totalInstancesUsed", "totalCoresUsed", "totalRAMUsed", "totalServerGroupsUsed")
        most = {f"maxTotal{name}": -1 for name in names}
        return {**most, **dict.fromkeys(used, len(self._servers))}

    # --- servers ----------------------------------------------------------------------------------

    def _list(self, request: Request) -> Answer:
        query = request.query
        found = list(self._servers.values())
        if name := query.get("name"):
            wanted = name[0].lstrip("^").rstrip("$").replace("\\", "")
            found = [server for server in found if wanted in server["name"]]
        limit = min(int(query.get("limit", [str(MOST_IN_A_PAGE)])[0]), MOST_IN_A_PAGE)
        marker = query.get("marker", [""])[0]
        ids = [server["id"] for server in found]
        start = ids.index(marker) + 1 if marker in ids else 0
        page = found[start : start + limit]
        document: dict[str, Any] = {"servers": page}
        if len(found) > start + limit:
            href = f"{self._root}{request.path}?limit={limit}&marker={page[-1]['id']}"
            document["servers_links"] = [{"rel": "next", "href": href}]
        return Answer(document=document)

    def _boot(self, wanted: Any) -> Answer:
        self._made += 1
        id = str(UUID(int=(0x5E << 120) + self._made))
        flavor = _FLAVORS[wanted["flavorRef"]]
        image = {"id": wanted["imageRef"]} if wanted.get("imageRef") else ""
        server = {
            "id": id,
            "name": wanted["name"],
            "status": "BUILD",
            "image": image,
            "flavor": {"original_name": flavor["name"], "extra_specs": {}}
            | {name: flavor[name] for name in ("vcpus", "ram", "disk", "swap")},
            "metadata": wanted.get("metadata") or {},
            "tags": wanted.get("tags") or [],
            "key_name": wanted.get("key_name"),
            "addresses": {},
            "links": [],
            "tenant_id": PROJECT_ID,
            "user_id": USER_ID,
            "config_drive": "",
            "created": "2026-01-01T00:00:00Z",
            "updated": "2026-01-01T00:00:00Z",
            "OS-EXT-STS:task_state": "spawning",
            "OS-EXT-STS:vm_state": "building",
            "OS-EXT-STS:power_state": 0,
            "os-extended-volumes:volumes_attached": [],
            "hostId": "",
            "progress": 0,
            "security_groups": [{"name": "default"}],
            "server_groups": [],
            "locked": False,
            "description": wanted["name"],
        }
        nics = wanted.get("networks")
        for nic in nics if isinstance(nics, list) else ():
            self._plug(server, nic)
        self._servers[id] = server
        if self.build_seconds:
            self._later(self.build_seconds, lambda: self._built(server))
        else:
            self._built(server)
        made = {"id": id, "links": [], "adminPass": "x", "security_groups": [{"name": "default"}]}
        return Answer(status=202, document={"server": made})

    def _plug(self, server: dict[str, Any], nic: dict[str, str]) -> None:
        if "port" in nic:
            port = self._network.rows["ports"][nic["port"]]
            self._network.bind(port, server["id"], "compute:nova")
            self._given_ports.add(port["id"])
        else:
            device = {"device_id": server["id"], "device_owner": "compute:nova"}
            port = self._network.make("ports", {"network_id": nic["uuid"], **device})
        network = self._network.rows["networks"][port["network_id"]]
        for fixed in port["fixed_ips"]:
            address = {"addr": fixed["ip_address"], "version": 4, "OS-EXT-IPS:type": "fixed"}
            server["addresses"].setdefault(network["name"], []).append(address)

    @staticmethod
    def _built(server: dict[str, Any]) -> None:
        server |= {"status": "ACTIVE", "progress": 100, "OS-EXT-STS:task_state": None}
        server |= {"OS-EXT-STS:vm_state": "active", "OS-EXT-STS:power_state": 1}

    def _member(
        self, method: str, server: dict[str, Any], rest: list[str], request: Request
    ) -> Answer:
        match method, rest:
            case "GET", []:
                return Answer(document={"server": server})
            case "DELETE", []:
                if server["OS-EXT-STS:task_state"] != "deleting":
                    server["OS-EXT-STS:task_state"] = "deleting"
                    self._later(self.gone_seconds, lambda: self._gone(server))
                return Answer(status=204)
            case "PUT", []:
                changes = request.body["server"]
                assert isinstance(changes, dict)
                server |= changes
                return Answer(document={"server": server})
            case "POST" | "PUT", ["metadata"]:
                server["metadata"] |= request.body["metadata"]
                return Answer(document={"metadata": server["metadata"]})
            case "GET", ["metadata"]:
                return Answer(document={"metadata": server["metadata"]})
            case "GET", ["os-volume_attachments"]:
                return Answer(document={"volumeAttachments": []})
            case "GET", ["os-interface"]:
                return Answer(document={"interfaceAttachments": []})
            case "GET", ["os-instance-actions"]:
                return Answer(document={"instanceActions": []})
        return Answer(status=404, document=_NOT_FOUND)

    def _gone(self, server: dict[str, Any]) -> None:
        del self._servers[server["id"]]
        for port in self._network.ports_of(server["id"]):
            if port["id"] in self._given_ports:
                self._given_ports.discard(port["id"])
                self._network.bind(port, "", "")
            else:
                self._network.remove("ports", port["id"])
