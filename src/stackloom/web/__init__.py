# SPDX-License-Identifier: Apache-2.0
"""The page: documents of the REST API as HTML, made on the server, and scripts that keep it fresh.

Knows ``wire`` and an :class:`~stackloom.web.api.Api` to ask; no database, no cloud, no rules of its
own about who may do what.
"""
