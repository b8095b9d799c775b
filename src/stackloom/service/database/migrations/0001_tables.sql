-- SPDX-License-Identifier: Apache-2.0
-- What the service keeps. Every table but projects and schema_versions belongs to a project by its
-- project_id. `json`, not `jsonb`, where a text of somebody else's is kept as it came: jsonb has no
-- room for "\u0000", sorts the keys and forgets how a number was written.

create table stackloom.projects (
    id text primary key,
    last_position bigint not null default 0,
    created_at timestamptz not null default clock_timestamp()
);

create table stackloom.grants (
    id uuid primary key,
    project_id text not null references stackloom.projects,
    user_id text not null,
    kind text not null check (kind in ('trust', 'application_credential', 'brought', 'settings')),
    reference text not null,
    sealed bytea,
    roles text[] not null default '{}',
    expires_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null default clock_timestamp()
);
create index grants_open on stackloom.grants (expires_at) where ended_at is null;

create table stackloom.scenarios (
    id uuid primary key,
    project_id text not null references stackloom.projects,
    name text not null,
    revision integer not null default 1,
    serial bigint not null default 0,       -- counts applies and destroys that have ended
    has_run boolean not null default false, -- one of them has begun: there may be resources
    tags text[] not null default '{}',
    condition text not null default 'unknown'
        check (condition in ('unknown', 'absent', 'in_sync', 'drifted', 'changing', 'failed')),
    last_job_id uuid,
    outputs json,
    check_every_seconds integer,
    next_check_at timestamptz,
    checked_at timestamptz,
    webhook_url text,
    webhook_secret bytea,
    check_grant_id uuid references stackloom.grants,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    updated_at timestamptz not null default clock_timestamp(),
    deleted_at timestamptz
);
create unique index scenarios_name on stackloom.scenarios (project_id, name)
    where deleted_at is null;
create index scenarios_page on stackloom.scenarios (project_id, created_at, id);
create index scenarios_due on stackloom.scenarios (next_check_at) where next_check_at is not null;
create index scenarios_tags on stackloom.scenarios using gin (tags);
create index scenarios_of_grant on stackloom.scenarios (check_grant_id)
    where check_grant_id is not null;

create table stackloom.revisions (
    project_id text not null references stackloom.projects,
    scenario_id uuid not null references stackloom.scenarios on delete cascade,
    number integer not null,
    source json not null,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    primary key (scenario_id, number)
);

create table stackloom.jobs (
    id uuid primary key,
    project_id text not null references stackloom.projects,
    scenario_id uuid references stackloom.scenarios on delete cascade,
    kind text not null check (kind in ('plan', 'run')),
    state text not null default 'queued' check (state in ('queued', 'active', 'held', 'ended')),
    attempt integer not null default 0,
    tries integer not null default 0,
    worker_id uuid,
    lease_until timestamptz,
    not_before timestamptz not null default clock_timestamp(),
    cancels integer not null default 0,     -- how often cancelling was asked for
    grant_id uuid references stackloom.grants,
    secrets bytea,
    last_seq bigint not null default 0,
    last_batch uuid,                        -- of `tell` or `end_job`: asked again, it does nothing
    queued_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    global_request_id text not null default '',
    check (kind = 'plan' or scenario_id is not null),
    check ((state = 'ended') = (ended_at is not null)),
    check (lease_until is null or state = 'active')
);
create unique index jobs_one_a_scenario on stackloom.jobs (scenario_id)
    where state = 'active' and kind = 'run';
create index jobs_waiting on stackloom.jobs (scenario_id, queued_at, id) where state = 'queued';
create index jobs_active on stackloom.jobs (project_id) where state in ('queued', 'active');
create index jobs_due on stackloom.jobs (not_before) where state in ('queued', 'active');
create index jobs_of_grant on stackloom.jobs (grant_id) where grant_id is not null;
create index jobs_left_of_grant on stackloom.jobs (grant_id) where state <> 'ended';
create index jobs_of_scenario on stackloom.jobs (scenario_id);
create index jobs_ended on stackloom.jobs (ended_at) where state = 'ended';

create table stackloom.plans (
    id uuid primary key references stackloom.jobs on delete cascade,
    project_id text not null references stackloom.projects,
    scenario_id uuid references stackloom.scenarios on delete cascade,
    scenario_name text not null,
    revision integer,
    newest_revision integer,                -- of the scenario, when the plan was asked for
    source json,
    operation text not null check (operation in ('apply', 'destroy')),
    state text not null default 'pending'
        check (state in ('pending', 'planning', 'ready', 'failed', 'cancelled', 'expired')),
    serial bigint not null default 0,       -- of the scenario, when the plan was asked for
    counts json,
    steps json not null default '[]',
    saved text,
    picture bytea,
    warnings json not null default '[]',
    error json,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null,
    ready_at timestamptz,
    expires_at timestamptz not null
);
create index plans_page on stackloom.plans (project_id, created_at, id);
create index plans_of_scenario on stackloom.plans (scenario_id, created_at);
create index plans_ready on stackloom.plans (expires_at) where state = 'ready';

