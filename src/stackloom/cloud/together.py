# SPDX-License-Identifier: Apache-2.0
"""Do several things at once, and raise one error rather than a group of them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar, overload

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")


async def together(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run all at the same time and return their results in order.

    The first that fails cancels the others, and its error is raised as it is.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
    except BaseExceptionGroup as failures:
        error: BaseException = failures
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from error.__cause__
    return [task.result() for task in tasks]


@overload
async def together_of(
    first: Coroutine[Any, Any, T], second: Coroutine[Any, Any, U], /
) -> tuple[T, U]: ...
@overload
async def together_of(
    first: Coroutine[Any, Any, T],
    second: Coroutine[Any, Any, U],
    third: Coroutine[Any, Any, V],
    /,
) -> tuple[T, U, V]: ...
async def together_of(*coroutines: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """Run several of different types at the same time; see ``together``."""
    return tuple(await together(coroutines))
