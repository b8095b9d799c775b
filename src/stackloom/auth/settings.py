# SPDX-License-Identifier: Apache-2.0
"""Where each setting comes from: options, ``OS_*`` variables, ``clouds.yaml``; and which wins.

The rule: once a cloud is named (``--os-cloud``, ``OS_CLOUD``), its file wins over stray ``OS_*``,
except ``OS_REGION_NAME`` and ``OS_INTERFACE``; options always win. Without a name, or under the
name ``envvars``, the variables are the cloud. Everything else is as in openstacksdk, see
``entry.py``. This module reads; ``config.py`` makes sense of what was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from stackloom.auth.cloud_files import CloudFile, directories, first_file
from stackloom.auth.entry import IN_AUTH, Entry, Region, chosen_region, known_regions
from stackloom.auth.origin import Given, Origin
from stackloom.auth.service_choice import is_service_key
from stackloom.errors import UnknownName

_OUTSIDE_AUTH = (
    "auth_type",
    "auth_methods",
    "region_name",
    "interface",
    "cacert",
    "cert",
    "key",
    "insecure",
    "verify",
)
NAMES = IN_AUTH + _OUTSIDE_AUTH
_OLDER_NAMES = {
    "tenant_name": "project_name",
    "tenant_id": "project_id",
    "user_name": "username",
    "endpoint_type": "interface",
    "auth_plugin": "auth_type",
    "default_domain": "default_domain_id",
}
# {variable: setting}; the newer names last, for they win; but OS_ENDPOINT_TYPE wins over
# OS_INTERFACE, as in openstacksdk (openstack/config/loader.py, _fix_backwards_interface, 4.22).
_VARIABLES = {
    **{f"OS_{older.upper()}": name for older, name in _OLDER_NAMES.items()},
    **{f"OS_{name.upper()}": name for name in NAMES},
}
_VARIABLES["OS_ENDPOINT_TYPE"] = _VARIABLES.pop("OS_ENDPOINT_TYPE")
# Set beside a named cloud, these two still count: everybody switches region that way.
_BESIDE_A_NAMED_CLOUD = frozenset({"region_name", "interface"})
# They choose or belong to other programs: openstack/config/loader.py, ``_get_os_environ``, 4.22;
# OS_PROFILE is osprofiler's key.
_NO_SETTINGS = frozenset(
    ["OS_CLOUD", "OS_CLOUD_NAME", "OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE", "OS_PROFILE"]
)
_OTHERS = ("OS_TEST", "OS_STD", "OS_LOG")
# Who names a scope means no other.
_SCOPES = frozenset(
    [
        *("project_id", "project_name", "domain_id", "domain_name"),
        *("system_scope", "trust_id", "unscoped"),
    ]
)
# Who types one of these means this method, whatever the cloud has otherwise.
_TYPE_BY_OPTION = {"token": "token", "application_credential_id": "v3applicationcredential"}
# What requests, and with it the ``openstack`` client, trusts instead of its own certificates.
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one cloud, flat, with the names of ``NAMES``.

    Attributes:
        source: where they came from, to be told: ``cloud "lab" of …/clouds.yaml``.
        values: kept out of its text, for passwords are among them.
        ignored: ``OS_*`` variables that were set and do not count beside a named cloud.
        notes: what else a person should know, a sentence each.
        origins: where each value came from.
        cache_path: where the file wants things kept on disk; empty for the usual place.
    """

    source: str
    values: Mapping[str, str]
    cache_tokens: bool = True
    cache_path: str = ""
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Settings({self.source}: {', '.join(self.values)})"


def read_settings(
    options: Mapping[str, str], environment: Mapping[str, str], *, cloud_name: str = ""
) -> Settings | None:
    """Gather the settings, or return None where neither a cloud nor ``OS_AUTH_URL`` is named.

    Args:
        options: what was given as ``--os-*``, by the names of ``NAMES``.
        cloud_name: ``--os-cloud``; ``OS_CLOUD`` counts where it is empty.

    Raises:
        UnknownName: no file has that cloud.
        BadConfig: the file that should have it cannot be used.
    """
    name = cloud_name or environment.get("OS_CLOUD", "")
    from_environment = _from_environment(environment)
    if name and name != (environment.get("OS_CLOUD_NAME") or "envvars"):
        return _of_file(name, options, environment, from_environment)
    if name and not from_environment:
        raise UnknownName(
            f'cloud "{name}" is that of the OS_* variables, and none is set',
            hint="set OS_AUTH_URL and the others, or name a cloud of clouds.yaml",
        )
    if name or "auth_url" in from_environment or "auth_url" in options:
        return _of_variables(options, environment, from_environment)
    return None


