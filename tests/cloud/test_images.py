# SPDX-License-Identifier: Apache-2.0
"""Glance: what a client may do with images beyond the everyday."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
from openstack.connection import Connection
from openstack.image.v2._proxy import Proxy as Image
from tests.cloud.connecting import AS_IT_COMES

pytestmark = [pytest.mark.cloud, AS_IT_COMES]


def test_a_connection_lives_on_after_an_upload_in_chunks(demo: Connection) -> None:
    """Glance closes what it has read; the next request on the connection is answered as usual."""
    id = demo.image.create_image(
        name="chunks", disk_format="raw", container_format="bare", allow_duplicates=True
    ).id
    endpoint = urlsplit(str(demo.image.get_endpoint()))
    headers = {"X-Auth-Token": str(demo.auth_token), "Content-Type": "application/octet-stream"}
    connection = http.client.HTTPConnection(endpoint.netloc, timeout=60)
    connection.request(
        "PUT", f"/v2/images/{id}/file", iter([b"a" * 1000, b"b" * 1000]), headers,
        encode_chunked=True,
    )  # fmt: skip
    uploaded = connection.getresponse()
    uploaded.read()
    before = connection.sock
    connection.request("GET", f"/v2/images/{id}", headers=headers)
    shown = connection.getresponse()
    image = json.loads(shown.read())
    assert (uploaded.status, shown.status, connection.sock) == (204, 200, before)
    assert (image["status"], image["size"]) == ("active", 2000)
    connection.close()
    demo.image.delete_image(id)


def test_the_metadata_definitions_of_glance_are_there(demo: Connection) -> None:
    """What dashboards offer to say about images and flavors; none is made up here."""
    image = demo.image
    assert isinstance(image, Image)
    names = {each.namespace for each in image.metadef_namespaces()}
    assert {"OS::Compute::Hypervisor", "CIM::ProcessorAllocationSettingData"} <= names
    assert "OS::Nova::Flavor" in {each.name for each in image.metadef_resource_types()}
