# SPDX-License-Identifier: Apache-2.0
"""The stub's Neutron: creates, alone and in bulk, filters, pages, router interfaces.

It refuses what a wrong order of deletes would meet: a network, subnet or router still in use (409).
Collections that it has no rules for are kept as they are sent, and listed empty before that.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from connection import Answer, Request
from identity import PROJECT_ID

_NO_FILTERS = frozenset({"limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields"})
_INTERFACE = "network:router_interface"
# Aliases that clients look for before they dare ask for something.
EXTENSIONS = (
    *("address-group", "address-scope", "allowed-address-pairs", "default-subnetpools"),
    *("dns-integration", "ext-gw-mode", "external-net", "extra_dhcp_opt", "extraroute"),
    *("extraroute-atomic", "filter-validation", "floating-ip-port-forwarding", "net-mtu"),
    *("net-mtu-writable", "pagination", "port-security", "project-id", "provider", "qos"),
    *("quota_details", "quotas", "rbac-policies", "revision-if-match", "router"),
    *("security-group", "sorting", "standard-attr-description", "standard-attr-revisions"),
    *("standard-attr-tag", "standard-attr-timestamp", "subnet_allocation", "tag-creation"),
    *("tag-ports-during-bulk-creation", "trunk", "trunk-details"),
)
_DEFAULTS: dict[str, dict[str, Any]] = {
    "networks": {
        "status": "ACTIVE",
        "admin_state_up": True,
        "shared": False,
        "router:external": False,
        "mtu": 1450,
        "port_security_enabled": True,
    },
    "subnets": {
        "enable_dhcp": True,
        "ip_version": 4,
        "dns_nameservers": [],
        "host_routes": [],
        "ipv6_ra_mode": None,
        "ipv6_address_mode": None,
        "subnetpool_id": None,
    },
    "ports": {
        "status": "DOWN",
        "admin_state_up": True,
        "device_id": "",
        "device_owner": "",
        "fixed_ips": [],
        "security_groups": [],
        "port_security_enabled": True,
        "allowed_address_pairs": [],
        "extra_dhcp_opts": [],
    },
    "routers": {
        "status": "ACTIVE",
        "admin_state_up": True,
        "external_gateway_info": None,
        "routes": [],
    },
    "floatingips": {"status": "DOWN", "port_id": None, "fixed_ip_address": None},
    "security_groups": {"stateful": True, "shared": False, "security_group_rules": []},
    "security_group_rules": {"direction": "ingress", "ethertype": "IPv4"},
}


class Refused(Exception):
    """An answer other than the one asked for."""

    def __init__(self, status: int, type: str, message: str) -> None:
        super().__init__(message)
        error = {"type": type, "message": message, "detail": ""}
        self.answer = Answer(status=status, document={"NeutronError": error})


class Network:
    """Answers what begins with ``/network``.

    Attributes:
        rows: ``{plural: {id: object}}``.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._made = 0
        self.rows: dict[str, dict[str, dict[str, Any]]] = {plural: {} for plural in _DEFAULTS}
        self._ports_by: dict[str, dict[str, set[str]]] = {}
        self._next_host: dict[str, Iterator[Any]] = {}
        self._before: dict[str, Callable[[dict[str, Any]], None]] = {
            "subnets": self._before_subnet,
            "ports": self._before_port,
        }

    def handle(self, request: Request, parts: list[str]) -> Answer:
        """Answer *request*; *parts* is its path after ``/network``."""
        try:
            return self._handle(request, parts)
        except Refused as refused:
            return refused.answer

    def _handle(self, request: Request, parts: list[str]) -> Answer:
        match request.method, parts:
            case "GET", []:
                links = [{"rel": "self", "href": f"{self._root}/network/v2.0/"}]
                version = {"id": "v2.0", "status": "CURRENT", "links": links}
                return Answer(document={"versions": [version]})
            case "GET", ["v2.0", "extensions"]:
                found = [{"alias": alias, "name": alias} for alias in EXTENSIONS]
                return Answer(document={"extensions": found})
            case "GET", ["v2.0", "extensions", alias]:
                if alias not in EXTENSIONS:
                    raise Refused(404, "ExtensionNotFound", f"no extension {alias}")
                return Answer(document={"extension": {"alias": alias, "name": alias}})
            case "GET", ["v2.0", "quotas", _, *_]:
                return Answer(document={"quota": self._quota(detailed=parts[-1] == "details")})
            case "PUT", ["v2.0", "routers", id, "add_router_interface"]:
                return self._add_interface(self._row("routers", id), request.body)
            case "PUT", ["v2.0", "routers", id, "remove_router_interface"]:
                return self._remove_interface(self._row("routers", id), request.body)
            case method, ["v2.0", collection]:
                plural = collection.replace("-", "_")
                return (
                    self._list(plural, request) if method == "GET" else self._post(plural, request)
                )
            case method, ["v2.0", collection, id]:
                return self._member(collection.replace("-", "_"), id, request)
        raise Refused(404, "HTTPNotFound", f"no {request.method} {request.path}")

    # --- lists and members ------------------------------------------------------------------------

    def _list(self, plural: str, request: Request) -> Answer:
        query = request.query
        found = list(self.rows.get(plural, {}).values())
        for name, values in query.items():
            if name not in _NO_FILTERS:
                found = [row for row in found if _matches(row, name, values)]
        document: dict[str, Any] = {}
        if limit := int(query.get("limit", ["0"])[0]):
            marker = query.get("marker", [""])[0]
            ids = [row["id"] for row in found]
            start = ids.index(marker) + 1 if marker in ids else 0
            more = len(found) > start + limit
            found = found[start : start + limit]
            if more:
                href = f"{self._root}{request.path}?limit={limit}&marker={found[-1]['id']}"
                document[f"{plural}_links"] = [{"rel": "next", "href": href}]
        if fields := query.get("fields"):
            found = [{name: row.get(name) for name in fields} for row in found]
        document[plural] = found
        return Answer(document=document)

    def _post(self, plural: str, request: Request) -> Answer:
        body = request.body
        if plural in body:
            many = body[plural]
            assert isinstance(many, list)
            return Answer(status=201, document={plural: [self.make(plural, one) for one in many]})
        key, fields = next(iter(body.items()))
        assert isinstance(fields, dict)
        return Answer(status=201, document={key: self.make(plural, fields)})

    def _member(self, plural: str, id: str, request: Request) -> Answer:
        row = self._row(plural, id)
        if request.method == "DELETE":
            self._check_unused(plural, row)
            self.remove(plural, id)
            return Answer(status=204)
        key = plural.removesuffix("s")
        if request.method == "PUT":
            key, fields = next(iter(request.body.items()))
            assert isinstance(fields, dict)
            row |= fields
            row["revision_number"] += 1
        return Answer(document={key: row})

    def _row(self, plural: str, id: str) -> dict[str, Any]:
        row = self.rows.get(plural, {}).get(id)
        if row is None:
            raise Refused(404, "NotFound", f"{plural} {id} could not be found.")
        return row

    # --- making and taking away -------------------------------------------------------------------

    def make(self, plural: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Make one and return it."""
        self._made += 1
        row = {
            "id": str(UUID(int=(0xE0 << 120) + self._made)),
            "name": "",
            "description": "",
            "tags": [],
            "revision_number": 1,
            "project_id": PROJECT_ID,
            "tenant_id": PROJECT_ID,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            **_DEFAULTS.get(plural, {}),
            **fields,
        }
        if plural == "networks":
            row["subnets"] = []
        if before := self._before.get(plural):
            before(row)
        self.rows.setdefault(plural, {})[row["id"]] = row
        return row

    def _before_subnet(self, row: dict[str, Any]) -> None:
        network = ipaddress.ip_network(row["cidr"])
        row.setdefault("gateway_ip", str(network[1]))
        row.setdefault("allocation_pools", [{"start": str(network[2]), "end": str(network[-2])}])
        self._row("networks", row["network_id"])["subnets"].append(row["id"])
        self._next_host[row["id"]] = (network[n] for n in range(2, network.num_addresses - 1))

    def _before_port(self, row: dict[str, Any]) -> None:
        network = self._row("networks", row["network_id"])
        wanted = row["fixed_ips"] or [{"subnet_id": id} for id in network["subnets"][:1]]
        row["fixed_ips"] = [self._address(each) for each in wanted]
        row["mac_address"] = row.get("mac_address") or _mac_address(self._made)
        for id in (row["network_id"], *(each["subnet_id"] for each in row["fixed_ips"])):
            self._ports_by.setdefault("place", {}).setdefault(id, set()).add(row["id"])
        self.bind(row, row["device_id"], row["device_owner"])

    def _address(self, wanted: dict[str, str]) -> dict[str, str]:
        if "ip_address" in wanted:
            return wanted
        return {**wanted, "ip_address": str(next(self._next_host[wanted["subnet_id"]]))}

    def bind(self, port: dict[str, Any], device_id: str, owner: str) -> None:
        """Say whose a port is, or nobody's."""
        devices = self._ports_by.setdefault("device", {})
        devices.get(port["device_id"], set()).discard(port["id"])
        port |= {"device_id": device_id, "device_owner": owner}
        port["status"] = "ACTIVE" if device_id else "DOWN"
        if device_id:
            devices.setdefault(device_id, set()).add(port["id"])

    def ports_of(self, device_id: str) -> list[dict[str, Any]]:
        """Return the ports of a server or router."""
        ids = self._ports_by.get("device", {}).get(device_id, set())
        return [self.rows["ports"][id] for id in sorted(ids)]

    def remove(self, plural: str, id: str) -> None:
        """Take one away; a network takes its subnets with it."""
        row = self.rows[plural].pop(id)
        if plural == "ports":
            for holders in self._ports_by.values():
                for key in (row["device_id"], row["network_id"]):
                    holders.get(key, set()).discard(id)
                for fixed in row["fixed_ips"]:
                    holders.get(fixed["subnet_id"], set()).discard(id)
        if plural == "networks":
            for subnet in row["subnets"]:
                self.rows["subnets"].pop(subnet, None)
        if plural == "subnets" and (network := self.rows["networks"].get(row["network_id"])):
            network["subnets"].remove(id)

    def _check_unused(self, plural: str, row: dict[str, Any]) -> None:
        if plural in {"networks", "subnets"} and self._ports_by.get("place", {}).get(row["id"]):
            type = {"networks": "NetworkInUse", "subnets": "SubnetInUse"}[plural]
            raise Refused(409, type, f"{row['id']} has ports still in use.")
        if plural == "routers" and self.ports_of(row["id"]):
            raise Refused(409, "RouterInUse", f"Router {row['id']} has ports still attached.")

    def _add_interface(self, router: dict[str, Any], body: dict[str, object]) -> Answer:
        subnet = self._row("subnets", str(body["subnet_id"]))
        fixed = [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}]
        fields = {"network_id": subnet["network_id"], "fixed_ips": fixed}
        port = self.make("ports", {**fields, "device_id": router["id"], "device_owner": _INTERFACE})
        return Answer(document=_interface(router, port))

    def _remove_interface(self, router: dict[str, Any], body: dict[str, object]) -> Answer:
        for port in self.ports_of(router["id"]):
            if port["fixed_ips"][0]["subnet_id"] == body["subnet_id"]:
                self.remove("ports", port["id"])
                return Answer(document=_interface(router, port))
        raise Refused(404, "RouterInterfaceNotFoundForSubnet", "no such interface")

    def _quota(self, *, detailed: bool) -> dict[str, Any]:
        counts = {plural.removesuffix("s"): len(rows) for plural, rows in self.rows.items()}
        if not detailed:
            return dict.fromkeys(counts, -1)
        return {name: {"used": n, "limit": -1, "reserved": 0} for name, n in counts.items()}


def _mac_address(number: int) -> str:
    return "fa:16:3e:" + number.to_bytes(3, "big").hex(":")


def _interface(router: dict[str, Any], port: dict[str, Any]) -> dict[str, Any]:
    subnet_id = port["fixed_ips"][0]["subnet_id"]
    return {
        "id": router["id"],
        "port_id": port["id"],
        "network_id": port["network_id"],
        "subnet_id": subnet_id,
        "subnet_ids": [subnet_id],
        "tenant_id": PROJECT_ID,
    }


def _matches(row: dict[str, Any], name: str, values: list[str]) -> bool:
    if name == "fixed_ips":
        pairs = [tuple(value.split("=", 1)) for value in values]
        return any(fixed.get(key) == value for fixed in row[name] for key, value in pairs)
    have = row.get(name)
    word = str(have).lower() if isinstance(have, bool) else str(have)
    return any(word == (v.lower() if isinstance(have, bool) else v) for v in values)
