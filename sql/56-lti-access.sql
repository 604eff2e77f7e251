-- Access by LTI that was sold: the shop is the tool, and lets the learners of a buyer's own platform into the course.

insert into shop.handlers (name, maxquantity, units, about) values
    ('std_openltiaccess', 0, 'unit', 'Opens a course to the buyer''s own platform, by LTI')
on conflict (name) do update set units = excluded.units, about = excluded.about;

create table if not exists shop.lti_learners (
    id bigint generated always as identity primary key,
    productid bigint not null references shop.product_instances on delete cascade,
    subject text not null check (length(subject) between 1 and 64),
    eventid bigint unique references shop.product_events on delete set null,
    firstname text not null default '',
    lastname text not null default '',
    email text not null default '',
    instructor boolean not null default false,
    userid bigint not null default 0,
    until timestamptz,
    outcomeurl text not null default '',
    sourcedid text not null default '',
    created timestamptz not null default now(),
    seen timestamptz not null default now(),
    unique (productid, subject)
);
call pg_temp.describe('lti_learners', 'People who came from a platform that bought access by LTI', $$
    id: key
    productid: access
    subject: SHA-256 of their id on that platform
    eventid: event of their first launch
    firstname: as the platform says; empty: not shared
    lastname: as the platform says; empty: not shared
    email: as the platform says; empty: not shared
    instructor: teaches there
    userid: account in Moodle; 0: not yet
    until: end of the enrolment; null: none, or not enrolled yet
    outcomeurl: where a grade would be sent
    sourcedid: of what a grade would be sent
    created: first launch
    seen: last launch
$$);

create or replace function shop.lti_product(wanted text) returns shop.product_instances
language plpgsql stable as $$
declare
    p shop.product_instances;
begin
    select * into p from shop.product_instances
    where reference = shop.reference_plain(wanted) and contexttype = 'ltiprovider'
      and productiondata ->> 'lti_mode' = 'proxy' and archivedat is null;
    return p;
end
$$;
comment on function shop.lti_product(text) is 'The access of a consumer key, which is its reference';

