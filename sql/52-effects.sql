-- What is to be in force in Moodle for an instance now: the questions of actions.

create or replace function shop.enrolments_in(person text, course text) returns setof shop.product_instances
language plpgsql stable as $$
begin
    return query
        select * from shop.product_instances p
        where p.archivedat is null and p.productiondata ->> 'userid' = person
          and (p.contexttype = 'userenrol' and p.productiondata ->> 'courseid' = course
               or p.contexttype = 'registered_product' and p.productiondata -> 'courses' @> to_jsonb(course::bigint))
          and not coalesce((p.productiondata ->> 'keep')::boolean, false);
end
$$;
comment on function shop.enrolments_in(text, text) is 'Instances by which a person is in a course, unless others let him in';

create or replace function shop.effect_state(person text, course text, role text) returns text
language plpgsql stable as $$
begin
    return (
        select case
            when bool_or(shop.instance_live(p) and p.productiondata ->> 'roleid' = role) then 'active'
            when bool_or(shop.instance_live(p)) then 'other'
            when bool_or(p.deleted and (p.enddate is null or p.enddate > now())) then 'suspended'
            when count(p) > 0 then 'ended'
            else 'gone' end
        from shop.enrolments_in(person, course) p);
end
$$;
comment on function shop.effect_state(text, text, text) is
    'How a person is to be in a course: active, in another role only, suspended, ended, gone';

create or replace function shop.ask_effect(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
declare
    p constant shop.product_instances := shop.action_instance(j);
    person constant text := coalesce(asked ->> 'userid', p.productiondata ->> 'userid');
    course constant text := coalesce(asked ->> 'courseid', p.productiondata ->> 'courseid');
    role constant text := coalesce(asked ->> 'roleid', p.productiondata ->> 'roleid');
    state constant text := shop.effect_state(person, course, role);
begin
    if coalesce((p.productiondata ->> 'keep')::boolean, false) then
        return '{"state": "foreign"}';
    end if;
    return (
        select jsonb_build_object('state', case state when 'other' then 'active' else state end,
            'roleid', coalesce(case state when 'other' then max((x.productiondata ->> 'roleid')::bigint) end,
                               role::bigint),
            'unassign', case when state = 'other' then role::bigint end,
            'start', shop.epoch(min(x.startdate)), 'end', shop.epoch(max(coalesce(x.enddate, 'infinity'))))
        from shop.enrolments_in(person, course) x
        where case state when 'active' then shop.instance_live(x) and x.productiondata ->> 'roleid' = role
                         when 'other' then shop.instance_live(x) else true end);
end
$$;
comment on function shop.ask_effect(shop.jobs, jsonb) is
    'How and from when to when a person is to be in a course, and which role he no longer has there';

create or replace function shop.ask_role(j shop.jobs, asked jsonb) returns jsonb
language plpgsql stable as $$
declare
    p constant shop.product_instances := shop.action_instance(j);
    person constant text := coalesce(asked ->> 'userid', p.productiondata ->> 'userid');
    place constant jsonb := p.productiondata - '{handler,username,courseid,userid}'::text[];
begin
    return jsonb_build_object('give', exists (
        select from shop.product_instances o
        where o.contexttype = 'roleassign' and o.archivedat is null and o.productiondata ->> 'userid' = person
          and o.productiondata - '{handler,username,courseid,userid}'::text[] = place
          and not o.deleted and o.startdate <= now()
          and (o.enddate is null or o.enddate > now() or not exists (
              select from shop.schedules s where s.productid = o.id and s.action = 'unassign'))));
end
$$;
comment on function shop.ask_role(shop.jobs, jsonb) is 'Is a person to have the role of an instance?';

create or replace function shop.ask_withdrawn(j shop.jobs) returns jsonb
language plpgsql stable as $$
begin
    return jsonb_build_object('withdrawn', coalesce((
        select s.output -> 'withdrawn' from shop.product_events e
        join shop.jobs x on x.actionid = e.id and x.phase = 'action'
        join shop.job_steps s on s.jobid = x.id and s.name = 'withdrawal' and s.output ? 'withdrawn'
        where e.productid = (shop.action_instance(j)).id
        order by s.doneat desc, e.id desc limit 1), 'false'));
end
$$;
comment on function shop.ask_withdrawn(shop.jobs) is 'Was what a function of the site gave for an instance taken back?';

create or replace function shop.ask_moved(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    update shop.product_instances
    set productiondata = productiondata || jsonb_build_object('userid', asked -> 'userid',
                                                              'username', asked -> 'username')
    where id = (shop.action_instance(j)).id;
    return (select jsonb_build_object('previous', e.eventdata -> 'userid')
            from shop.product_events e where e.id = j.actionid);
end
$$;
comment on function shop.ask_moved(shop.jobs, jsonb) is 'The new owner has the instance himself; who had it before';

create or replace function shop.ask_facts(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    update shop.product_instances
    set productiondata = jsonb_strip_nulls(productiondata || coalesce(asked -> 'facts', '{}'))
    where id = (asked ->> 'product')::bigint and customerid = j.customerid;
    return '{"kept": true}';
end
$$;
comment on function shop.ask_facts(shop.jobs, jsonb) is 'Keeps facts with the instance of an action; null forgets one';
