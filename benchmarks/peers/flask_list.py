# SPDX-License-Identifier: Apache-2.0
"""What most people write first: a route that logs in, asks Neutron, and hands the answer on.

``flask_list.py PORT``; who logs in is said by ``OS_…`` variables.
"""

from __future__ import annotations

import os
import sys

import requests
from flask import Flask, jsonify

app = Flask(__name__)


def log_in() -> tuple[str, str]:
    """Return a token and the address of Neutron."""
    user = {
        "name": os.environ["OS_USERNAME"],
        "password": os.environ["OS_PASSWORD"],
        "domain": {"name": os.environ["OS_USER_DOMAIN_NAME"]},
    }
    project = {
        "name": os.environ["OS_PROJECT_NAME"],
        "domain": {"name": os.environ["OS_PROJECT_DOMAIN_NAME"]},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    answer = requests.post(
        f"{os.environ['OS_AUTH_URL']}/auth/tokens",
        json={"auth": {"identity": identity, "scope": {"project": project}}},
        timeout=30,
    )
    answer.raise_for_status()
    catalog = answer.json()["token"]["catalog"]
    network = next(each for each in catalog if each["type"] == "network")
    url = next(each["url"] for each in network["endpoints"] if each["interface"] == "public")
    return answer.headers["X-Subject-Token"], url


@app.get("/v1/networks")
def networks():
    token, url = log_in()
    answer = requests.get(f"{url}/v2.0/networks", headers={"X-Auth-Token": token}, timeout=30)
    answer.raise_for_status()
    return jsonify(answer.json())


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]), threaded=True)
