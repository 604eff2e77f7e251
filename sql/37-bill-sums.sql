-- Bills add up: a constraint looked at when the transaction ends, and the commands that keep it.

create or replace function shop.bill_sums_check(bill bigint) returns void
language plpgsql stable set search_path = pg_catalog, shop, pg_temp as $$
declare
    wrong text;
begin
    select case
        when b.untaxedamount <> coalesce(sum(l.totalprice), 0) then 'untaxedamount'
        when b.amount <> coalesce(sum(l.taxedprice), 0) then 'amount'
        when b.untaxeddiscount <> coalesce(sum(l.totalprice) filter (where l.type = 'DISCOUNT'), 0)
            then 'untaxeddiscount'
        when b.discount <> coalesce(sum(l.taxedprice) filter (where l.type = 'DISCOUNT'), 0) then 'discount'
    end into wrong
    from shop.bills b left join shop.bill_items l on l.billid = b.id
    where b.id = bill group by b.id;
    if wrong is not null then
        raise exception 'bill %: % is not the sum of its lines', bill, wrong using errcode = 'check_violation';
    end if;
end
$$;
comment on function shop.bill_sums_check(bigint) is 'An exception unless the totals of a bill are the sums of its lines';

create or replace function shop.bill_sums() returns trigger
language plpgsql security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    perform shop.bill_sums_check(new.id);
    return null;
end
$$;
comment on function shop.bill_sums() is 'Trigger: the totals of a bill are those of its lines';

create or replace function shop.line_sums() returns trigger
language plpgsql security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        perform shop.bill_sums_check(old.billid);
    end if;
    -- lines that come with their bill are looked at with it: it was made in this transaction
    if tg_op <> 'DELETE' and not exists (
        select from shop.bill_transitions t
        where t.billid = new.billid and t.fromstatus is null and t.xmin = pg_current_xact_id()::xid) then
        perform shop.bill_sums_check(new.billid);
    end if;
    return null;
end
$$;
comment on function shop.line_sums() is 'Trigger: so they are when lines come, change or go';

drop trigger if exists sums on shop.bills;
create constraint trigger sums after insert or update of untaxedamount, taxes, amount, untaxeddiscount, discount
    on shop.bills deferrable initially deferred for each row execute function shop.bill_sums();
drop trigger if exists sums on shop.bill_items;
create constraint trigger sums after insert or delete or update of billid, type, totalprice, taxedprice
    on shop.bill_items deferrable initially deferred for each row execute function shop.line_sums();

-- --- commands of staff (objects.md 9.7) ---

create or replace function shop.currency_decimals(code text) returns integer
language sql immutable as $$
    select case when code in ('JPY', 'KRW') then 0 when code = 'TND' then 3 else 2 end
$$;
comment on function shop.currency_decimals(text) is 'Decimals of a currency that the module knows';

create or replace function shop.bill_total(bill bigint) returns shop.bills
language plpgsql volatile as $$
declare
    b shop.bills;
begin
    update shop.bills x
    set untaxedamount = t.untaxed, amount = t.taxed, taxes = t.taxed - t.untaxed,
        untaxeddiscount = t.untaxeddiscount, discount = t.discount, lastactiondate = clock_timestamp()
    from (select coalesce(sum(totalprice), 0) as untaxed, coalesce(sum(taxedprice), 0) as taxed,
                 coalesce(sum(totalprice) filter (where type = 'DISCOUNT'), 0) as untaxeddiscount,
                 coalesce(sum(taxedprice) filter (where type = 'DISCOUNT'), 0) as discount
          from shop.bill_items where billid = bill) as t
    where x.id = bill
    returning x.* into b;
    return b;
end
$$;
comment on function shop.bill_total(bigint) is 'The totals of a bill from its lines';

create or replace function shop.discounts_renew(b shop.bills) returns void
language plpgsql volatile as $$
declare
    decimals constant integer := shop.currency_decimals(b.currency);
