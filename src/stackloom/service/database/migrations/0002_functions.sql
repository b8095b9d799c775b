-- SPDX-License-Identifier: Apache-2.0
-- What has to happen in one transaction, one statement for its caller. The project's row is locked
-- first, then the job's, both by "no key" locks, which let the foreign keys of others pass: so no
-- two of these wait for each other. Whoever works on a job says its attempt; an older one gets null.

create function stackloom.lock_job(p_id uuid) returns stackloom.jobs language plpgsql as $$
declare
    v_job stackloom.jobs;
begin
    perform 1 from stackloom.projects
        where id = (select project_id from stackloom.jobs where id = p_id)
        for no key update;
    select * into v_job from stackloom.jobs where id = p_id for no key update;
    return v_job;
end $$;

-- The job, if p_attempt is the one that works on it; else null.
create function stackloom.lock_mine(p_id uuid, p_attempt integer) returns stackloom.jobs
language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_job(p_id);
begin
    if v_job.attempt = p_attempt and v_job.state = 'active' and v_job.lease_until is not null then
        return v_job;
    end if;
    return null;
end $$;

-- Its caller holds the project's row and the job's, so seq and position have no gaps, and commits
-- are in their order.
create function stackloom.append_events(p_id uuid, p_bodies json[]) returns bigint
language plpgsql as $$
declare
    v_count bigint := coalesce(array_length(p_bodies, 1), 0);
    v_job stackloom.jobs;
    v_position bigint;
begin
    update stackloom.jobs set last_seq = last_seq + v_count where id = p_id returning * into v_job;
    update stackloom.projects set last_position = last_position + v_count
        where id = v_job.project_id returning last_position into v_position;
    insert into stackloom.events (project_id, position, job_id, scenario_id, seq, at, body)
        select v_job.project_id, v_position - v_count + n, p_id, v_job.scenario_id,
               v_job.last_seq - v_count + n,
               coalesce((body ->> 'at')::timestamptz, clock_timestamp()), body
        from unnest(p_bodies) with ordinality as each (body, n);
    perform pg_notify('stackloom', v_job.project_id || ' ' || v_position);
    return v_position;
end $$;

create function stackloom.move(p_job stackloom.jobs, p_state text, p_reason text default '')
returns void language plpgsql as $$
begin
    if p_job.kind = 'run' then
        update stackloom.runs set state = p_state, timestamps =
            (timestamps::jsonb || jsonb_build_object(p_state, clock_timestamp()))::json
            where id = p_job.id;
    else
        update stackloom.plans set state = p_state where id = p_job.id;
    end if;
    perform stackloom.append_events(p_job.id, array[json_build_object(
        'type', 'job_state', 'state', p_state, 'reason', p_reason,
        'message', replace(p_state, '_', ' ') || coalesce(': ' || nullif(p_reason, ''), ''))]);
end $$;

-- The last event of a job, and its end.
create function stackloom.finish(p_job stackloom.jobs, p_state text, p_reason text default '')
returns void language plpgsql as $$
begin
    perform stackloom.move(p_job, p_state, p_reason);
    update stackloom.jobs set state = 'ended', ended_at = clock_timestamp(), lease_until = null,
        secrets = null where id = p_job.id;
    perform pg_notify('stackloom', 'jobs ended');
end $$;

create function stackloom.was_applying(p_id uuid) returns boolean language sql stable as $$
    select timestamps::jsonb ? 'applying' from stackloom.runs where id = p_id
$$;

-- Whatever a run did to the cloud: plans made before it are not to be believed.
create function stackloom.scenario_moved(p_scenario uuid) returns void language plpgsql as $$
begin
    update stackloom.scenarios set serial = serial + 1 where id = p_scenario;
    update stackloom.plans set state = 'expired' where scenario_id = p_scenario and state = 'ready';
end $$;

-- A job that nobody works on is cancelled by whoever asks for it.
create function stackloom.finish_cancelled(p_job stackloom.jobs) returns void
language plpgsql as $$
begin
    if p_job.kind = 'run' and stackloom.was_applying(p_job.id) then
        update stackloom.runs set is_partial = true where id = p_job.id;
        update stackloom.scenarios set condition = 'unknown' where id = p_job.scenario_id;
        perform stackloom.scenario_moved(p_job.scenario_id);
    end if;
    perform stackloom.finish(p_job, 'cancelled');
end $$;

