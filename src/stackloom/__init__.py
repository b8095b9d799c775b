# SPDX-License-Identifier: Apache-2.0
"""stackloom weaves networks, routers and servers on any OpenStack cloud.

The package itself imports nothing, so that a command line starts at once.
"""

__version__ = "0.1.0"