create table stackloom.runs (
    id uuid primary key references stackloom.jobs on delete cascade,
    project_id text not null references stackloom.projects,
    scenario_id uuid not null references stackloom.scenarios on delete cascade,
    scenario_name text not null,
    revision integer not null,
    newest_revision integer not null,       -- of the scenario, when the run was asked for
    operation text not null check (operation in ('apply', 'destroy', 'check')),
    plan_id uuid references stackloom.plans on delete set null,
    state text not null default 'queued'
        check (state in ('queued', 'planning', 'awaiting_approval', 'applying',
                         'succeeded', 'failed', 'cancelled')),
    timestamps json not null default '{}',
    approved_at timestamptz,
    approved_by text,
    auto_approve boolean not null,
    then_delete boolean not null default false, -- the scenario goes, once this destroy has succeeded
    counts json,
    steps json not null default '[]',
    saved text,
    picture bytea,
    warnings json not null default '[]',
    progress json not null default '{}',
    is_partial boolean not null default false,
    error json,
    retry_of uuid,
    created_at timestamptz not null default clock_timestamp(),
    created_by text not null
);
create unique index runs_plan on stackloom.runs (plan_id) where plan_id is not null;
create index runs_page on stackloom.runs (project_id, created_at, id);
create index runs_of_scenario on stackloom.runs (scenario_id, created_at);

create table stackloom.events (
    project_id text not null references stackloom.projects,
    position bigint not null,
    job_id uuid not null references stackloom.jobs on delete cascade,
    scenario_id uuid,
    seq bigint not null,
    at timestamptz not null,
    body json not null,
    primary key (project_id, position),
    unique (job_id, seq)
);
create index events_of_scenario on stackloom.events (scenario_id, position);

create table stackloom.intents (
    project_id text not null references stackloom.projects,
    scenario_id uuid not null references stackloom.scenarios on delete cascade,
    address text not null,
    job_id uuid not null,
    attempt integer not null,
    begun_at timestamptz not null default clock_timestamp(),
    primary key (scenario_id, address)
);

create table stackloom.resources (
    project_id text not null references stackloom.projects,
    scenario_id uuid not null references stackloom.scenarios on delete cascade,
    address text collate "C" not null,
    kind text not null,
    cloud_id text,
    name text not null,
    condition text not null check (condition in ('in_sync', 'changed', 'missing', 'unmanaged')),
    differences json not null,
    needs text[] not null,
    seen_at timestamptz not null,
    primary key (scenario_id, address)
);

create table stackloom.idempotency_keys (
    project_id text not null references stackloom.projects,
    user_id text not null,
    key text not null,
    request_hash bytea not null,
    made_id uuid not null,                  -- what the request makes gets this id
    is_left boolean not null default false, -- nobody answers it any more
    status integer,
    body bytea,
    location text,
    etag text,
    created_at timestamptz not null default clock_timestamp(),
    primary key (project_id, user_id, key)
);
create index idempotency_keys_age on stackloom.idempotency_keys (created_at);

create table stackloom.webhook_deliveries (
    id uuid primary key,
    project_id text not null references stackloom.projects,
    scenario_id uuid not null references stackloom.scenarios on delete cascade,
    body bytea not null,
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'given_up')),
    tries integer not null default 0,
    next_try_at timestamptz not null default clock_timestamp(),
    created_at timestamptz not null default clock_timestamp()
);
create index webhook_deliveries_due on stackloom.webhook_deliveries (next_try_at)
    where state = 'waiting';
create index webhook_deliveries_of_scenario on stackloom.webhook_deliveries (scenario_id);

-- What was shown once is never said differently.
create function stackloom.refuse_update() returns trigger language plpgsql as $$
begin
    raise exception '% never change', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger revisions_stay before update on stackloom.revisions
    for each row execute function stackloom.refuse_update();
create trigger events_stay before update on stackloom.events
    for each row execute function stackloom.refuse_update();
create trigger plans_stay before update on stackloom.plans
    for each row when (old.ready_at is not null and (
        new.saved is distinct from old.saved or new.steps::text is distinct from old.steps::text
        or new.revision is distinct from old.revision or new.operation is distinct from old.operation
        or new.ready_at is distinct from old.ready_at or new.expires_at is distinct from old.expires_at
    )) execute function stackloom.refuse_update();
