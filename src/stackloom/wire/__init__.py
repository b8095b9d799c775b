# SPDX-License-Identifier: Apache-2.0
"""What the service and its callers say to each other: the bodies of REST, the facts of RPC.

One noun a file. Structs only: no HTTP, no database, no cloud. The service, its page, its clients
and the command line all read and write these, and nothing is said twice.
"""
