# SPDX-License-Identifier: Apache-2.0
"""Tables, JSON, YAML, CSV and values, byte for byte."""

from __future__ import annotations

import io
from argparse import Namespace

import pytest

from stackloom.cli.command import Invocation
from stackloom.cli.output import format_table, write_list, write_one
from stackloom.errors import UsageError

TITLES = ("ID", "Name", "Subnets", "Shared", "MTU")
ROWS: tuple[tuple[object, ...], ...] = (
    ("n-2", "grün", ["s-1", "s-2"], False, 1500),
    ("n-1", 'a "quoted", name', [], True, None),
)


def _invocation(**options: object) -> Invocation:
    given = {"format": "table", "column": [], "sort_column": "", "quiet": False, **options}
    return Invocation(options=Namespace(**given), stdout=io.StringIO(), stderr=io.StringIO())


def _list(**options: object) -> str:
    invocation = _invocation(**options)
    write_list(invocation, TITLES, ROWS)
    assert isinstance(invocation.stdout, io.StringIO)
    return "\n" + invocation.stdout.getvalue()


def _one(**options: object) -> str:
    invocation = _invocation(**options)
    write_one(invocation, dict(zip(TITLES, ROWS[0], strict=True)))
    assert isinstance(invocation.stdout, io.StringIO)
    return "\n" + invocation.stdout.getvalue()


def test_a_list_is_the_table_of_the_openstack_client() -> None:
    """Lists inside are joined, nothing is "None"."""
    assert (
        _list()
        == """
+-----+------------------+----------+--------+------+
| ID  | Name             | Subnets  | Shared | MTU  |
+-----+------------------+----------+--------+------+
| n-2 | grün             | s-1, s-2 | False  | 1500 |
| n-1 | a "quoted", name |          | True   | None |
+-----+------------------+----------+--------+------+
"""
    )


def test_a_list_as_json_has_the_titles_as_keys_and_real_values() -> None:
    """Scripts depend on both."""
    assert (
        _list(format="json")
        == """
[
  {
    "ID": "n-2",
    "Name": "grün",
    "Subnets": [
      "s-1",
      "s-2"
    ],
    "Shared": false,
    "MTU": 1500
  },
  {
    "ID": "n-1",
    "Name": "a \\"quoted\\", name",
    "Subnets": [],
    "Shared": true,
    "MTU": null
  }
]
"""
    )


def test_a_list_as_yaml() -> None:
    """Keys in the order of the columns."""
    assert (
        _list(format="yaml")
        == """
- ID: n-2
  Name: grün
  Subnets:
  - s-1
  - s-2
  Shared: false
  MTU: 1500
- ID: n-1
  Name: a "quoted", name
  Subnets: []
  Shared: true
  MTU: null
"""
    )


def test_a_list_as_csv_quotes_every_text() -> None:
    """As the openstack client does."""
    assert (
        _list(format="csv")
        == """
"ID","Name","Subnets","Shared","MTU"
"n-2","grün","s-1, s-2",False,1500
"n-1","a ""quoted"", name","",True,"None"
"""
    )


def test_a_list_as_values_is_one_line_each() -> None:
    """Without titles, for shells."""
    assert (
        _list(format="value", column=["id", "Name"])
        == """
n-2 grün
n-1 a "quoted", name
"""
    )


@pytest.mark.parametrize(
    ("format", "shown"),
    [
        ("table", "+----+\n| ID |\n+----+\n"),
        ("json", "[]\n"),
        ("yaml", "[]\n"),
        ("csv", '"ID"\n'),
        ("value", ""),
    ],
)
def test_an_empty_list_is_one_all_the_same(format: str, shown: str) -> None:
    """What reads it need not know that there was nothing."""
    invocation = _invocation(format=format)
    write_list(invocation, ["ID"], [])
    assert isinstance(invocation.stdout, io.StringIO)
    assert invocation.stdout.getvalue() == shown