-- The lease of a job, where it is its turn: nothing else of its scenario is worked on, nothing of
-- it came before, and the project has room. What was begun has its room before what was not.
create function stackloom.take_job(
    p_id uuid, p_worker uuid, p_seconds double precision, p_per_project integer
) returns setof stackloom.jobs language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_job(p_id);
    v_now timestamptz := clock_timestamp();
    v_at_work integer;
    v_begun integer;
begin
    if v_job.id is null or v_job.state not in ('queued', 'active') or v_job.not_before > v_now
       or v_job.lease_until > v_now then
        return;
    end if;
    if v_job.kind = 'run' and v_job.state = 'queued' and exists (
        select from stackloom.jobs as other
        where other.scenario_id = v_job.scenario_id and other.kind = 'run' and other.id <> p_id
          and (other.state = 'active' or other.state = 'queued'
               and (other.queued_at, other.id) < (v_job.queued_at, v_job.id))
    ) then
        return;
    end if;
    select count(*) filter (where lease_until > v_now),
           count(*) filter (where coalesce(lease_until, v_now) <= v_now and not_before <= v_now)
        into v_at_work, v_begun
        from stackloom.jobs
        where project_id = v_job.project_id and state = 'active' and id <> p_id;
    if v_at_work >= p_per_project
       or v_job.state = 'queued' and v_at_work + v_begun >= p_per_project then
        return;
    end if;
    update stackloom.jobs set state = 'active', attempt = attempt + 1, worker_id = p_worker,
        lease_until = v_now + make_interval(secs => p_seconds) where id = p_id;
    if v_job.state = 'active' then
        perform stackloom.append_events(p_id, array[json_build_object(
            'type', 'taken_over', 'attempt', v_job.attempt + 1,
            'message', 'another worker goes on with it')]);
    end if;
    if coalesce((select state from stackloom.runs where id = p_id),
                (select state from stackloom.plans where id = p_id)) <> 'planning' then
        perform stackloom.move(v_job, 'planning');
    end if;
    return query select * from stackloom.jobs where id = p_id;
end $$;

-- How often cancelling was asked for; null: lost. A lease that has run out cannot be had again.
create function stackloom.renew_job(
    p_id uuid, p_attempt integer, p_worker uuid, p_seconds double precision
) returns integer language sql as $$
    update stackloom.jobs set lease_until = clock_timestamp() + make_interval(secs => p_seconds)
    where id = p_id and attempt = p_attempt and worker_id = p_worker and state = 'active'
      and lease_until > clock_timestamp()
    returning cancels
$$;

-- The position of the last of these events; the same batch a second time writes nothing.
create function stackloom.tell(
    p_id uuid, p_attempt integer, p_batch uuid, p_bodies json[], p_progress json
) returns bigint language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_mine(p_id, p_attempt);
begin
    if v_job.id is null then
        return null;
    end if;
    if v_job.last_batch = p_batch then
        return (select max(position) from stackloom.events where job_id = p_id);
    end if;
    update stackloom.jobs set last_batch = p_batch where id = p_id;
    if p_progress is not null then
        update stackloom.runs set progress = p_progress where id = p_id;
    end if;
    return stackloom.append_events(p_id, p_bodies);
end $$;

create function stackloom.is_mine(p_id uuid, p_attempt integer) returns boolean
language plpgsql as $$
begin
    -- Held until the end of the transaction, so that nobody takes the job meanwhile.
    perform 1 from stackloom.jobs where id = p_id and attempt = p_attempt and state = 'active'
        and lease_until > clock_timestamp() for share;
    return found;
end $$;

create function stackloom.intend(p_id uuid, p_attempt integer, p_addresses text[])
returns boolean language plpgsql as $$
begin
    if not stackloom.is_mine(p_id, p_attempt) then
        return null;
    end if;
    insert into stackloom.intents (project_id, scenario_id, address, job_id, attempt)
        select project_id, scenario_id, address, p_id, p_attempt
        from stackloom.jobs, unnest(p_addresses) as address where id = p_id
        on conflict (scenario_id, address) do update
        set job_id = excluded.job_id, attempt = excluded.attempt, begun_at = clock_timestamp();
    return true;
end $$;

create function stackloom.intent_ended(p_id uuid, p_attempt integer, p_addresses text[])
returns boolean language plpgsql as $$
begin
    if not stackloom.is_mine(p_id, p_attempt) then
        return null;
    end if;
    delete from stackloom.intents
        where scenario_id = (select scenario_id from stackloom.jobs where id = p_id)
          and address = any (p_addresses);
    return true;
