# SPDX-License-Identifier: Apache-2.0
"""What a configuration says about one service: ``compute_endpoint_override`` and its like. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

# {what a person may write before "_interface": the service type that we ask for}
_OLDER_TYPES = {
    "volume": "block_storage",
    "volumev2": "block_storage",
    "volumev3": "block_storage",
    "block_store": "block_storage",
}
_WHAT = ("endpoint_override", "interface", "region_name", "default_microversion", "api_version")
# The versions of their APIs that these services number inside the header, by its name there.
_HEADER_NAMES = {"block_storage": "volume"}


class ServiceChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What differs for one service; empty where the cloud's own setting counts."""

    endpoint_override: str = ""
    interface: str = ""
    region_name: str = ""
    microversion: str = ""


def is_service_key(name: str) -> bool:
    """Tell whether *name* is such a setting, as in ``compute_api_version``."""
    return _parts(name) is not None


def _parts(name: str) -> tuple[str, str] | None:
    """Split ``compute_api_version`` into the service and what is said about it."""
    for what in _WHAT:
        service = name.removesuffix(f"_{what}")
        if service != name and service and service != "default":
            return service, what
    return None


def service_choices(values: Mapping[str, str]) -> dict[str, ServiceChoice]:
    """Gather what *values* say, by service type with underscores.

    ``compute_api_version: 2.79`` names a microversion, ``compute_api_version: 2`` does not
    (openstack/config/cloud_region.py, ``_get_implied_microversion``, 4.22).
    """
    fields_by_service: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        parts = _parts(name)
        if not parts or not value:
            continue
        what = parts[1]
        service = _OLDER_TYPES.get(parts[0], parts[0])
        fields = fields_by_service.setdefault(service, {})
        if what == "default_microversion":
            fields["microversion"] = value
        elif what == "api_version":
            if not value.endswith(".0") and "." in value:
                fields.setdefault("microversion", value)
        elif what == "interface":
            fields["interface"] = value.removesuffix("URL")
        else:
            fields[what] = value
    return {service: ServiceChoice(**fields) for service, fields in fields_by_service.items()}


def choice_for(choices: Mapping[str, ServiceChoice], service: str) -> ServiceChoice:
    """Return what is said about *service*, a type of the catalog such as ``block-storage``."""
    key = service.replace("-", "_")
    return choices.get(_OLDER_TYPES.get(key, key)) or ServiceChoice()


def microversion_header(service: str, microversion: str) -> dict[str, str]:
    """Return the header that asks *service* for a microversion."""
    name = _HEADER_NAMES.get(service.replace("-", "_"), service)
    return {"OpenStack-API-Version": f"{name} {microversion}"}
