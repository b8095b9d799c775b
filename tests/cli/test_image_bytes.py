# SPDX-License-Identifier: Apache-2.0
"""Bytes of images go through piece by piece, and how far they are is told on a terminal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from stackloom.cli.image_bytes import FileSink, Meter, OutputSink, upload_of
from stackloom.errors import StackloomError, UsageError


def _meter(stream: StringIO | None = None, *, total: int = 0, shown: bool = True) -> Meter:
    return Meter(stream or StringIO(), "saving web", total, shown=shown)


def test_progress_is_told_when_it_changes() -> None:
    """In percent where the size is known, and the line is left at the end."""
    told = StringIO()
    meter = _meter(told, total=4 * 1024 * 1024)
    for _ in range(2):
        meter.add(1024 * 1024)
    meter.end()
    assert told.getvalue() == "\rsaving web: 25 % 1 MiB\rsaving web: 50 % 2 MiB\n"


def test_progress_of_unknown_size_has_no_share() -> None:
    """Only what came."""
    told = StringIO()
    _meter(told).add(3 * 1024 * 1024)
    assert told.getvalue() == "\rsaving web: 3 MiB"


def test_nothing_is_told_elsewhere() -> None:
    """A log file is no terminal."""
    told = StringIO()
    meter = _meter(told, shown=False)
    meter.add(10)
    meter.end()
    assert told.getvalue() == ""


def test_a_file_goes_out_whole_each_time(tmp_path: Path) -> None:
    """A request may have to be sent again."""
    file = tmp_path / "web.img"
    content = bytes(range(256)) * 3000
    file.write_bytes(content)
    upload = upload_of(file, _meter())
    assert upload.length == len(content)
    assert [b"".join(upload.pieces()) for _ in range(2)] == [content, content]
    assert len(list(upload.pieces())) > 1


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Before anything is made."""
    with pytest.raises(UsageError) as raised:
        upload_of(tmp_path / "web.img", _meter())
    assert str(raised.value) == (f"cannot read {tmp_path / 'web.img'}: No such file or directory")


def test_a_file_gets_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """What came before it was cut off is forgotten."""
    sink = FileSink(tmp_path / "web.img", _meter())
    sink.begin()
    sink.write(b"half")
    sink.begin()
    sink.write(b"wh")
    sink.write(b"ole")
    assert [file.name for file in tmp_path.iterdir()] == ["web.img.part"]
    sink.keep()
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [
        ("web.img", b"whole")
    ]


def test_half_a_file_is_taken_away(tmp_path: Path) -> None:
    """And one that was there before stays as it was."""
    (tmp_path / "web.img").write_bytes(b"older")
    sink = FileSink(tmp_path / "web.img", _meter())
    sink.begin()
    sink.write(b"half")
    sink.drop()
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [
        ("web.img", b"older")
    ]


def test_an_image_without_bytes_is_an_empty_file(tmp_path: Path) -> None:
    """Glance answers 204 for one that is queued."""
    sink = FileSink(tmp_path / "web.img", _meter())
    sink.keep()
    assert (tmp_path / "web.img").read_bytes() == b""


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With the file that could not be made."""
    sink = FileSink(tmp_path / "no" / "web.img", _meter())
    with pytest.raises(UsageError) as raised:
        sink.begin()
    assert "cannot make" in str(raised.value)


def test_what_is_on_stdout_cannot_be_taken_back(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A second beginning is an error, not a double."""
    sink = OutputSink()
    sink.begin()
    sink.write(b"half")
    assert capfdbinary.readouterr().out == b"half"
    with pytest.raises(StackloomError):
        sink.begin()
