-- Operations on product instances: the database changes at once, a job makes Moodle follow. A job asks what is to be
-- in force and writes that, so that a late one writes what a later one wants.

create or replace function shop.instance_origin(p shop.product_instances) returns shop.jobs
language plpgsql stable as $$
declare
    o shop.jobs;
begin
    select * into o from shop.jobs j
    where j.itemid = p.initialitemid and j.element = p.element and j.unit in (p.unit, 0) and j.phase = 'postpay'
    order by j.unit desc limit 1;
    return o;
end
$$;
comment on function shop.instance_origin(shop.product_instances) is 'The job that made an instance';

create or replace function shop.instance_document(p shop.product_instances) returns jsonb
language sql stable as $$
    select jsonb_build_object('id', p.id, 'reference', p.reference, 'contexttype', p.contexttype,
        'instanceid', p.instanceid, 'startdate', shop.utc(p.startdate), 'enddate', shop.utc(p.enddate),
        'live', shop.instance_live(p), 'deleted', p.deleted, 'archived', p.archivedat is not null,
        'productiondata', p.productiondata)
$$;
comment on function shop.instance_document(shop.product_instances) is 'An instance as jobs see it';

create or replace function shop.action_instance(j shop.jobs) returns shop.product_instances
language plpgsql stable as $$
declare
    p shop.product_instances;
begin
    select i.* into p from shop.product_events e join shop.product_instances i on i.id = e.productid
    where e.id = j.actionid;
    return p;
end
$$;
comment on function shop.action_instance(shop.jobs) is 'The instance that an action is about';

create or replace function shop.action_steps(j shop.jobs) returns jsonb
language plpgsql stable as $$
declare
    p constant shop.product_instances := shop.action_instance(j);
    steps jsonb;
begin
    if j.inputs ->> 'action' = 'assign' then
        return '{}';
    end if;
    select coalesce(jsonb_object_agg(s.name, s.output), '{}') into steps
    from shop.job_steps s where s.jobid = (shop.instance_origin(p)).id;
    if p.contexttype <> 'seat' and p.productiondata ->> 'userid' is distinct from steps #>> '{user,id}' then
        steps := steps || jsonb_build_object('user', jsonb_build_object(
            'id', (p.productiondata ->> 'userid')::bigint, 'username', p.productiondata ->> 'username'));
    end if;
    if p.productiondata ->> 'courseid' is distinct from steps #>> '{course,id}' then
        steps := steps || jsonb_build_object('course', jsonb_build_object(
            'id', (p.productiondata ->> 'courseid')::bigint));
    end if;
    return steps - case j.inputs ->> 'action' when 'owner' then 'user' else '' end;
end
$$;
comment on function shop.action_steps(shop.jobs) is
    'What the job that made an instance has found, with the person and the course of now';

create or replace function shop.action_now(j shop.jobs) returns jsonb
language plpgsql stable as $$
begin
    if j.phase <> 'action' then
        return '{"inputs": {}, "steps": {}}';
    end if;
    return jsonb_build_object('steps', shop.action_steps(j), 'inputs',
        jsonb_build_object('instance', shop.instance_document(shop.action_instance(j))));
end
$$;
comment on function shop.action_now(shop.jobs) is 'What an action reads anew at each claim';

create or replace function shop.action_job(p shop.product_instances, event bigint, more jsonb) returns bigint
language plpgsql volatile as $$
declare
    o constant shop.jobs := shop.instance_origin(p);
    made bigint;
begin
    if o.id is null then
        return null;
    end if;
    insert into shop.jobs (billid, itemid, element, unit, phase, actionid, customerid, handler, inputs)
    values (o.billid, o.itemid, p.element, p.unit, 'action', event, p.customerid, o.handler,
            o.inputs - case more ->> 'action' when 'owner' then 'seat' else '' end
                || jsonb_build_object('phase', 'action', 'unit', p.unit, 'event', event) || more)
    returning id into made;
    return made;
end
$$;
comment on function shop.action_job(shop.product_instances, bigint, jsonb) is
    'The job of an action; null: the instance was made by hand, nothing outside follows';

create or replace function shop.action_failed(j shop.jobs, why jsonb) returns void
language plpgsql volatile as $$
begin
    insert into shop.product_events (productid, billitemid, eventtype, eventdata)
    select p.id, p.currentitemid, 'error', jsonb_build_object('action', j.inputs ->> 'action', 'job', j.id,
        'reason', why ->> 'reason', 'code', why ->> 'code')
    from shop.action_instance(j) p where p.id is not null;
