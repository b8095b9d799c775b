# SPDX-License-Identifier: Apache-2.0
"""Lists and single things as table, JSON, YAML, CSV or bare values.

The table is the one that the ``openstack`` client prints, and the keys of JSON are the column
titles, because people's scripts depend on both.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from stackloom.cli.command import Invocation
from stackloom.errors import UsageError

LIST_FORMATS = ("table", "json", "yaml", "csv", "value")
SHOW_FORMATS = ("table", "json", "yaml", "shell", "value")


def add_output_options(parser: ArgumentParser, formats: Sequence[str]) -> None:
    """Add ``-f`` and ``-c``, and for lists ``--sort-column``."""
    group = parser.add_argument_group("output")
    group.add_argument("-f", "--format", choices=formats, default="table")
    group.add_argument(
        "-c",
        "--column",
        action="append",
        default=[],
        metavar="COLUMN",
        help="only these; repeatable",
    )
    if formats is LIST_FORMATS:
        group.add_argument("--sort-column", default="", metavar="COLUMN", help="sort by this one")


class ListWriter:
    """Writes many things, one a row, as they come.

    Only a table, whose widths depend on every row, and what is to be sorted wait for the last one;
    every other format needs no more memory for more rows.
    """

    def __init__(self, invocation: Invocation, titles: Sequence[str]) -> None:
        options = invocation.options
        self._stdout = invocation.stdout
        self._chosen = _chosen(titles, options.column)
        self._sort = _chosen(titles, [options.sort_column])[0] if options.sort_column else None
        self._waiting: list[Sequence[object]] = []
        self._rows = _ROWS[options.format](
            self._stdout.write, [titles[index] for index in self._chosen]
        )

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Take some rows, with all columns; they are on their way out when this returns."""
        if self._sort is None:
            self._write(rows)
            self._stdout.flush()
        else:
            self._waiting += rows

    def finish(self) -> None:
        """Write what could not be written before."""
        if self._sort is not None:
            index = self._sort
            self._write(sorted(self._waiting, key=lambda row: _rank(row[index])))
        self._rows.finish()
        self._stdout.flush()

    def _write(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            self._rows.add([row[index] for index in self._chosen])


def write_list(
    invocation: Invocation, titles: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write many things that are all there."""
    writer = ListWriter(invocation, titles)
    writer.add(rows)
    writer.finish()


def write_one(invocation: Invocation, fields: Mapping[str, object]) -> None:
    """Write one thing, a field a row."""
    options = invocation.options
    names = list(fields)
    shown = {names[index]: fields[names[index]] for index in _chosen(names, options.column)}
    if options.format in {"json", "yaml"}:
        invocation.data(_structured(shown, options.format))
    elif options.format == "value":
        for value in shown.values():
            invocation.data(_text(value))
    elif options.format == "shell":
        for name, value in shown.items():
            escaped = "".join("\\" + c if c in '\\"$`' else c for c in _text(value))
            invocation.data(f'{name.lower().replace(" ", "_")}="{escaped}"')
    else:
        invocation.data(format_table(["Field", "Value"], list(shown.items())))


Write = Callable[[str], object]


class _Rows(Protocol):
    """One format of a list: told its titles, then row after row, then that these were all."""

    def add(self, cells: Sequence[object]) -> None:
        """Take the cells of one row."""

    def finish(self) -> None:
        """Write what has to stand at the end."""


class _TableRows:
    """Keeps all rows, because the longest cell decides the width of its column."""

    def __init__(self, write: Write, titles: Sequence[str]) -> None:
        self._write = write
        self._titles = titles
        self._rows: list[Sequence[object]] = []

    def add(self, cells: Sequence[object]) -> None:
        self._rows.append(cells)

    def finish(self) -> None:
        self._write(format_table(self._titles, self._rows) + "\n")


class _ValueRows:
    def __init__(self, write: Write, _titles: Sequence[str]) -> None:
        self._write = write

    def add(self, cells: Sequence[object]) -> None:
        self._write(" ".join(map(_text, cells)) + "\n")

    def finish(self) -> None:
        """Write nothing: there is no end."""


class _CsvRows:
    def __init__(self, write: Write, titles: Sequence[str]) -> None:
        import csv

        # What csv writes to is anything with a "write".
        self._csv = csv.writer(_Sink(write), quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        self._titles: Sequence[str] | None = titles

    def add(self, cells: Sequence[object]) -> None:
        self._begin()
        # Numbers go without quotes, as in cliff (cliff/formatters/commaseparated.py, 4.17).
        self._csv.writerow([c if isinstance(c, int | float) else _text(c) for c in cells])

    def finish(self) -> None:
        self._begin()

    def _begin(self) -> None:
        if self._titles is not None:
            self._csv.writerow(self._titles)
            self._titles = None


class _Sink:
    def __init__(self, write: Write) -> None:
        self.write = write


class _JsonRows:
    """One array; each row is written as it would stand in the whole of it."""

    def __init__(self, write: Write, titles: Sequence[str]) -> None:
        self._write = write
        self._titles = titles
        self._before = "[\n  "

    def add(self, cells: Sequence[object]) -> None:
        shown = _structured(dict(zip(self._titles, cells, strict=True)), "json")
        self._write(self._before + shown.replace("\n", "\n  "))
        self._before = ",\n  "

    def finish(self) -> None:
        self._write("\n]\n" if self._before[0] == "," else "[]\n")


class _YamlRows:
    """One sequence; without rows an empty one has to be written in another way."""

    def __init__(self, write: Write, titles: Sequence[str]) -> None:
        self._write = write
        self._titles = titles
        self._is_empty = True

    def add(self, cells: Sequence[object]) -> None:
        self._write(_structured([dict(zip(self._titles, cells, strict=True))], "yaml") + "\n")
        self._is_empty = False

    def finish(self) -> None:
        if self._is_empty:
            self._write("[]\n")


_ROWS: Mapping[str, Callable[[Write, Sequence[str]], _Rows]] = {
    "table": _TableRows,
    "json": _JsonRows,
    "yaml": _YamlRows,
    "csv": _CsvRows,
    "value": _ValueRows,
}


def format_table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with rules of ``+---+``, as the ``openstack`` client draws it."""
    cells = [[_in_table(cell).split("\n") for cell in row] for row in rows]
    widths = [_width(title) for title in titles]
    for row in cells:
        for index, lines in enumerate(row):
            widths[index] = max(widths[index], *(_width(line) for line in lines))
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [rule, _row(titles, widths), rule]
    for row in cells:
        height = max((len(each) for each in row), default=1)
        for number in range(height):
            lines.append(_row([e[number] if number < len(e) else "" for e in row], widths))
    return "\n".join([*lines, rule] if rows else [rule, _row(titles, widths), rule])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [c + " " * (width - _width(c)) for c, width in zip(cells, widths, strict=True)]
    return "| " + " | ".join(padded) + " |"


def _width(text: str) -> int:
    """Return how many columns of a terminal *text* takes: East Asian letters take two."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _chosen(titles: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Return the indexes of the columns asked for; ``server_name`` means "Server Name"."""
    if not wanted:
        return list(range(len(titles)))
    index_by_key = {_key(title): index for index, title in enumerate(titles)}
    unknown = [each for each in wanted if _key(each) not in index_by_key]
    if unknown:
        raise UsageError(
            f"no such column: {', '.join(unknown)}", hint=f"there are: {', '.join(titles)}"
        )
    return [index_by_key[_key(each)] for each in wanted]


def _rank(value: object) -> tuple[int, float, str]:
    """Sort numbers by size, before texts; what has no value comes last."""
    if isinstance(value, int | float):
        return 0, value, ""
    return (2 if value is None else 1), 0, _text(value)


def _key(title: str) -> str:
    return title.lower().replace("_", " ")


def _in_table(value: object) -> str:
    """Write a list of objects with one on each line, and nothing of what they lack."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        said = [{k: v for k, v in each.items() if v not in (None, "")} for each in value]
        return "\n".join(map(_text, said))
    return _text(value)


def _text(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={_text(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(each) for each in value)
    return str(value)


def _structured(value: Any, wanted: str) -> str:
    if wanted == "json":
        import json

        return json.dumps(value, indent=2, default=str, ensure_ascii=False)
    import yaml

    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True)).rstrip("\n")
