-- How a bill moves, and what is queued when it does.

create or replace function shop.bill_move(bill shop.bills, target text, actor text, why text)
returns shop.bills language plpgsql volatile as $$
declare
    moved shop.bills;
    instant constant timestamptz := clock_timestamp();
begin
    update shop.bills b
    set status = target,
        lastactiondate = instant,
        realisedat = case when target in ('SOLDOUT', 'PREPROD', 'PARTIAL', 'COMPLETE')
                          then coalesce(b.realisedat, instant) else b.realisedat end,
        paidat = case when target in ('SOLDOUT', 'COMPLETE')
                      then coalesce(b.paidat, instant) else b.paidat end,
        paiedamount = case when target in ('SOLDOUT', 'COMPLETE') and b.paidat is null
                           then b.amount else b.paiedamount end,
        completedat = case when target = 'COMPLETE' then instant else b.completedat end,
        paymode = bill.paymode, interface = bill.interface, remotestatus = bill.remotestatus,
        onlinetransactionid = bill.onlinetransactionid,
        late = b.late or (b.status = 'CANCELLED' and target = 'SOLDOUT')
    where b.id = bill.id
    returning * into moved;

    insert into shop.bill_transitions (billid, fromstatus, tostatus, actor, reason, at)
    values (bill.id, bill.status, target, actor, coalesce(why, ''), instant);

    if bill.status = 'CANCELLED' and target = 'SOLDOUT' then
        perform shop.alert('late_payment', 'high', bill.id, 'A cancelled order was paid', null);
    end if;
    if target in ('CANCELLED', 'PAYBACK') and moved.paymode = 'credits' then
        perform shop.credits_return(moved, actor);
    end if;
    return moved;
end
$$;
comment on function shop.bill_move(shop.bills, text, text, text) is
    'Moves a locked bill, with its dates and its entry in the log; the way of payment is taken from the given row';

create or replace function shop.shop_mailbox(s shop.shops) returns text
language sql immutable as $$
    select coalesce(nullif(s.seller ->> 'mail', ''), nullif(s.seller ->> 'support_mail', ''))
$$;
comment on function shop.shop_mailbox(shop.shops) is 'Where the sales team reads its mails; null: nowhere';

create or replace function shop.mail_orders(ids bigint[], wanted text, hold interval, invoiced boolean,
                                            suffix text)
returns void language plpgsql volatile as $$
begin
    insert into shop.mails (key, shopid, billid, template, lang, toname, toaddress, needsinvoice, nexttry)
    select wanted || ':' || b.id || suffix, b.shopid, b.id, wanted,
           case when wanted = 'sales_feedback' then b.lang else s.lang end,
           case when wanted = 'sales_feedback'
                then btrim((b.customer ->> 'firstname') || ' ' || (b.customer ->> 'lastname'))
                else coalesce(s.seller ->> 'name', s.name) end,
           case when wanted = 'sales_feedback' then b.customer ->> 'email'
                else shop.shop_mailbox(s) end,
           invoiced, now() + hold
    from shop.bills b join shop.shops s on s.id = b.shopid
    where b.id = any (ids)
      and (wanted = 'sales_feedback' or shop.shop_mailbox(s) is not null)
      and (wanted <> 'transaction_input' or s.presalenotification)
    order by b.id
    on conflict (key) do nothing;
end
$$;
comment on function shop.mail_orders(bigint[], text, interval, boolean, text) is
    'Queues one mail per order: sales_feedback to the buyer, the others to the sales team';

create or replace function shop.mail_invoices(ids bigint[], hold interval) returns void
language plpgsql volatile as $$
begin
    insert into shop.mails (key, shopid, billid, template, lang, toname, toaddress, needsinvoice, nexttry)
    select 'invoice_copy:' || b.id, b.shopid, b.id, 'invoice_copy', b.lang, b.invoiceinfo ->> 'organisation',
           b.invoiceinfo ->> 'email', true, now() + hold
    from shop.bills b
    where b.id = any (ids) and b.invoiceinfo ->> 'email' <> ''
      and lower(b.invoiceinfo ->> 'email') <> lower(b.customer ->> 'email')
    order by b.id
    on conflict (key) do nothing;
end
$$;
comment on function shop.mail_invoices(bigint[], interval) is
    'Queues the invoice for whom it is made out to, when that is not the buyer';

