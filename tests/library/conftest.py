# SPDX-License-Identifier: Apache-2.0
"""A cloud that the ``OS_*`` variables name, as for the command line."""

from __future__ import annotations

from tests.cli.conftest import cloud, no_clouds, rules

__all__ = ["cloud", "no_clouds", "rules"]
