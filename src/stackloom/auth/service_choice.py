# SPDX-License-Identifier: Apache-2.0
"""What a configuration says about one service: ``compute_endpoint_override`` and its like. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

# {what a person may write before "_interface": the service type that we ask for}
_OLDER_TYPES = {
    "volume": "block_storage",
    "volumev2": "block_storage",
    "volumev3": "block_storage",
    "block_store": "block_storage",
}
_KEY = re.compile(
    r"(?P<service>[a-z][a-z0-9_]*?)_"
    r"(?P<what>endpoint_override|interface|region_name|default_microversion|api_version)"
)
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
    return _KEY.fullmatch(name) is not None and not name.startswith("default_")


def service_choices(values: Mapping[str, str]) -> dict[str, ServiceChoice]:
    """Gather what *values* say, by service type with underscores.

    ``compute_api_version: 2.79`` names a microversion, ``compute_api_version: 2`` does not
    (openstack/config/cloud_region.py, ``_get_implied_microversion``, 4.22).
    """
    fields_by_service: dict[str, dict[str, str]] = {}
    for name, value in values.items():
        match = _KEY.fullmatch(name)
        if not match or not value or not is_service_key(name):
            continue
        service = _OLDER_TYPES.get(match["service"], match["service"])
        fields = fields_by_service.setdefault(service, {})
        if match["what"] == "default_microversion":
            fields["microversion"] = value
        elif match["what"] == "api_version":
            if not value.endswith(".0") and "." in value:
                fields.setdefault("microversion", value)
        elif match["what"] == "interface":
            fields["interface"] = value.removesuffix("URL")
        else:
            fields[match["what"]] = value
    return {service: ServiceChoice(**fields) for service, fields in fields_by_service.items()}


def choice_for(choices: Mapping[str, ServiceChoice], service: str) -> ServiceChoice:
    """Return what is said about *service*, a type of the catalog such as ``block-storage``."""
    key = service.replace("-", "_")
    return choices.get(_OLDER_TYPES.get(key, key)) or ServiceChoice()


def microversion_header(service: str, microversion: str) -> dict[str, str]:
    """Return the header that asks *service* for a microversion."""
    name = _HEADER_NAMES.get(service.replace("-", "_"), service)
    return {"OpenStack-API-Version": f"{name} {microversion}"}