create or replace function shop.lti_secret(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return jsonb_build_object('secret', (shop.lti_product(arguments ->> 'key')).productiondata ->> 'secret');
end
$$;
comment on function shop.lti_secret(jsonb) is 'The secret of a consumer key {key}; null: there is none';

create or replace function shop.lti_open(p shop.product_instances) returns boolean
language sql stable as $$
    select shop.instance_live(p) and p.startdate <= now()
$$;
comment on function shop.lti_open(shop.product_instances) is 'May learners come in now?';

create or replace function shop.lti_full(p shop.product_instances) returns boolean
language sql stable as $$
    select (p.productiondata ->> 'max')::integer > 0
       and (select count(*) from shop.lti_learners l where l.productid = p.id)
           >= (p.productiondata ->> 'max')::integer
$$;
comment on function shop.lti_full(shop.product_instances) is 'Have as many people come in as were paid for?';

create or replace function shop.lti_again(event bigint) returns void
language plpgsql volatile as $$
declare
    job bigint;
begin
    update shop.jobs set state = 'pending', doneat = null, progress = null, nexttry = now()
    where actionid = event and phase = 'action' and state = 'done' returning id into job;
    delete from shop.job_steps where jobid = job;
end
$$;
comment on function shop.lti_again(bigint) is 'Somebody whose time was over is let in again';

create or replace function shop.lti_learner(p shop.product_instances, a jsonb) returns shop.lti_learners
language plpgsql volatile as $$
declare
    l shop.lti_learners;
    event bigint;
begin
    insert into shop.lti_learners (productid, subject, firstname, lastname, email, instructor, outcomeurl, sourcedid)
    values (p.id, a ->> 'subject', a ->> 'firstname', a ->> 'lastname', a ->> 'email',
            (a ->> 'instructor')::boolean, a ->> 'outcome_url', a ->> 'sourcedid')
    on conflict (productid, subject) do update set seen = now(), instructor = excluded.instructor,
        outcomeurl = excluded.outcomeurl, sourcedid = excluded.sourcedid
    returning * into l;
    if l.eventid is null then
        insert into shop.product_events (productid, billitemid, eventtype, eventdata, actor)
        values (p.id, p.currentitemid, 'assigned', jsonb_build_object('learner', l.id), 'lti')
        returning id into event;
        update shop.lti_learners set eventid = event where id = l.id returning * into l;
        perform shop.action_job(p, event, jsonb_build_object('action', 'launch'));
    elsif l.userid > 0 and l.until <= now() then
        perform shop.lti_again(l.eventid);
    end if;
    return l;
end
$$;
comment on function shop.lti_learner(shop.product_instances, jsonb) is
    'The learner of a launch, and the job that lets him in';

create or replace function shop.lti_launch(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    p shop.product_instances := shop.lti_product(arguments ->> 'key');
    l shop.lti_learners;
begin
    select * into p from shop.product_instances where id = p.id for no key update;
    if p.id is null then
        return '{"verdict": "unknown"}';
    elsif not shop.lti_open(p) then
        return '{"verdict": "closed"}';
    elsif shop.lti_full(p) and not exists (select from shop.lti_learners x
            where x.productid = p.id and x.subject = arguments ->> 'subject') then
        return '{"verdict": "full"}';
    end if;
    l := shop.lti_learner(p, arguments);
    return jsonb_build_object('verdict', 'ok', 'learner', l.id);
end
$$;
comment on function shop.lti_launch(jsonb) is
    'Somebody comes from a platform: ok + learner, or unknown, closed, full';

create or replace function shop.lti_state(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return coalesce((
        select jsonb_build_object('username', shop.lti_username(p, l), 'userid', l.userid,
            'course', (p.productiondata ->> 'courseid')::bigint, 'name', p.productiondata ->> 'course',
            'state', case when not shop.lti_open(p) then 'closed'
                when j.state = 'done' and l.userid > 0 then 'ready'
                when j.state in ('blocked', 'manual', 'failed') then 'trouble'
                else 'preparing' end)
        from shop.lti_learners l
        join shop.product_instances p on p.id = l.productid
        join shop.jobs j on j.actionid = l.eventid and j.phase = 'action'
        where l.id = (arguments ->> 'learner')::bigint), '{"state": "closed"}');
end
$$;
comment on function shop.lti_state(jsonb) is 'How far a learner {learner} is: preparing, ready, trouble, closed';

create or replace function shop.lti_username(p shop.product_instances, l shop.lti_learners) returns text
language sql immutable as $$
    select 'lti.' || left(encode(sha256(convert_to(p.reference || l.subject, 'UTF8')), 'hex'), 20)
$$;
comment on function shop.lti_username(shop.product_instances, shop.lti_learners) is
    'The name of a learner''s account in Moodle';

create or replace function shop.lti_until(p shop.product_instances, moment bigint) returns bigint
language sql stable as $$
    select case when (p.productiondata ->> 'period')::bigint > 0
        then least(moment + (p.productiondata ->> 'period')::bigint, nullif(shop.epoch(p.enddate), 0))
        else shop.epoch(p.enddate) end
$$;
comment on function shop.lti_until(shop.product_instances, bigint) is
    'The end of an enrolment that begins now, as Unix seconds; 0: none';

create or replace function shop.ask_lti_learner(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('learner', l.id, 'username', shop.lti_username(p, l),
            'firstname', coalesce(nullif(l.firstname, ''), 'Learner'),
            'lastname', coalesce(nullif(l.lastname, ''), (select count(*)::text from shop.lti_learners x
                where x.productid = p.id and x.id <= l.id)),
            'email', l.email, 'start', (asked ->> 'now')::bigint,
            'instructor', l.instructor and coalesce((p.productiondata ->> 'instructors')::boolean, false),
            'end', shop.lti_until(p, (asked ->> 'now')::bigint), 'reference', p.reference)
        from shop.lti_learners l join shop.product_instances p on p.id = l.productid
        where l.eventid = j.actionid);
end
$$;
comment on function shop.ask_lti_learner(shop.jobs, jsonb) is 'Whom a job lets in, and until when';

create or replace function shop.ask_lti_opened(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    update shop.lti_learners
    set userid = (asked ->> 'userid')::bigint, until = to_timestamp(nullif((asked ->> 'end')::bigint, 0))
    where eventid = j.actionid;
    return '{"opened": true}';
end
$$;
comment on function shop.ask_lti_opened(shop.jobs, jsonb) is 'A learner is in the course';

create or replace function shop.ask_lti_leaving(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
begin
    return jsonb_build_object('leaving', coalesce((
        select jsonb_agg(x.doc order by x.userid) from (
            select l.userid, jsonb_build_object('userid', l.userid,
                       'courseid', (p.productiondata ->> 'courseid')::bigint) as doc
            from shop.lti_learners l, shop.action_instance(j) p
            where l.productid = p.id and l.userid > coalesce((asked ->> 'after')::bigint, 0)
            order by l.userid limit 50) as x), '[]'));
end
$$;
comment on function shop.ask_lti_leaving(shop.jobs, jsonb) is 'The next learners who leave with a deleted access';

create or replace function shop.lti_tool(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return coalesce((
        select jsonb_build_object('mode', p.productiondata ->> 'lti_mode', 'reference', p.reference,
            'course', p.productiondata ->> 'course', 'url', p.productiondata ->> 'url',
            'key', coalesce(p.productiondata ->> 'key', p.reference), 'secret', p.productiondata ->> 'secret',
            'start', shop.utc(p.startdate), 'end', shop.utc(p.enddate), 'max', (p.productiondata ->> 'max')::integer,
            'used', (select count(*) from shop.lti_learners l where l.productid = p.id),
            'open', shop.lti_open(p))
        from shop.product_instances p
        join shop.bill_items i on i.id = p.initialitemid
        join shop.bills b on b.id = i.billid
        where b.transid = arguments ->> 'transid' and p.reference = arguments ->> 'reference'
          and p.contexttype = 'ltiprovider' and p.archivedat is null), '{"error": "unknown"}');
end
$$;
comment on function shop.lti_tool(jsonb) is 'What the buyer enters in his platform: of {transid, reference}';

create or replace function shop.lti_renew(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    tool constant jsonb := shop.lti_tool(arguments);
begin
    if tool ->> 'mode' is distinct from 'proxy' or length(arguments ->> 'secret') < 16 then
        return '{"verdict": "refused"}';
    end if;
    update shop.product_instances
    set productiondata = productiondata || jsonb_build_object('secret', arguments ->> 'secret')
    where reference = arguments ->> 'reference';
    return '{"verdict": "ok"}';
end
$$;
comment on function shop.lti_renew(jsonb) is 'A new secret {transid, reference, secret}; the old one opens nothing any more';
