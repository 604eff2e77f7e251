-- Orders that are paid with training credits: placed, paid and delivered as any other, for credits instead of money.

create or replace function shop.credit_order_problem(owner bigint, wanted integer, e jsonb) returns text
language plpgsql stable as $$
declare
    i shop.items;
begin
    select x.* into i from shop.items x where x.id = (e #>> '{lines,0,itemid}')::bigint;
    return case
        when jsonb_array_length(e -> 'lines') <> 1 or e ->> 'paymode' <> 'credits'
          or (e #>> '{totals,amount}')::numeric <> 0 then 'order'
        when i.id is null or i.archived or i.status in ('PREVIEW', 'SUSPENDED', 'PROVIDING', 'ABANDONNED')
          then 'unavailable'
        when shop.credit_price(i) * (e #>> '{lines,0,quantity}')::numeric is distinct from wanted then 'price'
        when owner is distinct from coalesce(
            (select c.id from shop.customers c where c.hasaccount = nullif((e ->> 'user')::bigint, 0)),
            (select c.id from shop.customers c where lower(c.email) = lower(e #>> '{customer,email}'))) then 'customer'
        when shop.credits_balance(owner) < wanted then 'balance' end;
end
$$;
comment on function shop.credit_order_problem(bigint, integer, jsonb) is
    'Why an order is not paid with credits; null: it can be';

create or replace function shop.credit_order_known(owner bigint, wanted integer, e jsonb) returns jsonb
language plpgsql stable as $$
declare
    b shop.bills;
    same boolean;
begin
    select * into b from shop.bills where transid = e ->> 'transid';
    if b.id is null then
        return null;
    end if;
    same := exists (
        select from shop.credit_entries s join shop.bill_items l on l.billid = s.billid
        where s.billid = b.id and s.kind = 'spent' and s.customerid = owner and s.amount = -wanted
          and l.catalogitemid = (e #>> '{lines,0,itemid}')::bigint
          and l.quantity = (e #>> '{lines,0,quantity}')::numeric);
    return case when same then shop.order_answer(b, 'exists') else '{"verdict": "changed"}' end;
end
$$;
comment on function shop.credit_order_known(bigint, integer, jsonb) is
    'The order that was placed with this code before, if it was the same; null: none was';

create or replace function shop.credit_order(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    owner constant bigint := (arguments ->> 'customer')::bigint;
    wanted constant integer := (arguments ->> 'credits')::integer;
    e constant jsonb := arguments -> 'order';
    said jsonb;
    problem text;
begin
    -- the stock, then the account: in the order of all who take both
    perform from shop.items where id = (e #>> '{lines,0,itemid}')::bigint and stock is not null
        for no key update;
    perform from shop.credit_accounts where customerid = owner for update;
    said := shop.credit_order_known(owner, wanted, e);
    if said is not null then
        return said;
    end if;
    problem := shop.credit_order_problem(owner, wanted, e);
    if problem is not null then
        return jsonb_build_object('verdict', 'refused', 'reason', problem, 'balance', shop.credits_balance(owner));
    end if;
    select x into said from shop.place_orders(jsonb_build_array(e)) as x;
    if said ->> 'verdict' = 'placed' then
        perform shop.credits_take(owner, wanted, jsonb_build_object('key', 'order:' || (e ->> 'transid'),
            'bill', said -> 'bill', 'label', e #>> '{lines,0,abstract}', 'actor', 'buyer'));
    end if;
    return said || jsonb_build_object('balance', shop.credits_balance(owner));
end
$$;
comment on function shop.credit_order(jsonb) is
    'Places an order without amount and spends what it costs in credits: both or neither, once for each transid';

create or replace function shop.credits_return(b shop.bills, who text) returns void
language plpgsql volatile as $$
declare
    spent shop.credit_entries;
    part record;
    open integer;
begin
    select * into spent from shop.credit_entries where billid = b.id and kind = 'spent';
    perform from shop.credit_accounts where customerid = spent.customerid for update;
    if spent.id is null or exists (select from shop.credit_entries where entryid = spent.id) then
        return;
    end if;
    open := -spent.amount;
    for part in select s.id, d.amount
                from jsonb_to_recordset(spent.drawn) as d (entry bigint, amount integer)
                join shop.credit_entries s on s.id = d.entry
                where (s.expires is null or s.expires > now())
                  and not exists (select from shop.credit_entries t where t.entryid = s.id)
                order by s.id for update of s loop
        update shop.credit_entries set unspent = unspent + part.amount where id = part.id;
        open := open - part.amount;
    end loop;
    -- what has ended meanwhile, through no fault of the customer, can be spent for a while
    insert into shop.credit_entries (customerid, amount, unspent, kind, entryid, billid, label, expires)
    values (spent.customerid, -spent.amount, open, 'restored', spent.id, b.id, spent.label,
            case when open > 0 then now() + interval '30 days' end);
    update shop.credit_accounts set balance = balance - spent.amount where customerid = spent.customerid;
    perform shop.credits_mirror(spent.customerid, who);
end
$$;
comment on function shop.credits_return(shop.bills, text) is
    'Gives back the credits of an order that is cancelled or given back, once, with the ends that they had';
