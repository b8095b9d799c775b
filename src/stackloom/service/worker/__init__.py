# SPDX-License-Identifier: Apache-2.0
"""Workers: they take jobs up and carry them out with the engine, wherever the job came from."""
