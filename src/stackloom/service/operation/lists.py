# SPDX-License-Identifier: Apache-2.0
"""What the cloud lists for everybody: asked once for all who ask at the same time."""

from __future__ import annotations

from stackloom.errors import NotFound
from stackloom.service.identity.caller import Caller
from stackloom.service.lists.project_lists import Listed, ListName
from stackloom.service.operation import clouds_answer
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.queries import ListQuery
from stackloom.service.refusal import Refused
from stackloom.wire.problem import Source


async def list_of_cloud(
    caller: Caller, desk: Desk, name: ListName, query: ListQuery, *, anew: bool = False
) -> Listed:
    """Return one of the cloud's lists, with how old the answer is.

    Args:
        anew: ask the cloud in any case.

    Raises:
        Refused: ``parameter.invalid``: what *marker* names is not there, or no longer.
        Refused, CloudError: the cloud refuses, or gives no answer: see ``clouds_answer``.
    """
    caller.check_may_read()
    with clouds_answer.told():
        try:
            return await desk.lists.listed(caller, name, query, anew=anew)
        except NotFound as error:
            # Neutron's words for such a marker (neutron_lib/db/utils.py, get_marker_obj, 2026.1),
            # where Nova and Glance say 400.
            if query.marker is None:
                raise
            raise Refused(
                "parameter.invalid",
                f"marker: {error}",
                hint="begin again with the first page: what the last one ended with has gone",
                source=Source(pointer="?marker"),
            ) from error
