# SPDX-License-Identifier: Apache-2.0
"""The page: documents of the REST API put into HTML on the server, kept fresh by small scripts."""
