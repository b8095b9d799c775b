# SPDX-License-Identifier: Apache-2.0
"""What is said over gRPC; the modules beside are made of the ``.proto`` by ``scripts/proto``."""
