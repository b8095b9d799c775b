# SPDX-License-Identifier: Apache-2.0
"""Everything that can be set of the service: a struct a section of ``stackloom.toml``.

Parsed and checked here, once; where the values come from is ``settings_sources``. An address is
``host:port``, or ``[host]:port`` for IPv6; a text that is empty is one that is not set.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=1)]
CountOrNone = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(gt=0)]
SecondsOrNone = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ServerSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[server]``: where it listens.

    Attributes:
        listen: REST and the page; port 0 takes any.
        grpc_listen: gRPC; empty for none.
        tls_certificate: file with the chain, PEM; goes with *tls_key*. Both for REST and gRPC.
        behind_proxy: another program in front does TLS, and says in ``X-Forwarded-*`` who asks.
        public_url: what links begin with; empty for the address that it listens at.
        os_cloud: which of ``clouds.yaml`` a service without Keystone works on; empty for what
            the ``OS_*`` variables say. Only with *bearer_file*.
        bearer_file: file (0600) whose content is the one bearer that a service without Keystone
            takes; ``serve`` makes it.
    """

    listen: str = "127.0.0.1:9850"
    grpc_listen: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    behind_proxy: bool = False
    public_url: str = ""
    os_cloud: str = ""
    bearer_file: str = ""


class DatabaseSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[database]``: the PostgreSQL.

    Attributes:
        url: ``postgresql://…``; empty for a server of its own, which ``serve`` starts.
        pool_size: connections of each process at most.
        programs: folder with ``postgres``, ``initdb``, … for the server of its own; empty to look
            for them.
        folder: where the server of its own keeps its data; empty for the state folder.
    """

    url: str = ""
    pool_size: Count = 10
    programs: str = ""
    folder: str = ""


class IdentitySettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[identity]``: the Keystone whose tokens it takes.

    Attributes:
        auth_url: Keystone's; empty for a service on the loopback with a bearer.
        cacert: file with the authorities that Keystone's certificate is checked against.
        interface: which of the catalog's addresses requests go to.
        region: of the catalog; empty for the only one.
        service_user: whom trusts are given to; empty to act by application credentials.
        service_password_file: file (0600) with the password of that user.
        cache_seconds: how long a validated token is believed.
        refusal_seconds: how long a refused one is not asked for again.
        cache_entries: tokens that are remembered at most.
    """

    auth_url: str = ""
    cacert: str = ""
    interface: Literal["public", "internal", "admin"] = "public"
    region: str = ""
    service_user: str = ""
    service_user_domain: str = "Default"
    service_project: str = "service"
    service_project_domain: str = "Default"
    service_password_file: str = ""
    cache_seconds: SecondsOrNone = 60.0
    refusal_seconds: SecondsOrNone = 10.0
    cache_entries: Count = 10_000


class SecretsSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[secrets]``: what secrets in the database are sealed with.

    Attributes:
        keys_file: file (0600) with a key a line, the first seals and all open; ``serve`` makes one
            beside its own database.
    """

    keys_file: str = ""


class ListsSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[lists]``: the cache in front of everyday lists.

    Attributes:
        seconds: how long a list counts as fresh; 0 only collapses those who ask at once.
        memory_mib: answers that are kept, at most.
    """

    seconds: SecondsOrNone = 2.0
    memory_mib: Count = 64


class RunsSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[runs]``: how plans, runs and checks are worked on.

    Attributes:
        per_project: that are worked on at once.
        per_worker: that one worker works on at once.
        longest_seconds: a run's rights end after that.
        check_rights_days: the rights for scheduled checks end after that; a PUT of the scenario
            gives new ones.
        drain_seconds: what is under way when a worker is to end has that long.
        lease_seconds: a worker that has not been heard of for so long has lost its job.
        tries: of a job that fails for a reason that passes.
        plan_hours: a plan that nobody carried out expires after.
        history_days: runs and events are kept for.
    """

    per_project: Count = 4
    per_worker: Count = 4
    longest_seconds: Seconds = 86_400.0
    check_rights_days: Seconds = 365.0
    drain_seconds: Seconds = 20.0
    lease_seconds: Annotated[float, Meta(ge=4)] = 8.0
    tries: Count = 5
    plan_hours: Seconds = 24.0
    history_days: Seconds = 30.0


class LimitsSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[limits]``: how much of everything (docs/adr/0016-the-service.md, section 9).

    Attributes:
        body_bytes: of a request.
        request_seconds: within which a request has to have arrived.
        text_characters, files_characters, files: of a scenario's text, of all its files together,
            how many of them.
        values: of a scenario with everything written out; of a body, of all sorts together.
        nesting: of the value of a variable in a body of REST. Texts have a limit of their own
            (``scenario.document``), messages of gRPC that of protobuf.
        reading_cpu_seconds, reading_memory_mib: of the process that reads or draws one.
        readings_at_once, readings_waiting: of such processes; who comes then is refused.
        requests_per_second, requests_at_once, posts_per_second: of a project, by one process; PUT
            counts as POST.
        streams, streams_per_project: of events, by one process.
        scenarios_per_project, queued_jobs_per_project: that are kept, that wait.
        logins_per_minute: that fail, at the page, from one address.
        refused_tokens_per_minute: that Keystone has refused, from one address, by one process;
            further ones are not looked at, but for those that were good before.
    """

    body_bytes: Count = 8 * 1024 * 1024
    request_seconds: Seconds = 30.0
    text_characters: Count = 128 * 1024
    files_characters: Count = 512 * 1024
    files: CountOrNone = 100
    values: Count = 100_000
    nesting: Count = 50
    reading_cpu_seconds: Count = 10
    reading_memory_mib: Count = 512
    readings_at_once: Count = 2
    readings_waiting: CountOrNone = 32
    requests_per_second: Seconds = 2_000.0
    requests_at_once: Count = 1_000
    posts_per_second: Seconds = 20.0
    streams: Count = 1_000
    streams_per_project: Count = 50
    scenarios_per_project: Count = 1_000
    queued_jobs_per_project: Count = 100
    logins_per_minute: Count = 5
    refused_tokens_per_minute: Count = 300


class WebhooksSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[webhooks]``: where drift may be told.

    Attributes:
        allowed_hosts: ``host`` or ``host:port``; none by default.
        timeout_seconds: of one delivery.
        tries: within an hour.
    """

    allowed_hosts: tuple[str, ...] = ()
    timeout_seconds: Seconds = 10.0
    tries: Count = 5


class LogSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[log]``: what is told on stderr.

    Attributes:
        format: ``auto`` is text on a terminal and JSON elsewhere.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "text", "json"] = "auto"


class MetricsSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[metrics]``: where ``/metrics`` is answered.

    Attributes:
        listen: of an API process; empty for nowhere, port 0 takes any.
        worker_listen: of a worker, likewise.
    """

    listen: str = "127.0.0.1:9852"
    worker_listen: str = "127.0.0.1:9853"


class TelemetrySettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[telemetry]``: OpenTelemetry's traces; needs the extra of that name.

    Attributes:
        endpoint: of a collector that takes OTLP over HTTP, ``http://…:4318/v1/traces``; empty for
            no traces.
        service_name: what the traces are kept under.
        share: of the traces that begin here, which are kept.
    """

    endpoint: str = ""
    service_name: str = "stackloom"
    share: Share = 1.0


class HealthSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[health]``: what load balancers are told.

    Attributes:
        disabled_file: while this file is there, ``/healthcheck`` and ``/readyz`` answer 503.
        check_seconds: how long database and Keystone may take to answer.
    """

    disabled_file: str = ""
    check_seconds: Seconds = 3.0


class ServiceSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of the service."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    identity: IdentitySettings = IdentitySettings()
    secrets: SecretsSettings = SecretsSettings()
    lists: ListsSettings = ListsSettings()
    runs: RunsSettings = RunsSettings()
    limits: LimitsSettings = LimitsSettings()
    webhooks: WebhooksSettings = WebhooksSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    health: HealthSettings = HealthSettings()
