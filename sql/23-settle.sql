-- What follows when orders are paid, promised or given back.

create or replace function shop.stock_take(ids bigint[]) returns void
language plpgsql volatile as $$
declare
    sale record;
begin
    insert into shop.item_sales (itemid, billid, quantity)
    select l.catalogitemid, l.billid, sum(l.quantity)
    from shop.bill_items l
    where l.billid = any (ids) and l.type = 'BILLING' and l.catalogitemid is not null
    group by l.catalogitemid, l.billid;

    -- in the order of their id, like every transaction that takes several
    for sale in
        select i.id, i.code, sum(l.quantity)::integer as wanted, min(l.billid) as billid
        from shop.bill_items l join shop.items i on i.id = l.catalogitemid
        where l.billid = any (ids) and l.type = 'BILLING' and i.stock is not null
        group by i.id order by i.id
    loop
        update shop.items set stock = stock - sale.wanted where id = sale.id and stock >= sale.wanted;
        if not found then
            update shop.items set stock = 0 where id = sale.id;
            perform shop.alert('stock', 'high', sale.billid,
                format('%s was sold beyond its stock', sale.code), null);
        end if;
        update shop.items set status = 'PROVIDING' where id = sale.id and stock = 0 and status = 'AVAILABLE';
    end loop;
end
$$;
comment on function shop.stock_take(bigint[]) is 'Counts the units sold and takes them from the stock';

create or replace function shop.stock_return(bill bigint) returns void
language plpgsql volatile as $$
begin
    if not exists (select from shop.item_sales where billid = bill and quantity > 0)
       and not exists (select from shop.bills where id = bill and realisedat is not null) then
        return;
    end if;
    insert into shop.item_sales (itemid, billid, quantity)
    select l.catalogitemid, l.billid, -sum(l.quantity)
    from shop.bill_items l
    where l.billid = bill and l.type = 'BILLING' and l.catalogitemid is not null
    group by l.catalogitemid, l.billid;
    perform from shop.items i
    where i.stock is not null and i.id in (select catalogitemid from shop.bill_items where billid = bill)
    order by i.id for no key update;
    update shop.items i set stock = i.stock + l.quantity
    from (select catalogitemid as id, sum(quantity)::integer as quantity
          from shop.bill_items where billid = bill and type = 'BILLING' group by catalogitemid) as l
    where i.id = l.id and i.stock is not null;
end
$$;
comment on function shop.stock_return(bigint) is 'Puts the units of a bill that was given back into the stock again';

create or replace function shop.bills_settle(fresh bigint[]) returns void
language plpgsql volatile as $$
begin
    insert into shop.registrar_queue (billid, realisedat)
    select b.id, b.realisedat from shop.bills b where b.id = any (fresh)
    order by b.realisedat, b.id
    on conflict do nothing;
    -- production after payment looks for the account itself
    update shop.jobs set state = 'cancelled', reason = 'superseded'
    where billid = any (fresh) and phase = 'prepay' and state in ('pending', 'waiting', 'blocked', 'manual');
    perform shop.jobs_insert(fresh, 'postpay');
    perform shop.stock_take(fresh);
    perform shop.mail_orders(fresh, 'sales_feedback', interval '10 minutes', true, '');
    perform shop.mail_orders(fresh, 'transaction_confirm', interval '10 minutes', true, '');
    perform shop.mail_invoices(fresh, interval '10 minutes');
end
$$;
comment on function shop.bills_settle(bigint[]) is
    'Bills that were realised for the first time (realisedat was null): number, production, stock, mails';

create or replace function shop.bill_promise(bill shop.bills, actor text) returns shop.bills
language plpgsql volatile as $$
declare
    b shop.bills := bill;
    offline constant boolean := bill.interface in ('check', 'transfer');
begin
    if b.trusted and offline and b.realisedat is null then
        b := shop.bill_move(b, 'PREPROD', actor, 'trusted customer');
        perform shop.bills_settle(array[b.id]);
    else
        b := shop.bill_move(b, 'PENDING', actor, null);
        perform shop.jobs_insert(array[b.id], 'prepay');
    end if;
    if offline then
        perform shop.mail_orders(array[b.id], 'sales_feedback', interval '0', false, ':promised');
    end if;
    return b;
end
$$;
comment on function shop.bill_promise(shop.bills, text) is
    'An order whose payment is promised: first production, mails with the payment instructions';

create or replace function shop.bill_refund(bill shop.bills, attempt bigint, back numeric, actor text, why text)
returns shop.bills language plpgsql volatile as $$
declare
    b shop.bills;
    refund bigint;
begin
    update shop.bills set refundedamount = refundedamount + back, lastactiondate = clock_timestamp()
    where id = bill.id returning * into b;
    if back > 0 then -- where no money came there is none to be noted
        insert into shop.refunds (billid, attemptid, amount, currency, actor, reason)
        values (b.id, attempt, back, b.currency, actor, why) returning id into refund;
        insert into shop.registrar_queue (billid, refundid, realisedat)
        values (b.id, refund, clock_timestamp());
    end if;

    if b.refundedamount = b.paiedamount and b.status <> 'PAYBACK' then
        b := shop.bill_move(b, 'PAYBACK', actor, nullif(why, ''));
        update shop.jobs set state = 'cancelled', reason = 'refunded'
        where billid = b.id and state in ('pending', 'waiting', 'blocked', 'manual');
        perform shop.stock_return(b.id);
        perform shop.credits_refund(b.id);
    end if;
    return b;
end
$$;
comment on function shop.bill_refund(shop.bills, bigint, numeric, text, text) is
    'Money given back: a credit note, and when it was all, the end of what was not produced yet';
