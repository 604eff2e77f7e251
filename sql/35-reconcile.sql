-- Asking providers what became of payments (payments.md 12.3), and what stays in doubt.

create or replace function shop.ask_next(a shop.payment_attempts) returns timestamptz
language plpgsql volatile as $$
declare
    pause interval;
begin
    -- a browser that came back by the cancel address proves nothing
    if not (a.state in ('created', 'redirected', 'pending') or a.state = 'cancelled' and a.providerstatus = '')
       or a.expires <= now() then
        return null;
    end if;
    select min(x) into pause
    from unnest('{2 minutes,10 minutes,1 hour,6 hours,24 hours}'::interval[]) as x
    where a.created + x > now();
    return coalesce(a.created + pause, now() + interval '24 hours') + random() * interval '20 seconds';
end
$$;
comment on function shop.ask_next(shop.payment_attempts) is
    'When the provider is asked again about a try that he has just answered for; null: never';

create or replace function shop.reconcile_watch() returns void
language plpgsql volatile as $$
declare
    v shop.payment_events;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('shop.reconcile', 0)) then
        return;
    end if;
    -- an order that was late itself: replication, or a backup that was read in
    perform shop.payments_apply(jsonb_agg(x.content order by x.id))
    from shop.payment_events x
    where x.settled is null and x.verdict = 'unknown-order'
      and (shop.event_attempt(x.content, shop.event_bill(x.content))).id is not null;

    for v in update shop.payment_events x set settled = now()
             where x.settled is null and x.verdict in ('quarantine', 'unknown-order')
               and x.stored < now() - interval '15 minutes'
             returning x.* loop
        perform shop.event_tell(v.content, v.billid, v.verdict, v.reason);
    end loop;
end
$$;
comment on function shop.reconcile_watch() is
    'Messages of unknown orders are judged again; doubts that last are told to staff';

create or replace function shop.asked_transaction(a shop.payment_attempts) returns text
language plpgsql stable as $$
begin
    return coalesce(
        (select x.content ->> 'provider_txn' from shop.payment_events x
         where x.attemptid = a.id and x.verdict = 'quarantine' and x.settled is null
         order by x.id limit 1), a.providertxn, '');
end
$$;
comment on function shop.asked_transaction(shop.payment_attempts) is
    'The provider''s number that a question is about: of a message in doubt, or of the try; empty: none yet';