end $$;

create function stackloom.forget(p_id uuid, p_attempt integer) returns boolean
language plpgsql as $$
begin
    if not stackloom.is_mine(p_id, p_attempt) then
        return null;
    end if;
    delete from stackloom.intents
        where scenario_id = (select scenario_id from stackloom.jobs where id = p_id);
    return true;
end $$;

-- It is known what a run would do.
create function stackloom.run_planned(
    p_id uuid, p_attempt integer, p_batch uuid, p_plan json, p_picture bytea, p_bodies json[]
) returns boolean language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_mine(p_id, p_attempt);
begin
    if v_job.id is null then
        return null;
    end if;
    if v_job.last_batch = p_batch then
        return true;
    end if;
    update stackloom.runs set counts = p_plan -> 'counts', steps = p_plan -> 'steps',
        saved = p_plan ->> 'saved', warnings = p_plan -> 'warnings',
        progress = p_plan -> 'progress', picture = p_picture where id = p_id;
    perform stackloom.append_events(p_id, p_bodies);
    update stackloom.jobs set last_batch = p_batch where id = p_id;
    return true;
end $$;

-- From here on the cloud may be changed.
create function stackloom.begin_applying(p_id uuid, p_attempt integer) returns boolean
language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_mine(p_id, p_attempt);
begin
    if v_job.id is null then
        return null;
    end if;
    if (select state from stackloom.runs where id = p_id) <> 'applying' then
        update stackloom.scenarios set condition = 'changing', has_run = true
            where id = v_job.scenario_id;
        perform stackloom.move(v_job, 'applying');
    end if;
    return true;
end $$;

-- A run waits for somebody's approval, and others of the scenario may go.
create function stackloom.hold_job(p_id uuid, p_attempt integer) returns boolean
language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_job(p_id);
begin
    if v_job.attempt = p_attempt and v_job.state = 'held' then
        return true;
    end if;
    if v_job.attempt <> p_attempt or v_job.state <> 'active' or v_job.lease_until is null then
        return null;
    end if;
    if v_job.cancels > 0 then
        perform stackloom.finish_cancelled(v_job);
        return true;
    end if;
    assert not stackloom.was_applying(p_id), 'a run that has begun asks nobody';
    update stackloom.jobs set state = 'held', lease_until = null where id = p_id;
    perform stackloom.move(v_job, 'awaiting_approval');
    perform pg_notify('stackloom', 'jobs held');
    return true;
end $$;

-- Somebody else may go on with it: from p_not_before, where it is a try that failed.
create function stackloom.release_job(
    p_id uuid, p_attempt integer, p_not_before timestamptz, p_is_try boolean, p_reason text
) returns boolean language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_job(p_id);
begin
    if v_job.attempt = p_attempt and v_job.state in ('queued', 'active')
       and v_job.lease_until is null then
        return true;
    end if;
    if v_job.attempt <> p_attempt or v_job.state <> 'active' then
        return null;
    end if;
    if v_job.cancels > 0 then
        perform stackloom.finish_cancelled(v_job);
        return true;
    end if;
    -- A run that may have changed something lets no other of its scenario pass.
    update stackloom.jobs set lease_until = null, tries = tries + p_is_try::integer,
        not_before = coalesce(p_not_before, clock_timestamp()),
        state = case when stackloom.was_applying(p_id) then 'active' else 'queued' end
        where id = p_id;
    perform stackloom.move(v_job, case v_job.kind when 'run' then 'queued' else 'pending' end,
                           p_reason);
    perform pg_notify('stackloom', 'jobs released');
    return true;
end $$;

-- The scenario goes, and with it the runs that would come after this one.
create function stackloom.delete_scenario(p_last stackloom.jobs) returns void
language plpgsql as $$
declare
    v_job stackloom.jobs;
begin
    update stackloom.scenarios set deleted_at = clock_timestamp(), next_check_at = null
        where id = p_last.scenario_id;
    for v_job in
        select * from stackloom.jobs
        where scenario_id = p_last.scenario_id and kind = 'run' and state in ('queued', 'held')
        order by queued_at, id for no key update
    loop
        perform stackloom.finish(v_job, 'cancelled', 'the scenario was deleted');
    end loop;
end $$;

create function stackloom.end_run(p_job stackloom.jobs, p_end json) returns void
language plpgsql as $$
declare
    v_run stackloom.runs;
    v_seen timestamptz := (p_end ->> 'seen_at')::timestamptz;
