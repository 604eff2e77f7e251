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

create or replace function shop.credit_take(e shop.credit_entries, why text) returns void
language plpgsql volatile as $$
begin
    insert into shop.credit_entries (customerid, amount, kind, entryid, label)
    values (e.customerid, -e.unspent, why, e.id, e.label);
    update shop.credit_entries set unspent = 0 where id = e.id;
    update shop.credit_accounts set balance = balance - e.unspent where customerid = e.customerid;
end
$$;
comment on function shop.credit_take(shop.credit_entries, text) is 'Takes back what is left of credits that came';

create or replace function shop.credits_expire() returns integer
language plpgsql volatile as $$
declare
    e shop.credit_entries;
    count integer := 0;
begin
    for e in select * from shop.credit_entries where unspent > 0 and expires <= now()
             order by customerid, id limit 500 for update skip locked loop
        perform shop.credit_take(e, 'expired');
        count := count + 1;
    end loop;
    return count;
end
$$;
comment on function shop.credits_expire() is 'Credits that were not spent in time are gone';

create or replace function shop.credits_refund(bill bigint) returns void
language plpgsql volatile as $$
declare
    e shop.credit_entries;
begin
    for e in select c.* from shop.credit_entries c join shop.jobs j on j.id = c.jobid
             where j.billid = bill and c.kind = 'bought' order by c.id for update of c loop
        if e.unspent = e.amount then
            perform shop.credit_take(e, 'refunded');
        elsif not exists (select from shop.credit_entries where entryid = e.id) then
            perform shop.alert('credits', 'normal', bill,
                'Credits of a refunded order have been spent: settle it with the customer', null);
        end if;
    end loop;
end
$$;
comment on function shop.credits_refund(bigint) is 'Credits of an order that was given back are taken back';
