# SPDX-License-Identifier: Apache-2.0
"""REST: requests to operations and back. It translates; what is asked for is done elsewhere.

``routes/`` says what can be asked for, one module a resource; the rest of the package is what all
of them have in common.
"""
