# SPDX-License-Identifier: Apache-2.0
"""What docs/guide/scenarios.md and the README show and say, held against the code.

A YAML block is one of four: a scenario by itself; one that is ``# wrong``, with its problems in the
block behind it; a file that others name, ``# parts/networks.yaml``; or a part of the scenario that
the chapter "The kinds" makes in all.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stackloom import errors, plug
from stackloom.cli import commands
from stackloom.cli.command import Group
from stackloom.cli.finding import find
from stackloom.cli.options import add_common_options
from stackloom.cli.plan_text import counts_line, plan_lines
from stackloom.cloud.mark import Address
from stackloom.errors import BadScenario, StackloomError, UsageError
from stackloom.operations import KINDS
from stackloom.scenario.document import read_document
from stackloom.scenario.entries import kinds_by_section
from stackloom.scenario.events import (
    Outcome,
    Result,
    StepAccepted,
    StepEnded,
    StepInDoubt,
    StepStarted,
    event_document,
)
from stackloom.scenario.language.expressions import BadExpression, Scope, interpolated
from stackloom.scenario.language.functions import FUNCTIONS
from stackloom.scenario.language.reading import Inputs
from stackloom.scenario.language.variables import (
    Given,
    Variable,
    declared,
    given_by_environment,
    values_of,
)
from stackloom.scenario.loader import Loaded, load_text
from stackloom.scenario.plan import Action, Step
from stackloom.scenario.planner import Observed, make_plan
from stackloom.scenario.schema import scenario_schema

_ROOT = Path(__file__).parents[2]
_FILE = _ROOT / "docs" / "guide" / "scenarios.md"
_PAGE = _FILE.read_text(encoding="utf-8")
_BLOCKS = [
    (language, text) for language, text in re.findall(r"```(\w+)\n(.*?)```", _PAGE, re.DOTALL)
]
_YAML: list[str] = [text for language, text in _BLOCKS if language == "yaml"]
_WRONG = [text for text in _YAML if text.startswith("# wrong\n")]
_WHOLE = [text for text in _YAML if text.startswith("scenario: ")]
_NAMED: dict[str, str] = {
    name: text for text in _YAML for name in re.findall(r"\A# (\S+\.yaml)\n", text)
}
_PARTS = [text for text in _YAML if text not in {*_WRONG, *_WHOLE, *_NAMED.values()}]
# What the page's scenarios read beside each other.
_TEXTS = {
    **_NAMED,
    "cloud-init.yaml": "#cloud-config\n",
    "motd.txt": "welcome\n",
    "~/.ssh/id_ed25519.pub": f"ssh-ed25519 {base64.b64encode(b'a key').decode()} me\n",
}
_VALUES = Given(source="a test", values={"password": "correct-horse"}, may_be_more=True)
_README = (_ROOT / "README.md").read_text(encoding="utf-8")


def _read_file(path: str) -> str:
    try:
        return _TEXTS[path]
    except KeyError:
        raise UsageError(f"there is no file {path}") from None


def _loaded(text: str, file: str = "lab.yaml") -> Loaded:
    return load_text(
        text, file, KINDS, Inputs(given=(_VALUES,), read_file=_read_file, folder="/lab")
    )


def _named(name: str) -> str:
    [text] = [text for text in _WHOLE if text.startswith(f"scenario: {name}\n")]
    return text


def _chapter(heading: str) -> str:
    """Return what stands below a heading, up to the next one of any level."""
    _, _, below = _PAGE.partition(f"# {heading}\n")
    return below.partition("\n##")[0]


def _tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a text, each as rows of cells, without their headings."""
    tables: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            # A code span may hold "|", and does so in none of the tables.
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [table[2:] for table in tables if table]


def _bare(cell: str) -> str:
    return cell.removeprefix("`").removesuffix("`")


def _names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


# --- blocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", _WHOLE, ids=lambda text: text.split()[1])
def test_a_scenario_of_the_page_loads(text: str) -> None:
    """With every file that it names."""
    assert _loaded(text).scenario.specs


