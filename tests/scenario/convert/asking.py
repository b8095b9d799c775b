# SPDX-License-Identifier: Apache-2.0
"""What a scenario would ask of a cloud, so that files can be compared that say it differently."""

from __future__ import annotations

from typing import Any

import msgspec

from stackloom.cloud.mark import Address, Mark
from stackloom.operations import KINDS
from stackloom.scenario.loader import Loaded


class _Names:
    """Ids that are names: those of the cloud for what exists. Nothing is made yet."""

    def __init__(self, loaded: Loaded) -> None:
        self._existing = loaded.scenario.existing

    def __call__(self, kind: str, name: str) -> str:
        query = self._existing.get(Address(kind, name), {"name": name})
        return f"{kind} {query.get('id') or query['name']}"

    def cloud_name(self, kind: str, name: str) -> str:
        return name

    def state(self, kind: str, name: str) -> Any:
        return None


def asked(loaded: Loaded) -> dict[str, Any]:
    """Return the request that would make each resource, by address; of a facet, what it should be.

    What leads to a server is that server and the network there: which port it is, a cloud tells.
    """
    result: dict[str, Any] = {}
    names = _Names(loaded)
    for address, spec in loaded.scenario.specs.items():
        declaration = KINDS[address.kind].declaration
        assert declaration is not None
        mark = Mark("s", address)
        if address.kind == "security_group_rules":
            nothing = KINDS[address.kind].state(id="")
            differences = declaration.compare(address, spec, nothing, mark, names)
            rules = sorted(repr(each.want) for each in differences)
            result[str(address)] = (getattr(spec, "default_egress", None) is False, rules)
        elif declaration.facet_of:
            result[str(address)] = msgspec.to_builtins(spec)
        elif address.kind in {"floating_ip", "port_forwarding"}:
            plain = msgspec.to_builtins(spec)
            plain["network"] = names("network", plain.get("network", ""))
            plain["on"] = plain["on"] or _first_network(loaded, plain["server"])
            result[str(address)] = plain
        else:
            call = declaration.create(address, spec, mark, names)
            result[str(address)] = (call.path, call.body)
    return result


def _first_network(loaded: Loaded, server: str) -> str:
    spec: Any = loaded.scenario.specs.get(Address("server", server))
    return str(spec.networks[0]) if spec else ""
