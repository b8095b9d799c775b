# SPDX-License-Identifier: Apache-2.0
"""Where the service's settings come from: options, then variables, then the file, then defaults.

The file is ``--config``, else ``$STACKLOOM_CONFIG``, else ``/etc/stackloom/stackloom.toml`` where
that is there. The variable of ``[runs] per_worker`` is ``STACKLOOM_RUNS_PER_WORKER``; a list is
written with commas. Every value that is wrong is told of, not only the first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from stackloom.errors import BadConfig
from stackloom.service.settings import ServiceSettings

CONFIG_VARIABLE = "STACKLOOM_CONFIG"
DEFAULT_FILE = Path("/etc/stackloom/stackloom.toml")
DEFAULT = "default"
_PREFIX = "STACKLOOM_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value as it was given, before it is checked.

    Attributes:
        value: text where *is_text*, else what the file has.
        source: an option, a variable or a file.
    """

    value: object
    source: str
    is_text: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsRead:
    """What was read.

    Attributes:
        sources: where each value is from, ``{"runs.per_worker": "STACKLOOM_RUNS_PER_WORKER"}``.
        problems: a sentence each; the settings have the default where a value is wrong.
    """

    settings: ServiceSettings
    sources: Mapping[str, str]
    problems: tuple[str, ...]

    def usable(self) -> ServiceSettings:
        """Return the settings.

        Raises:
            BadConfig: there are problems; it tells them all.
        """
        if self.problems:
            raise BadConfig(
                "the service's settings are not right:\n" + "\n".join(self.problems),
                hint="stackloom config check shows every value and where it is from",
            )
        return self.settings


def read_settings(
    environment: Mapping[str, str], options: Mapping[str, Given] | None = None, config: str = ""
) -> SettingsRead:
    """Read every setting from where it is given first.

    Args:
        options: by name, ``{"server.listen": Given(value="[::1]:80", source="--listen")}``.
        config: the file that ``--config`` names; empty for the usual one.
    """
    problems: list[str] = []
    given = dict(_of_file(_file(environment, config), problems))
    given |= _of_environment(environment, problems)
    given |= options or {}
    sections: dict[str, object] = {}
    sources: dict[str, str] = {}
    for section in msgspec.structs.fields(ServiceSettings):
        values: dict[str, object] = {}
        for field in msgspec.structs.fields(section.type):
            name = f"{section.name}.{field.name}"
            sources[name] = DEFAULT
            if name not in given:
                continue
            try:
                values[field.name] = _converted(given[name], field.type)
                sources[name] = given[name].source
            except msgspec.ValidationError as error:
                told = str(error).replace("`", "")
                problems.append(f"{shown_name(name)}, from {given[name].source}: {told}")
        sections[section.name] = section.type(**values)
    settings = msgspec.convert(sections, ServiceSettings)
    return SettingsRead(settings=settings, sources=sources, problems=tuple(problems))


def as_environment(options: Mapping[str, Given], config: str = "") -> dict[str, str]:
    """Return variables that say the same as options do, for another process."""
    values = {variable(name): str(given.value) for name, given in options.items()}
    return {**values, **({CONFIG_VARIABLE: config} if config else {})}


def variable(name: str) -> str:
    """Return the variable of a setting: ``STACKLOOM_RUNS_PER_WORKER`` of ``runs.per_worker``."""
    return _PREFIX + name.replace(".", "_").upper()


def shown_name(name: str) -> str:
    """Return a setting's name as the file has it: ``[runs] per_worker``."""
    section, _, key = name.partition(".")
    return f"[{section}] {key}"


def names() -> Iterator[str]:
    """Return the name of every setting."""
    for section in msgspec.structs.fields(ServiceSettings):
        yield from (f"{section.name}.{each.name}" for each in msgspec.structs.fields(section.type))


def _file(environment: Mapping[str, str], config: str) -> Path | None:
    named = config or environment.get(CONFIG_VARIABLE, "")
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _of_file(file: Path | None, problems: list[str]) -> Iterator[tuple[str, Given]]:
    if file is None:
        return
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{file} cannot be read: {error.strerror}")
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{file} is no TOML: {error}")
        return
    known = set(names())
    sections = {name.partition(".")[0] for name in known}
    for section, values in document.items():
        if section not in sections:
            problems.append(f"{file}: there is no [{section}]{_meant(section, sections)}")
        elif not isinstance(values, dict):
            problems.append(f"{file}: {section} is a section: [{section}]")
        else:
            yield from _of_section(section, values, file, known, problems)


def _of_section(
    section: str, values: Mapping[str, Any], file: Path, known: set[str], problems: list[str]
) -> Iterator[tuple[str, Given]]:
    for key, value in values.items():
        name = f"{section}.{key}"
        if name in known:
            yield name, Given(value=value, source=str(file), is_text=False)
        else:
            keys = [each.partition(".")[2] for each in known if each.startswith(f"{section}.")]
            problems.append(f"{file}: there is no {shown_name(name)}{_meant(key, keys)}")


def _of_environment(environment: Mapping[str, str], problems: list[str]) -> dict[str, Given]:
    names_by_variable = {variable(name): name for name in names()}
    sections = {name.partition(".")[0].upper() for name in names_by_variable.values()}
    found: dict[str, Given] = {}
    for key, value in environment.items():
        if key in names_by_variable:
            found[names_by_variable[key]] = Given(value=value, source=key)
        elif any(key.startswith(f"{_PREFIX}{section}_") for section in sections):
            problems.append(f"there is no variable {key}{_meant(key, names_by_variable)}")
    return found


def _converted(given: Given, type: Any) -> object:
    value = given.value
    if given.is_text and type == tuple[str, ...]:
        value = [part.strip() for part in str(value).split(",") if part.strip()]
    if given.is_text and type is bool:
        value = str(value).lower()  # msgspec takes "true" and "1"
    return msgspec.convert(value, type, strict=not given.is_text)


def _meant(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, [*known], n=1)
    return f"; did you mean {close[0]}?" if close else ""
