# SPDX-License-Identifier: Apache-2.0
"""What a cloud said instead of an answer, told to whoever asked through the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stackloom.errors import BadRequest, CloudError, Forbidden, NoEndpoint, RateLimited
from stackloom.service.refusal import Refused

# These are about the caller, or about what the caller has asked for.
_PASSED_ON = (BadRequest, Forbidden, RateLimited)


@contextmanager
def told() -> Iterator[None]:
    """Turn what is about the cloud, and not about the caller, into refusals of the service's own.

    Raises:
        Refused: ``cloud.unreachable``: no answer came; ``cloud.failed``: it failed, or
            said what makes no sense here. With the request id, where there is one.
        CloudError: what is about the caller or the request: 400, 403, 429.
    """
    try:
        yield
    except _PASSED_ON:
        raise
    except CloudError as error:
        is_silent = not error.status and not isinstance(error, NoEndpoint)
        code = "cloud.unreachable" if is_silent else "cloud.failed"
        raise Refused(code, str(error), hint=error.hint) from error