def test_the_blocks_of_the_kinds_make_one_scenario() -> None:
    """Every section stands in one of them, and what they name is there."""
    sections: dict[str, dict[str, Any]] = {}
    for text in _PARTS:
        for section, entries in read_document(text, "part.yaml").values.items():
            known = sections.setdefault(section, {})
            assert not known.keys() & entries.keys(), f"{section} twice: {list(entries)}"
            known |= entries
    assert sections.keys() == kinds_by_section(KINDS).keys()
    written = sum(len(entries) for entries in sections.values())
    specs = _loaded(json.dumps({"scenario": "page", **sections})).scenario.specs
    assert len(specs) > written


def test_a_block_is_one_of_four() -> None:
    """Parts stand in the chapter of the kinds only, and each file is named by some other block."""
    kinds = _PAGE[_PAGE.index("\n## The kinds\n") : _PAGE.index("\n## The commands\n")]
    assert [text for text in _PARTS if text not in kinds] == []
    rest = [*_WHOLE, *(text for language, text in _BLOCKS if language == "sh")]
    assert [name for name in _NAMED if not any(name in text for text in rest)] == []
    assert {language for language, _ in _BLOCKS} == {"yaml", "sh", "plan", "problems"}


def test_what_is_wrong_is_told_as_the_page_says() -> None:
    """Word for word."""
    [wrong] = _WRONG
    [told] = [text for language, text in _BLOCKS if language == "problems"]
    with pytest.raises(BadScenario) as caught:
        _loaded(wrong)
    assert f"{caught.value}\n" == told


def test_the_plan_of_the_first_scenario_is_the_one_shown() -> None:
    """From a cloud that has nothing of it."""
    [shown] = [text for language, text in _BLOCKS if language == "plan"]
    plan = make_plan(KINDS, _loaded(_named("lab")).scenario, Observed())
    lines = [*plan_lines(plan), f'scenario "lab": {counts_line(plan)}']
    assert "".join(f"{line}\n" for line in lines) == shown


def test_command_lines_are_understood() -> None:
    """With the arguments and options that they are shown with."""
    lines = _command_lines(_PAGE)
    assert len(lines) > 10
    for line in lines:
        assert line.pop(0) == "stackloom"
        _parse(line)


def test_command_lines_of_the_readme_are_understood() -> None:
    """Those of stackloom; it calls them as they are in a checkout."""
    lines = [line for line in _command_lines(_README) if line[0] == "scripts/stackloom"]
    assert len(lines) > 5
    for _, *words in lines:
        _parse(words)


def test_the_readme_shows_an_example_as_it_is() -> None:
    """Without the comment at its top."""
    [shown] = re.findall(r"```yaml\n(.*?)```", _README, re.DOTALL)
    example = (_ROOT / "examples" / "two-networks.yaml").read_text(encoding="utf-8")
    assert example.partition("\n")[2] == shown


def test_every_example_is_listed_with_its_own_words() -> None:
    """Those of the comment at its top."""
    folder = _ROOT / "examples"
    [rows] = _tables((folder / "README.md").read_text(encoding="utf-8"))
    told = {file.partition("]")[0].removeprefix("["): words for file, words in rows}
    known = {
        path.name: " ".join(
            line.removeprefix("# ")
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.startswith("# ")
        ).removesuffix(".")
        for path in folder.glob("*.yaml")
    }
    assert told == known