begin
    update stackloom.runs set error = p_end -> 'error',
        is_partial = coalesce((p_end ->> 'is_partial')::boolean, false),
        progress = coalesce(p_end -> 'progress', progress)
        where id = p_job.id returning * into v_run;
    if stackloom.was_applying(p_job.id) then
        perform stackloom.scenario_moved(p_job.scenario_id);
    end if;
    update stackloom.scenarios set
        condition = coalesce(p_end ->> 'condition', condition),
        checked_at = coalesce(v_seen, checked_at),
        outputs = case when v_run.operation = 'destroy'
                            and p_end ->> 'state' = 'succeeded' then null
                       else coalesce(p_end -> 'outputs', outputs) end,
        has_run = has_run and coalesce(p_end ->> 'condition', '') <> 'absent'
        where id = p_job.scenario_id;
    if v_run.then_delete and p_end ->> 'state' = 'succeeded' then
        perform stackloom.delete_scenario(p_job);
    end if;
    if p_end -> 'resources' is not null then
        delete from stackloom.resources where scenario_id = p_job.scenario_id;
        insert into stackloom.resources
            select p_job.project_id, p_job.scenario_id, address, kind, cloud_id, name, condition,
                   differences, needs, coalesce(v_seen, clock_timestamp())
            from json_to_recordset(p_end -> 'resources') as each (
                address text, kind text, cloud_id text, name text, condition text,
                differences json, needs text[]);
    end if;
    if p_end ->> 'webhook' is not null then
        insert into stackloom.webhook_deliveries (id, project_id, scenario_id, body)
            select gen_random_uuid(), project_id, id, convert_to(p_end ->> 'webhook', 'UTF8')
            from stackloom.scenarios where id = p_job.scenario_id and webhook_url is not null;
    end if;
end $$;

-- Returns the state in which it ended: a plan that was overtaken while it was made is expired.
create function stackloom.end_plan(p_job stackloom.jobs, p_end json, p_picture bytea)
returns text language plpgsql as $$
declare
    v_state text := p_end ->> 'state';
    v_plan stackloom.plans;
begin
    select * into v_plan from stackloom.plans where id = p_job.id;
    if v_state = 'ready' and exists (
        select from stackloom.scenarios where id = v_plan.scenario_id
            and (serial <> v_plan.serial or revision <> v_plan.newest_revision)
    ) then
        v_state := 'expired';
    end if;
    update stackloom.plans set error = p_end -> 'error', counts = p_end -> 'counts',
        steps = coalesce(p_end -> 'steps', steps), warnings = coalesce(p_end -> 'warnings', warnings),
        saved = p_end ->> 'saved', picture = p_picture,
        ready_at = case when p_end ->> 'state' = 'ready' then clock_timestamp() end
        where id = p_job.id;
    return v_state;
end $$;

create function stackloom.end_job(
    p_id uuid, p_attempt integer, p_batch uuid, p_end json, p_picture bytea, p_bodies json[]
) returns boolean language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_job(p_id);
    v_state text := p_end ->> 'state';
    v_reason text := coalesce(p_end ->> 'reason', '');
begin
    if v_job.attempt = p_attempt and v_job.last_batch = p_batch then
        return true;
    end if;
    if v_job.attempt <> p_attempt or v_job.state <> 'active' or v_job.lease_until is null then
        return null;
    end if;
    update stackloom.jobs set last_batch = p_batch where id = p_id;
    perform stackloom.append_events(p_id, p_bodies);
    if v_job.kind = 'run' then
        perform stackloom.end_run(v_job, p_end);
    else
        v_state := stackloom.end_plan(v_job, p_end, p_picture);
        if v_state = 'expired' then
            v_reason := 'the scenario moved while it was made';
        end if;
    end if;
    perform stackloom.finish(v_job, v_state, v_reason);
    return true;
end $$;

-- What a worker should take up: begun first, then in the order in which it was asked for.
create function stackloom.due_jobs(p_per_project integer, p_limit integer) returns setof uuid
language sql stable as $$
    with at_work as (
        select project_id, count(*) as jobs from stackloom.jobs
        where state = 'active' and lease_until > clock_timestamp() group by project_id
    )
    select job.id from stackloom.jobs as job left join at_work using (project_id)
    where job.state in ('queued', 'active') and job.not_before <= clock_timestamp()
      and coalesce(job.lease_until, '-infinity') <= clock_timestamp()
      and coalesce(at_work.jobs, 0) < p_per_project
      and not (job.kind = 'run' and job.state = 'queued' and exists (
        select from stackloom.jobs as other
        where other.scenario_id = job.scenario_id and other.kind = 'run' and other.id <> job.id
          and (other.state = 'active' or other.state = 'queued'
               and (other.queued_at, other.id) < (job.queued_at, job.id))))
    order by job.state = 'active' desc, job.queued_at, job.id
    limit p_limit