create or replace function shop.job_inputs(b shop.bills, l shop.bill_items, s shop.shops, job_phase text,
                                           element jsonb, unit integer)
returns jsonb language sql stable as $$
    select jsonb_build_object(
        'phase', job_phase, 'handler', coalesce(element ->> 'handler', l.handler),
        'unit', unit, 'element', coalesce(element ->> 'code', ''),
        'ordered_at', shop.utc(b.placedat), 'paid_at', shop.utc(coalesce(b.paidat, b.realisedat)),
        'transid', b.transid, 'ordering', b.ordering, 'item_id', l.id,
        'quantity', l.quantity::bigint,
        'params', coalesce(nullif(element -> 'params', 'null'), nullif(l.params, 'null'), '{}'),
        'customerdata', coalesce(element -> 'customerdata', l.customerdata),
        'users', l.users,
        'product', jsonb_build_object(
            'code', coalesce(element ->> 'code', l.itemcode),
            'name', coalesce(element ->> 'name', l.abstract),
            'renewable', coalesce((l.catalogitem ->> 'renewable')::boolean, false),
            'track_instance', coalesce(l.params ->> 'track_instance', '') in ('1', 'yes', 'true')),
        'shop', jsonb_build_object('id', s.id, 'support_course', s.supportcourse,
                                   'utc_offset', shop.utc_offset(s.timezone)))
$$;
comment on function shop.job_inputs(shop.bills, shop.bill_items, shop.shops, text, jsonb, integer) is
    'What a job knows for ever (head of produce.h)';

create or replace function shop.line_people(l shop.bill_items) returns jsonb
language sql immutable as $$
    select coalesce(jsonb_agg(jsonb_build_object('role', r.key, 'person', p.value) order by r.key, p.place), '[]')
    from jsonb_each(coalesce(nullif(l.users, 'null'), '{}')) as r,
         jsonb_array_elements(r.value) with ordinality as p (value, place)
$$;
comment on function shop.line_people(shop.bill_items) is 'The people named for the seats of a line: [{role, person}]';

create or replace function shop.job_units(wanted text, handler text, quantity integer, people integer)
returns setof integer language sql stable as $$
    select generate_series(
        case when handler <> '' and coalesce(h.units, 'unit') = 'unit' then 1 else 0 end,
        case when handler = '' or coalesce(h.units, 'unit') = 'line' then 0
             when h.units = 'seat' then case wanted when 'postpay' then people else 0 end
             else quantity end)
    from (select 1) as one left join shop.handlers h on h.name = handler
$$;
comment on function shop.job_units(text, text, integer, integer) is 'The jobs of a line by their unit, as its handler works';

create or replace function shop.jobs_insert(ids bigint[], wanted text) returns void
language plpgsql volatile as $$
begin
    insert into shop.jobs (billid, itemid, element, unit, phase, customerid, handler, inputs)
    select b.id, l.id, coalesce(e.value ->> 'code', ''), u.unit, wanted, b.customerid,
           coalesce(e.value ->> 'handler', l.handler),
           shop.job_inputs(b, l, s, wanted, e.value, u.unit)
               || case when h.units = 'seat' and u.unit > 0
                       then jsonb_build_object('seat', shop.line_people(l) -> (u.unit - 1)) else '{}' end
    from shop.bills b
    join shop.shops s on s.id = b.shopid
    join shop.bill_items l on l.billid = b.id and l.type = 'BILLING'
    cross join lateral jsonb_array_elements(
        case when jsonb_array_length(l.elements) = 0 then '[null]' else l.elements end)
        with ordinality as e (value, place)
    left join shop.handlers h on h.name = coalesce(e.value ->> 'handler', l.handler)
    cross join lateral shop.job_units(wanted, coalesce(e.value ->> 'handler', l.handler),
        l.quantity::integer, jsonb_array_length(shop.line_people(l))) as u (unit)
    where b.id = any (ids) and (wanted = 'postpay' or coalesce(e.value ->> 'handler', l.handler) <> '')
    order by b.id, l.ordering, e.place, u.unit
    on conflict (itemid, element, unit, phase, actionid) do nothing;
end
$$;
comment on function shop.jobs_insert(bigint[], text) is
    'The jobs of a phase: one per unit, per line or per named person, and per element of a bundle';
