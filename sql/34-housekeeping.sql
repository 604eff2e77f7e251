-- What has outlived its time ends.

create or replace function shop.orders_expire() returns integer
language plpgsql volatile as $$
declare
    b shop.bills;
    ended integer := 0;
begin
    for b in select * from shop.bills x
             where (x.status in ('PLACED', 'REFUSED', 'FAILED') and x.paidat is null
                    and x.placedat < now() - shop.setting_days('placed_days')
                    or x.status = 'PENDING' and x.placedat < now() - shop.setting_days('pending_days'))
               and not exists (select from shop.payment_attempts a where a.billid = x.id
                    and a.state in ('created', 'redirected', 'pending') and a.expires > now())
             order by x.id limit 500 for no key update skip locked loop
        perform shop.bill_move(b, 'CANCELLED', 'housekeeping', 'never paid');
        update shop.jobs set state = 'cancelled', reason = 'cancelled'
        where billid = b.id and state in ('pending', 'waiting', 'blocked', 'manual');
        ended := ended + 1;
    end loop;
    return ended;
end
$$;
comment on function shop.orders_expire() is 'Orders that nobody paid in time are cancelled';

create or replace function shop.attempts_silent() returns void
language plpgsql volatile as $$
begin
    -- PayPal's own API opens a page; without one it is the button, whose IPN alone tells
    perform shop.alert('silent', case when a.returnedat is null then 'normal' else 'high' end, a.billid,
        format(case when a.returnedat is null
            then 'The buyer was sent to "%s" a day ago and did not come back. Most who do so have given up; '
                 'that a notification was lost cannot be told from it: the provider''s back office knows'
            else 'The buyer came back from "%s" a day ago, and no notification has come: it may be lost, '
                 'look in the provider''s back office' end, a.config),
        jsonb_build_object('attempt', a.id, 'returned', a.returnedat is not null))
    from shop.payment_attempts a join shop.bills b on b.id = a.billid
    where a.interface = 'paypal' and a.state = 'redirected' and a.pageurl is null and a.askat is null
      and a.created < now() - interval '24 hours' and b.paidat is null and b.status <> 'CANCELLED'
      and not exists (select from shop.alerts x where x.billid = a.billid and x.kind = 'silent'
                      and (x.details ->> 'attempt')::bigint = a.id);
end
$$;
comment on function shop.attempts_silent() is
    'Staff are told, once, of buyers who were sent to a provider that nobody can ask, and that has told nothing (payments.md 12.3)';

create or replace function shop.sales_fold() returns void
language plpgsql volatile as $$
begin
    with gone as (
        delete from shop.item_sales where id in (select id from shop.item_sales order by id limit 10000)
        returning itemid, quantity)
    update shop.items i set sold = i.sold + g.quantity
    from (select itemid, sum(quantity) as quantity from gone group by itemid order by itemid) as g
    where i.id = g.itemid and g.quantity <> 0;
end
$$;
comment on function shop.sales_fold() is 'Adds the units sold to their items';

create or replace function shop.housekeeping(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    attempts integer;
    orders integer;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('shop.housekeeping', 0)) then
        return '{"busy": true}';
    end if;
    perform shop.attempts_silent();
    update shop.payment_attempts set state = 'expired', updated = now()
    where state in ('created', 'redirected', 'pending') and expires < now();
    get diagnostics attempts = row_count;
    orders := shop.orders_expire();
    perform shop.payment_reminders();
    perform shop.sales_fold();
    perform shop.partner_fold();
    perform shop.expiry_events();
    perform shop.expiry_notices();
    perform shop.expiry_lists();
    perform shop.schedules_run();
    perform shop.credits_expire();
    perform shop.messages_forget();
    delete from shop.traces where at < now() - shop.setting_days('trace_days');
    delete from shop.mails where settledat < now() - shop.setting_days('mail_days')
        and template = 'login_link';
    delete from shop.payment_events where billid is null
        and stored < now() - shop.setting_days('event_days');
    update shop.payment_events set raw = null
    where raw is not null and received < now() - shop.setting_days('raw_days');
    delete from shop.attempt_counters where day < current_date - 7;
    return jsonb_build_object('attempts', attempts, 'orders', orders);
end
$$;
comment on function shop.housekeeping(jsonb) is
    'Ends attempts and orders without news, counts sales, tells of what ends, forgets what need not be kept';