$$;

-- Makes the runs of all checks whose time has come, at most one a scenario at once.
create function stackloom.begin_checks(p_limit integer) returns setof uuid
language plpgsql as $$
declare
    v_scenario stackloom.scenarios;
    v_job stackloom.jobs;
begin
    -- Several projects' rows are locked below: two at once might wait for each other.
    if not pg_try_advisory_xact_lock(hashtext('stackloom checks')) then
        return;
    end if;
    for v_scenario in
        select * from stackloom.scenarios
        where next_check_at <= clock_timestamp() and deleted_at is null
        order by next_check_at limit p_limit
    loop
        perform 1 from stackloom.projects where id = v_scenario.project_id for no key update;
        update stackloom.scenarios set next_check_at = clock_timestamp()
            + make_interval(secs => check_every_seconds)
            where id = v_scenario.id and next_check_at <= clock_timestamp() and deleted_at is null
            returning * into v_scenario;
        -- The scenario has changed meanwhile, or its last check has not come to its end yet.
        continue when not found or exists (
            select from stackloom.jobs join stackloom.runs using (id)
            where jobs.scenario_id = v_scenario.id and jobs.state in ('queued', 'active')
              and operation = 'check');
        insert into stackloom.jobs (id, project_id, scenario_id, kind, grant_id)
            values (gen_random_uuid(), v_scenario.project_id, v_scenario.id, 'run',
                    v_scenario.check_grant_id)
            returning * into v_job;
        insert into stackloom.runs (id, project_id, scenario_id, scenario_name, revision,
                                    newest_revision, operation, auto_approve, created_by)
            values (v_job.id, v_job.project_id, v_job.scenario_id, v_scenario.name,
                    v_scenario.revision, v_scenario.revision, 'check', true,
                    coalesce((select user_id from stackloom.grants
                              where id = v_scenario.check_grant_id), v_scenario.created_by));
        update stackloom.scenarios set last_job_id = v_job.id where id = v_scenario.id;
        perform stackloom.move(v_job, 'queued', 'a check whose time has come');
        perform pg_notify('stackloom', 'jobs queued');
        return next v_job.id;
    end loop;
end $$;

-- Stops a job: at once where nobody works on it, else its worker sees it. True where it has ended.
create function stackloom.cancel_job(p_id uuid) returns boolean language plpgsql as $$
declare
    v_job stackloom.jobs := stackloom.lock_job(p_id);
begin
    if v_job.id is null or v_job.state = 'ended' then
        return v_job.id is not null;
    end if;
    if v_job.state = 'active' and v_job.lease_until > clock_timestamp() then
        update stackloom.jobs set cancels = cancels + 1 where id = p_id;
        perform pg_notify('stackloom', 'job/' || p_id || ' ' || v_job.cancels + 1);
        return false;
    end if;
    perform stackloom.finish_cancelled(v_job);
    return true;
end $$;

create function stackloom.approve_run(p_job stackloom.jobs, p_by text) returns void
language plpgsql as $$
begin
    update stackloom.runs set approved_at = clock_timestamp(), approved_by = p_by
        where id = p_job.id;
    -- Others of its scenario were let pass, so it comes behind those that have come meanwhile.
    update stackloom.jobs set state = 'queued', queued_at = clock_timestamp(),
        not_before = clock_timestamp() where id = p_job.id;
    perform stackloom.move(p_job, 'queued', 'approved');
    perform pg_notify('stackloom', 'jobs queued');
end $$;

-- A run that awaits approval of what can no longer be believed.
create function stackloom.fail_stale(p_job stackloom.jobs, p_detail text) returns void
language plpgsql as $$
begin
    update stackloom.runs set error = json_build_object(
        'code', 'stackloom.plan.stale', 'status', 409,
        'title', 'The plan no longer says what would be done',
        'detail', p_detail, 'hint', 'start another run') where id = p_job.id;
    perform stackloom.finish(p_job, 'failed', p_detail);
end $$;
