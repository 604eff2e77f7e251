-- Buyers who have promised a cheque or a transfer are reminded of it (payments.md 2.3, 2.4).

create or replace function shop.reminder_due(a shop.payment_attempts) returns text
language plpgsql stable as $$
declare
    half constant timestamptz := a.created + (a.expires - a.created) / 2;
    last constant timestamptz := a.expires - interval '3 days';
begin
    -- where little time is given, the second would follow on the heels of the first
    return case when now() >= last and last > half + interval '1 day' then 'last'
                when now() >= half then 'half' end;
end
$$;
comment on function shop.reminder_due(shop.payment_attempts) is
    'The reminder whose time has come: half of the time is over, or three days are left; null: none yet';

create or replace function shop.payment_reminders() returns integer
language plpgsql volatile as $$
declare
    queued integer;
begin
    insert into shop.mails (key, shopid, billid, template, lang, toname, toaddress)
    select d.key, d.shopid, d.id, 'payment_reminder', d.lang,
           btrim((d.customer ->> 'firstname') || ' ' || (d.customer ->> 'lastname')), d.customer ->> 'email'
    from (select format('payment_reminder:%s:%s', a.id, shop.reminder_due(a)) as key, b.*
          from shop.payment_attempts a join shop.bills b on b.id = a.billid
          where a.interface in ('check', 'transfer') and a.state = 'pending' and a.expires > now()
            and b.status in ('PENDING', 'PREPROD') and b.paidat is null and b.paymode = a.config
            and b.customer ->> 'email' <> '' and shop.reminder_due(a) is not null) as d
    where not exists (select from shop.mails m where m.key = d.key)
    order by d.id limit 500
    on conflict (key) do nothing;
    get diagnostics queued = row_count;
    return queued;
end
$$;
comment on function shop.payment_reminders() is
    'Queues reminders of cheques and transfers that have not come, each once';
