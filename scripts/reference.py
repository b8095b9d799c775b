# SPDX-License-Identifier: Apache-2.0
"""Write the files that are generated from the code; ``tests/test_docs.py`` holds them up to date.

Everything is read from the plug folders, so a new kind, command or method needs no edit here.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from scripts import pictures, scenario_fields

from stackloom import errors, plug
from stackloom.auth import methods
from stackloom.cli import commands
from stackloom.cli.command import Command, Group
from stackloom.cli.options import add_common_options
from stackloom.cloud.kind import Kind
from stackloom.resources import kinds_by_module

ROOT = Path(__file__).parents[1]
_GENERATED = "<!-- Written by scripts/docs; edit the code instead. -->"
_VOWELS = "aeiou"


def kinds_module() -> str:
    """Return the source of ``kinds.py``: the attributes of the library's front."""
    kinds = {
        module: kind
        for module, kind in sorted(kinds_by_module().items(), key=lambda each: each[1].name)
        if kind.has_own_list
    }
    names = _struct_names(kinds)
    lines = [
        "# SPDX-License-Identifier: Apache-2.0",
        '"""Every kind as an attribute of a cloud, and their structs; by ``scripts/docs``.',
        "",
        "A kind's module is imported when its attribute is first used.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "import importlib",
        "from functools import cached_property",
        "from typing import TYPE_CHECKING",
        "",
        "from stackloom.cloud.cloud import Cloud",
        "from stackloom.cloud.collection import (",
        "    AnyCollection,",
        "    AnySyncCollection,",
        "    Collection,",
        "    SyncCollection,",
        ")",
        "",
        "if TYPE_CHECKING:",
        "    from stackloom.cloud.kind import Body",
    ]
    for module in sorted({*names.values()}):
        here = ", ".join(sorted(name for name, place in names.items() if place == module))
        lines.append(f"    from {module} import {here}")
    lines += [
        "else:  # a __getattr__ in sight of type checkers would hide mistyped names",
        "",
        "    def __getattr__(name: str) -> object:",
        "        if name not in _MODULE_BY_NAME:",
        '            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")',
        "        return getattr(importlib.import_module(_MODULE_BY_NAME[name]), name)",
        "",
    ]
    lines += ["", "_MODULE_BY_NAME = {"]
    lines += [f'    "{name}": "{module}",' for name, module in sorted(names.items())]
    lines += ["}", "__all__ = ["]
    lines += [f'    "{name}",' for name in sorted({*names, "Kinds", "SyncKinds"})]
    lines += ["]", "", ""]
    lines += _front("Kinds", "Collection", "One attribute a kind.", kinds)
    lines += ["", ""]
    lines += _front("SyncKinds", "SyncCollection", "The same without an event loop.", kinds)
    return "\n".join(lines) + "\n"


def _front(
    name: str, collection: str, summary: str, kinds: Mapping[str, Kind[Any]]
) -> Iterator[str]:
    yield f"class {name}:"
    yield f'    """{summary}"""'
    yield ""
    yield "    def __init__(self, cloud: Cloud) -> None:"
    yield "        self._cloud = cloud"
    yield ""
    yield f"    def _all(self, module: str) -> Any{collection}:"
    yield '        kind = importlib.import_module(f"stackloom.resources.{module}").KIND'
    yield f"        return {collection}(self._cloud, kind)"
    for module, kind in kinds.items():
        bodies = [each.__name__ if each else "Body" for each in (kind.new, kind.change)]
        types = ", ".join([kind.state.__name__, *bodies])
        yield ""
        yield "    @cached_property"
        yield f"    def {many(kind.name)}(self) -> {collection}[{types}]:"
        yield f'        """All {many(kind.name).replace("_", " ")}."""'
        yield f'        return self._all("{module}")'


def _struct_names(kinds: Mapping[str, Kind[Any]]) -> dict[str, str]:
    """Return the modules of all structs: ``{"NewNetwork": "….network.network"}``."""
    names: dict[str, str] = {}
    for kind in kinds.values():
        for struct in (kind.state, kind.new, kind.change):
            if struct is not None:
                place = names.setdefault(struct.__name__, struct.__module__)
                assert place == struct.__module__, f"two structs are called {struct.__name__}"
    return names


def many(name: str) -> str:
    """Return the plural of a kind's name."""
    if name.endswith("s"):
        return name if not name.endswith("ss") else f"{name}es"
    if name.endswith("y") and name[-2] not in _VOWELS:
        return f"{name[:-1]}ies"
    return f"{name}s"


# --- docs/reference -------------------------------------------------------------------------------


def kinds_page() -> str:
    """Return the page of all kinds: where they are, and what can be said of each."""
    lines = [
        "# Kinds of resources",
        "",
        _GENERATED,
        "",
        "Each is an attribute of a cloud in the library; scenarios declare those with a section.",
        "",
        "| Kind | Attribute | Service | Path | Bulk | Section of a scenario |",
        "|---|---|---|---|---|---|",
    ]
    kinds = sorted(kinds_by_module().values(), key=lambda kind: kind.name)
    for kind in kinds:
        attribute = f"`{many(kind.name)}`" if kind.has_own_list else ""
        declared = kind.declaration
        section = f"`{declared.section}`" if declared and declared.section else ""
        cells = (kind.name, attribute, kind.service, f"`{kind.path}`", _yes(kind.bulk), section)
        lines.append(_row(cells))
    for kind in kinds:
        lines += ["", f"## {kind.name}", "", _first_line(kind.state.__doc__)]
        structs = (("State", kind.state), ("New", kind.new), ("Change", kind.change))
        for title, struct in structs:
            if struct is not None:
                fields = msgspec.structs.fields(struct)
                names = ", ".join(
                    f"`{each.name}`"
                    + (f" (`{each.encode_name}`)" if each.name != each.encode_name else "")
                    for each in fields
                )
                lines += ["", f"{title}, `{struct.__name__}`: {names}"]
    return "\n".join(lines) + "\n"


