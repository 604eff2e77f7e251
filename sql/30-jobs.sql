-- Production jobs: claimed with a lease, driven step by step, handed back.

drop function if exists shop.job_customer(bigint);
create or replace function shop.job_customer(bill bigint, owner bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('id', c.id, 'email', coalesce(x.typed ->> 'email', c.email),
            'firstname', coalesce(x.typed ->> 'firstname', c.firstname),
            'lastname', coalesce(x.typed ->> 'lastname', c.lastname),
            'city', coalesce(x.typed ->> 'city', c.city),
            'country', coalesce(x.typed ->> 'country', c.country), 'lang', b.lang,
            'phone', coalesce(x.typed ->> 'phone', c.phone),
            'organisation', coalesce(x.typed ->> 'organisation', c.organisation),
            'moodle_user_id', case when x.typed is not null and b.userid > 0 then b.userid else c.hasaccount end,
            'identity', case when x.typed is not null then b.identity else 'staff' end)
        from shop.bills b
        cross join shop.customers c
        cross join lateral (select case when b.customerid = owner then b.customer end as typed) as x
        where b.id = bill and c.id = owner);
end
$$;
comment on function shop.job_customer(bigint, bigint) is
    'The customer of a job, as he is known now; who bought has what he typed in the order';

create or replace function shop.job_covered(j shop.jobs) returns jsonb
language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(distinct jsonb_build_object('id', (p.productiondata ->> 'courseid')::bigint)),
                        '[]')
        from shop.product_instances p
        where p.customerid = j.customerid and not p.deleted and (p.enddate is null or p.enddate > now())
          and not shop.instance_same(j, p) and p.productiondata ->> 'courseid' ~ '^[1-9][0-9]*$');
end
$$;
comment on function shop.job_covered(shop.jobs) is 'Courses of other live instances of the customer';

create or replace function shop.job_claim(job bigint, who text, lease interval) returns jsonb
language plpgsql volatile as $$
declare
    j shop.jobs;
    fresh jsonb;
begin
    select * into j from shop.jobs where id = job;
    -- one customer, one job at a time: accounts and enrolments of a person never race
    if not pg_try_advisory_xact_lock(hashtextextended('shop.customer', j.customerid))
       or exists (select from shop.jobs o where o.customerid = j.customerid and o.state = 'running'
                  and o.id <> j.id and o.nexttry > clock_timestamp()) then
        return null;
    end if;
    update shop.jobs
    set state = 'running', owner = who, token = token + 1, nexttry = clock_timestamp() + lease,
        unknown = unknown or state = 'running'
    where id = job returning * into j;
    fresh := shop.action_now(j);
    return jsonb_build_object('id', j.id, 'token', j.token, 'progress', j.progress,
        'unknown', j.unknown, 'tries', j.tries, 'failing_since', shop.utc(j.failingsince),
        'inputs', j.inputs || jsonb_build_object('customer', shop.job_customer(j.billid, j.customerid),
                                                 'covered', shop.job_covered(j)) || (fresh -> 'inputs'),
        'steps', (fresh -> 'steps') || (select coalesce(jsonb_object_agg(s.name, s.output), '{}')
                                        from shop.job_steps s where s.jobid = j.id));
end
$$;
comment on function shop.job_claim(bigint, text, interval) is 'Takes one locked job; null: not now';

create or replace function shop.jobs_free(who text, held jsonb) returns void
language plpgsql volatile as $$
begin
    update shop.jobs set nexttry = created
    where state = 'running' and owner = who and nexttry > now()
      and id <> all (array(select value::bigint from jsonb_array_elements_text(held)));
end
$$;
comment on function shop.jobs_free(text, jsonb) is
    'Ends the leases of a worker''s jobs that it does not know of: the answer of its claim was lost';

