# SPDX-License-Identifier: Apache-2.0
"""What a scenario asks of an image's data; in a file of its own for both kinds to know."""

from __future__ import annotations

from stackloom.cloud.kind import Spec


class ImageDataSpec(Spec, frozen=True, kw_only=True):
    """The data of an image; implied by the image's ``file`` or ``url``."""

    image: str
    file: str = ""
    url: str = ""
