-- An order as pages, mails and invoices read it.

create or replace function shop.order_lines(bill bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'type', l.type, 'code', l.itemcode, 'name', l.abstract, 'unit', shop.money(l.unitcost),
            'quantity', trim_scale(l.quantity)::text, 'untaxed', shop.money(l.totalprice),
            'taxed', shop.money(l.taxedprice), 'tax', l.tax,
            'itemid', l.catalogitemid, 'produced', shop.utc(l.produced),
            'about', case when l.type = 'DISCOUNT' then l.description else '' end) order by l.ordering), '[]')
        from shop.bill_items l where l.billid = bill);
end
$$;
comment on function shop.order_lines(bigint) is 'The lines of a bill';

create or replace function shop.order_seller(s shop.shops) returns jsonb
language sql immutable as $$
    select jsonb_build_object(
        'name', coalesce(s.seller ->> 'name', s.name), 'address', s.seller ->> 'address',
        'zip', s.seller ->> 'zip', 'city', s.seller ->> 'city', 'country', s.seller ->> 'country',
        'email', s.seller ->> 'mail', 'phone', coalesce(s.seller ->> 'phone', s.seller ->> 'support_phone'),
        'support_mail', s.seller ->> 'support_mail', 'support_phone', s.seller ->> 'support_phone',
        'vat_number', s.seller ->> 'vat_number', 'registration', s.seller ->> 'registration',
        'logo', s.seller ->> 'logo', 'legal', s.seller ->> 'legal')
$$;
comment on function shop.order_seller(shop.shops) is 'The seller as documents print him';

create or replace function shop.order_credits_spent(bill bigint) returns integer
language plpgsql stable as $$
begin
    return (select -e.amount from shop.credit_entries e where e.billid = bill and e.kind = 'spent');
end
$$;
comment on function shop.order_credits_spent(bigint) is 'How many training credits paid an order; null: none did';

create or replace function shop.order_document(b shop.bills) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object(
            'id', b.id, 'transid', b.transid, 'shop', s.alias,
            'order_number', shop.order_number(b.ordering, b.placedat, s.timezone),
            'invoice_number', v.number, 'status', b.status, 'late', b.late, 'test', b.test,
            'placed_at', shop.utc(b.placedat), 'paid_at', shop.utc(b.paidat),
            'invoiced_at', shop.utc(v.issuedat), 'terms_accepted_at', shop.utc(b.eulaaccepted),
            'currency', b.currency, 'lang', b.lang,
            'paymode', b.paymode, 'interface', b.interface,
            'untaxed', shop.money(b.untaxedamount), 'taxes', shop.money(b.taxes),
            'amount', shop.money(b.amount), 'refunded', shop.money(b.refundedamount),
            'seller', shop.order_seller(s),
            'customer', b.customer || jsonb_build_object('id', b.customerid,
                'hasaccount', case when b.userid > 0 then b.userid else k.hasaccount end),
            'invoiceinfo', b.invoiceinfo, 'lines', shop.order_lines(b.id),
            'utc_offset', shop.utc_offset(s.timezone), 'billfooter', c.billfooter)
            || case when b.paymode = 'credits'
                    then jsonb_build_object('spent_credits', shop.order_credits_spent(b.id)) else '{}' end
        from shop.shops s
        join shop.customers k on k.id = b.customerid
        left join shop.catalogs c on c.id = s.catalogid
        left join shop.invoices v on v.billid = b.id and v.refundid is null
        where s.id = b.shopid);
end
$$;
comment on function shop.order_document(shop.bills) is 'The order without its production and payments';

create or replace function shop.order_credits(bill bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object('number', v.number, 'amount', shop.money(-v.amount),
            'issued_at', shop.utc(v.issuedat)) order by v.seq), '[]')
        from shop.refunds r join shop.invoices v on v.refundid = r.id
        where r.billid = bill);
end
$$;
comment on function shop.order_credits(bigint) is 'The credit notes of a bill';

create or replace function shop.order_attempt(bill bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('id', a.id, 'state', a.state, 'config', a.config,
            'interface', a.interface, 'mode', a.mode, 'paying', a.paying,
            'provider_ref', a.providerref, 'amount', shop.money(a.amount), 'currency', a.currency,
            'created', shop.utc(a.created), 'updated', shop.utc(a.updated),
            'expires', shop.utc(a.expires))
        from shop.payment_attempts a where a.billid = bill
        order by a.paying desc, a.id desc limit 1);