def _command_lines(page: str) -> list[list[str]]:
    """Return the lines of all shell blocks as words, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    return [shlex.split(line, comments=True) for text in blocks for line in text.splitlines()]


def _parse(words: list[str]) -> None:
    """Read a command line as the command does; ends the test where it does not fit."""
    own = words[: words.index(">")] if ">" in words else words
    found = find(own)
    assert found.command is not None, own
    parser = argparse.ArgumentParser()
    found.command.arguments(parser)
    add_common_options(parser)
    parser.parse_args(own[found.words :])


# --- the language ---------------------------------------------------------------------------------


def _scope() -> Scope:
    entries = read_document(_named("shop"), "shop.yaml").values["variables"]
    variables = {name: declared(entry) for name, entry in entries.items()}
    values = values_of(variables, [_VALUES]).values
    return Scope(
        values={"var": values, "scenario": {"name": "shop"}},
        kinds=KINDS,
        functions={**FUNCTIONS, "file": _read_file},
    )


def test_expressions_give_what_the_page_says() -> None:
    """Each row of the two tables."""
    expressions, functions, _ = _tables(_chapter("Expressions"))
    rows = [*expressions, *functions]
    assert len(rows) > 30
    scope = _scope()
    given = [(row[0], interpolated(f"${{{_bare(row[0])}}}", scope)) for row in rows]
    assert given == [(row[0], json.loads(_bare(row[1]))) for row in rows]


def test_every_function_has_its_row() -> None:
    """In the order of the alphabet."""
    _, functions, _ = _tables(_chapter("Expressions"))
    assert [_bare(row[0]).partition("(")[0] for row in functions] == sorted([*FUNCTIONS, "file"])


def test_what_cannot_be_said_is_refused_as_the_page_says() -> None:
    """Each row of the third table."""
    _, _, refused = _tables(_chapter("Expressions"))
    assert len(refused) > 3
    for expression, message in refused:
        with pytest.raises(BadExpression) as caught:
            interpolated(f"${{{_bare(expression)}}}", _scope())
        assert str(caught.value) == message


def test_variables_have_the_fields_of_the_page() -> None:
    """And the types."""
    [table] = _tables(_chapter("Variables"))
    assert [name for row in table for name in _names(row[0])] == list(Variable.__struct_fields__)
    types = [name for name in _names(table[0][1]) if name != "default"]
    for name in types:
        assert declared({"type": name}).type == name
    schema = msgspec.json.schema(Variable)["$defs"]["Variable"]
    assert sorted({*types}) == sorted(schema["properties"]["type"]["enum"])


def test_the_last_value_of_a_variable_counts() -> None:
    """Default, environment, file and option, in this order."""
    variables = {"stage": declared({"default": "test"}), "web_servers": declared(3)}
    environment = given_by_environment({"STACKLOOM_VAR_WEB_SERVERS": "5"})
    values = read_document(_NAMED["production.yaml"], "production.yaml").values
    file = Given(source="production.yaml", values={"stage": values["stage"], "web_servers": 6})
    option = Given(source="--var", values={"web_servers": "7"}, are_texts=True)
    settled = [values_of(variables, given).values["web_servers"] for given in (
        [], [environment], [environment, file], [environment, file, option],
    )]  # fmt: skip
    assert settled == [3, 5, 6, 7]


def test_secrets_of_the_page_do_not_show() -> None:
    """Neither in what is hidden by the scenario, nor in what a saved plan keeps."""
    loaded = _loaded(_named("shop"))
    assert loaded.scenario.hide("echo correct-horse") == "echo ***"
    assert "password" not in loaded.variables


def test_repeated_entries_are_called_as_the_page_says() -> None:
    """By key, or by number."""
    text = _named("classroom")
    told = {
        Address("server" if names.startswith(("desk", "spare")) else "network", name)
        for names in re.findall(r"# ((?:lan|desk|spare)-.*)$", text, re.MULTILINE)
        for name in names.split(", ")
    }
    specs = _loaded(text).scenario.specs
    assert told == {address for address in specs if address.kind in {"network", "server"}}


# --- lists of what there is -----------------------------------------------------------------------


def test_keys_at_the_top_are_those_of_the_page() -> None:
    """Beside the sections."""
    [table] = _tables(_chapter("The file"))
    keys = [name for row in table for name in _names(row[0])]
    known = scenario_schema(KINDS)["properties"].keys() - kinds_by_section(KINDS).keys()
    assert sorted(keys) == sorted(known)


def test_every_section_has_its_row() -> None:
    """With its address, what can be asked of it, and whether it takes a mark later."""
    [table] = _tables(_chapter("The kinds"))
    told = {
        _names(section)[0]: (_bare(address), _names(attributes), marked)
        for section, address, attributes, marked in table
    }
    known = {
        section: (
            f"{kind.name}.NAME",
            sorted(kind.declaration.attributes),
            "yes" if kind.declaration.adopt else "",
        )
        for section, kind in kinds_by_section(KINDS).items()
        if kind.declaration
    }
    assert told == known


def test_what_is_implied_is_named() -> None:
    """Every kind that plans show and files do not have."""
    kinds = [kind for kind in KINDS.values() if kind.declaration and not kind.declaration.section]
    told = re.findall(r"`([a-z_]+)\.[A-Z.]+`", _chapter("The kinds").rpartition("|\n")[2])
    assert sorted(told) == sorted(kind.name for kind in kinds)


def test_every_command_has_its_row() -> None:
    """Those that are about scenarios."""
    groups = plug.read(commands, "GROUP", Group)
    about = {
        name
        for name, group in groups.items()
        for command in group.commands
        if "scenario" in f"{group.help} {command.help}".lower()
    }
    table, _ = _tables(_chapter("The commands"))
    assert [_bare(row[0]) for row in table if _bare(row[0]) not in about] == []
    assert about == {_bare(row[0]) for row in table}


def test_options_in_the_commands_are_theirs() -> None:
    """Every ``-x`` and ``--word`` of a row is one of its command."""
    groups = plug.read(commands, "GROUP", Group)
    for name, words in _tables(_chapter("The commands"))[0]:
        parser = argparse.ArgumentParser()
        groups[_bare(name)].by_name[""].arguments(parser)
        known = {option for action in parser._actions for option in action.option_strings}
        told = re.findall(r"(?<=[` ])--?[a-z-]+", " ".join(_names(words)))
        assert [f"{name} {option}" for option in told if option not in known] == []


def test_events_have_the_keys_of_the_page() -> None:
    """Those of the engine; the first and the last are the command line's."""
    address = Address("server", "web")
    step = Step(address=address, action=Action.CREATE)
    whole = Outcome(
        step=step,
        result=Result.FAILED,
        id="1",
        error=errors.NotFound("gone"),
        blamed=Address("network", "lan"),
    )
    events = (
        StepStarted(step=step),
        StepInDoubt(address=address, action=Action.CREATE, reason="lost"),
        StepAccepted(address=address, id="1"),
        StepEnded(outcome=whole),
    )
    documents = [event_document(event) for event in events]
    known = {document.pop("event"): sorted(document) for document in documents}
    _, table = _tables(_chapter("The commands"))
    results = [each.value for each in Result]
    told = {_bare(event): sorted(set(_names(keys)) - set(results)) for event, keys in table[1:-1]}
    assert told == known
    assert [_bare(table[0][0]), _bare(table[-1][0])] == ["planned", "outputs"]
    assert set(results) <= set(_names(table[4][1]))


