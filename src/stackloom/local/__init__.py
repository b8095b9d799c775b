# SPDX-License-Identifier: Apache-2.0
"""A real OpenStack on this machine: installed, prepared, started, watched and taken away.

``lifecycle`` is the door; ``access`` the quick way to a cloud that is up. Knows nothing of
scenarios or resources.
"""
