# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: TID252 - this package is not called by the name of its place in the source tree
# mypy: disable-error-code="import-not-found,import-untyped"
"""Placement: its schema and standard traits; knows no other service's code."""

from __future__ import annotations

import importlib

from .. import seed
from ..instructions import Instructions, Program
from ..serve import Application


def prepare(instructions: Instructions, program: Program, identities: seed.Identities) -> None:
    """Load the application once: with ``sync_on_startup`` that makes the schema and the traits.

    Source: placement/deploy.py, ``update_database`` (16.0).
    """
    del identities
    load(instructions, program)


def load(instructions: Instructions, program: Program) -> Application:
    """Load the application."""
    del instructions, program
    application: Application = importlib.import_module("placement.wsgi.api").application
    return application
