-- Tries to pay: begun, found again, given up.

create or replace function shop.asked_by_try(interface text) returns boolean
language sql immutable as $$ select interface not in ('systempay', 'ogone') $$;
comment on function shop.asked_by_try(text) is
    'The provider''s API answers about one try; of the other interfaces about an order with all its tries';

create or replace function shop.provider_reference(wanted_interface text, wanted_config text,
                                                   wanted_mode text, b shop.bills, attempt bigint)
returns text language plpgsql volatile as $$
declare
    today constant date := (now() at time zone 'UTC')::date;
    counter integer;
begin
    if wanted_interface in ('mercanet', 'axepta') then
        -- 35 letters and digits at most: the number of the try within its order
        return replace(b.transid, '-', '') || 'A'
            || (select count(*) + 1 from shop.payment_attempts a where a.billid = b.id);
    elsif wanted_interface <> 'systempay' then
        return b.transid || 'A' || attempt;
    end if;
    insert into shop.attempt_counters as c (config, mode, day, value)
    values (wanted_config, wanted_mode, today, 0)
    on conflict (config, mode, day) do update set value = c.value + 1
    returning value into counter;
    return to_char(today, 'YYYYMMDD') || '-' || lpad(counter::text, 6, '0');
end
$$;
comment on function shop.provider_reference(text, text, text, shop.bills, bigint) is
    'What identifies a try at the provider (payments.md 1.7)';

create or replace function shop.attempt_answer(a shop.payment_attempts, b shop.bills) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('verdict', 'ok', 'attempt', a.id, 'token', a.token,
            'provider_ref', a.providerref, 'amount', shop.money(a.amount), 'currency', a.currency,
            'untaxed', shop.money(b.untaxedamount), 'taxes', shop.money(b.taxes),
            'state', a.state, 'mode', a.mode, 'config', a.config, 'interface', a.interface,
            'transid', b.transid, 'status', b.status, 'lang', b.lang,
            'order_number', shop.order_number(b.ordering, b.placedat, s.timezone),
            'page_until', shop.epoch(a.pageuntil), 'page_url', a.pageurl, 'page_secret', a.pagesecret,
            'shop', s.alias, 'shop_name', s.name, 'customer', b.customer, 'invoiceinfo', b.invoiceinfo)
        from shop.shops s where s.id = b.shopid);
end
$$;
comment on function shop.attempt_answer(shop.payment_attempts, shop.bills) is 'An attempt as the payment page needs it';

create or replace function shop.attempt_crowded(bill shop.bills, last shop.payment_attempts) returns boolean
language plpgsql stable as $$
begin
    return (last.created at time zone 'UTC')::date = (now() at time zone 'UTC')::date
        and (select count(*) from shop.payment_attempts a
             where a.billid = bill.id and a.created > now() - interval '1 hour') >= 30;
end
$$;
comment on function shop.attempt_crowded(shop.bills, shop.payment_attempts) is
    'Somebody reloads a payment page again and again: no reference is spent on that';

create or replace function shop.attempt_reusable(bill shop.bills, arguments jsonb)
returns shop.payment_attempts language plpgsql stable as $$
declare
    found_row shop.payment_attempts;
begin
    select a.* into found_row from shop.payment_attempts a
    where a.billid = bill.id and a.config = arguments ->> 'config' and a.mode = arguments ->> 'mode'
      and a.interface = arguments ->> 'interface' and a.amount = bill.amount
      and (a.state in ('created', 'redirected')
           or a.state = 'pending' and a.interface in ('check', 'transfer'))
      and a.expires > now() and not a.closing
      and (a.pageurl is null or a.pageuntil > now() + interval '1 minute')
    order by a.id desc limit 1;
    if found_row.interface in ('systempay', 'mercanet', 'axepta') and not shop.attempt_crowded(bill, found_row) then
        return null;
    end if;
    return found_row;
end
$$;
comment on function shop.attempt_reusable(shop.bills, jsonb) is
    'An open try of the same kind; the bank takes a reference of systempay, mercanet or axepta for one visit only';

create or replace function shop.attempt_insert(b shop.bills, arguments jsonb)
returns shop.payment_attempts language plpgsql volatile as $$
declare
    a shop.payment_attempts;
    wanted constant text := arguments ->> 'interface';
