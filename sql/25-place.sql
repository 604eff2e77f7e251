-- Placing orders: several in one call, each with its own verdict.

create or replace function shop.stock_problem(order_lines jsonb) returns text
language plpgsql stable as $$
begin
    return (
        select 'stock:' || i.code
        from (select itemid, sum(quantity) as wanted
              from jsonb_to_recordset(order_lines) as l (type text, itemid bigint, quantity numeric)
              where l.type = 'BILLING' and l.itemid is not null group by itemid) as l
        join shop.items i on i.id = l.itemid
        where i.stock < l.wanted
        order by i.code limit 1);
end
$$;
comment on function shop.stock_problem(jsonb) is 'The first item of which too few are left; null: none';

create or replace function shop.sums_problem(e jsonb) returns text
language plpgsql stable as $$
begin
    return (
        select case
            when count(*) = 0 then 'lines'
            when bool_or(l.type is null or l.type not in ('BILLING', 'DISCOUNT', 'SHIPPING')) then 'line_type'
            when bool_or(coalesce(l.code, '') = '' or l.unitcost is null or l.untaxed is null
                         or l.taxed is null or coalesce(l.quantity, 0) <= 0) then 'line'
            when bool_or(l.type = 'BILLING' and (l.quantity <> trunc(l.quantity) or l.untaxed
                     <> round(l.unitcost * l.quantity, shop.currency_decimals(e ->> 'currency')))) then 'line_amount'
            when bool_or(l.type = 'DISCOUNT' and (l.untaxed > 0 or l.taxed > 0)) then 'discount'
            when sum(l.untaxed) <> (e #>> '{totals,untaxed}')::numeric
              or sum(l.taxed) <> (e #>> '{totals,amount}')::numeric
              or sum(l.taxed - l.untaxed) <> (e #>> '{totals,taxes}')::numeric then 'totals'
            when (e #>> '{totals,amount}')::numeric < 0 then 'amount'
            when ((e #>> '{totals,amount}')::numeric = 0) <> (e ->> 'interface' = 'freeorder') then 'paymode'
        end
        from jsonb_to_recordset(e -> 'lines') as l (type text, code text, quantity numeric,
            unitcost numeric, untaxed numeric, taxed numeric));
end
$$;
comment on function shop.sums_problem(jsonb) is 'What is wrong with the lines and totals of an order; null: nothing';

create or replace function shop.order_problem(e jsonb, s shop.shops) returns text
language plpgsql stable as $$
declare
    who constant jsonb := coalesce(e -> 'customer', '{}');
begin
    if coalesce(e ->> 'transid', '') !~ '^[A-Z0-9]{8,40}$' then
        return 'transid';
    elsif s.id is null or s.catalogid is null then
        return 'shop';
    elsif e ->> 'currency' is distinct from s.currency then
        return 'currency';
    elsif coalesce(who ->> 'email', '') !~ '^[^@\s]+@[^@\s]+$' or coalesce(who ->> 'lastname', '') = ''
          or length(who ->> 'email') > 254 then
        return 'customer';
    elsif jsonb_typeof(e -> 'lines') is distinct from 'array'
          or jsonb_typeof(e -> 'totals') is distinct from 'object' then
        return 'lines';
    elsif coalesce(e ->> 'interface', '') not in ('', 'freeorder')
          and not (s.paymodes ? coalesce(e ->> 'paymode', '')) then
        return 'paymode';
    elsif exists (select from jsonb_to_recordset(e -> 'lines') as l (itemid bigint)
                  where l.itemid is not null and not exists (
                      select from shop.items i join shop.catalogs c on c.id = s.catalogid
                      where i.id = l.itemid and i.catalogid in (c.id, c.groupid))) then
        return 'item';
    end if;
    return coalesce(shop.sums_problem(e), shop.stock_problem(e -> 'lines'), shop.selling_problem(e, s),
                    shop.owned_problem(e));
end
$$;
comment on function shop.order_problem(jsonb, shop.shops) is 'Why an order is not placed; null: it can be';

create or replace function shop.identity_of(e jsonb) returns text
language sql immutable as $$
    select case
        when e ->> 'proven' in ('mail', 'moodle') then e ->> 'proven'
        when e ->> 'proven' in ('true', '1') and coalesce((e ->> 'user')::bigint, 0) > 0 then 'moodle'
        when e ->> 'proven' in ('true', '1') then 'mail'
        else '' end
$$;
comment on function shop.identity_of(jsonb) is 'How the mailbox of an order was proven';

create or replace function shop.customers_insert(accepted jsonb) returns void
language plpgsql volatile as $$
begin
    insert into shop.customers (shopid, firstname, lastname, organisation, address, zip, city, country,
                                email, phone)
    select distinct on (lower(c.email)) x.shopid, left(coalesce(c.firstname, ''), 100),
           left(c.lastname, 100), left(coalesce(c.organisation, ''), 255),
           left(coalesce(c.address, ''), 255), left(coalesce(c.zip, ''), 20),
           left(coalesce(c.city, ''), 120),
           case when c.country ~ '^[A-Z]{2}$' then c.country else '' end, c.email,
           left(coalesce(c.phone, ''), 40)
    from jsonb_to_recordset(accepted) as x (shopid bigint, customer jsonb, customerid bigint),
         jsonb_to_record(x.customer) as c (firstname text, lastname text, organisation text,
             address text, zip text, city text, country text, email text, phone text)
    where x.customerid is null
    order by lower(c.email)
    on conflict (lower(email)) do nothing;
end
$$;
comment on function shop.customers_insert(jsonb) is
    'Makes the customers that are new; what is known of the others is not overwritten';

create or replace function shop.bills_insert(accepted jsonb) returns setof bigint
language plpgsql volatile as $$
begin
    return query
    insert into shop.bills (shopid, transid, status, customerid, userid, identity, customer, invoiceinfo,
        title, lang, address, test, currency, untaxedamount, taxes, amount, untaxeddiscount, discount,
        paymode, interface, ignoretax, trusted, fingerprint, partnerid, partnertag, eulahash, eulaaccepted)
    select x.shopid, x.transid, 'PLACED', coalesce(x.customerid, c.id), coalesce(x."user", 0),
        x.identity, x.customer, nullif(x.invoice, 'null'), left(s.name || ' Online purchase', 255),
        coalesce(x.lang, s.lang), left(coalesce(x.address, ''), 64), coalesce(x.test, false) or s.test,
        x.currency, (x.totals ->> 'untaxed')::numeric, (x.totals ->> 'taxes')::numeric,
        (x.totals ->> 'amount')::numeric, d.untaxed, d.taxed, coalesce(x.paymode, ''),
        coalesce(x.interface, ''), coalesce(x.ignoretax, false), coalesce(x.override, false),
        coalesce(x.fingerprint, ''), p.id, left(coalesce(x.partnertag, ''), 32), x.eula ->> 'hash',
        case when x.eula ->> 'hash' is not null
             then coalesce((x.eula ->> 'acceptedat')::timestamptz, now()) end
    from rows from (jsonb_to_recordset(accepted) as (transid text, shopid bigint, customerid bigint,
             lang text, test boolean, address text, paymode text, interface text, currency text,
             ignoretax boolean, customer jsonb, invoice jsonb, "user" bigint, identity text,
             eula jsonb, lines jsonb, totals jsonb, override boolean, fingerprint text,
             partner bigint, partnertag text)) with ordinality as x
    join shop.shops s on s.id = x.shopid
    left join shop.customers c on x.customerid is null and lower(c.email) = lower(x.customer ->> 'email')
    left join shop.partners p on p.id = x.partner and p.shopid = x.shopid
    cross join lateral (
        select coalesce(sum(l.untaxed), 0) as untaxed, coalesce(sum(l.taxed), 0) as taxed
        from jsonb_to_recordset(x.lines) as l (type text, untaxed numeric, taxed numeric)
        where l.type = 'DISCOUNT') as d
    order by x.ordinality
    on conflict (transid) do nothing
    returning bills.id;
end
$$;
comment on function shop.bills_insert(jsonb) is 'The bills of the accepted orders; gives the ids of those that did not exist';

create or replace function shop.lines_insert(accepted jsonb, ids bigint[]) returns void
language plpgsql volatile as $$
begin
    insert into shop.bill_items (billid, ordering, type, itemcode, catalogitemid, catalogitem, abstract,
        description, unitcost, quantity, totalprice, taxedprice, tax, seats, handler, params,
        customerdata, users, elements, productiondata)
    select b.id, l.ordinality, l.type, l.code, l.itemid, l.catalogitem, left(coalesce(l.abstract, ''), 255),
        coalesce(l.description, ''), l.unitcost, l.quantity, l.untaxed, l.taxed, nullif(l.tax, 'null'),
        coalesce(l.seats, 0), case when l.type = 'BILLING' then coalesce(l.handler, '') else '' end,
        coalesce(nullif(l.params, 'null'), '{}'), nullif(l.customerdata, 'null'), nullif(l.users, 'null'),
        coalesce(nullif(l.elements, 'null'), '[]'), nullif(l.productiondata, 'null')
    from jsonb_to_recordset(accepted) as x (transid text, lines jsonb)
    join shop.bills b on b.transid = x.transid and b.id = any (ids)
    cross join lateral rows from (jsonb_to_recordset(x.lines) as (type text, code text, itemid bigint,
        abstract text, description text, quantity numeric, unitcost numeric, untaxed numeric,
        taxed numeric, tax jsonb, seats integer, catalogitem jsonb, handler text, params jsonb,
        customerdata jsonb, users jsonb, elements jsonb, productiondata jsonb)) with ordinality as l
    order by b.id, l.ordinality;
    if jsonb_path_exists(accepted, '$[*].lines[*] ? (@.type == "DISCOUNT")') then
        perform shop.discount_lines_tie(ids);
    end if;
end
$$;
comment on function shop.lines_insert(jsonb, bigint[]) is 'The lines of the accepted orders';

create or replace function shop.customer_refresh(bill shop.bills) returns void
language plpgsql volatile as $$
declare
    c constant jsonb := bill.customer;
begin
    update shop.customers k
    set firstname = left(coalesce(c ->> 'firstname', ''), 100), lastname = left(c ->> 'lastname', 100),
        organisation = left(coalesce(c ->> 'organisation', ''), 255),
        address = left(coalesce(c ->> 'address', ''), 255), zip = left(coalesce(c ->> 'zip', ''), 20),
        city = left(coalesce(c ->> 'city', ''), 120),
        phone = coalesce(nullif(left(c ->> 'phone', 40), ''), k.phone), -- the form does not ask for it
        country = case when c ->> 'country' ~ '^[A-Z]{2}$' then c ->> 'country' else k.country end,
        invoiceinfo = coalesce(bill.invoiceinfo, k.invoiceinfo)
    where k.id = bill.customerid;
    if bill.userid > 0 then
        update shop.customers k set hasaccount = bill.userid
        where k.id = bill.customerid and k.hasaccount = 0
          and not exists (select from shop.customers o where o.hasaccount = bill.userid);
    end if;
end
$$;
comment on function shop.customer_refresh(shop.bills) is
    'The customer takes over what a buyer with a proven mailbox wrote into his order';

create or replace function shop.free_settle(bill shop.bills) returns void
language plpgsql volatile as $$
declare
    a shop.payment_attempts;
begin
    insert into shop.payment_attempts (billid, config, interface, mode, token, providerref, amount,
        currency, state, paying, expires)
    values (bill.id, 'freeorder', 'freeorder', case when bill.test then 'test' else 'live' end,
        shop.random_token(), bill.transid, 0, bill.currency, 'paid', true, now())
    returning * into a;
    perform shop.event_store(jsonb_build_object('event_key', 'free:' || a.id, 'interface', a.interface,
        'config', a.config, 'mode', a.mode, 'channel', 'page', 'state', 'paid', 'amount', shop.money(0),
        'currency', a.currency, 'attempt', a.id, 'transid', bill.transid), '{}', bill.id, a.id, 'apply', null);
    perform shop.bill_move(bill, 'SOLDOUT', 'payment', 'nothing to pay');
    perform shop.bills_settle(array[bill.id]);
end
$$;
comment on function shop.free_settle(shop.bills) is 'An order with nothing to pay is paid';

create or replace function shop.order_answer(b shop.bills, verdict text) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('verdict', verdict, 'transid', b.transid, 'state', b.status,
            'order_number', shop.order_number(b.ordering, b.placedat, s.timezone),
            'bill', b.id, 'customer', b.customerid, 'amount', shop.money(b.amount),
            'currency', b.currency, 'paymode', b.paymode, 'interface', b.interface, 'test', b.test)
        from shop.shops s where s.id = b.shopid);
end
$$;
comment on function shop.order_answer(shop.bills, text) is 'What the web is told about an order';

create or replace function shop.orders_insert(accepted jsonb) returns bigint[]
language plpgsql volatile as $$
declare
    ids bigint[];
    b shop.bills;
begin
    insert into shop.terms (hash, content)
    select distinct x.eula ->> 'hash', x.eula ->> 'text'
    from jsonb_to_recordset(accepted) as x (eula jsonb)
    where x.eula ->> 'hash' is not null and x.eula ->> 'text' is not null
    order by 1 on conflict do nothing;

    perform shop.customers_insert(accepted);
    ids := array(select shop.bills_insert(accepted));
    insert into shop.bill_transitions (billid, fromstatus, tostatus, actor)
    select id, null, 'PLACED', 'buyer' from unnest(ids) as id;
    perform shop.lines_insert(accepted, ids);
    perform shop.mail_orders(ids, 'transaction_input', interval '0', false, '');

    for b in select * from shop.bills
             where id = any (ids) and (identity <> '' or interface = 'freeorder') order by id loop
        if b.identity <> '' then
            perform shop.customer_refresh(b);
        end if;
        if b.interface = 'freeorder' then
            perform shop.free_settle(b);
        end if;
    end loop;
    return ids;
end
$$;
comment on function shop.orders_insert(jsonb) is
    'Inserts orders that were found good; gives the ids of those that did not exist';

create or replace function shop.place_orders(orders jsonb) returns setof jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    list constant jsonb := case jsonb_typeof(orders) when 'array' then orders
                           else jsonb_build_array(orders) end;
    accepted jsonb;
    problems text[];
    places bigint[];
    refused text[];
    ids bigint[];
begin
    with judged as materialized (
        select x.place, x.e, s.id as shopid,
               case when b.id is null then shop.order_problem(x.e, s) end as problem,
               b.id is not null as known,
               row_number() over (partition by x.e ->> 'transid' order by x.place) as nth
        from jsonb_array_elements(list) with ordinality as x (e, place)
        left join shop.shops s on s.id = shop.shop_id(x.e -> 'shop')
        left join shop.bills b on b.transid = x.e ->> 'transid')
    select array_agg(j.problem order by j.place),
           jsonb_agg(j.e || jsonb_build_object('shopid', j.shopid,
               'identity', shop.identity_of(j.e),
               'customerid', (select c.id from shop.customers c
                              where (j.e ->> 'user')::bigint > 0
                                and c.hasaccount = (j.e ->> 'user')::bigint)) order by j.place)
               filter (where j.problem is null and not j.known and j.nth = 1),
           array_agg(j.place order by j.place)
               filter (where j.problem is null and not j.known and j.nth = 1)
    into problems, accepted, places
    from judged j;

    if accepted is not null then
        refused := shop.codes_take_all(accepted);
        for i in 1 .. array_length(places, 1) loop
            problems[places[i]] := refused[i];
        end loop;
        select jsonb_agg(x.e order by x.place) into accepted
        from jsonb_array_elements(accepted) with ordinality as x (e, place) where refused[x.place] is null;
    end if;
    if accepted is not null then
        ids := shop.orders_insert(accepted);
    end if;

    return query
        select case when b.fingerprint <> coalesce(x.e ->> 'fingerprint', '') then
                   jsonb_build_object('verdict', 'changed', 'transid', b.transid)
               when problems[x.place] is null and b.id is not null then
                   shop.order_answer(b, case when b.id = any (ids) and row_number() over (
                       partition by b.id order by x.place) = 1 then 'placed' else 'exists' end)
               when problems[x.place] like 'stock:%' then
                   jsonb_build_object('verdict', 'stock', 'transid', x.e -> 'transid',
                                      'code', substr(problems[x.place], 7))
               when problems[x.place] like 'code:%' then
                   jsonb_build_object('verdict', 'code', 'transid', x.e -> 'transid',
                                      'discount', substr(problems[x.place], 6)::bigint)
               when problems[x.place] like 'moved:%' then
                   jsonb_build_object('verdict', 'moved', 'transid', x.e -> 'transid',
                                      'reason', substr(problems[x.place], 7),
                                      'figures', shop.figures(x.e #> '{figures,ask}'))
               else jsonb_build_object('verdict', 'refused', 'transid', x.e -> 'transid',
                                       'reason', coalesce(problems[x.place], 'trouble')) end
        from jsonb_array_elements(list) with ordinality as x (e, place)
        left join shop.bills b on b.transid = x.e ->> 'transid'
        order by x.place;
end
$$;
comment on function shop.place_orders(jsonb) is
    'Places orders; one verdict per element in order: placed, exists, changed, stock, code, moved, refused';