def test_columns_are_chosen_in_the_order_given_and_by_any_spelling() -> None:
    """Upper and lower case and underscores do not matter."""
    assert (
        _list(column=["shared", "ID"])
        == """
+--------+-----+
| Shared | ID  |
+--------+-----+
| False  | n-2 |
| True   | n-1 |
+--------+-----+
"""
    )


def test_rows_are_sorted_by_a_column_that_need_not_be_shown() -> None:
    """What has no value comes last."""
    assert _list(format="value", column=["id"], sort_column="id") == "\nn-1\nn-2\n"
    assert _list(format="value", column=["id"], sort_column="MTU") == "\nn-2\nn-1\n"


def test_numbers_are_sorted_by_size() -> None:
    """9 comes before 10."""
    invocation = _invocation(format="value", sort_column="RAM")
    write_list(invocation, ["RAM"], [(10,), (None,), (9,), (1.5,), ("much",)])
    assert isinstance(invocation.stdout, io.StringIO)
    assert invocation.stdout.getvalue() == "1.5\n9\n10\nmuch\nNone\n"


@pytest.mark.parametrize("option", ["column", "sort_column"])
def test_an_unknown_column_is_told_with_those_there_are(option: str) -> None:
    """Nothing is written before."""
    with pytest.raises(UsageError) as caught:
        _list(**{option: ["colour"] if option == "column" else "colour"})
    assert str(caught.value) == "no such column: colour"
    assert caught.value.hint == "there are: ID, Name, Subnets, Shared, MTU"


def test_one_thing_is_a_table_of_fields() -> None:
    """A field a row."""
    assert (
        _one()
        == """
+---------+----------+
| Field   | Value    |
+---------+----------+
| ID      | n-2      |
| Name    | grün     |
| Subnets | s-1, s-2 |
| Shared  | False    |
| MTU     | 1500     |
+---------+----------+
"""
    )


def test_one_thing_as_json_yaml_shell_and_values() -> None:
    """Each with the columns asked for."""
    columns = ["Name", "Shared"]
    told = {form: _one(format=form, column=columns) for form in ("json", "yaml", "shell", "value")}
    assert told == {
        "json": '\n{\n  "Name": "grün",\n  "Shared": false\n}\n',
        "yaml": "\nName: grün\nShared: false\n",
        "shell": '\nname="grün"\nshared="False"\n',
        "value": "\ngrün\nFalse\n",
    }


def test_what_a_shell_would_read_is_escaped() -> None:
    """A name with a command in it stays a name under eval."""
    invocation = _invocation(format="shell")
    write_one(invocation, {"Server Name": 'a"b$(rm)\\c`id`'})
    assert isinstance(invocation.stdout, io.StringIO)
    assert invocation.stdout.getvalue() == 'server_name="a\\"b\\$(rm)\\\\c\\`id\\`"\n'


def test_a_table_without_rows_has_its_titles() -> None:
    """So that one sees what was asked."""
    assert format_table(["A", "Long"], []) == "+---+------+\n| A | Long |\n+---+------+"


def test_wide_letters_and_several_lines_keep_the_table_straight() -> None:
    """East Asian letters take two columns; a cell of two lines makes a row of two."""
    table = format_table(["Name", "Note"], [["网络", "one\ntwo"], ["net", {"a": [1, 2]}]])
    assert (
        "\n" + table + "\n"
        == """
+------+--------+
| Name | Note   |
+------+--------+
| 网络 | one    |
|      | two    |
| net  | a=1, 2 |
+------+--------+
"""
    )


def test_a_list_of_objects_has_a_line_for_each() -> None:
    """Without what they lack; a security group's rules would be a thousand letters wide."""
    rules = [{"id": "r-1", "name": "", "protocol": None}, {"id": "r-2", "protocol": "tcp"}]
    assert format_table(["Field", "Value"], [["rules", rules]]) == (
        "+-------+----------------------+\n"
        "| Field | Value                |\n"
        "+-------+----------------------+\n"
        "| rules | id=r-1               |\n"
        "|       | id=r-2; protocol=tcp |\n"
        "+-------+----------------------+"
    )
