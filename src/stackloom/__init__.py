# SPDX-License-Identifier: Apache-2.0
"""stackloom weaves networks, routers and servers on any OpenStack cloud.

``connect`` and ``connect_sync`` are the library's front. The package itself imports nothing before
one of them is asked for, so that a command line starts at once.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a __getattr__ in sight of type checkers would hide mistyped names
    from stackloom.library import AsyncCloud, SyncCloud, connect, connect_sync
else:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from stackloom import library  # noqa: PLC0415 - see above

        return getattr(library, name)


__all__ = ["AsyncCloud", "SyncCloud", "__version__", "connect", "connect_sync"]
__version__ = "0.1.0"
