-- Credits are spent, and shown to whom they belong.

create or replace function shop.credits_of(job bigint) returns setof shop.credit_entries
language plpgsql stable as $$
begin
    return query
        with recursive came as (
            select e.* from shop.credit_entries e where e.jobid = job
            union all
            select r.* from came c
            join shop.credit_entries t on t.entryid = c.id and t.kind = 'refunded'
            join shop.credit_entries r on r.entryid = t.id and r.kind = 'restored')
        select * from came;
end
$$;
comment on function shop.credits_of(bigint) is 'Credits that came by a job, and came back after they had been taken';

create or replace function shop.credits_spent(p shop.product_instances) returns boolean
language plpgsql stable as $$
begin
    return p.contexttype = 'credits' and exists (
        select from shop.credits_of((shop.instance_origin(p)).id) e
        where e.unspent < e.amount
          and not exists (select from shop.credit_entries t where t.entryid = e.id and t.kind = 'refunded'));
end
$$;
comment on function shop.credits_spent(shop.product_instances) is 'Have credits of an instance been spent?';

create or replace function shop.credits_hold(job bigint) returns void
language plpgsql volatile as $$
declare
    e shop.credit_entries;
begin
    for e in select c.* from shop.credits_of(job) o join shop.credit_entries c on c.id = o.id
             where c.unspent > 0 order by c.id for update of c loop
        perform shop.credit_take(e, 'refunded');
    end loop;
end
$$;
comment on function shop.credits_hold(bigint) is 'Takes back what is left of the credits of a job';

create or replace function shop.credits_restore(job bigint) returns void
language plpgsql volatile as $$
declare
    taken shop.credit_entries;
    source shop.credit_entries;
begin
    for taken in select t.* from shop.credits_of(job) e
                 join shop.credit_entries t on t.entryid = e.id and t.kind = 'refunded'
                 where not exists (select from shop.credit_entries r where r.entryid = t.id) loop
        select * into source from shop.credit_entries where id = taken.entryid;
        insert into shop.credit_entries (customerid, amount, unspent, kind, entryid, label, expires)
        values (taken.customerid, -taken.amount, -taken.amount, 'restored', taken.id, taken.label, source.expires);
        update shop.credit_accounts set balance = balance - taken.amount where customerid = taken.customerid;
    end loop;
end
$$;
comment on function shop.credits_restore(bigint) is 'Gives back the credits of a job that were taken back';

drop function if exists shop.credits_use(bigint, integer);
create or replace function shop.credits_draw(owner bigint, amount integer) returns jsonb
language plpgsql volatile as $$
declare
    open integer := amount;
    drawn jsonb := '[]';
    e shop.credit_entries;
begin
    for e in select * from shop.credit_entries
             where customerid = owner and unspent > 0 and (expires is null or expires > now())
             order by expires nulls last, id for update loop
        exit when open = 0;
        update shop.credit_entries set unspent = unspent - least(e.unspent, open) where id = e.id;
        drawn := drawn || jsonb_build_object('entry', e.id, 'amount', least(e.unspent, open));
        open := open - least(e.unspent, open);
    end loop;
    update shop.credit_accounts set balance = balance - amount where customerid = owner;
    return drawn;
end
$$;
comment on function shop.credits_draw(bigint, integer) is
    'Takes credits, those first that end first; says from where: [{entry, amount}]';

create or replace function shop.credits_mirror(owner bigint, who text) returns void
language plpgsql volatile as $$
declare
    p shop.product_instances;
    event bigint;
begin
    select i.* into p from shop.product_instances i
    where i.customerid = owner and i.contexttype = 'credits' and not i.deleted
      and (shop.instance_origin(i)).inputs #>> '{params,credits_mode}' = 'mirror'
    order by i.id desc limit 1;
    if p.id is not null then
        insert into shop.product_events (productid, billitemid, eventtype, eventdata, actor)
        values (p.id, p.currentitemid, 'refreshed', '{"balance": true}', who) returning id into event;
        perform shop.action_job(p, event, '{"action": "refresh"}');
    end if;
end
$$;
comment on function shop.credits_mirror(bigint, text) is 'Where Moodle shows the balance, it is written anew';

