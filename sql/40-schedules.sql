-- What is due for an instance at a date becomes a job.

create or replace function shop.schedule_set(product bigint, wanted jsonb) returns void
language plpgsql volatile as $$
begin
    delete from shop.schedules where productid = product and doneat is null;
    insert into shop.schedules (productid, action, dueat, params)
    select p.id, e.value ->> 'action',
           case e.value ->> 'at' when 'start' then p.startdate else p.enddate end
               + make_interval(days => coalesce((e.value ->> 'days')::integer, 0)), e.value
    from shop.product_instances p, jsonb_array_elements(wanted) as e
    where p.id = product and (e.value ->> 'at' = 'start' or p.enddate is not null)
    on conflict (productid, action, dueat) do update set doneat = null;
end
$$;
comment on function shop.schedule_set(bigint, jsonb) is
    'What is due for an instance: [{action, at: start or end, days after it}]; takes the place of what was';

create or replace function shop.schedule_move(product bigint) returns void
language plpgsql volatile as $$
begin
    perform shop.schedule_set(product, (
        select coalesce(jsonb_agg(distinct s.params), '[]') from shop.schedules s
        where s.productid = product and s.params ->> 'at' = 'end'));
end
$$;
comment on function shop.schedule_move(bigint) is 'The end of an instance has moved, and with it what is due then';

create or replace function shop.schedule_job(s shop.schedules, p shop.product_instances) returns void
language plpgsql volatile as $$
begin
    insert into shop.jobs (billid, itemid, element, unit, phase, actionid, customerid, handler, inputs)
    select o.billid, o.itemid, o.element, o.unit, 'schedule', s.id, p.customerid, o.handler,
           o.inputs || jsonb_build_object('phase', 'schedule', 'action', s.action,
               'instance', jsonb_build_object('id', p.id, 'reference', p.reference,
                   'contexttype', p.contexttype, 'instanceid', p.instanceid,
                   'startdate', shop.utc(p.startdate), 'enddate', shop.utc(p.enddate),
                   'productiondata', p.productiondata))
    from shop.jobs o
    where o.itemid = p.initialitemid and o.element = p.element and o.unit = p.unit and o.phase = 'postpay'
    on conflict (itemid, element, unit, phase, actionid) do update
        set state = 'pending', nexttry = now(), doneat = null, inputs = excluded.inputs;
end
$$;
comment on function shop.schedule_job(shop.schedules, shop.product_instances) is 'The job of what is due now';

create or replace function shop.schedules_run() returns integer
language plpgsql volatile as $$
declare
    s shop.schedules;
    p shop.product_instances;
    count integer := 0;
begin
    for s in select * from shop.schedules where doneat is null and dueat <= now()
             order by dueat, id limit 500 for update skip locked loop
        select * into p from shop.product_instances where id = s.productid;
        if not p.deleted then
            perform shop.schedule_job(s, p);
            count := count + 1;
        end if;
        update shop.schedules set doneat = now() where id = s.id;
    end loop;
    return count;
end
$$;
comment on function shop.schedules_run() is 'Everything that is due becomes jobs';
