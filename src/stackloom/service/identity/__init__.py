# SPDX-License-Identifier: Apache-2.0
"""Who asks, and what they may: tokens of Keystone, the loopback's bearer, the page's cookie."""
