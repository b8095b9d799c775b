# SPDX-License-Identifier: Apache-2.0
"""Find and read ``clouds.yaml``, ``secure.yaml`` and ``clouds-public.yaml``.

Places and their order are those of openstacksdk (openstack/config/loader.py, 4.22), but each
directory of ``XDG_CONFIG_DIRS`` counts, where the SDK joins them into one name that does not exist;
and a file that cannot be read as YAML stops, where the SDK goes on with the next. It does not know
what the settings mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from stackloom.auth.origin import Origin
from stackloom.errors import BadConfig

# What PyYAML quotes of the file, such as the alias in "found undefined alias 'swordfish'"; its own
# words in quotes, such as '<scalar>', stay.
_QUOTED = r"""'[^'<]{3,}'|"[^"<]{3,}\""""
_VARIABLES = {"clouds": "OS_CLIENT_CONFIG_FILE", "secure": "OS_CLIENT_SECURE_FILE"}
_ETC = Path("/etc/openstack")


class CloudFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was read; what is in it stays out of its text."""

    path: Path
    document: dict[str, object]

    def __repr__(self) -> str:
        return f"CloudFile({self.path})"

    def entries(self, section: str = "clouds") -> dict[str, dict[str, object]]:
        """Return the entries of a section by name.

        Raises:
            BadConfig: an entry is no mapping.
        """
        entries = self.document.get(section) or {}
        if not isinstance(entries, dict) or not all(
            entry is None or isinstance(entry, dict) for entry in entries.values()
        ):
            raise BadConfig(f"{self.path}: every entry under {section}: should be a mapping")
        return {str(name): entry or {} for name, entry in entries.items()}

    def origin(self, *keys: str) -> Origin:
        """Return the place of a key in it."""
        return Origin(file=self.path, keys=keys)


def first_file(stem: str, environment: Mapping[str, str]) -> CloudFile | None:
    """Return the first file of that name that can be read: ``clouds``, ``secure``, ….

    Raises:
        BadConfig: it can be opened and is neither YAML nor JSON, or no mapping.
    """
    for path in _candidates(stem, environment):
        try:
            content = path.read_bytes()
        except OSError:
            continue  # not there, or not ours to read: the next directory counts, as in the SDK
        document = _parsed(content, path) or {}
        if not isinstance(document, dict):
            raise BadConfig(f"{path} is not a mapping", hint="it should begin with: clouds:")
        return CloudFile(path=path, document=document)
    return None


def directories(environment: Mapping[str, str]) -> list[Path]:
    """Return the directories that are searched, in their order, each once."""
    home = Path(environment.get("SNAP_REAL_HOME") or environment.get("HOME") or "~").expanduser()
    found = [Path.cwd()]
    if xdg := environment.get("XDG_CONFIG_HOME"):
        found.append(Path(xdg) / "openstack")
    found.append(home / ".config/openstack")
    shared = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    found += [Path(each) / "openstack" for each in shared.split(":") if each]
    return list(dict.fromkeys([*found, _ETC]))


def _candidates(stem: str, environment: Mapping[str, str]) -> Iterator[Path]:
    if given := environment.get(_VARIABLES.get(stem, "")):
        yield Path(given).expanduser()
    for directory in directories(environment):
        for suffix in (".yaml", ".yml", ".json"):
            yield directory / f"{stem}{suffix}"


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
        # libyaml takes a tenth of the time; what it refuses is for PyYAML's own to judge and tell.
        with suppress(yaml.YAMLError, AttributeError):  # PyYAML may be built without it
            return yaml.load(content, yaml.CSafeLoader)
        return yaml.safe_load(content)
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark
        where = f"{path}:{place.line + 1}:{place.column + 1}" if place else str(path)
        what = re.sub(_QUOTED, "…", error.problem or "it is not YAML")
        hint = "put what begins with one of * & ! % @ ` in quotes"
        raise BadConfig(f"{where}: {what}", hint=hint) from None
    except yaml.YAMLError:
        raise BadConfig(f"{path}: it has characters that YAML does not allow") from None
