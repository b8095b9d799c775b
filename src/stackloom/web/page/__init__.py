# SPDX-License-Identifier: Apache-2.0
"""The pages, one noun a module; each has ``HANDLERS``, and asks the API for all that it shows."""
