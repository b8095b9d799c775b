# SPDX-License-Identifier: Apache-2.0
"""Where the local clouds lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.errors import UsageError
from stackloom.local import layout


@pytest.mark.parametrize(
    ("environment", "root"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.local/share/stackloom"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": ""}, "/home/ada/.local/share/stackloom"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}, "/data/stackloom"),
    ],
)
def test_the_root_follows_the_xdg_rules(environment: dict[str, str], root: str) -> None:
    """An empty variable counts as none."""
    assert layout.from_environment(environment).root == Path(root)


def test_two_clouds_share_nothing() -> None:
    """Each has a directory of its own, and everything of a cloud lies in it."""
    everything = layout.Layout(root=Path("/data"))
    one, other = everything.cloud("one"), everything.cloud("other")
    assert one.directory != other.directory
    files = (
        one.settings, one.access, one.clouds_yaml, one.etc, one.data, one.run, one.instructions,
        one.control, one.state, one.supervisor_pid, one.logs, one.log("nova"),
    )  # fmt: skip
    assert all(path.is_relative_to(one.directory) for path in files)
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("name", ["", "-a", "../up", "a/b", "Big", "a" * 41, "a b"])
def test_a_name_that_is_no_directory_is_refused(name: str) -> None:
    """A name becomes part of a path, so it cannot be everything."""
    with pytest.raises(UsageError, match="cannot be the name"):
        layout.Layout(root=Path("/data")).cloud(name)
