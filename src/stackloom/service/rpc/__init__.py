# SPDX-License-Identifier: Apache-2.0
"""The service over gRPC: the operations of ``operation/``, translated; needs the extra ``grpc``."""
