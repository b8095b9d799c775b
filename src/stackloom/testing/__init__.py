# SPDX-License-Identifier: Apache-2.0
"""A local cloud for anybody's tests: fixtures that pytest finds where stackloom is installed."""