create or replace function shop.credits_balance(owner bigint) returns integer
language plpgsql stable as $$
begin
    return coalesce((
        select a.balance - coalesce((select sum(e.unspent) from shop.credit_entries e
            where e.customerid = owner and e.unspent > 0 and e.expires <= now()), 0)
        from shop.credit_accounts a where a.customerid = owner), 0);
end
$$;
comment on function shop.credits_balance(bigint) is 'Credits that can be spent now';

create or replace function shop.credits_take(owner bigint, wanted integer, why jsonb) returns bigint
language plpgsql volatile as $$
declare
    made bigint;
begin
    insert into shop.credit_entries (customerid, amount, kind, key, label, billid, drawn)
    values (owner, -wanted, 'spent', why ->> 'key', coalesce(why ->> 'label', ''), (why ->> 'bill')::bigint,
            shop.credits_draw(owner, wanted))
    returning id into made;
    perform shop.credits_mirror(owner, coalesce(why ->> 'actor', ''));
    return made;
end
$$;
comment on function shop.credits_take(bigint, integer, jsonb) is
    'Spends credits of an account that is locked and has them; the entry that says so';

create or replace function shop.credit_spend(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    owner constant bigint := (arguments ->> 'customer')::bigint;
    wanted constant integer := (arguments ->> 'amount')::integer;
    known shop.credit_entries;
    made bigint;
begin
    if owner is null or coalesce(wanted, 0) <= 0 or coalesce(arguments ->> 'key', '') = '' then
        return '{"verdict": "refused", "reason": "argument"}';
    end if;
    -- two who spend at once: the second waits here and sees what is left
    perform from shop.credit_accounts where customerid = owner for update;
    select * into known from shop.credit_entries where key = arguments ->> 'key';
    if known.id is not null then
        return jsonb_build_object('verdict',
            case when known.customerid = owner and known.amount = -wanted then 'exists' else 'changed' end,
            'entry', known.id, 'balance', shop.credits_balance(owner));
    elsif shop.credits_balance(owner) < wanted then
        return jsonb_build_object('verdict', 'refused', 'reason', 'balance',
                                  'balance', shop.credits_balance(owner));
    end if;
    made := shop.credits_take(owner, wanted, arguments - 'bill');
    return jsonb_build_object('verdict', 'ok', 'entry', made, 'balance', shop.credits_balance(owner));
end
$$;
comment on function shop.credit_spend(jsonb) is 'Spends credits of a customer, once for each key, never more than there are';

create or replace function shop.credits_before(owner bigint, item bigint) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('transid', b.transid, 'placed', shop.utc(b.placedat))
        from shop.bill_items l join shop.bills b on b.id = l.billid
        where l.catalogitemid = item and b.customerid = owner and b.realisedat is not null
          and b.status not in ('PAYBACK', 'CANCELLED')
        order by b.id desc limit 1);
end
$$;
comment on function shop.credits_before(bigint, bigint) is 'The last order of an item by a customer; null: none';

create or replace function shop.credits_read(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    owner constant bigint := (arguments ->> 'customer')::bigint;
begin
    return jsonb_build_object('balance', shop.credits_balance(owner), 'entries', (
        select coalesce(jsonb_agg(jsonb_build_object('amount', e.amount, 'kind', e.kind, 'label', e.label,
            'created', shop.utc(e.created), 'expires', shop.utc(e.expires), 'unspent', e.unspent,
            'transid', b.transid, 'shop', b.shopid)
            order by e.id desc), '[]')
        from (select * from shop.credit_entries where customerid = owner order by id desc limit 100) e
        left join shop.jobs j on j.id = e.jobid
        left join shop.bills b on b.id = coalesce(e.billid, j.billid)),
        'ends', (
        select coalesce(jsonb_agg(jsonb_build_object('at', shop.utc(x.expires), 'amount', x.amount)
            order by x.expires), '[]')
        from (select expires, sum(unspent) as amount from shop.credit_entries
              where customerid = owner and unspent > 0 and expires > now()
              group by expires order by expires limit 100) x),
        'before', shop.credits_before(owner, (arguments ->> 'item')::bigint),
        'placed', exists (select from shop.bills b
            where b.transid = arguments ->> 'transid' and b.customerid = owner and b.paymode = 'credits'));
end
$$;
comment on function shop.credits_read(jsonb) is
    'The credits of a customer: how many, when they end, and their last hundred movements; an order of an item before, and whether one is there';
