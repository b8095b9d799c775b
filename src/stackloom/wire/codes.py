# SPDX-License-Identifier: Apache-2.0
"""Every code of a refusal: its HTTP status and the title that goes with it. One row a code.

On the wire a code has the prefix ``stackloom.``; what the engine raises is
``stackloom.engine.<slug of errors.py>`` and has no row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "stackloom."
ENGINE = "engine."


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for."""

    status: int
    title: str


CODES: Mapping[str, Code] = {
    "body.invalid": Code(400, "The body is not as it should be"),
    "body.too-deep": Code(400, "The body is nested too deeply"),
    "body.too-large": Code(413, "The body is too large"),
    "body.not-json": Code(415, "The body is of another kind than is taken"),
    "body.length-missing": Code(411, "The length of the body is not given"),
    "parameter.unknown": Code(400, "There is no such parameter"),
    "parameter.invalid": Code(400, "A parameter is not as it should be"),
    "header.too-large": Code(431, "The headers are too long"),
    "header.invalid": Code(400, "A header is not as it should be"),
    "token.missing": Code(401, "A token is needed"),
    "token.refused": Code(401, "The token is not accepted"),
    "scope.no-project": Code(403, "The token is for no project"),
    "role.missing": Code(403, "The token has no role for this"),
    "origin.refused": Code(403, "The form was sent from another site"),
    "not-found": Code(404, "There is no such thing here"),
    "method.not-allowed": Code(405, "It cannot be asked for in this way"),
    "format.not-offered": Code(406, "It cannot be given in this format"),
    "version.not-offered": Code(406, "There is no such microversion"),
    "reading.took-too-long": Code(408, "Reading it took too long"),
    "request.took-too-long": Code(408, "The request took too long to arrive"),
    "rate.exceeded": Code(429, "Too many requests"),
    "queue.full": Code(429, "Too much is waiting already"),
    "limit.reached": Code(409, "The project has as many as it may have"),
    "scenario.invalid": Code(400, "The scenario has problems"),
    "scenario.exists": Code(409, "There is a scenario of this name"),
    "scenario.renamed": Code(400, "A scenario keeps its name"),
    "scenario.busy": Code(409, "The scenario is being worked on"),
    "scenario.has-resources": Code(409, "The scenario still has resources"),
    "etag.missing": Code(428, "If-Match is needed"),
    "etag.mismatch": Code(412, "It has changed meanwhile"),
    "plan.not-ready": Code(409, "The plan is not ready"),
    "plan.stale": Code(409, "The plan no longer says what would be done"),
    "plan.used": Code(409, "The plan has been carried out already"),
    "plan.in-use": Code(409, "The plan is being carried out"),
    "run.not-possible": Code(409, "The run is in a state in which this cannot be done"),
    "outputs.unknown": Code(409, "The outputs are not known yet"),
    "idempotency.reused": Code(400, "The key was used for another request"),
    "idempotency.under-way": Code(409, "The first request with this key is under way"),
    "grant.not-delegable": Code(403, "The token cannot let the service act for you"),
    "grant.revoked": Code(403, "The service may no longer act for you"),
    "webhook.not-allowed": Code(400, "The webhook's address is none that the operator allows"),
    "secret.missing": Code(400, "A secret variable has no value"),
    "cloud.failed": Code(502, "The cloud refused or failed"),
    "cloud.unreachable": Code(504, "The cloud gave no answer"),
    "database.away": Code(503, "The database cannot be reached"),
    "identity.away": Code(503, "Keystone cannot be reached"),
    "busy": Code(503, "The service has too much to do"),
    "stopping": Code(503, "The service is going down"),
    "server.failed": Code(500, "The service failed"),
}
