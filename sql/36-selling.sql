-- Figures on past orders, codes with limits, partners: what discounts ask and what orders take.

create or replace function shop.discount_touch() returns trigger
language plpgsql set search_path = pg_catalog, shop, pg_temp as $$
begin
    new.timemodified := clock_timestamp();
    return new;
end
$$;
comment on function shop.discount_touch() is 'Trigger: a discount knows when it was changed';

create or replace trigger touch before update on shop.discounts
    for each row execute function shop.discount_touch();
create or replace trigger told after insert or update or delete on shop.partners
    for each statement execute function shop.catalog_changed();

-- --- figures ---

create or replace function shop.partner_figures(partner bigint, s shop.shops) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('id', partner,
            'orders', coalesce(sum(x.orders) filter (where x.code = ''), 0)::bigint,
            'turnover', shop.money(coalesce(sum(x.turnover) filter (where x.code = ''), 0)),
            'products', coalesce(jsonb_agg(jsonb_build_object('code', x.code,
                'units', trim_scale(x.units)::text, 'turnover', shop.money(x.turnover)) order by x.code)
                filter (where x.code <> ''), '[]'))
        from (select f.code, sum(f.orders) as orders, sum(f.units) as units, sum(f.turnover) as turnover
              from shop.partner_sales f
              where f.partnerid = partner and f.currency = s.currency and (s.test or not f.test)
              group by f.code) as x);
end
$$;
comment on function shop.partner_figures(bigint, shop.shops) is 'What the buyers of a partner have paid, in all and by product';

create or replace function shop.code_figures(wanted bigint, address text, except_orders jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('discount', wanted,
            'used', coalesce((select c.used from shop.code_counts c where c.discountid = wanted), 0)
                - (select count(*) from shop.code_uses u
                   where u.discountid = wanted and not u.released
                     and u.transid in (select jsonb_array_elements_text(except_orders))),
            'mine', (select count(*) from shop.code_uses u
                     where u.discountid = wanted and u.email = lower(address) and not u.released
                       and not except_orders ? u.transid)));
end
$$;
comment on function shop.code_figures(bigint, text, jsonb) is 'Uses of a code, by all and by one buyer, without those of some orders';

