# SPDX-License-Identifier: Apache-2.0
"""The fixtures ``openstack_cloud`` and ``openstack_project``, and their options.

pytest loads it in every run where stackloom is installed, so it imports nothing else of stackloom
before a test asks for a cloud. pytest-xdist's workers share one cloud.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from stackloom.testing.cloud import OpenStackCloud
    from stackloom.testing.project import OpenStackProject

_PREFIX = "test"
_KEY = "stackloom_run"
_IS_SHARED = pytest.StashKey[bool]()
_RUN = pytest.StashKey[str]()
_GONE_SECONDS = 30.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options and settings."""
    group = parser.getgroup("openstack", "a real OpenStack on this machine (stackloom)")
    group.addoption(
        "--openstack-cloud",
        metavar="NAME",
        default="",
        help="use the local cloud NAME, which is up already, instead of a fresh one",
    )
    group.addoption(
        "--openstack-keep", action="store_true", help="leave the fresh cloud up after the run"
    )
    parser.addini("openstack_with", "services beside those of every cloud", "args", default=[])
    parser.addini("openstack_latency", "let every answer take longer, such as 150ms", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a name, the same in all of its processes."""
    from_controller = getattr(config, "workerinput", {}).get(_KEY)
    config.stash[_RUN] = from_controller or f"{_PREFIX}-{os.urandom(4).hex()}"
    config.stash[_IS_SHARED] = False


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # xdist's WorkerController, which is not typed
    """Tell a worker of pytest-xdist the name of the run."""
    node.workerinput[_KEY] = node.config.stash[_RUN]
    node.config.stash[_IS_SHARED] = True


def pytest_unconfigure(config: pytest.Config) -> None:
    """See that the cloud which the workers shared is gone, also where one of them crashed."""
    if config.stash.get(_IS_SHARED, False):
        from stackloom.local.throwaway import until_gone  # noqa: PLC0415 - see above

        until_gone(config.stash[_RUN], within_seconds=_GONE_SECONDS)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which cloud was left up."""
    if config.getoption("openstack_keep") and not config.getoption("openstack_cloud"):
        from stackloom.local.access import access  # noqa: PLC0415 - see above

        if access(name := config.stash[_RUN]):
            terminalreporter.write_line(f'the local cloud "{name}" is still up')


@pytest.fixture(scope="session")
def openstack_cloud(request: pytest.FixtureRequest) -> Iterator[OpenStackCloud]:
    """A real OpenStack, started once for the run; see docs/guide/testing.md of stackloom."""
    from stackloom.testing.cloud import Wish, cloud_of_the_run  # noqa: PLC0415 - see above

    config = request.config
    wish = Wish(
        name=config.stash[_RUN],
        existing=config.getoption("openstack_cloud"),
        keep=config.getoption("openstack_keep"),
        with_services=tuple(config.getini("openstack_with")),
        latency=config.getini("openstack_latency"),
        is_worker=hasattr(config, "workerinput"),
    )
    with cloud_of_the_run(wish) as cloud:
        yield cloud


@pytest.fixture
def openstack_project(
    openstack_cloud: OpenStackCloud, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenStackProject]:
    """A project and a user of this test's own; the test fails where something is left in it."""
    from stackloom.testing.project import project_of_a_test  # noqa: PLC0415 - see above

    directory = tmp_path_factory.mktemp("openstack")
    project = project_of_a_test(openstack_cloud.admin, directory)
    yield project
    if left := project.take_away():
        told = "\n".join(f"  {each}" for each in left)
        pytest.fail(
            f"openstack_project: the test left in its project what had to be removed:\n{told}",
            pytrace=False,
        )
