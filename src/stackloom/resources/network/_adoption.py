# SPDX-License-Identifier: Apache-2.0
"""How what somebody else made in Neutron gets a mark: into its description, beside their words."""

from __future__ import annotations

from collections.abc import Callable

from stackloom.cloud.kind import Call, State
from stackloom.cloud.mark import Mark, without_mark


def by_description(key: str, path: str) -> Callable[[State, Mark], Call]:
    """Return a ``Declaration.adopt``: one PUT of the description.

    Args:
        key: of one in the API's bodies, such as ``network``.
        path: of the list, such as ``/v2.0/networks``.
    """

    def adopt(state: State, mark: Mark) -> Call:
        description = mark.beside(without_mark(state.description))
        return Call(
            method="PUT", path=f"{path}/{state.id}", body={key: {"description": description}}
        )

    return adopt