begin
    update shop.bill_items d
    set totalprice = -n.untaxed, unitcost = -n.untaxed, taxedprice = -n.taxed, fulltaxed = -n.fulltaxed, tax = n.tax
    from (
        -- never more than what the discounts before leave of the line
        select s.id, s.tax,
               least(s.untaxed, greatest(s.line_untaxed - sum(s.untaxed) over before + s.untaxed, 0)) as untaxed,
               least(s.taxed, greatest(s.line_taxed - sum(s.taxed) over before + s.taxed, 0)) as taxed,
               case when s.fulltaxed is not null then
                   least(s.fulltaxed, greatest(s.line_fulltaxed - sum(s.fulltaxed) over before + s.fulltaxed, 0))
               end as fulltaxed
        from (
            select x.id, x.ordering, l.id as line, l.tax, l.totalprice as line_untaxed,
                   l.taxedprice as line_taxed, l.fulltaxed as line_fulltaxed,
                   round(l.totalprice * r.rate, decimals) as untaxed,
                   round(l.taxedprice * r.rate, decimals) as taxed,
                   round(l.fulltaxed * r.rate, decimals) as fulltaxed
            from shop.bill_items x
            join shop.bill_items l on l.id = (x.productiondata ->> 'line')::bigint and l.billid = x.billid
            cross join lateral (select (x.productiondata ->> 'rate')::numeric / 100 as rate) as r
            where x.billid = b.id and x.type = 'DISCOUNT') as s
        window before as (partition by s.line order by s.ordering)) as n
    where d.id = n.id
      and (d.totalprice, d.taxedprice, d.fulltaxed) is distinct from (-n.untaxed, -n.taxed, -n.fulltaxed);
end
$$;
comment on function shop.discounts_renew(shop.bills) is
    'Discounts by their frozen rate of the lines as they are now; who is entitled is not asked again';

create or replace function shop.bill_frozen(b shop.bills) returns boolean
language sql immutable as $$
    select b.idnumber <> '' or b.realisedat is not null
$$;
comment on function shop.bill_frozen(shop.bills) is 'A bill whose lines and sums do not change any more';

create or replace function shop.bill_closed(b shop.bills) returns jsonb
language sql stable as $$
    select case when b.id is null then '{"error": "unknown"}'
                when shop.bill_frozen(b) then shop.order_answer(b, 'refused') || '{"reason": "frozen"}' end
$$;
comment on function shop.bill_closed(shop.bills) is 'The answer to a command on a bill that is not there or frozen; null: go on';

create or replace function shop.bill_recalculate(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills := shop.order_lock(arguments);
    closed constant jsonb := shop.bill_closed(b);
begin
    if closed is not null then
        return closed;
    end if;
    perform shop.discounts_renew(b);
    return shop.order_answer(shop.bill_total(b.id), 'ok');
end
$$;
comment on function shop.bill_recalculate(jsonb) is 'Discounts and totals of a bill from its lines';

create or replace function shop.bill_ignoretax(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills := shop.order_lock(arguments);
    closed constant jsonb := shop.bill_closed(b);
    wanted constant boolean := coalesce((arguments ->> 'ignore')::boolean, true);
begin
    if closed is not null then
        return closed;
    elsif b.ignoretax = wanted then
        return shop.order_answer(b, 'exists');
    end if;
    -- the tax of a line stays written on it, its price with tax comes back as it was
    if wanted then
        update shop.bill_items set fulltaxed = taxedprice, taxedprice = totalprice where billid = b.id;
    else
        update shop.bill_items set taxedprice = coalesce(fulltaxed, taxedprice), fulltaxed = null
        where billid = b.id;
    end if;
    update shop.bills set ignoretax = wanted where id = b.id;
    return shop.order_answer(shop.bill_total(b.id), 'ok');
end
$$;
comment on function shop.bill_ignoretax(jsonb) is 'A bill without taxes, or with them again ("ignore": false)';

create or replace function shop.line_relocate(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills := shop.order_lock(arguments);
    closed constant jsonb := shop.bill_closed(b);
    moved shop.bill_items;
    target integer;
begin
    if closed is not null then
        return closed;
    end if;
    select * into moved from shop.bill_items where billid = b.id and id = (arguments ->> 'line')::bigint;
    -- shipping stays last
    select least(greatest((arguments ->> 'at')::integer, 1), count(*)) into target
    from shop.bill_items where billid = b.id and type <> 'SHIPPING';
    if moved.id is null or moved.type = 'SHIPPING' or target is null then
        return shop.order_answer(b, 'refused') || '{"reason": "line"}';
    end if;
    set constraints shop.bill_items_billid_ordering_key deferred;
    update shop.bill_items l
    set ordering = case when l.id = moved.id then target
                        when target < moved.ordering then l.ordering + 1 else l.ordering - 1 end
    where l.billid = b.id and l.ordering between least(target, moved.ordering)
                                             and greatest(target, moved.ordering);
    return shop.order_answer(b, 'ok');
end
$$;
comment on function shop.line_relocate(jsonb) is
    'Moves a line of a bill to another place; those between move up or down';