end
$$;
comment on function shop.order_attempt(bigint) is 'The attempt that paid, else the last one; null: none';

create or replace function shop.order_feedback(bill bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(j.feedback
            || jsonb_build_object('reason', j.reason, 'code', j.code) order by j.id), '[]')
        from shop.jobs j
        where j.billid = bill and jsonb_typeof(j.feedback) = 'object' and j.state <> 'cancelled');
end
$$;
comment on function shop.order_feedback(bigint) is
    'What production said: [{product, handler, event, vars, reason, code}]';

create or replace function shop.job_certificate(wanted bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('number', c.number, 'holder', c.holder, 'course', c.course,
            'completed_at', shop.utc(c.completedat), 'issued_at', shop.utc(c.issuedat),
            'revoked', c.revokedat is not null)
        from shop.certificates c where c.jobid = wanted);
end
$$;
comment on function shop.job_certificate(bigint) is 'The certificate that a job issued; null: none';

create or replace function shop.order_production(bill bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object(
            'items', coalesce(jsonb_agg(jsonb_build_object(
                'name', j.inputs #>> '{product,name}', 'code', j.inputs #>> '{product,code}',
                'handler', j.handler, 'phase', j.phase, 'unit', j.unit, 'state', j.state, 'step', j.step,
                'reason', j.reason, 'reference', p.reference, 'startdate', shop.utc(p.startdate),
                'enddate', shop.utc(p.enddate),
                'certificate', shop.job_certificate(j.id),
                'course', nullif(p.productiondata ->> 'courseid', '0')::bigint,
                'user', (p.productiondata ->> 'userid')::bigint,
                'username', p.productiondata ->> 'username',
                'feedback', j.feedback || jsonb_build_object('reason', j.reason, 'code', j.code))
                order by j.id), '[]'),
            'production', case
                when count(j.id) = 0 then 'none'
                when bool_or(j.state in ('blocked', 'manual', 'failed')) then 'trouble'
                when bool_and(j.state = 'done') then 'done'
                else 'running' end)
        from shop.jobs j
        left join shop.product_instances p
            on p.initialitemid = j.itemid and p.element = j.element and p.unit = j.unit
        where j.billid = bill and j.phase = 'postpay' and j.state <> 'cancelled');
end
$$;
comment on function shop.order_production(bigint) is 'How the production of an order stands';

create or replace function shop.order_has_seats(bill bigint) returns boolean
language plpgsql stable as $$
begin
    return exists (
        select from shop.bill_items l
        join shop.product_instances p on p.initialitemid = l.id and p.archivedat is null
        where l.billid = bill and shop.seat_is(p));
end
$$;
comment on function shop.order_has_seats(bigint) is 'Has an order places for people?';

create or replace function shop.order_credits(b shop.bills) returns integer
language plpgsql stable as $$
begin
    return (
        select shop.credits_balance(b.customerid)
        where exists (
            select from shop.bill_items l
            join shop.product_instances p on p.initialitemid = l.id and p.archivedat is null
            where l.billid = b.id and p.contexttype = 'credits' and p.customerid = b.customerid));
end
$$;
comment on function shop.order_credits(shop.bills) is 'What the buyer of credits can spend now; null: the order has none';

create or replace function shop.order_read(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return (
        select coalesce((
            select shop.order_document(b) || shop.order_production(b.id)
                || jsonb_build_object('seats', shop.order_has_seats(b.id), 'balance', shop.order_credits(b),
                                      'attempt', shop.order_attempt(b.id),
                                      'credits', shop.order_credits(b.id),
                                      'feedback', shop.order_feedback(b.id))
            from shop.bills b
            where b.transid = arguments ->> 'transid'
              and (arguments -> 'shop' is null or b.shopid = shop.shop_id(arguments -> 'shop'))),
            '{"error": "unknown"}'));
end
$$;
comment on function shop.order_read(jsonb) is 'An order with its payment and production';

create or replace function shop.order_terms(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return (
        select coalesce((
            select shop.order_document(b) || jsonb_build_object('terms', t.content)
            from shop.bills b join shop.terms t on t.hash = b.eulahash
            where b.transid = arguments ->> 'transid'
              and (arguments -> 'shop' is null or b.shopid = shop.shop_id(arguments -> 'shop'))),
            '{"error": "unknown"}'));
end
$$;
comment on function shop.order_terms(jsonb) is 'An order with the terms of sale that were accepted for it';