begin
    a.id := nextval(pg_get_serial_sequence('shop.payment_attempts', 'id'));
    -- an answer about the order speaks of all its tries: the last one carries the question
    update shop.payment_attempts set askat = null
    where not shop.asked_by_try(wanted) and billid = b.id and config = arguments ->> 'config' and mode = arguments ->> 'mode' and askat is not null;
    insert into shop.payment_attempts (id, billid, config, interface, mode, token, providerref, amount,
                                       currency, state, expires, askat)
    values (a.id, b.id, arguments ->> 'config', wanted, arguments ->> 'mode', shop.random_token(),
            shop.provider_reference(wanted, arguments ->> 'config', arguments ->> 'mode', b, a.id),
            b.amount, b.currency,
            case when wanted in ('check', 'transfer') or (arguments ->> 'opens')::boolean then 'created'
                 else 'redirected' end,
            now() + coalesce(make_interval(days => (arguments ->> 'valid_days')::integer),
                shop.setting_days(case when wanted in ('check', 'transfer') then 'pending_days'
                                       else 'attempt_days' end)),
            case when (arguments ->> 'ask')::boolean and (arguments ->> 'opens')::boolean is not true then now() + interval '2 minutes' end)
    returning * into a;
    perform shop.pages_close(b.id, a.id);
    return a;
end
$$;
comment on function shop.attempt_insert(shop.bills, jsonb) is 'A new try; pages that others have opened are closed';

create or replace function shop.attempt_start(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills;
    a shop.payment_attempts;
begin
    select * into b from shop.bills
    where transid = arguments ->> 'transid'
      and (arguments -> 'shop' is null or shopid = shop.shop_id(arguments -> 'shop'))
    for no key update;
    if b.id is null then
        return '{"error": "unknown"}';
    elsif b.status not in ('PLACED', 'PENDING', 'REFUSED', 'FAILED') or b.paidat is not null then
        return jsonb_build_object('error', case when b.paidat is not null then 'paid' else 'closed' end,
                                  'status', b.status, 'transid', b.transid);
    elsif coalesce(arguments ->> 'config', '') = '' or coalesce(arguments ->> 'interface', '') = ''
          or coalesce(arguments ->> 'mode', '') not in ('test', 'live') then
        return '{"error": "argument"}';
    elsif arguments ->> 'mode' = 'test' and not b.test then
        -- play money never pays for something real
        return '{"error": "mode"}';
    end if;
    a := shop.attempt_reusable(b, arguments);
    if a.id is null then
        a := shop.attempt_insert(b, arguments);
    end if;
    a := shop.page_plan(a, arguments);
    -- what was promised stays promised until the money comes
    if b.status <> 'PENDING' and (b.paymode, b.interface) <> (a.config, a.interface) then
        update shop.bills set paymode = a.config, interface = a.interface where id = b.id;
    end if;
    return shop.attempt_answer(a, b);
end
$$;
comment on function shop.attempt_start(jsonb) is 'Begins a try to pay an order, or finds the open one again';

create or replace function shop.attempt_by_token(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return (
        select coalesce((
            select shop.attempt_answer(a, b)
            from shop.payment_attempts a join shop.bills b on b.id = a.billid
            where a.token = arguments ->> 'token' and a.config = arguments ->> 'config'),
            '{"error": "unknown"}'));
end
$$;
comment on function shop.attempt_by_token(jsonb) is 'The try that a return address speaks of';

create or replace function shop.ask_after_return(a shop.payment_attempts) returns timestamptz
language sql stable as $$
    select greatest(now(), coalesce(a.askedat, case when a.pageurl is null then a.created end) + interval '20 seconds')
$$;
comment on function shop.ask_after_return(shop.payment_attempts) is
    'When the provider is asked after the browser came back: at once where his API has opened the page';

create or replace function shop.attempt_returned(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    if (arguments ->> 'ask')::boolean then
        update shop.payment_attempts a
        set askat = shop.ask_after_return(a)
        where token = arguments ->> 'token' and config = arguments ->> 'config'
          and state in ('created', 'redirected', 'pending')
          and (askat is null or askat > shop.ask_after_return(a));
    else
        update shop.payment_attempts set returnedat = now()
        where token = arguments ->> 'token' and config = arguments ->> 'config'
          and state in ('created', 'redirected') and returnedat is null;
    end if;
    return shop.attempt_by_token(arguments);
end
$$;
comment on function shop.attempt_returned(jsonb) is
    'The buyer is back, and the bank has not told yet: it will be asked soon';

create or replace function shop.attempt_cancel(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    update shop.payment_attempts
    set state = 'cancelled', updated = clock_timestamp(), closing = pageurl is not null,
        askat = case when pageurl is not null then now() else askat end
    where token = arguments ->> 'token' and config = arguments ->> 'config'
      and state in ('created', 'redirected');
    return shop.attempt_by_token(arguments);
end
$$;
comment on function shop.attempt_cancel(jsonb) is
    'The buyer gave up on the provider''s page: only a try without news is cancelled, never the order';
