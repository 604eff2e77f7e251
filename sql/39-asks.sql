-- What jobs ask the database about while they run: each question has a name, and asking twice changes nothing.

create or replace function shop.instance_same(j shop.jobs, p shop.product_instances) returns boolean
language sql immutable as $$
    select p.initialitemid is not distinct from j.itemid and p.element = j.element and p.unit = j.unit
$$;
comment on function shop.instance_same(shop.jobs, shop.product_instances) is 'Is this the instance that the job makes?';

create or replace function shop.instance_live(p shop.product_instances) returns boolean
language sql stable as $$
    select not p.deleted and (p.enddate is null or p.enddate > now())
$$;
comment on function shop.instance_live(shop.product_instances) is 'Does an instance have its effect, now or later?';

create or replace function shop.epoch(moment timestamptz) returns bigint
language sql immutable parallel safe as $$
    select case when moment is null or not isfinite(moment) then 0 else extract(epoch from moment)::bigint end
$$;
comment on function shop.epoch(timestamptz) is 'A moment as Unix seconds; 0: none';

create or replace function shop.enrolments_of(wanted jsonb) returns setof shop.product_instances
language plpgsql stable as $$
begin
    return query
        select * from shop.product_instances p
        where p.contexttype = 'userenrol' and p.productiondata ->> 'userid' = wanted ->> 'userid'
          and p.productiondata ->> 'courseid' = wanted ->> 'courseid'
          and p.productiondata ->> 'roleid' = wanted ->> 'roleid';
end
$$;
comment on function shop.enrolments_of(jsonb) is 'The instances that enrol one user in one course in one role';

