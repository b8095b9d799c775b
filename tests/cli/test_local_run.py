# SPDX-License-Identifier: Apache-2.0
"""What ``local run`` makes of its command line; what it does is in ``tests/cloud``."""

from __future__ import annotations

from tests.cli.conftest import CommandLine, Said


def test_words_behind_two_dashes_are_the_commands_own(stackloom: CommandLine) -> None:
    """Neither help nor options that we know, nor words that could be a command of ours."""
    assert stackloom("local", "run", "--", "no-such-program", "--help", "--os-nosuch") == Said(
        code=127, stdout="", stderr='error: there is no program "no-such-program"\n'
    )


def test_a_command_has_to_be_given(stackloom: CommandLine) -> None:
    """And what stands behind two dashes is not taken for one of ours."""
    assert stackloom("local", "run") == Said(
        code=2,
        stdout="",
        stderr="error: the following arguments are required: COMMAND\n"
        "hint: stackloom local run --help tells how it is used\n",
    )
    assert stackloom("--", "local", "run").code == 2