def scenario_fields_page() -> str:
    """Return the page of what a scenario may say of each kind."""
    lines = [
        "# Fields of a scenario",
        "",
        _GENERATED,
        "",
        "What may be said in each section; [scenarios](../guide/scenarios.md) shows how.",
        *scenario_fields.lines_of(kinds_by_module().values()),
    ]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return the page of all commands with their options."""
    lines = [
        "# Commands",
        "",
        _GENERATED,
        "",
        "Options that every command takes are at the end.",
    ]
    groups = plug.read(commands, "GROUP", Group)
    for module, group in groups.items():
        noun = module.replace("_", " ")
        lines += ["", f"## {noun}", "", f"{group.help}."]
        for command in group.commands:
            lines += ["", f"### {noun} {command.name}".rstrip(), "", f"{command.help}."]
            lines += _options(_parser(command))
    common = argparse.ArgumentParser(add_help=False)
    add_common_options(common)
    lines += ["", "## Options of every command", *_options(common)]
    return "\n".join(lines) + "\n"


def _parser(command: Command) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, prog="stackloom")
    command.arguments(parser)
    return parser


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    actions = [each for each in parser._actions if each.help != argparse.SUPPRESS]
    if actions:
        yield ""
        yield "| Argument | Meaning |"
        yield "|---|---|"
    for action in actions:
        yield _row((f"`{_as_typed(action)}`", _help(action)))


def _as_typed(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else "")
    if isinstance(value, tuple):
        value = " ".join(value)
    if not action.option_strings:
        return f"{(value or action.dest).upper()}{' ...' if action.nargs in ('+', '*') else ''}"
    takes_value = action.nargs != 0
    shown = f" {value or action.dest.removeprefix('field_').upper()}" if takes_value else ""
    return f"{', '.join(action.option_strings)}{shown}"


def _help(action: argparse.Action) -> str:
    text = action.help or ""
    return text % {"default": action.default} if "%(" in text else text


def errors_page() -> str:
    """Return the page of all errors: what a program catches and a script sees."""
    lines = [
        "# Errors",
        "",
        _GENERATED,
        "",
        "Raise the leaf, catch the branch: all are in `stackloom.errors`.",
        "",
        "| Error | Is a | Exit code | HTTP status | Slug | Meaning |",
        "|---|---|---|---|---|---|",
    ]
    for error in _all_errors(errors.StackloomError):
        parent = error.__bases__[0].__name__
        meaning = _first_line(error.__doc__)
        cells = (
            f"`{error.__name__}`",
            f"`{parent}`",
            str(error.exit_code),
            str(error.http_status),
            f"`{error.slug}`",
            meaning,
        )
        lines.append(_row(cells))
    return "\n".join(lines) + "\n"


def _all_errors(error: type[errors.StackloomError]) -> Iterator[type[errors.StackloomError]]:
    yield error
    for below in error.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _all_errors(below)


def methods_page() -> str:
    """Return the page of all ways to log in."""
    lines = [
        "# Ways to log in",
        "",
        _GENERATED,
        "",
        "`auth_type` in `clouds.yaml`, `OS_AUTH_TYPE` or `--os-auth-type` names one; without it,",
        "what was given decides.",
        "",
        "| Method | `auth_type` | Meaning |",
        "|---|---|---|",
    ]
    for module in plug.module_names(methods):
        loaded = __import__(f"{methods.__name__}.{module}", fromlist=["METHOD"])
        method = loaded.METHOD
        types = sorted(str(each) for each in getattr(method, "auth_types", ()))
        named = ", ".join(f"`{each}`" for each in types)
        lines.append(_row((f"`{method.name}`", named, _first_line(loaded.__doc__))))
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _first_line(text: str | None) -> str:
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def _yes(value: bool) -> str:
    return "yes" if value else ""


PAGES: Mapping[str, Callable[[], str]] = {
    "src/stackloom/kinds.py": kinds_module,
    "docs/reference/kinds.md": kinds_page,
    "docs/reference/scenario-fields.md": scenario_fields_page,
    "docs/reference/commands.md": commands_page,
    "docs/reference/auth-methods.md": methods_page,
    "docs/reference/errors.md": errors_page,
    **pictures.pages(),
}
"""Every generated file, and what it should hold."""


def fresh(path: str) -> str:
    """Return what the file should hold; Python is formatted as the rest of the source."""
    text = PAGES[path]()
    return _formatted(text, path) if path.endswith(".py") else text


def _formatted(text: str, path: str) -> str:
    for arguments in (["check", "--fix", "--select", "I", "--quiet"], ["format", "--quiet"]):
        command = ["ruff", *arguments, "--stdin-filename", path, "-"]
        ran = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        text = ran.stdout
    return text


def main() -> None:
    """Write what is not as it should be."""
    for path in PAGES:
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = fresh(path)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"written: {path}")


if __name__ == "__main__":
    main()