end
$$;
comment on function shop.action_failed(shop.jobs, jsonb) is 'Notes in the life of an instance that an action is stuck';

create or replace function shop.job_trouble(j shop.jobs, why jsonb) returns text
language plpgsql stable as $$
declare
    p constant shop.product_instances := shop.action_instance(j);
begin
    return case why ->> 'reason'
        when 'withdraw_by_hand' then format('Suspended: %s. Take back in Moodle what the function %s gave, then call '
            'shop.job_by_hand for job %s', p.reference, j.inputs #>> '{params,ws_function}', j.id)
        when 'give_by_hand' then format('Resumed: %s. Give again in Moodle what was taken back, then call '
            'shop.job_by_hand for job %s', p.reference, j.id)
        else format('Job %s is %s: %s %s', j.id, why ->> 'state', why ->> 'reason', why ->> 'code') end;
end
$$;
comment on function shop.job_trouble(shop.jobs, jsonb) is 'What staff are told of a job that is stuck';

create or replace function shop.job_by_hand(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    j shop.jobs;
begin
    select * into j from shop.jobs where id = (arguments ->> 'job')::bigint for no key update;
    if j.id is null or j.state <> 'manual' or j.reason not in ('withdraw_by_hand', 'give_by_hand') then
        return '{"verdict": "refused", "reason": "job"}';
    elsif coalesce(arguments ->> 'actor', '') = '' then
        return '{"verdict": "refused", "reason": "actor"}';
    end if;
    insert into shop.job_steps (jobid, name, output)
    values (j.id, j.step, jsonb_build_object('withdrawn', j.reason = 'withdraw_by_hand', 'by', arguments ->> 'actor'));
    update shop.jobs set state = 'pending', progress = null, unknown = false, nexttry = now() where id = j.id;
    return '{"verdict": "ok"}';
end
$$;
comment on function shop.job_by_hand(jsonb) is
    'A person did in Moodle what a job asks for: {job, actor}; the job goes on from there';

-- --- what an operation may be done to ---

create or replace function shop.operate_delete_problem(p shop.product_instances, a jsonb) returns text
language plpgsql stable as $$
begin
    return case
        when not p.deleted then 'not_suspended'
        when p.contexttype not in ('course', 'coursecat') then null
        when not coalesce((a ->> 'confirm')::boolean, false) then 'confirm'
        when (select max(e.datecreated) from shop.product_events e
              where e.productid = p.id and e.eventtype = 'delete') > now() - interval '30 days' then 'too_soon' end;
end
$$;
comment on function shop.operate_delete_problem(shop.product_instances, jsonb) is
    'Why an instance cannot be deleted; courses and categories need a second word and 30 days of suspension';

create or replace function shop.operate_owner_problem(p shop.product_instances, a jsonb) returns text
language plpgsql stable as $$
begin
    return case
        when p.contexttype in ('credits', 'attempt', 'course_module') then 'kind'
        when not exists (select from shop.customers where id = (a ->> 'customer')::bigint) then 'customer'
        when p.customerid = (a ->> 'customer')::bigint then 'same'
        when exists (select from shop.jobs j join shop.product_events e on e.id = j.actionid
                     where e.productid = p.id and j.phase = 'action' and j.state not in ('done', 'cancelled'))
            then 'busy' end;
end
$$;
comment on function shop.operate_owner_problem(shop.product_instances, jsonb) is
    'Why an instance does not change hands: what was consumed by a person, or a job that is under way';

create or replace function shop.operate_update_problem(p shop.product_instances, a jsonb) returns text
language plpgsql stable as $$
declare
    first constant timestamptz := coalesce((a ->> 'startdate')::timestamptz, p.startdate);
    last constant timestamptz := case when a ? 'enddate' then (a ->> 'enddate')::timestamptz else p.enddate end;
begin
    return case
        when not a ?| array['startdate', 'enddate', 'extradata'] then 'argument'
        when last <= first then 'dates' end;
end
$$;
comment on function shop.operate_update_problem(shop.product_instances, jsonb) is 'Why dates are not changed';

create or replace function shop.operate_problem(p shop.product_instances, a jsonb) returns text
language plpgsql stable as $$
begin
    if p.archivedat is not null then
        return 'archived';
    end if;
    return case a ->> 'action'
        when 'suspend' then case when p.deleted then 'suspended' when shop.credits_spent(p) then 'spent' end
        when 'resume' then case when not p.deleted then 'not_suspended' end
        when 'update' then shop.operate_update_problem(p, a)
        when 'delete' then shop.operate_delete_problem(p, a)
        when 'owner' then shop.operate_owner_problem(p, a)
        when 'refresh' then case when p.deleted then 'suspended' end
        else 'action' end;
end
$$;
comment on function shop.operate_problem(shop.product_instances, jsonb) is 'Why an operation is refused; null: it is not';

-- --- the change in the database ---

create or replace function shop.instance_holdings(p shop.product_instances, action text) returns void
language plpgsql volatile as $$
begin
    if p.contexttype = 'course_module' then
        update shop.certificates
        set revokedat = case action when 'resume' then null else coalesce(revokedat, now()) end,
            revokedreason = case action when 'resume' then '' else action end
        where jobid = (shop.instance_origin(p)).id
          and (revokedat is null or revokedreason = 'suspend');
    elsif p.contexttype = 'credits' and action = 'suspend' then
        perform shop.credits_hold((shop.instance_origin(p)).id);
    elsif p.contexttype = 'credits' and action = 'resume' then
        perform shop.credits_restore((shop.instance_origin(p)).id);
    end if;
end
$$;
comment on function shop.instance_holdings(shop.product_instances, text) is
    'Certificates and credits of an instance follow when it is suspended, resumed or deleted';

create or replace function shop.operate_update(p shop.product_instances, a jsonb) returns jsonb
language plpgsql volatile as $$
declare
    n shop.product_instances;
begin
    update shop.product_instances
    set startdate = coalesce((a ->> 'startdate')::timestamptz, startdate),
        enddate = case when a ? 'enddate' then (a ->> 'enddate')::timestamptz else enddate end,
        extradata = extradata || coalesce(nullif(a -> 'extradata', 'null'), '{}')
    where id = p.id returning * into n;
    perform shop.schedule_move(p.id);
    return jsonb_strip_nulls(jsonb_build_object(
        'startdate', case when n.startdate <> p.startdate
                          then jsonb_build_array(shop.utc(p.startdate), shop.utc(n.startdate)) end,
        'enddate', case when n.enddate is distinct from p.enddate
                        then jsonb_build_array(shop.utc(p.enddate), shop.utc(n.enddate)) end,
        'extradata', case when n.extradata <> p.extradata then jsonb_build_array(p.extradata, n.extradata) end));
end
$$;
comment on function shop.operate_update(shop.product_instances, jsonb) is 'New dates or metadata; what was and what is';

create or replace function shop.operate_owner(p shop.product_instances, a jsonb) returns jsonb
language plpgsql volatile as $$
begin
    update shop.product_instances set customerid = (a ->> 'customer')::bigint where id = p.id;
    return jsonb_build_object('customer', jsonb_build_array(p.customerid, (a ->> 'customer')::bigint),
                              'userid', p.productiondata -> 'userid', 'username', p.productiondata ->> 'username');
end
$$;
comment on function shop.operate_owner(shop.product_instances, jsonb) is 'Another customer has the instance';

create or replace function shop.operate_change(p shop.product_instances, a jsonb) returns jsonb
language plpgsql volatile as $$
declare
    action constant text := a ->> 'action';
begin
    if action = 'update' then
        return shop.operate_update(p, a);
    elsif action = 'owner' then
        return shop.operate_owner(p, a);
    elsif action = 'refresh' then
        return '{}';
    end if;
    update shop.product_instances
    set deleted = action <> 'resume', archivedat = case when action = 'delete' then now() end
    where id = p.id;
    perform shop.instance_holdings(p, action);
    return jsonb_strip_nulls(jsonb_build_object('reason', a ->> 'reason', 'bill', a -> 'bill'));
end
$$;
comment on function shop.operate_change(shop.product_instances, jsonb) is 'Does an operation; what its event says';

create or replace function shop.owner_moves(p shop.product_instances) returns boolean
language plpgsql stable as $$
begin
    return p.contexttype <> 'seat' and not coalesce((p.productiondata ->> 'seat')::boolean, false)
        and not (shop.instance_origin(p)).inputs ? 'seat'
        and exists (select from shop.customers c
                    where c.id = p.customerid and c.hasaccount = (p.productiondata ->> 'userid')::bigint);
end
$$;
comment on function shop.owner_moves(shop.product_instances) is
    'Has the owner himself what was sold? Not so when he gave it to somebody';

create or replace function shop.instance_find(arguments jsonb) returns shop.product_instances
language plpgsql volatile as $$
declare
    p shop.product_instances;
begin
    select * into p from shop.product_instances
    where id = (arguments ->> 'id')::bigint or reference = shop.reference_plain(arguments ->> 'reference')
    for no key update;
    return p;
end
$$;
comment on function shop.instance_find(jsonb) is 'The instance of a reference or an id, locked';

create or replace function shop.event_done(known text) returns jsonb
language plpgsql stable as $$
begin
    return (select jsonb_build_object('verdict', 'exists', 'event', e.id,
                'job', (select j.id from shop.jobs j where j.actionid = e.id and j.phase = 'action'
                        and j.itemid = p.initialitemid and j.element = p.element and j.unit = p.unit))
            from shop.product_events e join shop.product_instances p on p.id = e.productid where e.key = known);
end
$$;
comment on function shop.event_done(text) is 'What was asked for with this key before; null: nothing';

create or replace function shop.instance_operate(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    p shop.product_instances := shop.instance_find(arguments);
    action constant text := coalesce(arguments ->> 'action', '');
    event_types constant jsonb := '{"suspend": "delete", "resume": "restore", "update": "update",
        "delete": "archived", "owner": "owner", "refresh": "refreshed"}';
    problem constant text := case when p.id is null then 'unknown' else shop.operate_problem(p, arguments) end;
    moves constant boolean := action = 'owner' and problem is null and shop.owner_moves(p);
    said jsonb := shop.event_done(arguments ->> 'key');
    event bigint;
begin
    if said is not null then
        return said;
    elsif problem is not null then
        return jsonb_build_object('verdict', 'refused', 'reason', problem);
    end if;
    said := shop.operate_change(p, arguments);
    insert into shop.product_events (productid, billitemid, eventtype, eventdata, actor, key)
    values (p.id, p.currentitemid, event_types ->> action, said,
            coalesce(arguments ->> 'actor', ''), arguments ->> 'key')
    returning id into event;
    select * into p from shop.product_instances where id = p.id;
    return jsonb_build_object('verdict', 'ok', 'event', event, 'job',
        case when action <> 'owner' or moves or shop.seat_delegation(p) is not null then
            shop.action_job(p, event, jsonb_build_object('action', action)) end);
end
$$;
comment on function shop.instance_operate(jsonb) is
    'Suspends, resumes, updates, deletes, hands over or refreshes an instance: now here, by a job in Moodle';

-- --- of a whole order ---

create or replace function shop.bill_suspend(bill bigint, who text, why text) returns integer
language plpgsql volatile as $$
declare
    unit record;
    said jsonb;
    count integer := 0;
begin
    for unit in select p.id, p.reference from shop.bill_items l
                join shop.product_instances p on p.initialitemid = l.id
                where l.billid = bill and not p.deleted order by p.id loop
        said := shop.instance_operate(jsonb_build_object('id', unit.id, 'action', 'suspend', 'actor', who,
                                                         'reason', why, 'bill', bill));
        if said ->> 'verdict' = 'ok' then
            count := count + 1;
        else
            perform shop.alert('production', 'normal', bill,
                format('Not suspended: %s: %s', unit.reference, said ->> 'reason'), null);
        end if;
    end loop;
    return count;
end
$$;
comment on function shop.bill_suspend(bigint, text, text) is
    'Suspends what was delivered for an order; how many units. What cannot be is told to staff';

create or replace function shop.bill_resume(bill bigint, who text, why text) returns integer
language plpgsql volatile as $$
begin
    return (
        select count(*) from (
            select shop.instance_operate(jsonb_build_object('id', p.id, 'action', 'resume', 'actor', who,
                                                            'reason', why)) as said
            from shop.bill_items l
            join shop.product_instances p on p.initialitemid = l.id and p.deleted and p.archivedat is null
            where l.billid = bill
              and (select (e.eventdata ->> 'bill')::bigint from shop.product_events e
                   where e.productid = p.id and e.eventtype = 'delete' order by e.id desc limit 1) = bill
            order by p.id) as x
        where x.said ->> 'verdict' = 'ok');
end
$$;
comment on function shop.bill_resume(bigint, text, text) is
    'Takes back what bill_suspend did for an order; how many units';

create or replace function shop.owned_problem(e jsonb) returns text
language plpgsql stable as $$
begin
    return case when coalesce((e ->> 'user')::bigint, 0) > 0 and exists (
        select from shop.customers c
        join shop.product_instances p on p.customerid = c.id
        join jsonb_to_recordset(e -> 'lines') as l (itemid bigint, handler text) on l.itemid = p.catalogitemid
        join shop.handlers h on h.name = l.handler
        where c.hasaccount = (e ->> 'user')::bigint and h.once and shop.instance_live(p))
        then 'owned' end;
end
$$;
comment on function shop.owned_problem(jsonb) is
    'Has the identified buyer already what one has only once? null: no';
