# SPDX-License-Identifier: Apache-2.0
"""The service: scenarios for other systems, over REST and RPC, with jobs that outlive processes.

It decides nothing about clouds: ``operations`` does, as for the command line. What a caller can ask
for is in ``operation/``, one function each; ``rest/`` and ``rpc/`` only translate.
"""