create or replace function shop.figures(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    s shop.shops;
    buyer constant bigint := coalesce((arguments ->> 'customer')::bigint, 0);
begin
    select * into s from shop.shops where id = shop.shop_id(arguments -> 'shop');
    return jsonb_build_object(
        'orders', case when buyer = 0 then 0 else (
            select count(*) from shop.bills b
            where b.customerid = buyer and b.shopid = s.id and b.status in ('SOLDOUT', 'COMPLETE')
              and (s.test or not b.test)) end,
        'email', coalesce((select k.email from shop.customers k where k.id = buyer), ''),
        'rights', case when coalesce(arguments ->> 'user', '0') = '0' then '[]' else (
            select coalesce(jsonb_agg(distinct r.permission), '[]') from shop.staff_rights r
            where r.source = 'moodle' and r.subject = arguments ->> 'user'
              and coalesce(r.shopid, s.id) = s.id) end,
        'partners', (
            select coalesce(jsonb_agg(shop.partner_figures(p.id, s) order by p.id), '[]')
            from jsonb_array_elements_text(arguments -> 'partners') as x (id)
            join shop.partners p on p.id = x.id::bigint and p.shopid = s.id),
        'uses', (
            select coalesce(jsonb_agg(shop.code_figures(x.id::bigint, arguments ->> 'email',
                                                        coalesce(arguments -> 'except', '[]'))), '[]')
            from jsonb_array_elements_text(arguments -> 'uses') as x (id)));
end
$$;
comment on function shop.figures(jsonb) is
    'What discounts ask of the past: {orders, email, rights, partners, uses} for a customer, partners and codes';

-- --- placing ---

create or replace function shop.selling_problem(e jsonb, s shop.shops) returns text
language plpgsql stable as $$
begin
    if jsonb_array_length(coalesce(nullif(e -> 'discounts', 'null'), '[]')) > 0 and exists (
        select from jsonb_to_recordset(e -> 'discounts') as u (id bigint, stamp text)
        left join shop.discounts d on d.id = u.id and d.shopid = s.id and d.enabled
        where d.id is null or shop.discount_stamp(d) <> u.stamp) then
        return 'moved:discount';
    elsif jsonb_typeof(e #> '{figures,ask}') = 'object'
          and shop.figures(e #> '{figures,ask}') - 'uses' <> (e #> '{figures,got}') - 'uses' then
        return 'moved:figures';
    end if;
    return null;
end
$$;
comment on function shop.selling_problem(jsonb, shop.shops) is
    'Has something moved that the discounts of an order stand on? null: no';

create or replace function shop.order_replace(e jsonb, shopid bigint) returns void
language plpgsql volatile as $$
declare
    b shop.bills;
begin
    -- who holds it is about to pay it: then it is not replaced
    select * into b from shop.bills x
    where x.transid = e ->> 'replaces' and x.shopid = order_replace.shopid
      and x.status in ('PLACED', 'REFUSED', 'FAILED') and x.paidat is null
      and exists (select from shop.code_uses u where u.transid = x.transid and not u.released)
      and not exists (select from shop.payment_attempts a where a.billid = x.id and a.state = 'pending')
    for no key update skip locked;
    if b.id is null then
        return;
    end if;
    update shop.payment_attempts set state = 'cancelled', updated = clock_timestamp()
    where billid = b.id and state in ('created', 'redirected');
    perform shop.bill_move(b, 'CANCELLED', 'buyer', 'replaced by ' || (e ->> 'transid'));
end
$$;
comment on function shop.order_replace(jsonb, bigint) is
    'The unpaid order that the same cart was before gives back its codes';

create or replace function shop.codes_take(e jsonb) returns text
language plpgsql volatile as $$
declare
    p record;
begin
    for p in select x.discount, x.code, coalesce(x.max, 0) as max, coalesce(x.percustomer, 0) as mine
             from jsonb_to_recordset(e -> 'codes') as x (discount bigint, code text, max integer,
                                                         percustomer integer) order by x.discount loop
        if p.max > 0 and p.max <= (select c.used from shop.code_counts c where c.discountid = p.discount)
           or p.mine > 0 and p.mine <= (
               select count(*) from shop.code_uses u where u.discountid = p.discount
                 and u.email = lower(e #>> '{customer,email}') and not u.released) then
            return 'code:' || p.discount;
        end if;
    end loop;

    with taken as (
        insert into shop.code_uses (discountid, transid, code, email)
        select x.discount, e ->> 'transid', x.code, lower(e #>> '{customer,email}')
        from jsonb_to_recordset(e -> 'codes') as x (discount bigint, code text)
        where exists (select from shop.code_counts c where c.discountid = x.discount)
        on conflict (transid, discountid) do nothing
        returning discountid)
    update shop.code_counts c set used = c.used + 1 from taken t where c.discountid = t.discountid;
    return null;
end
$$;
comment on function shop.codes_take(jsonb) is
    'An order takes its codes with limits, all or none; the counters are locked. null: granted';

create or replace function shop.codes_take_all(accepted jsonb) returns text[]
language plpgsql volatile as $$
declare
    problems text[] := array_fill(null::text, array[jsonb_array_length(accepted)]);
    wanted bigint[];
    o record;
begin
    wanted := array(
        select distinct d.id
        from jsonb_array_elements(accepted) as e,
             jsonb_to_recordset(coalesce(nullif(e -> 'codes', 'null'), '[]')) as x (discount bigint)
        join shop.discounts d on d.id = x.discount order by d.id);
    if wanted = '{}' then
        return problems;
    end if;

    -- always in the order of their key: two calls never wait for each other
    insert into shop.code_counts (discountid) select unnest(wanted) on conflict do nothing;
    perform from shop.code_counts where discountid = any (wanted) order by discountid for update;

    for o in select x.place, x.e from jsonb_array_elements(accepted) with ordinality as x (e, place)
             where jsonb_array_length(coalesce(nullif(x.e -> 'codes', 'null'), '[]')) > 0
             order by x.place loop
        perform shop.order_replace(o.e, (o.e ->> 'shopid')::bigint);
        problems[o.place] := shop.codes_take(o.e);
    end loop;
    return problems;
end
$$;
comment on function shop.codes_take_all(jsonb) is
    'Codes with limits for several orders, in their order; what is wrong with each, null: nothing';

create or replace function shop.discount_lines_tie(ids bigint[]) returns void
language plpgsql volatile as $$
begin
    update shop.bill_items d
    set productiondata = d.productiondata || jsonb_build_object('line', l.id)
    from shop.bill_items l
    where d.billid = any (ids) and d.type = 'DISCOUNT' and l.billid = d.billid
      and l.ordering = (d.productiondata ->> 'line')::integer;
end
$$;
comment on function shop.discount_lines_tie(bigint[]) is 'Discounts of fresh bills name the line that they discount by its id';

-- --- what follows when bills move ---

create or replace function shop.codes_follow() returns trigger
language plpgsql set search_path = pg_catalog, shop, pg_temp as $$
declare
    gone constant boolean := new.status in ('CANCELLED', 'REFUSED', 'FAILED');
begin
    with moved as (
        update shop.code_uses set released = gone
        where transid = new.transid and released <> gone returning discountid)
    update shop.code_counts c set used = c.used + case when gone then -1 else 1 end
    from moved m where c.discountid = m.discountid;
    return null;
end
$$;
comment on function shop.codes_follow() is 'Trigger: an order that comes to nothing gives its codes back';

create or replace trigger codes after update of status on shop.bills for each row
    when ((old.status in ('CANCELLED', 'REFUSED', 'FAILED')) is distinct from
          (new.status in ('CANCELLED', 'REFUSED', 'FAILED')))
    execute function shop.codes_follow();

create or replace function shop.partner_sale(b shop.bills, sign integer) returns void
language plpgsql volatile as $$
begin
    insert into shop.partner_sales (partnerid, currency, test, code, orders, units, turnover)
    values (b.partnerid, b.currency, b.test, '', sign, 0, sign * b.untaxedamount);
    insert into shop.partner_sales (partnerid, currency, test, code, units, turnover)
    select b.partnerid, b.currency, b.test, x.code, sign * sum(x.units), sign * sum(x.turnover)
    from (select l.itemcode as code, l.quantity as units, l.totalprice as turnover
          from shop.bill_items l where l.billid = b.id and l.type = 'BILLING'
          union all
          select d.productiondata ->> 'itemcode', 0, d.totalprice
          from shop.bill_items d
          where d.billid = b.id and d.type = 'DISCOUNT' and d.productiondata ? 'itemcode') as x
    group by x.code order by x.code;
end
$$;
comment on function shop.partner_sale(shop.bills, integer) is 'Counts a bill for its partner, or takes it back';

create or replace function shop.partner_follow() returns trigger
language plpgsql set search_path = pg_catalog, shop, pg_temp as $$
declare
    was constant boolean := old.partnerid is not null and old.status in ('SOLDOUT', 'COMPLETE');
    is_now constant boolean := new.partnerid is not null and new.status in ('SOLDOUT', 'COMPLETE');
begin
    if was and (not is_now or old.partnerid <> new.partnerid) then
        perform shop.partner_sale(old, -1);
    end if;
    if is_now and (not was or old.partnerid <> new.partnerid) then
        perform shop.partner_sale(new, 1);
    end if;
    return null;
end
$$;
comment on function shop.partner_follow() is 'Trigger: sales of partners follow their bills';

create or replace trigger partners after update of status, partnerid on shop.bills for each row
    when (old.partnerid is not null or new.partnerid is not null)
    execute function shop.partner_follow();

create or replace function shop.partner_fold() returns void
language plpgsql volatile as $$
begin
    with gone as (
        delete from shop.partner_sales where id in (select id from shop.partner_sales order by id limit 10000)
        returning *)
    insert into shop.partner_sales (partnerid, currency, test, code, orders, units, turnover)
    select partnerid, currency, test, code, sum(orders), sum(units), sum(turnover) from gone
    group by partnerid, currency, test, code
    having sum(orders) <> 0 or sum(units) <> 0 or sum(turnover) <> 0;
end
$$;
comment on function shop.partner_fold() is 'Adds up the sales of partners';
