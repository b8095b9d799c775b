# SPDX-License-Identifier: Apache-2.0
"""The lock files that ship with the package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stackloom.errors import UnknownName
from stackloom.local import release

FOLDER = release.release().lock_file.parent


@pytest.mark.parametrize("name", release.names())
def test_every_package_of_a_release_is_counted(name: str) -> None:
    """The base of a release is complete in itself."""
    requirements = re.split(r"\n(?=\S)", release.release(name).lock_file.read_text().strip())
    assert len(requirements) == release.release(name).package_count() > 150


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: str(path.stem))
def test_every_package_is_locked_by_hash(path: Path) -> None:
    """And the file says nothing about where to get them."""
    text = path.read_text()
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert [each for each in requirements if "--hash=sha256:" not in each] == []
    assert not re.search(r"https?://|--index|--find-links|--extra-index", text)


def test_another_lock_file_is_another_environment(tmp_path: Path) -> None:
    """So a refreshed lock never changes an environment that is in use."""
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("a==1\n")
    other.write_text("a==2\n")
    keys = {release.Release(name="1", lock_file=path).key() for path in (one, other)}
    assert len(keys) == 2


def test_services_that_are_not_in_every_cloud_are_locked_apart() -> None:
    """What they need is installed only where they are asked for."""
    base = release.release(services=("keystone", "nova"))
    assert base.extra_lock_files == ()
    assert base == release.release()


def test_every_list_of_what_is_wanted_has_its_lock() -> None:
    """``scripts/refresh-cloud-lock`` was run for each."""
    wanted = {path.stem for path in FOLDER.glob("*.in")}
    assert wanted == {path.stem for path in FOLDER.glob("*.txt")}
    assert release.names() == ("2026.2", "2026.1")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*-*.txt")), ids=lambda path: str(path.stem))
def test_what_is_added_leaves_the_base_as_it_is(path: Path) -> None:
    """No package of the base is asked for again, in that version or another."""
    base = _packages(release.release(path.stem.partition("-")[0]).lock_file)
    assert not base & _packages(path)


def _packages(path: Path) -> set[str]:
    return {line.partition("==")[0] for line in path.read_text().splitlines() if line[:1].isalnum()}


def test_a_release_that_is_not_there_is_named_with_those_that_are() -> None:
    """Nothing is installed for it."""
    with pytest.raises(UnknownName, match=r'no local cloud of release "1999\.1"') as caught:
        release.release("1999.1")
    assert caught.value.hint == f"there are: {', '.join(release.names())}"
    assert release.names()[0] == release.DEFAULT