create or replace function shop.jobs_claim(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    who constant text := left(coalesce(arguments ->> 'owner', ''), 100);
    wanted constant integer := least(coalesce((arguments ->> 'limit')::integer, 1), 200);
    lease constant interval := make_interval(secs => coalesce((arguments ->> 'lease_seconds')::integer, 600));
    claimed jsonb := '[]';
    due record;
    one jsonb;
begin
    if jsonb_typeof(arguments -> 'held') = 'array' then
        perform shop.jobs_free(who, arguments -> 'held');
    end if;
    for due in
        select j.id from shop.jobs j
        where j.state in ('pending', 'running', 'waiting', 'blocked') and j.nexttry <= now()
          and (coalesce((arguments ->> 'moodle')::boolean, true) or j.handler = '')
          and not exists (select from shop.jobs o where o.customerid = j.customerid
              and o.state = 'running' and o.nexttry > now() and o.id <> j.id)
        order by j.nexttry, j.id
        limit wanted * 4
        for no key update skip locked
    loop
        exit when jsonb_array_length(claimed) >= wanted;
        one := shop.job_claim(due.id, who, lease);
        claimed := claimed || case when one is not null then jsonb_build_array(one) else '[]' end;
    end loop;
    return jsonb_build_object('jobs', claimed);
end
$$;
comment on function shop.jobs_claim(jsonb) is 'Claims due jobs for a worker, each with a lease and a new token';

create or replace function shop.job_held(arguments jsonb) returns shop.jobs
language plpgsql volatile as $$
declare
    found_row shop.jobs;
begin
    select j.* into found_row from shop.jobs j
    where j.id = (arguments ->> 'job')::bigint and j.token = (arguments ->> 'token')::bigint
      and j.state = 'running'
    for no key update;
    return found_row;
end
$$;
comment on function shop.job_held(jsonb) is 'The job, if the claim still holds';

create or replace function shop.customer_bind(customer bigint, account text) returns void
language plpgsql volatile as $$
begin
    update shop.customers c set hasaccount = account::bigint
    where account ~ '^[1-9][0-9]{0,17}$' and c.id = customer and c.hasaccount = 0
      and not exists (select from shop.customers o where o.hasaccount = account::bigint);
end
$$;
comment on function shop.customer_bind(bigint, text) is
    'The customer has this account in Moodle, unless one is known already';

create or replace function shop.job_step(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    j shop.jobs := shop.job_held(arguments);
    done constant boolean := coalesce((arguments ->> 'done')::boolean, false);
begin
    if j.id is null then
        return '{"verdict": "lost"}';
    end if;
    if done then
        insert into shop.job_steps (jobid, name, output)
        values (j.id, arguments ->> 'step', coalesce(arguments -> 'output', '{}'))
        on conflict (jobid, name) do update set output = excluded.output, doneat = now();
        -- the next job of this customer finds the account that this one made or was allowed to use
        if arguments ->> 'step' = 'user' and not j.inputs ? 'seat' then
            perform shop.customer_bind(j.customerid, arguments #>> '{output,id}');
        end if;
    end if;
    update shop.jobs
    set step = arguments ->> 'step', tries = 0, unknown = false, failingsince = null,
        progress = case when done then null else nullif(arguments -> 'output', 'null') end,
        nexttry = clock_timestamp()
            + make_interval(secs => coalesce((arguments ->> 'lease_seconds')::integer, 600))
    where id = j.id;
    return '{"verdict": "ok"}';
end
$$;
comment on function shop.job_step(jsonb) is 'Stores what a step has done, or its progress, and renews the lease';

create or replace function shop.bill_produced(bill bigint) returns void
language plpgsql volatile as $$
declare
    b shop.bills;
    open_jobs integer;
    stuck integer;
begin
    select * into b from shop.bills where id = bill for no key update;
    select count(*) filter (where state in ('pending', 'running')),
           count(*) filter (where state in ('waiting', 'blocked', 'manual', 'failed'))
    into open_jobs, stuck
    from shop.jobs where billid = bill and phase = 'postpay';
    if open_jobs > 0 then
        return;
    end if;
    -- what can be said is said now; what still hangs is told when it is there
    update shop.mails set nexttry = now()
    where billid = bill and state = 'queued' and needsinvoice and tries = 0 and nexttry > now();
    if stuck = 0 and b.status = 'SOLDOUT' then
        perform shop.bill_move(b, 'COMPLETE', 'production', null);
        if exists (select from shop.mails where key = 'sales_feedback:' || bill and state <> 'queued') then
            perform shop.mail_orders(array[bill], 'sales_feedback', interval '0', true, ':rest');
        end if;
    end if;
end
$$;
comment on function shop.bill_produced(bigint) is 'Is the production of a bill over? Then it is complete and the mails may go';

create or replace function shop.job_alert(j shop.jobs, arguments jsonb) returns void
language plpgsql volatile as $$
begin
    if arguments ->> 'reason' = 'people_hidden' then
        perform shop.alert_site('Moodle does not show people by their e-mail: production is held');
    else
        perform shop.alert('production', 'normal', j.billid, shop.job_trouble(j, arguments), null);
    end if;
end
$$;
comment on function shop.job_alert(shop.jobs, jsonb) is 'Tells staff of a job that stands still';

create or replace function shop.job_end(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    j shop.jobs;
    target constant text := arguments ->> 'state';
    tried constant boolean := coalesce((arguments ->> 'tried')::boolean, false);
begin
    -- the bill before the job, as everywhere
    perform from shop.bills where id = (select billid from shop.jobs
        where id = (arguments ->> 'job')::bigint) for no key update;
    j := shop.job_held(arguments);
    if j.id is null then
        return '{"verdict": "lost"}';
    elsif coalesce(target, '') not in ('done', 'pending', 'waiting', 'blocked', 'manual', 'failed') then
        return '{"verdict": "refused"}';
    end if;
    update shop.jobs
    set state = target, owner = '', step = coalesce(arguments ->> 'step', step),
        reason = arguments ->> 'reason', code = arguments ->> 'code',
        unknown = coalesce((arguments ->> 'unknown')::boolean, false),
        tries = tries + case when tried then 1 else 0 end,
        failingsince = case when tried then coalesce(failingsince, now()) else failingsince end,
        feedback = coalesce(nullif(arguments -> 'feedback', 'null'), feedback),
        nexttry = clock_timestamp()
            + make_interval(secs => greatest(coalesce((arguments ->> 'delay_ms')::numeric, 0), 0)::float8 / 1000),
        doneat = case when target = 'done' then clock_timestamp() end
    where id = j.id;
    if target in ('blocked', 'manual', 'failed') then
        perform shop.job_alert(j, arguments);
        if j.phase = 'action' then
            perform shop.action_failed(j, arguments);
        end if;
    elsif target = 'done' and j.phase = 'postpay' then
        update shop.bill_items set produced = now()
        where id = j.itemid and not exists (select from shop.jobs o where o.itemid = j.itemid
            and o.phase = 'postpay' and o.state not in ('done', 'cancelled'));
    end if;
    if j.phase = 'postpay' and target <> 'pending' then
        perform shop.bill_produced(j.billid);
    end if;
    return '{"verdict": "ok"}';
end
$$;
comment on function shop.job_end(jsonb) is 'Hands a job back: done, or to be tried later, or for a person';