def cloud_names(environment: Mapping[str, str]) -> list[str]:
    """Name the clouds of the first ``clouds.yaml`` found, sorted; empty where there is none."""
    return sorted(_Files(environment).names())


class KnownCloud(msgspec.Struct, frozen=True, kw_only=True):
    """One cloud of the files, as far as it can be told without asking anybody."""

    name: str
    auth_url: str
    regions: tuple[str, ...]
    origin: Origin


def known_clouds(environment: Mapping[str, str]) -> list[KnownCloud]:
    """List the clouds of ``clouds.yaml`` and ``secure.yaml``, in their order."""
    files = _Files(environment)
    found: list[KnownCloud] = []
    for name in files.names():
        layers = list(files.layers(name))
        entry = Entry()
        for layer, origin in layers:
            entry.put(layer, origin, nulls_count=True)
        found.append(
            KnownCloud(
                name=name,
                auth_url=entry.inside("auth_url"),
                regions=tuple(each.name for each in _regions(layers, f'cloud "{name}"')),
                origin=layers[0][1],
            )
        )
    return found


class _Files:
    """``clouds.yaml`` with ``secure.yaml`` over it; each may be missing."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._files = [
            file
            for stem in ("clouds", "secure")
            if (file := first_file(stem, environment)) is not None
        ]

    def __bool__(self) -> bool:
        return bool(self._files)

    @property
    def first(self) -> CloudFile:
        return self._files[0]

    def names(self) -> list[str]:
        return list(dict.fromkeys(name for file in self._files for name in file.entries()))

    def layers(self, name: str) -> Iterator[tuple[dict[str, object], Origin]]:
        """Give the entries of one cloud, the lower first."""
        for file in self._files:
            entries = file.entries()
            if name in entries:
                yield entries[name], file.origin("clouds", name)

    def cache_section(self) -> object:
        return next((file.document["cache"] for file in self._files if "cache" in file.document), 0)


def _of_file(
    name: str,
    options: Mapping[str, str],
    environment: Mapping[str, str],
    from_environment: Mapping[str, Given],
) -> Settings:
    files = _Files(environment)
    if not files:
        raise UnknownName(
            f'cloud "{name}" is not known: no clouds.yaml was found',
            hint=f"looked in {', '.join(str(each) for each in directories(environment))}",
        )
    layers = list(files.layers(name))
    if not layers:
        known = ", ".join(sorted(files.names())) or "none"
        raise UnknownName(f'cloud "{name}" is not in {files.first.path}', hint=f"it has: {known}")
    source = f'cloud "{name}" of {layers[0][1].file}'
    kept = {key: from_environment[key] for key in _BESIDE_A_NAMED_CLOUD & set(from_environment)}
    ignored = tuple(
        variable
        for variable in [*_VARIABLES, *filter(_is_service_variable, sorted(environment))]
        if environment.get(variable) and _VARIABLES.get(variable) not in kept
    )
    entry = Entry()
    notes: list[str] = []
    profile_layers = _profile_layers(layers, environment, source, notes)
    for layer, origin in [*profile_layers, *layers]:
        entry.put(layer, origin, nulls_count=True)
    wanted = options.get("region_name") or _text(kept.get("region_name"))
    _put_region(entry, layers, profile_layers, wanted, source)
    for key, given in kept.items():
        entry.set(key, given)
    caches = _allows_cache(files.cache_section()) and all(
        _allows_cache(layer.get("cache")) for layer, _ in layers
    )
    return _finished(
        entry.result(source),
        options,
        environment,
        Settings(
            source=source,
            values={},
            cache_tokens=caches,
            cache_path=_cache_path(files.cache_section()),
            ignored=ignored,
            notes=tuple(notes),
        ),
    )


def _text(given: Given | None) -> str:
    return str(given.value) if given else ""


def _profile_layers(
    layers: list[tuple[dict[str, object], Origin]],
    environment: Mapping[str, str],
    source: str,
    notes: list[str],
) -> list[tuple[Mapping[str, object], Origin]]:
    named = [layer.get("profile") or layer.get("cloud") for layer, _ in layers]
    name = next((each for each in reversed(named) if each), None)
    if not isinstance(name, str):
        return []
    from stackloom.auth.profiles import profile  # noqa: PLC0415 - only where one is named

    found = profile(name, environment, source)
    if found.note:
        notes.append(found.note)
    return [(found.settings, found.origin)]


def _regions(layers: list[tuple[dict[str, object], Origin]], source: str) -> list[Region]:
    merged: dict[str, object] = {}
    origin = layers[0][1]
    for layer, place in layers:
        merged.update(layer)
        origin = place if {"regions", "region_name"} & set(layer) else origin
    return known_regions(merged, origin, source)


def _put_region(
    entry: Entry,
    layers: list[tuple[dict[str, object], Origin]],
    profile_layers: list[tuple[Mapping[str, object], Origin]],
    wanted: str,
    source: str,
) -> None:
    """Choose the region and put its own settings over those of the cloud."""
    regions = _regions(layers, source)
    if not regions and profile_layers:
        regions = known_regions(*profile_layers[0], source)
    region = chosen_region(regions, wanted, source)
    if region is None:
        return
    entry.put(region.values, region.origin.below("values"), nulls_count=False)
    entry.set("region_name", Given(region.name, region.origin))


def _of_variables(
    options: Mapping[str, str],
    environment: Mapping[str, str],
    from_environment: Mapping[str, Given],
) -> Settings:
    entry = Entry()
    for name, given in from_environment.items():
        entry.set(name, given)
    if "region_name" in from_environment:
        given = from_environment["region_name"]
        entry.set("region_name", Given(str(given.value).partition(",")[0], given.origin))
    source = "OS_* variables"
    result = entry.result(source)
    return _finished(result, options, environment, Settings(source=source, values={}))


def _finished(
    result: Mapping[str, Given],
    options: Mapping[str, str],
    environment: Mapping[str, str],
    settings: Settings,
) -> Settings:
    """Put options over all, and what trusts certificates under all."""
    chosen = dict(result)
    if _SCOPES & set(options):
        chosen = {name: given for name, given in chosen.items() if name not in _SCOPES}
    for name, value in options.items():
        chosen[name] = Given(value, Origin(words=f"option --os-{name.replace('_', '-')}"))
    if "auth_type" not in options:
        for name, auth_type in _TYPE_BY_OPTION.items():
            if name in options:
                chosen["auth_type"] = Given(auth_type, chosen[name].origin)
    if "cacert" not in chosen:
        for variable in _CA_VARIABLES:
            if environment.get(variable):
                origin = Origin(words=f"variable {variable}")
                chosen["cacert"] = Given(environment[variable], origin)
                break
    return msgspec.structs.replace(
        settings,
        values={name: str(given.value) for name, given in chosen.items()},
        origins={name: given.origin for name, given in chosen.items()},
    )


def _from_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    """Return what the variables say by the newer names; empty ones say nothing."""
    found: dict[str, Given] = {}
    for variable, value in environment.items():
        is_ours = variable.startswith("OS_") and not variable.startswith(_OTHERS)
        if is_ours and value and variable not in _NO_SETTINGS and variable not in _VARIABLES:
            name = variable.removeprefix("OS_").lower()
            found[name] = Given(value, Origin(words=f"variable {variable}"))
    for variable, name in _VARIABLES.items():
        if given := environment.get(variable):
            found[name] = Given(given, Origin(words=f"variable {variable}"))
    return found


def _is_service_variable(variable: str) -> bool:
    return (
        variable.startswith("OS_")
        and variable not in _VARIABLES
        and is_service_key(variable.removeprefix("OS_").lower())
    )


def _cache_path(section: object) -> str:
    path = section.get("path") if isinstance(section, Mapping) else None
    return path if isinstance(path, str) else ""


def _allows_cache(section: object) -> bool:
    if isinstance(section, Mapping):
        section = section.get("auth")
    return section is not False
