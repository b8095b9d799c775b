# SPDX-License-Identifier: Apache-2.0
"""Lists and single things as table, JSON, YAML, CSV or bare values.

The table is the one that the ``openstack`` client prints, and the keys of JSON are the column
titles, because people's scripts depend on both.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
    """Writes many things, one a row.

    CSV and bare values go out as they come; a table has to know all its rows first.
    """

    def __init__(self, invocation: Invocation, titles: Sequence[str]) -> None:
        options = invocation.options
        self._invocation = invocation
        self._format = options.format
        self._chosen = _chosen(titles, options.column)
        self._shown = [titles[index] for index in self._chosen]
        self._sort = _chosen(titles, [options.sort_column])[0] if options.sort_column else None
        self._rows: list[Sequence[object]] = []
        self._streams = self._sort is None and self._format in {"csv", "value"}
        if self._format == "csv":
            self._write_csv(self._shown)

    def add(self, row: Sequence[object]) -> None:
        """Take one row, with all columns."""
        if self._streams:
            self._write_line([row[index] for index in self._chosen])
        else:
            self._rows.append(row)

    def finish(self) -> None:
        """Write what could not be written before."""
        if self._streams:
            return
        if self._sort is not None:
            index = self._sort
            self._rows.sort(key=lambda row: _rank(row[index]))
        rows = [[row[index] for index in self._chosen] for row in self._rows]
        if self._format in {"json", "yaml"}:
            objects = [dict(zip(self._shown, row, strict=True)) for row in rows]
            self._invocation.data(_structured(objects, self._format))
        elif self._format == "table":
            self._invocation.data(format_table(self._shown, rows))
        else:
            for row in rows:
                self._write_line(row)

    def _write_line(self, row: Sequence[object]) -> None:
        if self._format == "csv":
            self._write_csv([_text(cell) for cell in row])
        else:
            self._invocation.data(" ".join(_text(cell) for cell in row))

    def _write_csv(self, cells: Sequence[str]) -> None:
        import csv
        import io

        buffer = io.StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="").writerow(cells)
        self._invocation.data(buffer.getvalue())


def write_list(
    invocation: Invocation, titles: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write many things that are all there."""
    writer = ListWriter(invocation, titles)
    for row in rows:
        writer.add(row)
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


def format_table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with rules of ``+---+``, as the ``openstack`` client draws it."""
    cells = [[_text(cell).split("\n") for cell in row] for row in rows]
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