create or replace function shop.reconcile_claim(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    asked jsonb;
begin
    perform shop.reconcile_watch();
    perform shop.compare_nightly(arguments -> 'payments');
    with due as (
        select a.id from shop.payment_attempts a
        join jsonb_to_recordset(arguments -> 'payments') as c (config text, mode text)
          on c.config = a.config and c.mode = a.mode
        where a.askat <= now()
        order by a.askat
        limit least(coalesce((arguments ->> 'limit')::integer, 4), 50)
        for no key update of a skip locked),
    taken as (
        update shop.payment_attempts a
        set askedat = now(), unheard = a.unheard + 1,
            askat = now() + interval '1 minute' * least(2 ^ a.unheard, 60) + random() * interval '10 seconds'
        from due where a.id = due.id
        returning a.*)
    select jsonb_agg(jsonb_build_object('attempt', t.id, 'config', t.config, 'transid', b.transid,
        'provider_ref', t.providerref, 'provider_txn', shop.asked_transaction(t),
        'amount', shop.money(t.amount), 'currency', t.currency, 'closing', t.closing))
    into asked
    from taken t join shop.bills b on b.id = t.billid;
    return jsonb_build_object('asked', coalesce(asked, '[]'));
end
$$;
comment on function shop.reconcile_claim(jsonb) is
    'Tries that a provider is to be asked about now; one that gives no answer is asked again, ever more rarely';

create or replace function shop.doubts_settle(b shop.bills, asked shop.payment_attempts, facts jsonb) returns void
language plpgsql volatile as $$
declare
    v shop.payment_events;
    known boolean;
begin
    for v in select * from shop.payment_events x
             where x.billid = b.id and x.verdict = 'quarantine' and x.settled is null
               and (x.attemptid = asked.id or not shop.asked_by_try(asked.interface)) order by x.id loop
        select coalesce(bool_or(v.state is null or f ->> 'state' = v.state), v.content ->> 'provider_txn' is null)
        into known
        from jsonb_array_elements(facts) as f
        where f ->> 'provider_txn' = v.content ->> 'provider_txn';
        -- a word that we do not know stays one, whoever says it
        continue when v.state is null and exists (select from jsonb_array_elements(facts) as f
            where f ->> 'provider_txn' = v.content ->> 'provider_txn' and f ->> 'state' is null);
        update shop.payment_events set settled = now() where id = v.id;
        if not known then
            perform shop.alert('forged', 'high', b.id,
                format('The bank knows nothing of the message "%s"', v.eventkey), v.content);
        end if;
    end loop;
end
$$;
comment on function shop.doubts_settle(shop.bills, shop.payment_attempts, jsonb) is
    'Messages in doubt against what the provider''s API says of the order';

create or replace function shop.payment_confirm(b shop.bills, asked shop.payment_attempts, facts jsonb) returns void
language plpgsql volatile as $$
declare
    p shop.payment_attempts;
begin
    select * into p from shop.payment_attempts where billid = b.id and paying;
    if p.providertxn is null or p.confirmedat is not null
       or p.id <> asked.id and shop.asked_by_try(asked.interface) then
        return;
    elsif exists (select from jsonb_array_elements(facts) as f
                  where f ->> 'provider_txn' = p.providertxn and f ->> 'state' = 'paid'
                    and (f ->> 'amount')::numeric = p.amount and f ->> 'currency' = p.currency) then
        update shop.payment_attempts set confirmedat = clock_timestamp() where id = p.id;
    elsif p.state = 'paid'  -- of one that it has given back, an API may tell that alone
          and not exists (select from shop.alerts where billid = b.id and kind = 'unconfirmed') then
        perform shop.alert('unconfirmed', 'high', b.id,
            format('The bank''s API does not know the payment "%s" as its notification told it', p.providertxn),
            facts);
    end if;
end
$$;
comment on function shop.payment_confirm(shop.bills, shop.payment_attempts, jsonb) is
    'A payment that a notification told against what the provider''s API says of the order';

create or replace function shop.reconcile_end(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    facts constant jsonb := coalesce(arguments -> 'events', '[]');
    b shop.bills;
    a shop.payment_attempts;
    verdicts jsonb;
    found_paid integer;
begin
    select x.* into b from shop.bills x join shop.payment_attempts y on y.billid = x.id
    where y.id = (arguments ->> 'attempt')::bigint for no key update of x;
    if b.id is null then
        return '{"error": "unknown"}';
    end if;
    select * into a from shop.payment_attempts where id = (arguments ->> 'attempt')::bigint;
    if not (arguments ->> 'heard')::boolean then
        if a.unheard = 5 then
            perform shop.alert('api', 'normal', b.id, format('The API of "%s" gives no answer: %s', a.config,
                               arguments ->> 'reason'), null);
        end if;
        return '{"verdicts": [], "paid": 0}';
    end if;

    select jsonb_agg(x -> 'verdict'), count(*) filter (where (x ->> 'paid')::boolean) into verdicts, found_paid
    from shop.payments_apply(facts) as x;
    perform shop.doubts_settle(b, a, facts);
    perform shop.payment_confirm(b, a, facts);
    select * into a from shop.payment_attempts where id = (arguments ->> 'attempt')::bigint;
    if a.comparing then
        perform shop.payment_compare(b, a, facts);
    end if;
    update shop.payment_attempts set askat = shop.ask_next(a), unheard = 0, closing = false where id = a.id;
    return jsonb_build_object('verdicts', coalesce(verdicts, '[]'), 'paid', found_paid);
end
$$;
comment on function shop.reconcile_end(jsonb) is
    'What the provider answered about a try: events that are applied like any other, doubts that end';
