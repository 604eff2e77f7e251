-- What buyers and staff do with an order after it was placed.

create or replace function shop.order_lock(arguments jsonb) returns shop.bills
language plpgsql volatile as $$
declare
    found_row shop.bills;
begin
    select b.* into found_row from shop.bills b
    where b.transid = arguments ->> 'transid'
      and (arguments -> 'shop' is null or b.shopid = shop.shop_id(arguments -> 'shop'))
    for no key update;
    return found_row;
end
$$;
comment on function shop.order_lock(jsonb) is 'The order, locked';

create or replace function shop.order_confirm(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills := shop.order_lock(arguments);
begin
    if b.id is null then
        return '{"error": "unknown"}';
    elsif b.interface not in ('check', 'transfer') then
        return shop.order_answer(b, 'refused') || '{"reason": "paymode"}';
    elsif b.status in ('PENDING', 'PREPROD', 'SOLDOUT', 'COMPLETE') then
        return shop.order_answer(b, 'exists');
    elsif b.status not in ('PLACED', 'REFUSED', 'FAILED') then
        return shop.order_answer(b, 'refused') || '{"reason": "status"}';
    end if;
    update shop.payment_attempts set state = 'pending', updated = clock_timestamp()
    where billid = b.id and interface = b.interface and state = 'created';
    return shop.order_answer(shop.bill_promise(b, 'buyer'), 'placed');
end
$$;
comment on function shop.order_confirm(jsonb) is
    'The buyer promises a cheque or a transfer: the order is pending, the mails carry the instructions';

create or replace function shop.order_paymode(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills := shop.order_lock(arguments);
    wanted constant text := coalesce(arguments ->> 'paymode', '');
begin
    if b.id is null then
        return '{"error": "unknown"}';
    elsif b.status not in ('PLACED', 'PENDING', 'REFUSED', 'FAILED') or b.paidat is not null then
        return shop.order_answer(b, 'refused') || '{"reason": "status"}';
    elsif wanted = 'freeorder' or not exists (select from shop.shops s
          where s.id = b.shopid and s.paymodes ? wanted) then
        return shop.order_answer(b, 'refused') || '{"reason": "paymode"}';
    end if;
    update shop.bills
    set paymode = wanted, interface = coalesce(arguments ->> 'interface', ''),
        lastactiondate = clock_timestamp()
    where id = b.id returning * into b;
    return shop.order_answer(b, 'ok');
end
$$;
comment on function shop.order_paymode(jsonb) is 'Another way to pay an order that is not paid';

create or replace function shop.attempt_settle(b shop.bills) returns void
language plpgsql volatile as $$
declare
    a bigint;
begin
    if exists (select from shop.payment_attempts where billid = b.id and paying) then
        return;
    end if;
    select id into a from shop.payment_attempts
    where billid = b.id and interface = b.interface and state in ('created', 'pending', 'expired')
    order by state = 'pending' desc, id desc limit 1;
    if a is null then
        a := (shop.attempt_insert(b, jsonb_build_object('config', coalesce(nullif(b.paymode, ''), 'manual'),
            'interface', coalesce(nullif(b.interface, ''), 'manual'),
            'mode', case when b.test then 'test' else 'live' end))).id;
    end if;
    update shop.payment_attempts set state = 'paid', paying = true, updated = clock_timestamp()
    where id = a;
end
$$;
comment on function shop.attempt_settle(shop.bills) is 'The try that a member of staff has seen the money of';

create or replace function shop.bill_flow(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills := shop.order_lock(arguments);
    target constant text := arguments ->> 'to';
    actor constant text := left(coalesce(nullif(arguments ->> 'actor', ''), 'staff'), 255);
    done boolean;
begin
    if b.id is null then
        return '{"error": "unknown"}';
    elsif b.status = target then
        return shop.order_answer(b, 'exists');
    elsif not exists (select from shop.bill_flows where fromstatus = b.status and tostatus = target) then
        return shop.order_answer(b, 'refused') || '{"reason": "transition"}';
    elsif b.status = 'CANCELLED' and b.paymode = 'credits' then
        return shop.order_answer(b, 'refused') || '{"reason": "credits"}';
    end if;

    if target = 'PAYBACK' then
        b := shop.bill_refund(b, (select id from shop.payment_attempts where billid = b.id and paying),
                              b.paiedamount - b.refundedamount, actor, coalesce(arguments ->> 'reason', ''));
        update shop.payment_attempts set state = 'refunded', updated = clock_timestamp()
        where billid = b.id and paying;
        return shop.order_answer(b, 'ok');
    elsif target = 'PENDING' then
        return shop.order_answer(shop.bill_promise(b, actor), 'ok');
    end if;

    done := b.realisedat is not null;
    b := shop.bill_move(b, target, actor, arguments ->> 'reason');
    if target in ('SOLDOUT', 'COMPLETE') then
        perform shop.attempt_settle(b);
    end if;
    if target in ('SOLDOUT', 'PREPROD', 'PARTIAL', 'COMPLETE') and not done then
        perform shop.bills_settle(array[b.id]);
    elsif target = 'CANCELLED' then
        update shop.jobs set state = 'cancelled', reason = 'cancelled'
        where billid = b.id and state in ('pending', 'waiting', 'blocked', 'manual');
        if done then
            perform shop.stock_return(b.id);
        end if;
    end if;
    return shop.order_answer(b, 'ok');
end
$$;
comment on function shop.bill_flow(jsonb) is
    'A member of staff moves a bill along bill_flows, with everything that follows';

create or replace function shop.mark_paid(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return (
        select shop.bill_flow(arguments || '{"to": "SOLDOUT"}'));
end
$$;
comment on function shop.mark_paid(jsonb) is 'The money of a cheque or transfer is there';

create or replace function shop.customer_orders(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return (
        select jsonb_build_object('orders', coalesce(jsonb_agg(jsonb_build_object(
            'transid', x.transid, 'order_number', x.number, 'invoice_number', x.invoice,
            'status', x.status, 'placed_at', shop.utc(x.placedat), 'paid_at', shop.utc(x.paidat),
            'amount', shop.money(x.amount), 'currency', x.currency, 'paymode', x.paymode,
            'interface', x.interface, 'credits', shop.order_credits_spent(x.id), 'test', x.test,
            'items', x.items, 'names', x.names)
            order by x.id desc), '[]'))
        from (
            select b.*, v.number as invoice, shop.order_number(b.ordering, b.placedat, s.timezone) as number,
                   l.items, l.names
            from shop.customers c
            join shop.bills b on b.customerid = c.id
            join shop.shops s on s.id = b.shopid
            left join shop.invoices v on v.billid = b.id and v.refundid is null
            cross join lateral (
                select coalesce(sum(quantity), 0)::bigint as items, jsonb_agg(abstract order by ordering) as names
                from shop.bill_items where billid = b.id and type in ('BILLING', 'MANUAL')) as l
            where (c.id = (arguments ->> 'customer')::bigint
                   or lower(c.email) = lower(arguments ->> 'email')
                   or c.hasaccount = nullif((arguments ->> 'user')::bigint, 0))
              and (arguments -> 'shop' is null or b.shopid = shop.shop_id(arguments -> 'shop'))
            order by b.id desc
            limit least(coalesce((arguments ->> 'limit')::integer, 50), 500)) as x);
end
$$;
comment on function shop.customer_orders(jsonb) is 'The last orders of a customer';
