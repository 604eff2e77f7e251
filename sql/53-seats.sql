-- Seats: given to people, taken back as long as they were not used, given again.

create or replace function shop.seat_is(p shop.product_instances) returns boolean
language plpgsql stable as $$
begin
    return p.contexttype = 'seat' or coalesce((p.productiondata ->> 'seat')::boolean, false)
        or coalesce((shop.instance_origin(p)).inputs ? 'seat', false);
end
$$;
comment on function shop.seat_is(shop.product_instances) is 'Is an instance a place for somebody?';

create or replace function shop.seat_delegation(p shop.product_instances) returns text
language plpgsql stable as $$
declare
    origin constant jsonb := (shop.instance_origin(p)).inputs;
begin
    return case when p.contexttype = 'userenrol'
                 and (origin ? 'seat' or coalesce((p.productiondata ->> 'seat')::boolean, false))
                then nullif(origin #>> '{params,delegation}', '') end;
end
$$;
comment on function shop.seat_delegation(shop.product_instances) is
    'The role of the buyer over who has a seat; null: none';

create or replace function shop.seat_job(p shop.product_instances) returns shop.jobs
language plpgsql stable as $$
declare
    found_row shop.jobs;
begin
    select j.* into found_row from shop.jobs j join shop.product_events e on e.id = j.actionid
    where j.itemid = p.initialitemid and j.element = p.element and j.unit = p.unit and j.phase = 'action'
      and e.productid = p.id and j.inputs ->> 'action' in ('assign', 'release')
      and j.state not in ('done', 'cancelled')
    order by j.id desc limit 1;
    return found_row;
end
$$;
comment on function shop.seat_job(shop.product_instances) is 'The job that gives a seat or takes it back just now';

create or replace function shop.seat_state(p shop.product_instances, j shop.jobs) returns text
language sql stable as $$
    select case
        when j.state in ('blocked', 'manual', 'failed') then 'stuck'
        when j.id is not null then case j.inputs ->> 'action' when 'assign' then 'giving' else 'taking' end
        when p.deleted then 'suspended'
        when p.enddate <= now() then 'expired'
        when p.contexttype = 'seat' then 'available'
        else 'assigned' end
$$;
comment on function shop.seat_state(shop.product_instances, shop.jobs) is
    'available, giving, assigned, taking, stuck, suspended, expired';

create or replace function shop.seat_person(p shop.product_instances, j shop.jobs) returns jsonb
language plpgsql stable as $$
begin
    return case
        when j.inputs ->> 'action' = 'assign' then j.inputs #> '{seat,person}'
        when p.contexttype <> 'seat' then coalesce(p.productiondata -> 'person',
            (shop.instance_origin(p)).inputs #> '{seat,person}') end;
end
$$;
comment on function shop.seat_person(shop.product_instances, shop.jobs) is 'Who has a seat or is about to; null: nobody';

create or replace function shop.seat_courses(p shop.product_instances) returns jsonb
language plpgsql stable as $$
begin
    return (
        select coalesce(
            jsonb_agg(s.output #> '{list}') filter (where s.name = 'courses') -> 0,
            jsonb_agg(jsonb_build_array(jsonb_build_object('id', s.output -> 'id', 'name',
                s.output -> 'fullname'))) filter (where s.name = 'course') -> 0, '[]')
        from shop.job_steps s
        where s.jobid = (shop.instance_origin(p)).id and s.name in ('course', 'courses'));
end
$$;
comment on function shop.seat_courses(shop.product_instances) is 'Courses in which a seat may be given: [{id, name}]';

create or replace function shop.seat_note(p shop.product_instances) returns text
language plpgsql stable as $$
declare
    e shop.product_events;
begin
    select * into e from shop.product_events
    where productid = p.id and eventtype in ('requested', 'assigned', 'released', 'error') order by id desc limit 1;
    return case when e.eventtype = 'error' then e.eventdata ->> 'reason' end;
end
$$;
comment on function shop.seat_note(shop.product_instances) is 'Why the last wish for a seat came to nothing; null: it did not';

create or replace function shop.seat_document(p shop.product_instances) returns jsonb
language plpgsql stable as $$
declare
    j constant shop.jobs := shop.seat_job(p);
    person constant jsonb := shop.seat_person(p, j);
begin
    return jsonb_build_object('reference', p.reference, 'state', shop.seat_state(p, j),
        'name', btrim(coalesce(person ->> 'firstname', '') || ' ' || coalesce(person ->> 'lastname', '')),
        'email', person ->> 'email',
        'course', coalesce(p.productiondata ->> 'coursename',
            case when p.contexttype <> 'seat' then shop.seat_courses(p) #>> '{0,name}' end),
        'enddate', shop.utc(p.enddate), 'note', shop.seat_note(p),
        'cancellable', j.state in ('blocked', 'manual', 'failed') and j.inputs ->> 'action' = 'assign'
            and not exists (select from shop.job_steps s where s.jobid = j.id and s.name = 'taken'));
end
$$;
comment on function shop.seat_document(shop.product_instances) is 'A seat as its page shows it';

create or replace function shop.seats_stale(p shop.product_instances) returns boolean
language plpgsql stable as $$
declare
    o constant shop.jobs := shop.instance_origin(p);
begin
    return p.contexttype = 'seat' and p.productiondata ? 'courselist' and o.state = 'done'
        and not exists (select from shop.job_steps s where s.jobid = o.id and s.name = 'courses'
                        and s.doneat > now() - interval '1 hour')
        and not exists (select from shop.jobs j
                        where j.itemid = p.initialitemid and j.element = p.element and j.phase = 'action'
                          and j.inputs ->> 'action' = 'refresh'
                          and (j.state not in ('done', 'cancelled') or j.created > now() - interval '1 hour'));
end
$$;
comment on function shop.seats_stale(shop.product_instances) is 'Are the courses of a seat to be asked for anew?';

drop function if exists shop.seat_lines(bigint);
create or replace function shop.seat_lines(bill bigint, page bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        with unit as materialized (
            select p, shop.seat_state(p, shop.seat_job(p)) as state, shop.seat_note(p) as note
            from shop.bill_items l
            join shop.bills b on b.id = l.billid
            join shop.product_instances p on p.initialitemid = l.id and p.archivedat is null
                and p.customerid = b.customerid
            where l.billid = bill and shop.seat_is(p)),
        placed as (
            select *, state <> 'available' or note is not null as given,
                count(*) filter (where state <> 'available' or note is not null)
                    over (partition by (p).initialitemid, (p).element order by (p).unit, (p).id) as place
            from unit)
        select coalesce(jsonb_agg(x.line order by x.item, x.element), '[]')
        from (
            select (p).initialitemid as item, (p).element, jsonb_build_object(
                'line', (p).initialitemid, 'element', (p).element,
                'name', (shop.instance_origin((array_agg(p order by (p).id))[1])).inputs #>> '{product,name}',
                'courses', shop.seat_courses((array_agg(p order by (p).id))[1]),
                'pool', bool_or((p).productiondata ? 'courselist'),
                'total', count(*), 'free', count(*) filter (where state = 'available'),
                'given', count(*) filter (where given),
                'seats', jsonb_agg(shop.seat_document(p) order by (p).unit)
                    filter (where given and place > 50 * (page - 1) and place <= 50 * page)) as line
            from placed
            group by (p).initialitemid, (p).element) as x);
end
$$;
comment on function shop.seat_lines(bigint, bigint) is
    'The seats of an order, by line, 50 given ones at a time; free ones are counted';

create or replace function shop.seats_read(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    bill bigint;
    stale bigint;
begin
    select b.id into bill from shop.bills b
    where b.transid = arguments ->> 'transid' and b.shopid = shop.shop_id(arguments -> 'shop');
    for stale in select min(p.id) from shop.bill_items l
                 join shop.product_instances p on p.initialitemid = l.id and not p.deleted
                 where l.billid = bill and shop.seats_stale(p) group by l.id loop
        perform shop.instance_operate(jsonb_build_object('id', stale, 'action', 'refresh'));
    end loop;
    return jsonb_build_object('lines', case when bill is null then '[]'
        else shop.seat_lines(bill, coalesce((arguments ->> 'page')::bigint, 1)) end);
end
$$;
comment on function shop.seats_read(jsonb) is
    'The seats of an order, for its page; courses that may have changed are asked for';

-- --- giving and taking back ---

create or replace function shop.seat_request(p shop.product_instances, action text, arguments jsonb, more jsonb)
returns jsonb language plpgsql volatile as $$
declare
    event bigint;
begin
    insert into shop.product_events (productid, billitemid, eventtype, eventdata, actor)
    values (p.id, p.currentitemid, 'requested', jsonb_build_object('action', action, 'person', arguments -> 'person'),
            coalesce(arguments ->> 'actor', '')) returning id into event;
    return jsonb_build_object('verdict', 'ok', 'reference', p.reference, 'event', event,
        'job', shop.action_job(p, event, jsonb_build_object('action', action) || more));
end
$$;
comment on function shop.seat_request(shop.product_instances, text, jsonb, jsonb) is 'A wish for a seat becomes a job';

create or replace function shop.seat_free(arguments jsonb) returns shop.product_instances
language plpgsql volatile as $$
declare
    p shop.product_instances;
begin
    for p in select i.* from shop.bills b
             join shop.bill_items l on l.billid = b.id
             join shop.product_instances i on i.initialitemid = l.id and i.customerid = b.customerid
             where b.transid = arguments ->> 'transid' and b.shopid = shop.shop_id(arguments -> 'shop')
               and l.id = (arguments ->> 'line')::bigint and i.element = coalesce(arguments ->> 'element', '')
               and i.contexttype = 'seat' and shop.instance_live(i)
             order by i.enddate nulls last, i.unit for no key update of i skip locked loop
        if (shop.seat_job(p)).id is null then
            return p;
        end if;
    end loop;
    return null;
end
$$;
comment on function shop.seat_free(jsonb) is 'A free seat of a line, locked, the one that ends first; null: none';

create or replace function shop.seat_holds(arguments jsonb) returns boolean
language plpgsql stable as $$
begin
    return exists (
        select from shop.bills b
        join shop.bill_items l on l.billid = b.id
        join shop.product_instances p on p.initialitemid = l.id and p.archivedat is null and not p.deleted
        cross join lateral (select shop.seat_job(p) as job) as x
        where b.transid = arguments ->> 'transid' and b.shopid = shop.shop_id(arguments -> 'shop')
          and shop.seat_is(p) and shop.seat_state(p, x.job) in ('giving', 'assigned', 'stuck')
          and lower(shop.seat_person(p, x.job) ->> 'email') = lower(arguments #>> '{person,email}')
          and coalesce((x.job).inputs #>> '{seat,course}', p.productiondata ->> 'courseid') = arguments ->> 'course');
end
$$;
comment on function shop.seat_holds(jsonb) is 'Has a person a seat of this order in this course, or is about to?';

create or replace function shop.seat_assign(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    p shop.product_instances;
begin
    -- one after the other: the same form sent twice takes one seat
    perform pg_advisory_xact_lock(hashtextextended('shop.seats:' || (arguments ->> 'transid'), 0));
    p := shop.seat_free(arguments);
    if shop.seat_holds(arguments) then
        return '{"verdict": "exists"}';
    elsif p.id is null then
        return '{"verdict": "refused", "reason": "none_left"}';
    elsif not exists (select from jsonb_array_elements(shop.seat_courses(p)) c
                      where c ->> 'id' = arguments ->> 'course') then
        return '{"verdict": "refused", "reason": "course"}';
    elsif coalesce(arguments #>> '{person,email}', '') !~ '^[^@\s]+@[^@\s]+$'
          or btrim(coalesce(arguments #>> '{person,firstname}', '')) = ''
          or btrim(coalesce(arguments #>> '{person,lastname}', '')) = '' then
        return '{"verdict": "refused", "reason": "person"}';
    end if;
    return shop.seat_request(p, 'assign', arguments, jsonb_build_object('seat', jsonb_build_object(
        'role', 'student', 'person', arguments -> 'person', 'course', (arguments ->> 'course')::bigint)));
end
$$;
comment on function shop.seat_assign(jsonb) is 'Gives a free seat of a line of an order to a person, in a course';

create or replace function shop.seat_cancel(p shop.product_instances, j shop.jobs, who text) returns jsonb
language plpgsql volatile as $$
begin
    update shop.jobs set state = 'cancelled', reason = 'released' where id = j.id;
    insert into shop.product_events (productid, billitemid, eventtype, eventdata, actor)
    values (p.id, p.currentitemid, 'released', jsonb_build_object('person', j.inputs #> '{seat,person}'), who);
    return jsonb_build_object('verdict', 'ok', 'reference', p.reference, 'job', null);
end
$$;
comment on function shop.seat_cancel(shop.product_instances, shop.jobs, text) is 'Nobody gets the seat after all';

create or replace function shop.seat_release(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    p shop.product_instances := shop.instance_find(arguments);
    j constant shop.jobs := shop.seat_job(p);
begin
    if p.id is null or not shop.seat_is(p) or not exists (
        select from shop.bills b join shop.bill_items l on l.billid = b.id
        where l.id = p.initialitemid and b.transid = arguments ->> 'transid'
          and b.shopid = shop.shop_id(arguments -> 'shop') and b.customerid = p.customerid) then
        return '{"verdict": "refused", "reason": "unknown"}';
    elsif coalesce((shop.seat_document(p) ->> 'cancellable')::boolean, false) then
        return shop.seat_cancel(p, j, coalesce(arguments ->> 'actor', ''));
    elsif shop.seat_state(p, j) <> 'assigned' then
        return jsonb_build_object('verdict', case when p.contexttype = 'seat' or j.id is not null
            then 'exists' else 'refused' end, 'reason', shop.seat_state(p, j));
    end if;
    return shop.seat_request(p, 'release', arguments, '{}');
end
$$;
comment on function shop.seat_release(jsonb) is 'Takes a seat back, unless its holder has entered the course';

-- --- what the jobs ask ---

create or replace function shop.ask_seat_refused(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    insert into shop.product_events (productid, billitemid, jobid, eventtype, eventdata)
    select p.id, p.currentitemid, j.id, 'error', jsonb_build_object('action', j.inputs ->> 'action',
        'reason', asked ->> 'reason', 'person', j.inputs #> '{seat,person}')
    from shop.action_instance(j) p
    on conflict (jobid) do nothing;
    return jsonb_build_object('refused', asked ->> 'reason', 'end', true);
end
$$;
comment on function shop.ask_seat_refused(shop.jobs, jsonb) is 'A wish for a seat comes to nothing; the seat stays as it is';

create or replace function shop.ask_seat_taken(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
declare
    p constant shop.product_instances := shop.action_instance(j);
    fresh bigint;
begin
    insert into shop.product_events (productid, billitemid, jobid, eventtype, eventdata)
    values (p.id, p.currentitemid, j.id, 'assigned', jsonb_build_object('person', j.inputs #> '{seat,person}',
        'userid', asked -> 'userid', 'courseid', asked -> 'courseid'))
    on conflict (jobid) do nothing returning id into fresh;
    if fresh is not null then
        update shop.product_instances
        set contexttype = 'userenrol', instanceid = (asked ->> 'courseid')::bigint,
            startdate = to_timestamp((asked ->> 'start')::bigint),
            enddate = to_timestamp(nullif((asked ->> 'end')::bigint, 0)),
            productiondata = productiondata || jsonb_build_object('seat', true, 'userid', asked -> 'userid',
                'username', asked -> 'username', 'courseid', asked -> 'courseid', 'roleid', asked -> 'roleid',
                'coursename', asked -> 'coursename', 'person', j.inputs #> '{seat,person}',
                'seatstart', shop.utc(p.startdate), 'seatend', shop.utc(p.enddate))
        where id = p.id;
    end if;
    return '{"taken": true}';
end
$$;
comment on function shop.ask_seat_taken(shop.jobs, jsonb) is 'The seat belongs to a person in a course, once for each job';

create or replace function shop.ask_seat_freed(j shop.jobs) returns jsonb
language plpgsql volatile as $$
declare
    p constant shop.product_instances := shop.action_instance(j);
    facts constant jsonb := p.productiondata;
    gone jsonb;
begin
    insert into shop.product_events (productid, billitemid, jobid, eventtype, eventdata)
    values (p.id, p.currentitemid, j.id, 'released', jsonb_build_object('person', shop.seat_person(p, null),
        'userid', facts -> 'userid', 'courseid', facts -> 'courseid', 'roleid', facts -> 'roleid'))
    on conflict (jobid) do nothing returning eventdata into gone;
    if gone is null then
        return (select eventdata from shop.product_events where jobid = j.id);
    end if;
    update shop.product_instances
    set contexttype = 'seat', instanceid = 0,
        startdate = case when facts ? 'seatstart' then (facts ->> 'seatstart')::timestamptz else startdate end,
        enddate = case when facts ? 'seatstart' then (facts ->> 'seatend')::timestamptz else enddate end,
        productiondata = facts - '{userid,username,person,coursename,seatstart,seatend,group,group2}'::text[]
            || '{"seat": true}'
    where id = p.id;
    return gone;
end
$$;
comment on function shop.ask_seat_freed(shop.jobs) is 'The seat is free again, once for each job; who had it';

create or replace function shop.ask_delegation(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
declare
    former constant boolean := coalesce((asked ->> 'former')::boolean, false);
    owner constant bigint := case when former then (
        select (e.eventdata #>> '{customer,0}')::bigint from shop.product_events e where e.id = j.actionid)
        else j.customerid end;
    buyer constant bigint := case when former then (shop.job_customer(j.billid, owner) ->> 'moodle_user_id')::bigint
        else (asked ->> 'buyer')::bigint end;
begin
    return jsonb_build_object('buyer', coalesce(buyer, 0), 'give', exists (
        select from shop.product_instances o
        where o.customerid = owner and o.contexttype = 'userenrol' and shop.instance_live(o)
          and o.productiondata ->> 'userid' = asked ->> 'person'
          and shop.seat_delegation(o) = j.inputs #>> '{params,delegation}')
        or exists (
        select from shop.product_instances o
        where o.contexttype = 'roleassign' and shop.instance_live(o) and o.startdate <= now()
          and o.productiondata @> jsonb_build_object('level', 'user', 'userid', buyer,
              'roleid', asked -> 'roleid', 'instanceid', asked -> 'person')));
end
$$;
comment on function shop.ask_delegation(shop.jobs, jsonb) is
    'Is the owner of a seat, or who was it before, to have his role over a person? And his account';

create or replace function shop.ask_seat_courses(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    insert into shop.job_steps (jobid, name, output)
    values ((shop.instance_origin(shop.action_instance(j))).id, 'courses',
            jsonb_build_object('list', coalesce(asked -> 'list', '[]')))
    on conflict (jobid, name) do update set output = excluded.output, doneat = now();
    return '{"kept": true}';
end
$$;
comment on function shop.ask_seat_courses(shop.jobs, jsonb) is 'Keeps the courses of which seats may be given';