def test_exit_codes_are_those_of_the_errors() -> None:
    """And 0."""
    [table] = _tables(_chapter("Exit codes"))
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    codes = {each.exit_code for each in kinds if issubclass(each, StackloomError)}
    assert {int(row[0]) for row in table} == {0, *codes}


# --- ways through the page ------------------------------------------------------------------------


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def test_links_lead_somewhere() -> None:
    """To a heading of the page, or to a file."""
    anchors = {_anchor(heading) for heading in re.findall(r"^##+ (.*)$", _PAGE, re.MULTILINE)}
    links = re.findall(r"\]\(([^)]+)\)", _PAGE)
    assert len(links) > 30
    here = {link[1:] for link in links if link.startswith("#")}
    assert here <= anchors
    files = [_FILE.parent / link for link in links if not link.startswith("#")]
    files += [_ROOT / link for link in re.findall(r"\]\(([^)#:]+)\)", _README)]
    assert [path for path in files if not path.exists()] == []


def test_every_chapter_is_in_the_contents() -> None:
    """At the top of the page."""
    contents = re.findall(r"\]\(#([^)]+)\)", _PAGE.partition("\n## ")[0])
    chapters = re.findall(r"^## (.*)$", _PAGE, re.MULTILINE)
    assert contents == [_anchor(chapter) for chapter in chapters]
