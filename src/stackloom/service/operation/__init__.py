# SPDX-License-Identifier: Apache-2.0
"""What a caller can ask for, one function each: REST and RPC only translate to and from these.

Each takes the caller, the desk at which it is asked, and the request; it gives back what goes on
the wire. Roles are checked first, and what another project has is not there.
"""
