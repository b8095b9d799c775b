# SPDX-License-Identifier: Apache-2.0
"""Where each setting comes from: options, ``OS_*`` variables, ``clouds.yaml``; and which wins.

The rule: once a cloud is named (``--os-cloud``, ``OS_CLOUD``), its file wins over stray ``OS_*``,
except ``OS_REGION_NAME`` and ``OS_INTERFACE``; options always win. Without a name the variables are
the cloud. The files, their order and ``secure.yaml`` are those of openstacksdk
(openstack/config/loader.py, 4.22). This module reads; ``config.py`` makes sense of what was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from stackloom.errors import BadConfig, UnknownName

_IN_AUTH = (
    "auth_url",
    "username",
    "user_id",
    "password",
    "user_domain_name",
    "user_domain_id",
    "project_name",
    "project_id",
    "project_domain_name",
    "project_domain_id",
    "domain_name",
    "domain_id",
    "default_domain_name",
    "default_domain_id",
    "system_scope",
    "token",
    "application_credential_id",
    "application_credential_name",
    "application_credential_secret",
)
_OUTSIDE_AUTH = (
    "auth_type",
    "region_name",
    "interface",
    "cacert",
    "cert",
    "key",
    "insecure",
    "verify",
)
NAMES = _IN_AUTH + _OUTSIDE_AUTH
# What PyYAML quotes of the file, such as the alias in "found undefined alias 'swordfish'"; its own
# words in quotes, such as '<scalar>', stay.
_QUOTED = re.compile(r"""'[^'<]{3,}'|"[^"<]{3,}\"""")
_OLDER_NAMES = {
    "tenant_name": "project_name",
    "tenant_id": "project_id",
    "user_name": "username",
    "endpoint_type": "interface",
    "auth_plugin": "auth_type",
}
# {variable: setting}; the newer names last, for they win.
_VARIABLES = {
    **{f"OS_{older.upper()}": name for older, name in _OLDER_NAMES.items()},
    **{f"OS_{name.upper()}": name for name in NAMES},
}
# Set beside a named cloud, these two still count: everybody switches region that way.
_BESIDE_A_NAMED_CLOUD = frozenset({"region_name", "interface"})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one cloud, flat, with the names of ``NAMES``.

    Attributes:
        source: where they came from, to be told: ``cloud "lab" of …/clouds.yaml``.
        values: kept out of its text, for passwords are among them.
        ignored: ``OS_*`` variables that were set and do not count beside a named cloud.
    """

    source: str
    values: Mapping[str, str]
    cache_tokens: bool = True
    ignored: tuple[str, ...] = ()

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
    from_environment = _from_environment(environment)
    name = cloud_name or environment.get("OS_CLOUD", "")
    if name:
        source, entry = _cloud_entry(name, environment)
        kept = {key: from_environment[key] for key in _BESIDE_A_NAMED_CLOUD & set(from_environment)}
        ignored = tuple(
            variable
            for variable, name in _VARIABLES.items()
            if environment.get(variable) and name not in kept
        )
        return Settings(
            source=source,
            values={**_flat(entry), **kept, **options},
            cache_tokens=_caches_tokens(entry),
            ignored=ignored,
        )
    if "auth_url" in from_environment or "auth_url" in options:
        return Settings(source="OS_* variables", values={**from_environment, **options})
    return None


def cloud_names(environment: Mapping[str, str]) -> list[str]:
    """Name the clouds of the first ``clouds.yaml`` found, sorted; empty where there is none."""
    found = _first_file("clouds", environment)
    return sorted(_clouds(*found)) if found else []


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for variable, name in _VARIABLES.items() if (value := environment.get(variable))
    }


def _flat(entry: Mapping[str, object]) -> dict[str, str]:
    """Bring ``auth:`` and the top level into one table of strings; the top level wins."""
    auth = entry.get("auth")
    inside = auth if isinstance(auth, Mapping) else {}
    values: dict[str, str] = {}
    for source in (inside, entry):
        for key, value in source.items():
            name = _OLDER_NAMES.get(str(key).replace("-", "_"), str(key).replace("-", "_"))
            if name in NAMES and value is not None and not isinstance(value, Mapping | list):
                values[name] = str(value)
    return values


def _caches_tokens(entry: Mapping[str, object]) -> bool:
    cache = entry.get("cache")
    return not (isinstance(cache, Mapping) and cache.get("auth") is False)


def _cloud_entry(name: str, environment: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    found = _first_file("clouds", environment)
    if found is None:
        raise UnknownName(
            f'cloud "{name}" is not known: no clouds.yaml was found',
            hint=f"looked in {', '.join(str(each) for each in _directories(environment))}",
        )
    path, _ = found
    clouds = _clouds(*found)
    if name not in clouds:
        known = ", ".join(sorted(clouds)) or "none"
        raise UnknownName(f'cloud "{name}" is not in {path}', hint=f"it has: {known}")
    entry = clouds[name]
    secure = _first_file("secure", environment)
    if secure is not None:
        entry = _merged(entry, _clouds(*secure).get(name, {}))
    return f'cloud "{name}" of {path}', entry


def _clouds(path: Path, document: object) -> dict[str, dict[str, object]]:
    if not isinstance(document, dict):
        raise BadConfig(f"{path} is not a mapping", hint="it should begin with: clouds:")
    clouds = document.get("clouds") or {}
    if not isinstance(clouds, dict) or not all(isinstance(e, dict) for e in clouds.values()):
        raise BadConfig(f"{path}: every entry under clouds: should be a mapping")
    return {str(name): entry for name, entry in clouds.items()}


def _merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = _merged(old, value) if both else value  # type: ignore[arg-type]  # both: checked
    return result


def _first_file(stem: str, environment: Mapping[str, str]) -> tuple[Path, object] | None:
    """Return the first file that can be read, with what is in it."""
    for path in _candidates(stem, environment):
        try:
            content = path.read_bytes()
        except OSError:
            continue  # not there, or not ours to read: the next directory counts, as in the SDK
        return path, _parsed(content, path) or {}
    return None


def _parsed(content: bytes, path: Path) -> object:
    """Read YAML, or JSON.

    Raises:
        BadConfig: with file and line. The parser's own error is cut off: it quotes the line, which
            may hold a password.
    """
    if path.suffix == ".json":  # YAML does not allow the tabs that JSON does
        try:
            return msgspec.json.decode(content)
        except msgspec.DecodeError as error:
            raise BadConfig(f"{path}: {error}") from None
    import yaml  # noqa: PLC0415 - 8 ms, for nothing where variables name the cloud

    try:
        return yaml.safe_load(content)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark
        where = f"{path}:{place.line + 1}:{place.column + 1}" if place else str(path)
        what = _QUOTED.sub("…", error.problem or "it is not YAML")
        hint = "put what begins with one of * & ! % @ ` in quotes"
        raise BadConfig(f"{where}: {what}", hint=hint) from None
    except yaml.YAMLError:
        raise BadConfig(f"{path}: it has characters that YAML does not allow") from None


def _candidates(stem: str, environment: Mapping[str, str]) -> Iterator[Path]:
    variable = {"clouds": "OS_CLIENT_CONFIG_FILE", "secure": "OS_CLIENT_SECURE_FILE"}[stem]
    if given := environment.get(variable):
        yield Path(given).expanduser()
    for directory in _directories(environment):
        for suffix in (".yaml", ".yml", ".json"):
            yield directory / f"{stem}{suffix}"


def _directories(environment: Mapping[str, str]) -> list[Path]:
    home = Path(environment.get("HOME") or "~").expanduser()
    directories = [Path.cwd()]
    if xdg := environment.get("XDG_CONFIG_HOME"):
        directories.append(Path(xdg) / "openstack")
    directories += [home / ".config/openstack", Path("/etc/openstack")]
    return directories
