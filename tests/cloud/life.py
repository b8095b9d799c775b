# SPDX-License-Identifier: Apache-2.0
"""The life of a kind of resource, as data, and how it is lived through both faces of stackloom.

What is shown on the way has to be what openstacksdk reports for the same object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from openstack.resource import Resource
from tests.cloud.command_line import done, stackloom

from stackloom.cli.kind_at_hand import load_kind
from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Kind, State
from stackloom.errors import NotFound
from stackloom.local.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What objects need before they can be made.

    Attributes:
        ids: by the words that lives have for them in braces: ``{network}``.
    """

    ids: Mapping[str, str]

    def filled(self, value: Any) -> Any:
        """Return *value* with ids in place of the words in braces, however deep they stand."""
        if isinstance(value, str):
            return value.format_map(self.ids)
        if isinstance(value, Mapping):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The life of one kind.

    Attributes:
        noun: its words on the command line.
        new, change: bodies for the library.
        create, set, unset: words for the command line, behind ``create``, and behind the name.
        told: what ``show`` says after ``set``, as far as ``set`` brought it about.
        theirs: how openstacksdk gets one: its proxy, ids of the ground, the id.
        parent: the word for the id that the library needs for kinds below others.
        id_title: the column of lists that has its id.
        lists: words for ``list`` without which it does not list it.
        row: the titles of its list's columns are those of the kind.
        secrets: fields that only the answer to its creation has.
    """

    module: str
    noun: str
    new: Mapping[str, Any]
    change: Mapping[str, Any]
    create: str
    set: str
    told: Mapping[str, Any]
    theirs: Callable[[Any, Mapping[str, str], str], Resource]
    user: str = "demo"
    parent: str = ""
    command_parent: str = ""
    unset: str = ""
    unset_told: Mapping[str, Any] = field(default_factory=dict)
    id_title: str = "ID"
    lists: str = ""
    row: bool = True
    secrets: tuple[str, ...] = ()

    def kind(self, ground: Ground) -> Kind[Any]:
        """Return the kind, below its parent where it has one."""
        kind = load_kind(self.module)
        return kind.under(ground.ids[self.parent]) if self.parent else kind


async def live_in_library(cloud: Cloud, life: Life, ground: Ground) -> None:
    """Make, list, find, change and delete one; what was deleted is not there."""
    kind = life.kind(ground)
    change = ground.filled(life.change)
    assert kind.new is not None
    assert bool(change) is (kind.change is not None), "what can be changed is changed"
    made = await verbs.create(cloud, kind, msgspec.convert(ground.filled(life.new), kind.new))
    try:
        assert made.id in {state.id async for state in verbs.list_states(cloud, kind)}
        named = made.name if kind.has_name and made.name else made.id
        found: State = await verbs.find(cloud, kind, named)
        assert found.id == (await verbs.get(cloud, kind, made.id)).id == made.id
        if kind.change is not None:
            changed = await verbs.update(cloud, kind, made.id, msgspec.convert(change, kind.change))
            told = json.loads(msgspec.json.encode(changed))
            assert {name: told[name] for name in change} == change
    finally:
        await verbs.delete(cloud, kind, made.id)
    with pytest.raises(NotFound):
        await verbs.get(cloud, kind, made.id)


def live_in_commands(access: Access, life: Life, ground: Ground, proxy: object) -> None:
    """Make, list, show, set, unset and delete one, by name where it has one.

    Args:
        proxy: what openstacksdk has for the service.
    """
    noun = life.noun.split()
    parent = [ground.filled(life.command_parent)] if life.command_parent else []

    def run(verb: str, *words: str) -> str:
        return done(access, *noun, verb, *parent, *words, user=life.user)

    def shown(id: str) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(run("show", id, "-f", "json"))
        return fields

    made = json.loads(run("create", *ground.filled(life.create).split(), "-f", "json"))
    id = made["id"]
    try:
        listed = json.loads(run("list", *life.lists.split(), "-f", "json"))
        assert id in {each[life.id_title] for each in listed}
        if life.set:
            run("set", made.get("name") or id, *ground.filled(life.set).split())
        _tells(shown(id), ground.filled(life.told))
        _agrees(shown(id), life.theirs(proxy, ground.ids, id))
        if life.row:
            _row_is_the_state(run, life, ground, shown(id))
        assert not set(life.secrets) & set(shown(id))
        assert set(life.secrets) <= set(made)
        if life.unset:
            run("unset", id, *ground.filled(life.unset).split())
            _tells(shown(id), ground.filled(life.unset_told))
    finally:
        run("delete", id)
    gone = stackloom(access, *noun, "show", *parent, id, user=life.user)
    assert gone.returncode == 2
    assert " list" in gone.stderr


def _tells(shown: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Compare what was asked for; the order of lists is the service's own affair."""

    def sorted_lists(value: Any) -> Any:
        return sorted(value, key=json.dumps) if isinstance(value, list) else value

    assert {name: sorted_lists(shown[name]) for name in wanted} == {
        name: sorted_lists(value) for name, value in wanted.items()
    }


def _agrees(ours: Mapping[str, Any], theirs: Resource) -> None:
    """Compare all fields that openstacksdk knows under the API's names; nothing is nothing."""
    attribute_by_name = {
        name: key for key, name in type(theirs)._body_mapping().items() if hasattr(theirs, key)
    }
    attribute_by_name["id"] = "id"
    attribute_by_name.setdefault("project_id", "project_id")
    common = [name for name in ours if name in attribute_by_name]
    assert len(common) >= 3

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: each for key, each in value.items() if each is not None}
        return None if value in ("", [], {}, ()) else value

    reported = {name: plain(getattr(theirs, attribute_by_name[name], None)) for name in common}
    told = {name: plain(ours[name]) for name in common}
    for name in ("rules", "security_group_rules", "roles"):
        # Theirs have every field there is, ours those that one has: their ids will do.
        for side in (reported, told):
            if side.get(name):
                side[name] = sorted(each["id"] for each in side[name])
    for side in (reported, told):
        side["id"] = str(side["id"])  # Nova has numbers for aggregates
    assert told == reported


def _row_is_the_state(
    run: Callable[..., str], life: Life, ground: Ground, shown: Mapping[str, Any]
) -> None:
    """Compare a row of the long list with the columns of the state that was shown."""
    kind = life.kind(ground)
    long = ("--long",) if kind.long_columns and life.noun != "network qos rule" else ()
    columns = (*kind.columns, *kind.long_columns) if long else kind.columns
    rows = json.loads(run("list", *long, *life.lists.split(), "-f", "json"))
    (row,) = [each for each in rows if each[life.id_title] == shown["id"]]
    state = msgspec.convert(shown, kind.state)
    expected = json.loads(
        msgspec.json.encode({column.title: column.value(state) for column in columns})
    )
    assert {title: row[title] for title in expected} == expected
