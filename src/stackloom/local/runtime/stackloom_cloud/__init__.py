# SPDX-License-Identifier: Apache-2.0
"""What runs inside the local cloud's own virtual environment, beside the OpenStack services.

It is started by path with that environment's interpreter, told what to do by one JSON file, and
knows nothing of the ``stackloom`` package: that is not installed there. Its distribution
(``stackloom_cloud-1.dist-info`` beside this folder) only tells stevedore where the mechanism driver
is.
"""