create or replace function shop.ask_period(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
declare
    begins bigint := (asked ->> 'start')::bigint;
    days constant bigint := (asked ->> 'end')::bigint - begins;
    last timestamptz;
begin
    select max(coalesce(p.enddate, 'infinity')) into last
    from shop.enrolments_of(asked) p where shop.instance_live(p) and not shop.instance_same(j, p);
    if isfinite(last) then
        begins := greatest(begins, shop.epoch(last));
    end if;
    return jsonb_build_object('start', begins, 'end', begins + days);
end
$$;
comment on function shop.ask_period(shop.jobs, jsonb) is 'The period of a unit that follows the others of its enrolment';

create or replace function shop.ask_span(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('start', shop.epoch(min(p.startdate)),
                                  'end', shop.epoch(max(coalesce(p.enddate, 'infinity'))))
        from shop.enrolments_of(asked) p where shop.instance_live(p) or shop.instance_same(j, p));
end
$$;
comment on function shop.ask_span(shop.jobs, jsonb) is 'From when to when the live instances of an enrolment reach';

create or replace function shop.ask_needed(asked jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object(
            'current', shop.instance_live(p) and p.startdate <= now(),
            'needed', exists (select from shop.product_instances o
                where o.id <> p.id and o.contexttype = 'roleassign' and shop.instance_live(o)
                  and o.startdate <= now()
                  and o.productiondata - '{handler,username,courseid}'::text[]
                      = p.productiondata - '{handler,username,courseid}'::text[]))
        from shop.product_instances p where p.id = (asked ->> 'product')::bigint);
end
$$;
comment on function shop.ask_needed(jsonb) is
    'Is the instance of a role in force now, and does another one give the same role?';

create or replace function shop.reference_plain(given text) returns text
language sql immutable as $$
    select regexp_replace(upper(regexp_replace(coalesce(given, ''), '[^0-9A-Za-z]', '', 'g')),
                          '^(.{4})(.{4})(.{4})(.{4})$', '\1-\2-\3-\4')
$$;
comment on function shop.reference_plain(text) is 'A reference as people write it, in the form in which it is kept';

create or replace function shop.licence_verify(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return coalesce((
        select jsonb_build_object('valid', true, 'product', coalesce(nullif(i.idnumber, ''), i.code),
                                  'start', shop.epoch(p.startdate), 'end', shop.epoch(p.enddate))
        from shop.product_instances p left join shop.items i on i.id = p.catalogitemid
        where p.reference = shop.reference_plain(arguments ->> 'reference')
          and p.contexttype = 'registered_product' and shop.instance_live(p) and p.startdate <= now()),
        '{"valid": false}');
end
$$;
comment on function shop.licence_verify(jsonb) is 'Is a licence in force, and of what product?';

create or replace function shop.extend_problem(j shop.jobs, p shop.product_instances, asked jsonb) returns text
language sql immutable as $$
    select case when p.id is null then 'ref_unknown'
        when p.customerid <> j.customerid then 'ref_not_yours'
        when p.deleted then 'ref_deleted'
        when p.contexttype <> coalesce(asked ->> 'contexttype', p.contexttype)
          or p.productiondata ->> 'courseid' is distinct from
             coalesce(asked ->> 'courseid', p.productiondata ->> 'courseid') then 'ref_other_product'
        when p.enddate is null then 'ref_unlimited' end
$$;
comment on function shop.extend_problem(shop.jobs, shop.product_instances, jsonb) is
    'Why an instance is not extended; null: it can be';

create or replace function shop.extend_which(j shop.jobs, asked jsonb) returns bigint
language plpgsql stable as $$
declare
    plain constant text := shop.reference_plain(asked ->> 'reference');
    own bigint[];
begin
    if plain <> '' then
        return (select id from shop.product_instances where reference = plain);
    end if;
    own := array(select p.id from shop.product_instances p
                 where p.customerid = j.customerid and shop.extend_problem(j, p, asked) is null limit 2);
    return case when cardinality(own) = 1 then own[1] end;
end
$$;
comment on function shop.extend_which(shop.jobs, jsonb) is
    'The instance that is meant: by its reference, else the only one that can be';

create or replace function shop.extend_answer(p shop.product_instances, e jsonb) returns jsonb
language sql stable as $$
    select jsonb_build_object('verdict', 'ok', 'id', p.id, 'reference', p.reference,
        'contexttype', p.contexttype, 'instanceid', p.instanceid, 'start', shop.epoch(p.startdate),
        'end', shop.epoch((e ->> 'enddate')::timestamptz),
        'previous', shop.epoch((e ->> 'previousenddate')::timestamptz), 'facts', p.productiondata)
$$;
comment on function shop.extend_answer(shop.product_instances, jsonb) is 'An instance and what an event did to it';

create or replace function shop.ask_extend(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
declare
    p shop.product_instances;
    e shop.product_events;
    problem text;
begin
    select * into e from shop.product_events where jobid = j.id;
    select * into p from shop.product_instances
    where id = coalesce(e.productid, shop.extend_which(j, asked)) for no key update;
    problem := shop.extend_problem(j, p, asked);
    if e.id is not null then
        return shop.extend_answer(p, e.eventdata);
    elsif problem is not null then
        return jsonb_build_object('verdict', problem);
    end if;
    insert into shop.product_events (productid, billitemid, jobid, eventtype, eventdata)
    select p.id, j.itemid, j.id, 'billed', jsonb_build_object('startdate', p.startdate,
        'previousenddate', p.enddate, 'enddate', make_interval(secs => (asked ->> 'seconds')::bigint)
            + case when (asked ->> 'from_end')::boolean then p.enddate
                   else greatest(p.enddate, to_timestamp((asked ->> 'moment')::bigint)) end)
    returning * into e;
    update shop.product_instances
    set enddate = (e.eventdata ->> 'enddate')::timestamptz, currentitemid = j.itemid
    where id = p.id;
    perform shop.schedule_move(p.id);
    return shop.extend_answer(p, e.eventdata);
end
$$;
comment on function shop.ask_extend(shop.jobs, jsonb) is
    'Moves the end of an instance, once for each job; asked again it says what was done';

create or replace function shop.ask_attempts(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('target', coalesce(max((t.value ->> 'target')::integer), 0))
        from shop.jobs o
        left join shop.job_steps s on s.jobid = o.id and s.name = 'target'
        cross join lateral jsonb_array_elements(coalesce(s.output -> 'targets', o.progress -> 'targets', '[]')) as t
        where o.customerid = j.customerid and o.handler = j.handler and o.id <> j.id
          and o.state not in ('done', 'cancelled', 'failed')
          and t.value ->> 'quiz' = asked ->> 'quiz');
end
$$;
comment on function shop.ask_attempts(shop.jobs, jsonb) is
    'How many attempts in a quiz other jobs of the customer have decided but not finished';

create or replace function shop.ask_ours(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
begin
    return jsonb_build_object('ours', exists (
        select from shop.product_instances p
        where p.contexttype = 'userenrol' and shop.instance_live(p)
          and p.productiondata ->> 'userid' = asked ->> 'userid'
          and p.productiondata ->> 'courseid' = asked ->> 'courseid'));
end
$$;
comment on function shop.ask_ours(shop.jobs, jsonb) is 'Does a live instance enrol this user in this course?';

create or replace function shop.ask_count(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('count', count(*)) from shop.product_instances p
        where p.customerid = j.customerid and p.contexttype = asked ->> 'contexttype');
end
$$;
comment on function shop.ask_count(shop.jobs, jsonb) is 'How many instances of a kind the customer has had';

create or replace function shop.ask_course_name(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    insert into shop.course_names (name, jobid) values (asked ->> 'name', j.id) on conflict (name) do nothing;
    return (select jsonb_build_object('reserved', jobid = j.id)
            from shop.course_names where name = asked ->> 'name');
end
$$;
comment on function shop.ask_course_name(shop.jobs, jsonb) is 'Reserves a short name for the course that a job makes';

create or replace function shop.ask_credit(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
declare
    fresh bigint;
begin
    insert into shop.credit_accounts (customerid) values (j.customerid) on conflict (customerid) do nothing;
    perform from shop.credit_accounts where customerid = j.customerid for no key update;
    insert into shop.credit_entries (customerid, amount, unspent, kind, jobid, label, expires)
    values (j.customerid, (asked ->> 'amount')::integer, (asked ->> 'amount')::integer, 'bought', j.id,
            coalesce(j.inputs #>> '{product,name}', ''),
            to_timestamp(nullif((asked ->> 'expires')::bigint, 0)))
    on conflict (jobid) do nothing returning id into fresh;
    if fresh is not null then
        update shop.credit_accounts set balance = balance + (asked ->> 'amount')::integer
        where customerid = j.customerid;
    end if;
    return shop.ask_balance(j);
end
$$;
comment on function shop.ask_credit(shop.jobs, jsonb) is 'Brings credits to the account of the customer, once for each job';

create or replace function shop.ask_balance(j shop.jobs) returns jsonb
language plpgsql stable as $$
begin
    return jsonb_build_object('balance', coalesce(
        (select balance from shop.credit_accounts where customerid = j.customerid), 0));
end
$$;
comment on function shop.ask_balance(shop.jobs) is 'How many credits the customer has now';

create or replace function shop.ask_seats(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
declare
    one shop.jobs := j;
    made record;
    first text;
begin
    for n in 1 .. (asked ->> 'count')::integer loop
        one.unit := n;
        made := shop.instance_insert(one, asked);
        first := coalesce(first, made.reference);
    end loop;
    return jsonb_build_object('count', asked -> 'count', 'reference', first);
end
$$;
comment on function shop.ask_seats(shop.jobs, jsonb) is 'Makes the free seats of a job, each once';

create or replace function shop.ask_seat_mail(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    insert into shop.mails (key, shopid, template, lang, toname, toaddress, data)
    select 'seat_given:' || j.id, b.shopid, 'seat_given', b.lang,
           btrim((who.person ->> 'firstname') || ' ' || (who.person ->> 'lastname')), who.person ->> 'email',
           jsonb_build_object('firstname', who.person ->> 'firstname', 'address', who.person ->> 'email',
               'course', asked ->> 'course', 'seller', s.name, 'server', coalesce(s.seller ->> 'name', s.name),
               'by', btrim((b.customer ->> 'firstname') || ' ' || (b.customer ->> 'lastname')),
               'dates', case when (asked ->> 'end')::bigint > 0
                        then jsonb_build_object('end', shop.utc(to_timestamp((asked ->> 'end')::bigint)))
                        else '{}' end)
    from shop.bills b join shop.shops s on s.id = b.shopid
    cross join lateral (select j.inputs #> '{seat,person}' as person) as who
    where b.id = j.billid
    on conflict (key) do nothing;
    return '{"told": true}';
end
$$;
comment on function shop.ask_seat_mail(shop.jobs, jsonb) is 'Tells a person of the place that was bought, once';

create or replace function shop.job_ask(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    j shop.jobs := shop.job_held(arguments);
begin
    if j.id is null then
        return '{"verdict": "lost"}';
    end if;
    return case arguments ->> 'what'
        when 'period' then shop.ask_period(j, arguments)
        when 'span' then shop.ask_span(j, arguments)
        when 'extend' then shop.ask_extend(j, arguments)
        when 'ours' then shop.ask_ours(j, arguments)
        when 'count' then shop.ask_count(j, arguments)
        when 'attempts' then shop.ask_attempts(j, arguments)
        when 'attempts_decided' then shop.ask_attempts_decided(j)
        when 'attempts_keep' then shop.ask_attempts_keep(j, arguments)
        when 'course_name' then shop.ask_course_name(j, arguments)
        when 'credit' then shop.ask_credit(j, arguments)
        when 'balance' then shop.ask_balance(j)
        when 'seats' then shop.ask_seats(j, arguments)
        when 'seat_mail' then shop.ask_seat_mail(j, arguments)
        when 'needed' then shop.ask_needed(arguments)
        when 'effect' then shop.ask_effect(j, arguments)
        when 'role' then shop.ask_role(j, arguments)
        when 'moved' then shop.ask_moved(j, arguments)
        when 'seat_refused' then shop.ask_seat_refused(j, arguments)
        when 'seat_taken' then shop.ask_seat_taken(j, arguments)
        when 'seat_freed' then shop.ask_seat_freed(j)
        when 'delegation' then shop.ask_delegation(j, arguments)
        when 'seat_courses' then shop.ask_seat_courses(j, arguments)
        when 'withdrawn' then shop.ask_withdrawn(j)
        when 'facts' then shop.ask_facts(j, arguments)
        when 'lti_learner' then shop.ask_lti_learner(j, arguments)
        when 'lti_opened' then shop.ask_lti_opened(j, arguments)
        when 'lti_leaving' then shop.ask_lti_leaving(j, arguments)
        when 'host' then shop.ask_host(j, arguments)
        when 'site_mail' then shop.ask_site_mail(j, arguments)
        else '{"verdict": "refused"}' end;
end
$$;
comment on function shop.job_ask(jsonb) is 'Answers the question of a job that is held';
