# SPDX-License-Identifier: Apache-2.0
"""A small cloud in memory behind the transport's protocol, which can be told to misbehave.

It answers for Keystone, Neutron, Nova and Glance as far as scenarios use them, and refuses what
those would refuse. It is one project's view; what others own is not in it.
"""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stackloom.transport.client import Answer, Lost, NotSent, Request

PROJECT = "project-1"
Thing = dict[str, Any]


class Trouble(Enum):
    """What can go wrong with one request."""

    NOT_SENT = "no connection"
    LOST_BEFORE = "lost before it was handled"
    LOST_AFTER = "handled, and the answer lost"
    FAULT_BEFORE = "500, and nothing done"
    FAULT_AFTER = "500, and done all the same"
    GATEWAY_BEFORE = "504, and nothing done"
    GATEWAY_AFTER = "504, and done all the same"
    BUSY = "503 with Retry-After"
    UNAUTHORIZED = "401"
    REFUSED = "409"
    NONSENSE_AFTER = "done, and answered by a proxy's page"
    EMPTY_AFTER = "done, and answered with an empty object"
    SHORT_AFTER = "done, and answered with the first of several"
    GONE = "done, and answered with 404"


_DONE_ALL_THE_SAME = {
    Trouble.LOST_AFTER,
    Trouble.FAULT_AFTER,
    Trouble.GATEWAY_AFTER,
    Trouble.NONSENSE_AFTER,
    Trouble.EMPTY_AFTER,
    Trouble.GONE,
}
_COMPUTE_VERSIONS = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
_STATUS = {
    Trouble.FAULT_BEFORE: 500,
    Trouble.FAULT_AFTER: 500,
    Trouble.GATEWAY_BEFORE: 504,
    Trouble.GATEWAY_AFTER: 504,
    Trouble.BUSY: 503,
    Trouble.UNAUTHORIZED: 401,
    Trouble.REFUSED: 409,
    Trouble.GONE: 404,
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """A trouble that befalls requests.

    Attributes:
        on: what ``"POST /v2.0/networks"`` has to match, from its beginning.
        times: how many of those it befalls.
        number: only the request with this number, from 1; 0 for any.
    """

    trouble: Trouble
    on: str = ""
    times: int = 1
    number: int = 0


class Refusal(Exception):
    """The service says no."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


class FakeCloud:
    """The cloud.

    Attributes:
        requests: every request in the order of arrival, ``"POST /v2.0/networks"``.
        tables: everything there is: ``{"network": {id: {...}}}``.
        system_scoped: its tokens are for the system and no project.

    Args:
        base: the address that its catalog gives.
        refused_names: networks, subnets and ports that cannot be made, in bulk or singly.
        doomed_names: servers that go to ERROR.
        has_bulk: whether several can be made in one request.
        on_request: told the number of each request before it is handled and, with True, after.
    """

    def __init__(
        self,
        *,
        base: str = "http://cloud.test",
        faults: Sequence[Fault] = (),
        refused_names: Sequence[str] = (),
        doomed_names: Sequence[str] = (),
        has_bulk: bool = True,
        on_request: Callable[[int, bool], None] = lambda _number, _handled: None,
    ) -> None:
        self.base = base
        self.faults = list(faults)
        self.refused_names = set(refused_names)
        self.doomed_names = set(doomed_names)
        self.has_bulk = has_bulk
        self.on_request = on_request
        self.system_scoped = False
        self.requests: list[str] = []
        self.tables: dict[str, dict[str, Thing]] = {
            kind: {} for kind in ("network", "subnet", "port", "router", "server")
        }
        self.tables["image"] = {
            "image-1": {"id": "image-1", "name": "cirros", "status": "active"},
        }
        self.tables["flavor"] = {
            "flavor-1": {"id": "flavor-1", "name": "m1.tiny", "ram": 512, "disk": 1, "vcpus": 1},
        }
        self._made = 0

    # --- the protocol of transports ---------------------------------------------------------------

    async def send(self, request: Request) -> Answer:
        """Handle one request, or misbehave."""
        line = f"{request.method} {urlsplit(request.url).path}"
        self.requests.append(line)
        number = len(self.requests)
        self.on_request(number, False)
        await asyncio.sleep(0)
        trouble = self._trouble(line, number)
        if trouble in {None, Trouble.SHORT_AFTER}:
            answer = self._answer(request)
            answer = _shortened(answer) if trouble else answer
        elif trouble:
            if trouble in _DONE_ALL_THE_SAME:
                self._answer(request)
            answer = _misbehave(trouble)
        self.on_request(number, True)
        await asyncio.sleep(0)
        return answer

    async def close(self) -> None:
        """Nothing is held."""

    def _trouble(self, line: str, number: int) -> Trouble | None:
        for fault in self.faults:
            if fault.times and re.match(fault.on, line) and fault.number in {0, number}:
                fault.times -= 1
                return fault.trouble
        return None

    # --- for tests to look at ---------------------------------------------------------------------

    def things(self, kind: str) -> list[Thing]:
        """Return all of a kind, in the order in which they were made."""
        return list(self.tables[kind].values())

    def told(self) -> list[str]:
        """Say everything there is, without ids, so that two clouds can be compared."""
        return sorted(self._lines())

    def _lines(self) -> Iterator[str]:
        names = {id: thing["name"] for table in self.tables.values() for id, thing in table.items()}
        for network in self.things("network"):
            yield f"network {network['name']}"
        for subnet in self.things("subnet"):
            yield f"subnet {subnet['name']} {subnet['cidr']} on {names[subnet['network_id']]}"
        for router in self.things("router"):
            gateway = router["external_gateway_info"]
            yield f"router {router['name']}" + (" with gateway" if gateway else "")
        for port in self.things("port"):
            where = f"on {names[port['network_id']]}"
            owner = names.get(port["device_id"], port["device_id"]) or "nobody"
            yield f"port {port['name'] or '-'} {where} of {owner}"
        for server in self.things("server"):
            yield f"server {server['name']} {server['status']}"

    # --- handling ---------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Answer:
        parts = urlsplit(request.url)
        body = json.loads(request.body) if request.body else {}
        before = copy.deepcopy(self.tables)
        try:
            if parts.path == "/v3/auth/tokens":
                return _json(201, self._token(), {"x-subject-token": "secret"})
            if parts.path == "/v2.1/":
                return _json(200, _COMPUTE_VERSIONS)
            status, document = self._handle(
                request.method,
                parts.path.strip("/").split("/")[1:],
                dict(parse_qsl(parts.query)),
                body,
            )
        except Refusal as refusal:
            self.tables = before
            fault = {"type": refusal.kind, "message": str(refusal), "detail": ""}
            return _json(refusal.status, {"NeutronError": fault})
        return (
            _json(status, document) if status != 204 else Answer(status=204, headers={}, body=b"")
        )

    def _handle(
        self, method: str, path: list[str], query: dict[str, str], body: Thing
    ) -> tuple[int, Thing]:
        kind = path[0].removesuffix("s")
        match method, path[1:]:
            case "GET", [] | ["detail"]:
                return 200, {path[0]: self._list(kind, query)}
            case "GET", [id]:
                thing = self._thing(kind, id)
                return 200, thing if kind == "image" else {kind: thing}
            case "POST", [] if path[0] in body:
                if not self.has_bulk:
                    raise Refusal(400, "BadRequest", "no bulk here")
                return 201, {path[0]: [self._make(kind, each) for each in body[path[0]]]}
            case "POST", []:
                made = self._make(kind, body[kind])
                shown = {"id": made["id"]} if kind == "server" else made
                return (202 if kind == "server" else 201), {kind: shown}
            case "PUT", [id]:
                self._thing(kind, id).update(body[kind])
                return 200, {kind: self._thing(kind, id)}
            case "PUT", [id, "add_router_interface"]:
                return 200, self._add_interface(id, body["subnet_id"])
            case "PUT", [id, "remove_router_interface"]:
                return 200, self._remove_interface(id, body["subnet_id"])
            case "POST", [id, "metadata"]:
                self._thing(kind, id)["metadata"].update(body["metadata"])
                return 200, {"metadata": self._thing(kind, id)["metadata"]}
            case "POST", [id, "os-interface"]:
                asked = body["interfaceAttachment"]
                nic = (
                    {"port": asked["port_id"]} if "port_id" in asked else {"uuid": asked["net_id"]}
                )
                return 200, {"interfaceAttachment": {"port_id": self._plug(id, nic)}}
            case "DELETE", [id, "os-interface", port_id]:
                self._unplug(id, self._thing("port", port_id))
                return 202, {}
            case "DELETE", [id]:
                self._delete(kind, id)
                return 204, {}
        raise Refusal(404, "HTTPNotFound", f"there is no {method} {'/'.join(path)}")

    def _thing(self, kind: str, id: str) -> Thing:
        if id not in self.tables.get(kind, {}):
            raise Refusal(404, f"{kind.title()}NotFound", f"{kind} {id} could not be found")
        return self.tables[kind][id]

    def _list(self, kind: str, query: dict[str, str]) -> list[Thing]:
        if kind == "server":
            self._pass_time()
        if kind not in self.tables:
            raise Refusal(404, "HTTPNotFound", f"there are no {kind}s here")
        things = [*self.tables[kind].values()]
        if kind == "server":  # Nova takes an expression
            return [each for each in things if re.search(query.get("name", ""), each["name"])]
        wanted = {key: value for key, value in query.items() if key == "name"}
        return [each for each in things if all(each[key] == wanted[key] for key in wanted)]

    def _pass_time(self) -> None:
        """Let servers get on by one step whenever somebody looks."""
        for id, server in [*self.tables["server"].items()]:
            if server["leaving"]:
                del self.tables["server"][id]
            elif server["status"] == "BUILD" and server["age"]:
                failed = server["name"] in self.doomed_names
                server["status"] = "ERROR" if failed else "ACTIVE"
                server["fault"] = {"message": "No valid host was found."} if failed else None
            server["age"] += 1

    # --- making -----------------------------------------------------------------------------------

    def _make(self, kind: str, body: Thing) -> Thing:
        if body.get("name") in self.refused_names:
            raise Refusal(409, "Conflict", f"{body['name']} is not wanted here")
        self._made += 1
        id = f"{kind}-{self._made}"
        thing = {"id": id, "name": "", "description": "", "project_id": PROJECT, **body}
        defaults = {
            "network": self._network,
            "subnet": self._subnet,
            "port": self._port,
            "router": self._router,
            "server": self._server,
        }
        self.tables[kind][id] = defaults[kind](thing)
        return self.tables[kind][id]

    def _network(self, thing: Thing) -> Thing:
        return {"status": "ACTIVE", "admin_state_up": True, **thing}

    def _router(self, thing: Thing) -> Thing:
        return {"status": "ACTIVE", "external_gateway_info": None, **thing}

    def _subnet(self, thing: Thing) -> Thing:
        self._thing("network", thing["network_id"])
        network = ip_network(thing["cidr"])
        for other in self._subnets_on(thing["network_id"]):
            if network.overlaps(ip_network(other["cidr"])):
                raise Refusal(400, "BadRequest", f"{network} overlaps with {other['cidr']}")
        defaults = {"gateway_ip": str(network[1]), "enable_dhcp": True, "dns_nameservers": []}
        pools = [{"start": str(network[2]), "end": str(network[-2])}]
        return {**defaults, "allocation_pools": pools, **thing}

    def _port(self, thing: Thing) -> Thing:
        self._thing("network", thing["network_id"])
        wanted = thing.get("fixed_ips") or [
            {"subnet_id": subnet["id"]} for subnet in self._subnets_on(thing["network_id"])
        ]
        fixed = [self._address(each) for each in wanted]
        defaults = {"status": "DOWN", "device_id": "", "device_owner": "", "mac_address": "fa:16"}
        return {**defaults, **thing, "fixed_ips": fixed}

    def _address(self, wanted: Thing) -> Thing:
        subnet = self._thing("subnet", wanted["subnet_id"])
        taken = {
            fixed["ip_address"]
            for port in self.things("port")
            for fixed in port["fixed_ips"]
            if fixed["subnet_id"] == subnet["id"]
        }
        if given := wanted.get("ip_address"):
            if given in taken:
                raise Refusal(409, "IpAddressInUse", f"{given} is in use")
            return {"subnet_id": subnet["id"], "ip_address": given}
        first = ip_address(subnet["allocation_pools"][0]["start"])
        free = next(str(first + n) for n in range(250) if str(first + n) not in taken)
        return {"subnet_id": subnet["id"], "ip_address": free}

    def _server(self, thing: Thing) -> Thing:
        nics = thing.pop("networks")
        for nic in nics if isinstance(nics, list) else []:
            self._plug(thing["id"], nic)
        flavor = self._thing("flavor", thing.pop("flavorRef"))
        return {
            "metadata": {},
            **thing,
            "status": "BUILD",
            "image": {"id": self._thing("image", thing.pop("imageRef"))["id"]},
            "flavor": {"original_name": flavor["name"]},
            "age": 0,
            "leaving": False,
        }

    def _subnets_on(self, network_id: str) -> list[Thing]:
        return [each for each in self.things("subnet") if each["network_id"] == network_id]

    # --- router interfaces ------------------------------------------------------------------------

    def _add_interface(self, router_id: str, subnet_id: str) -> Thing:
        self._thing("router", router_id)
        subnet = self._thing("subnet", subnet_id)
        if self._interface(router_id, subnet_id):
            raise Refusal(400, "BadRequest", f"Router already has a port on subnet {subnet_id}")
        fixed = {"subnet_id": subnet_id, "ip_address": subnet["gateway_ip"]}
        owner = {"device_id": router_id, "device_owner": "network:router_interface"}
        port = self._make(
            "port", {"network_id": subnet["network_id"], "fixed_ips": [fixed], **owner}
        )
        place = {"port_id": port["id"], "network_id": port["network_id"]}
        return {"id": router_id, "subnet_id": subnet_id, **place}

    def _remove_interface(self, router_id: str, subnet_id: str) -> Thing:
        self._thing("router", router_id)
        port = self._interface(router_id, subnet_id)
        if port is None:
            raise Refusal(404, "RouterInterfaceNotFoundForSubnet", "there is no such interface")
        del self.tables["port"][port["id"]]
        return {"id": router_id, "subnet_id": subnet_id}

    def _interface(self, router_id: str, subnet_id: str) -> Thing | None:
        for port in self.things("port"):
            if port["device_id"] == router_id and port["fixed_ips"][0]["subnet_id"] == subnet_id:
                return port
        return None

    # --- deleting ---------------------------------------------------------------------------------

    def _plug(self, server_id: str, nic: Thing) -> str:
        """Put a server on a network, on a port of its own or one that it is given."""
        if "port" in nic:
            port = self._thing("port", nic["port"])
            if port["device_id"]:
                raise Refusal(409, "PortInUse", f"port {port['id']} is in use")
            port["device_id"] = server_id
            return str(port["id"])
        if not self._subnets_on(nic["uuid"]):
            raise Refusal(400, "BadRequest", "a network requires a subnet to boot")
        made = {"network_id": nic["uuid"], "device_id": server_id}
        return str(self._make("port", {**made, "device_owner": "compute:nova"})["id"])

    def _unplug(self, server_id: str, port: Thing) -> None:
        """Nova takes its own ports away and lets go of those it was given."""
        if port["device_id"] != server_id:
            raise Refusal(404, "NotFound", f"port {port['id']} is not attached")
        port["device_id"] = ""
        if port["device_owner"] == "compute:nova":
            del self.tables["port"][port["id"]]

    def _delete(self, kind: str, id: str) -> None:
        thing = self._thing(kind, id)
        if kind == "server":
            for port in [each for each in self.things("port") if each["device_id"] == id]:
                self._unplug(id, port)
            thing["leaving"] = True
            return
        users = [port["id"] for port in self.things("port") if _uses(port, kind, id)]
        if users:
            raise Refusal(409, f"{kind.title()}InUse", f"{kind} {id} is in use by {users}")
        if kind == "network":
            for subnet in self._subnets_on(id):
                del self.tables["subnet"][subnet["id"]]
        del self.tables[kind][id]

    # --- Keystone ---------------------------------------------------------------------------------

    def _token(self) -> Thing:
        roots = {"identity": "/v3", "network": "", "compute": "/v2.1", "image": ""}
        catalog = [
            {
                "type": service,
                "name": service,
                "endpoints": [
                    {"url": self.base + path, "interface": "public", "region_id": "RegionOne"}
                ],
            }
            for service, path in roots.items()
        ]
        domain = {"id": "default", "name": "Default"}
        project = {"project": {"id": PROJECT, "name": "demo", "domain": domain}}
        return {
            "token": {
                "user": {"id": "user-1", "name": "demo", "domain": domain},
                **({"system": {"all": True}} if self.system_scoped else project),
                "expires_at": "2999-01-01T00:00:00.000000Z",
                "roles": [{"id": "role-1", "name": "member"}],
                "catalog": catalog,
            }
        }


def _uses(port: Thing, kind: str, id: str) -> bool:
    on_subnet = any(fixed["subnet_id"] == id for fixed in port["fixed_ips"])
    return on_subnet or port["network_id"] == id or (kind == "router" and port["device_id"] == id)


def _misbehave(trouble: Trouble) -> Answer:
    if trouble is Trouble.NOT_SENT:
        raise NotSent("connection refused")
    if trouble in {Trouble.LOST_BEFORE, Trouble.LOST_AFTER}:
        raise Lost("connection reset")
    if trouble is Trouble.NONSENSE_AFTER:
        return Answer(status=200, headers={}, body=b"<html><h1>Welcome</h1></html>")
    if trouble is Trouble.EMPTY_AFTER:
        return Answer(status=200, headers={}, body=b"{}")
    headers = {"retry-after": "0"} if trouble is Trouble.BUSY else {}
    fault = {"type": "Trouble", "message": trouble.value, "detail": ""}
    return _json(_STATUS[trouble], {"NeutronError": fault}, headers)


def _shortened(answer: Answer) -> Answer:
    document = json.loads(answer.body or b"{}")
    short = {
        key: value[:1] if isinstance(value, list) else value for key, value in document.items()
    }
    return _json(answer.status, short)


def _json(status: int, document: object, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status=status, headers=headers or {}, body=json.dumps(document).encode())
