-- What a payment event does (payments.md 1.3, 1.8 steps 6 to 9): several in one call.

create or replace function shop.event_bill(e jsonb) returns bigint
language plpgsql stable as $$
begin
    return (
        select coalesce(
            (select b.id from shop.bills b where b.transid = e ->> 'transid'),
            case when e ->> 'transid' is null then coalesce(
                (select a.billid from shop.payment_attempts a where a.id = (e ->> 'attempt')::bigint),
                (select a.billid from shop.payment_attempts a
                 where a.config = e ->> 'config' and a.mode = e ->> 'mode'
                   and a.providerref = e ->> 'provider_ref'),
                (select a.billid from shop.payment_attempts a
                 where a.config = e ->> 'config' and a.mode = e ->> 'mode'
                   and a.providertxn = e ->> 'provider_txn')) end));
end
$$;
comment on function shop.event_bill(jsonb) is 'The order that an event speaks of; null: unknown';

create or replace function shop.event_attempt(e jsonb, bill bigint) returns shop.payment_attempts
language plpgsql stable as $$
declare
    found_row shop.payment_attempts;
begin
    select a.* into found_row from shop.payment_attempts a
    where a.billid = bill and a.config = e ->> 'config' and a.mode = e ->> 'mode'
    order by coalesce(a.id = (e ->> 'attempt')::bigint, false) desc,
             coalesce(a.providertxn = e ->> 'provider_txn', false) desc,
             coalesce(a.providerref = e ->> 'provider_ref', false) desc, a.paying desc, a.id desc
    limit 1;
    return found_row;
end
$$;
comment on function shop.event_attempt(jsonb, bigint) is
    'The try that an event speaks of: by its id, transaction or reference, else the last of its kind';

create or replace function shop.event_surplus(bill bigint) returns shop.payment_attempts
language plpgsql stable as $$
declare
    found_row shop.payment_attempts;
begin
    select a.* into found_row from shop.payment_attempts a
    where a.billid = bill and a.state = 'paid' and not a.paying
    order by a.id limit 1;
    return found_row;
end
$$;
comment on function shop.event_surplus(bigint) is
    'Money that came for an order which was paid already, and was not given back yet; null: none';

create or replace function shop.event_stranger(e jsonb, b shop.bills, a shop.payment_attempts,
                                               p shop.payment_attempts) returns text
language plpgsql stable as $$
declare
    back constant boolean := e ->> 'state' in ('refunded', 'partially_refunded', 'chargeback');
    owner bigint;
begin
    if exists (select from shop.payment_attempts o
               where o.config = e ->> 'config' and o.mode = e ->> 'mode'
                 and o.providertxn = e ->> 'provider_txn' and o.billid <> b.id) then
        return 'transaction of another order';
    elsif exists (select from shop.payment_attempts o
                  where o.id = (e ->> 'attempt')::bigint and o.billid <> b.id) then
        return 'attempt of another order';
    elsif back or e ->> 'provider_ref' is null or a.providerref = e ->> 'provider_ref' then
        -- the back office gives refunds numbers of its own
        return null;
    end if;
    select o.billid into owner from shop.payment_attempts o
    where o.config = e ->> 'config' and o.mode = e ->> 'mode' and o.providerref = e ->> 'provider_ref';
    if owner <> b.id then
        return 'reference of another order';
    elsif owner is null and p.id is null and e ->> 'channel' = 'notification' then
        return 'reference of no attempt';
    end if;
    return null;
end
$$;
comment on function shop.event_stranger(jsonb, shop.bills, shop.payment_attempts, shop.payment_attempts) is
    'Why an event is not about the order that it names; null: it is';

create or replace function shop.event_problem(e jsonb, b shop.bills, a shop.payment_attempts,
                                              p shop.payment_attempts) returns text
language plpgsql stable as $$
declare
    amount constant numeric := (e ->> 'amount')::numeric;
    state constant text := e ->> 'state';
    stranger constant text := shop.event_stranger(e, b, a, p);
begin
    if stranger is not null then
        return stranger;
    elsif amount is null or e ->> 'currency' is null then
        return 'no amount';
    elsif e ->> 'currency' <> a.currency then
        return 'currency';
    elsif state in ('refunded', 'partially_refunded') then
        if amount <= 0 or amount > coalesce(p.amount, a.amount) - b.refundedamount
           and amount is distinct from (shop.event_surplus(b.id)).amount then
            return 'refund of more than was paid';
        end if;
    elsif state <> 'chargeback' and amount <> a.amount
          or state = 'chargeback' and amount > coalesce(p.amount, a.amount) then
        return 'amount';
    end if;
    return null;
end
$$;
comment on function shop.event_problem(jsonb, shop.bills, shop.payment_attempts, shop.payment_attempts) is
    'Why an event does not fit the order (mismatch); null: it fits';

create or replace function shop.event_overtaken(e jsonb, a shop.payment_attempts) returns boolean
language plpgsql stable as $$
begin
    return coalesce((e ->> 'delayed')::boolean, false)
        and e ->> 'state' not in ('refunded', 'partially_refunded') and exists (
        select from shop.payment_events v
        where v.billid = a.billid and v.attemptid = a.id
          and (v.verdict = 'apply' or v.verdict = 'ignore-stale' and e ->> 'state' in ('paid', 'chargeback'))
          and v.received > (e ->> 'received')::timestamptz
          and case e ->> 'state'
              when 'paid' then v.state = 'chargeback'
                  or v.state in ('cancelled', 'error') and v.content ->> 'provider_txn' = e ->> 'provider_txn'
              -- what ends a dispute is not the first "paid"
              when 'chargeback' then v.state = 'paid' and exists (
                  select from shop.payment_events w
                  where w.billid = a.billid and w.attemptid = a.id and w.verdict = 'apply'
                    and w.state = 'paid' and w.id < v.id)
              else true end);
end
$$;
comment on function shop.event_overtaken(jsonb, shop.payment_attempts) is
    'A message that waited (in the spool, for its proof) is older than one that has ended what it tells';

create or replace function shop.event_verdict(e jsonb, b shop.bills, a shop.payment_attempts,
                                              p shop.payment_attempts) returns text
language plpgsql stable as $$
declare
    state constant text := e ->> 'state';
    txn constant text := e ->> 'provider_txn';
    back constant boolean := state in ('refunded', 'partially_refunded', 'chargeback');
    -- the transaction that paid; without names, the try that paid
    same constant boolean := p.providertxn = txn;
    likely constant boolean := coalesce(same, a.id = p.id);
begin
    if state is null then
        return 'quarantine';
    elsif shop.event_overtaken(e, a) then
        return 'ignore-stale';
    elsif p.id is null then
        return case when back then 'defer' else 'apply' end;
    elsif a.id <> p.id and a.state = 'paid' and a.providertxn = txn and state in ('paid', 'cancelled', 'error') then
        return 'apply';
    elsif state = 'paid' and not likely then
        return 'duplicate-payment';
    elsif state = 'refunded' and (shop.event_surplus(b.id)).amount = (e ->> 'amount')::numeric then
        return 'apply';
    elsif p.state = 'paid' then
        return case when back or state = 'paid' or same and state in ('cancelled', 'error') then 'apply'
                    else 'ignore-stale' end;
    elsif p.state = 'partially_refunded' then
        return case when back then 'apply' else 'ignore-stale' end;
    elsif p.state = 'chargeback' then
        return case when state in ('paid', 'refunded', 'partially_refunded') then 'apply'
                    else 'ignore-stale' end;
    end if;
    return 'ignore-stale';
end
$$;
comment on function shop.event_verdict(jsonb, shop.bills, shop.payment_attempts, shop.payment_attempts) is
    'Step 9: may the payment of the order move so?';

create or replace function shop.event_before(e jsonb, b shop.bills, a shop.payment_attempts)
returns text language plpgsql volatile as $$
declare
    new_state constant text := e ->> 'state';
    promised constant boolean := exists (select from shop.payment_attempts o
        where o.billid = b.id and o.id <> a.id and o.state = 'pending');
begin
    update shop.payment_attempts
    set state = new_state, paying = new_state = 'paid', updated = clock_timestamp(),
        providertxn = coalesce(e ->> 'provider_txn', providertxn),
        providerstatus = coalesce(e ->> 'provider_status', ''),
        confirmedat = case when new_state = 'paid' and e ->> 'channel' = 'poll' then clock_timestamp() end,
        askat = case when new_state = 'pending' then askat
                     when new_state in ('paid', 'error') and e ->> 'channel' = 'notification'
                          and (e ->> 'ask')::boolean
                     then now() + interval '15 seconds' end
    where id = a.id;

    b.remotestatus := coalesce(e ->> 'provider_status', '');
    if new_state in ('paid', 'pending') then
        b.paymode := a.config;
        b.interface := a.interface;
        b.onlinetransactionid := coalesce(e ->> 'provider_txn', '');
    end if;

    if new_state = 'paid' then
        b := shop.bill_move(b, 'SOLDOUT', 'payment', e ->> 'event_key');
    elsif new_state = 'pending' and b.status in ('PLACED', 'REFUSED', 'FAILED', 'CANCELLED') then
        b := shop.bill_promise(b, 'payment');
    elsif new_state = 'refused' and b.status in ('PLACED', 'PENDING', 'FAILED') and not promised then
        b := shop.bill_move(b, 'REFUSED', 'payment', e ->> 'event_key');
    elsif new_state = 'error' and b.status in ('PLACED', 'PENDING', 'REFUSED') and not promised then
        b := shop.bill_move(b, 'FAILED', 'payment', e ->> 'event_key');
    end if;
    return b.status;
end
$$;
comment on function shop.event_before(jsonb, shop.bills, shop.payment_attempts) is
    'An event of an order that is not paid';

create or replace function shop.event_after(e jsonb, b shop.bills, p shop.payment_attempts)
returns text language plpgsql volatile as $$
declare
    new_state text := e ->> 'state';
    back numeric := (e ->> 'amount')::numeric;
begin
    if new_state = 'cancelled' then
        back := p.amount - b.refundedamount;
        new_state := 'refunded';
    end if;

    if new_state in ('refunded', 'partially_refunded') then
        b := shop.bill_refund(b, p.id, back, coalesce(e ->> 'actor', 'payment'), coalesce(e ->> 'why', ''));
        new_state := case when b.refundedamount >= p.amount then 'refunded'
                          -- the dispute goes on about the rest
                          when p.state = 'chargeback' then 'chargeback'
                          else 'partially_refunded' end;
    elsif new_state = 'chargeback' and b.status <> 'RECOVERING' then
        b := shop.bill_move(b, 'RECOVERING', 'payment', e ->> 'event_key');
        perform shop.alert('chargeback', 'high', b.id, 'The bank has taken the money back', e);
    elsif new_state = 'paid' and b.status = 'RECOVERING' then
        b := shop.bill_move(b, case when b.completedat is null then 'SOLDOUT' else 'COMPLETE' end,
                            'payment', e ->> 'event_key');
        new_state := case when b.refundedamount > 0 then 'partially_refunded' else 'paid' end;
    elsif new_state = 'error' and b.status in ('SOLDOUT', 'COMPLETE') then
        b := shop.bill_move(b, 'FAILED', 'payment', e ->> 'event_key');
        perform shop.alert('capture', 'high', b.id, 'The capture of a payment failed', e);
    end if;
    update shop.payment_attempts
    set state = new_state, paying = new_state <> 'error', updated = clock_timestamp(),
        providerstatus = coalesce(e ->> 'provider_status', '')
    where id = p.id;
    return b.status;
end
$$;
comment on function shop.event_after(jsonb, shop.bills, shop.payment_attempts) is
    'An event of an order that was paid';

create or replace function shop.surplus_take(e jsonb, b shop.bills, a shop.payment_attempts) returns void
language plpgsql volatile as $$
begin
    if not a.paying and a.providertxn is null then
        update shop.payment_attempts
        set state = 'paid', providertxn = e ->> 'provider_txn', updated = clock_timestamp(), askat = null,
            providerstatus = coalesce(e ->> 'provider_status', '')
        where id = a.id;
    else
        insert into shop.payment_attempts (billid, config, interface, mode, token, providerref, providertxn,
            providerstatus, amount, currency, state, expires)
        values (b.id, a.config, a.interface, a.mode, shop.random_token(),
            coalesce(e ->> 'provider_txn', left(e ->> 'event_key', 128)), e ->> 'provider_txn',
            coalesce(e ->> 'provider_status', ''), a.amount, a.currency, 'paid', now());
    end if;
end
$$;
comment on function shop.surplus_take(jsonb, shop.bills, shop.payment_attempts) is
    'Money for an order that was paid already: kept as a try that is paid, but not the one that paid';

create or replace function shop.surplus_return(e jsonb, b shop.bills, a shop.payment_attempts,
                                               p shop.payment_attempts) returns boolean
language plpgsql volatile as $$
declare
    s shop.payment_attempts;
begin
    if a.id <> p.id and a.state = 'paid'
       and (a.providertxn = e ->> 'provider_txn' or a.id = (e ->> 'attempt')::bigint) then
        s := a;
    elsif e ->> 'state' = 'refunded' and p.id is distinct from (e ->> 'attempt')::bigint then
        s := shop.event_surplus(b.id);
    end if;
    if s.id is null or (e ->> 'amount')::numeric <> s.amount then
        return false;
    end if;
    update shop.payment_attempts
    set state = case e ->> 'state' when 'paid' then 'paid' when 'error' then 'error' else 'refunded' end,
        updated = clock_timestamp(), providerstatus = coalesce(e ->> 'provider_status', '')
    where id = s.id;
    return true;
end
$$;
comment on function shop.surplus_return(jsonb, shop.bills, shop.payment_attempts, shop.payment_attempts) is
    'News about money that came twice: what is given back is that money first. False: it is about the payment itself';

create or replace function shop.event_store(e jsonb, kept jsonb, bill bigint, attempt bigint, verdict text, why text)
returns boolean language plpgsql volatile as $$
begin
    insert into shop.payment_events (eventkey, billid, attemptid, interface, config, mode, channel, state,
                                     verdict, reason, content, received, digest, raw)
    values (e ->> 'event_key', bill, attempt, coalesce(e ->> 'interface', ''),
            coalesce(e ->> 'config', ''), coalesce(e ->> 'mode', ''), coalesce(e ->> 'channel', ''),
            e ->> 'state', verdict, why, e, coalesce((e ->> 'received')::timestamptz, now()),
            kept ->> 'digest', decode(kept ->> 'raw', 'base64'))
    on conflict (eventkey) do update
        set digest = coalesce(excluded.digest, shop.payment_events.digest),
            raw = coalesce(excluded.raw, shop.payment_events.raw), billid = excluded.billid, attemptid = excluded.attemptid, state = excluded.state,
            verdict = excluded.verdict, reason = excluded.reason, content = excluded.content,
            repeats = shop.payment_events.repeats + 1
        where shop.payment_events.verdict in ('defer', 'unknown-order', 'quarantine', 'mismatch');
    return found;
end
$$;
comment on function shop.event_store(jsonb, jsonb, bigint, bigint, text, text) is
    'Keeps an event; false: it was there already';

create or replace function shop.event_tell(e jsonb, bill bigint, verdict text, why text) returns void
language plpgsql volatile as $$
begin
    perform shop.alert('payment', case when verdict in ('mismatch', 'duplicate-payment')
                                       then 'high' else 'normal' end,
        bill, format('Payment message "%s": %s %s', e ->> 'event_key', verdict, coalesce(why, '')), e);
end
$$;
comment on function shop.event_tell(jsonb, bigint, text, text) is 'Staff hear of what changed nothing';

create or replace function shop.event_repeats(e jsonb, bill bigint) returns boolean
language plpgsql stable as $$
begin
    if (e ->> 'sum')::boolean then
        return (e ->> 'amount')::numeric <= 0;
    end if;
    return e ->> 'state' in ('refunded', 'partially_refunded') and (exists (
        select from shop.payment_events v
        where v.billid = bill and v.verdict = 'apply' and v.state in ('refunded', 'partially_refunded', 'cancelled')
          and v.content ->> 'provider_txn' = e ->> 'provider_txn')
        -- a sum has found it before its own answer came
        or exists (
        select from shop.refund_requests r
        where r.id = (e ->> 'refund')::bigint and r.state = 'done' and r.providertxn is null)
        or e ->> 'channel' <> 'staff' and exists (
        select from shop.refund_requests r
        where r.billid = bill and r.state = 'done' and r.providertxn is null
          and r.amount = (e ->> 'amount')::numeric));
end
$$;
comment on function shop.event_repeats(jsonb, bigint) is
    'A refund that was applied already is told again: authorised, then captured; by staff, by a notification, by the API';

create or replace function shop.event_single(e jsonb, b shop.bills, a shop.payment_attempts) returns jsonb
language plpgsql stable as $$
begin
    if not coalesce((e ->> 'sum')::boolean, false) then
        return e;
    end if;
    return e || jsonb_build_object('amount', shop.money((e ->> 'amount')::numeric
        - case when a.paying then b.refundedamount when a.state = 'refunded' then a.amount else 0 end));
end
$$;
comment on function shop.event_single(jsonb, shop.bills, shop.payment_attempts) is
    'Of a sum of what was given back so far, what is new in it; any other event is itself';

create or replace function shop.event_decide(e jsonb, b shop.bills, a shop.payment_attempts,
    p shop.payment_attempts, out verdict text, out why text)
language plpgsql stable as $$
begin
    verdict := e ->> 'verdict';
    why := e ->> 'reason';
    if verdict is not null then
        return;
    elsif b.id is null or a.id is null then
        verdict := 'unknown-order';
        return;
    elsif shop.event_repeats(e, b.id) then
        verdict := 'ignore-duplicate';
        return;
    end if;
    why := shop.event_problem(e, b, a, p);
    verdict := case when why is not null then 'mismatch' else shop.event_verdict(e, b, a, p) end;
end
$$;
comment on function shop.event_decide(jsonb, shop.bills, shop.payment_attempts, shop.payment_attempts) is
    'The verdict on an event that is new';

create or replace function shop.event_act(e jsonb, b shop.bills, a shop.payment_attempts,
    p shop.payment_attempts, verdict text, why text) returns text
language plpgsql volatile as $$
begin
    if verdict = 'apply' and e ->> 'state' is null then
        -- a dispute, a correction: nothing moves
        perform shop.alert('noted', 'high', b.id, format('"%s" of "%s" says: %s', e ->> 'event_key', e ->> 'config', why), e);
        return b.status;
    elsif verdict = 'apply' and p.id is null then
        return shop.event_before(e, b, a);
    elsif verdict = 'apply' then
        return case when shop.surplus_return(e, b, a, p) then b.status else shop.event_after(e, b, p) end;
    elsif verdict = 'duplicate-payment' then
        perform shop.surplus_take(e, b, a);
    elsif (verdict = 'quarantine' or verdict = 'ignore-stale' and e ->> 'state' = 'paid' and p.id is null)
          and (e ->> 'ask')::boolean then
        update shop.payment_attempts set askat = now() where id = a.id;
    end if;
    -- doubts and unknown orders are told when they last (reconcile_watch)
    if verdict in ('mismatch', 'duplicate-payment') then
        perform shop.event_tell(e, b.id, verdict, why);
    end if;
    return b.status;
end
$$;
comment on function shop.event_act(jsonb, shop.bills, shop.payment_attempts, shop.payment_attempts, text, text) is
    'What follows from the verdict on an event; gives the status of the bill';

create or replace function shop.event_apply(e jsonb, out answer jsonb, out paid bigint, out fresh bigint)
language plpgsql volatile as $$
declare
    b shop.bills;
    a shop.payment_attempts;
    p shop.payment_attempts;
    judged record;
    seen text;
    state text;
    kept constant jsonb := e;
begin
    -- the message itself has its own columns, and stands nowhere else
    e := e - array['digest', 'raw'];
    select * into b from shop.bills where id = shop.event_bill(e);
    a := shop.event_attempt(e, b.id);
    if a.paying then
        p := a;
    else
        select * into p from shop.payment_attempts where billid = b.id and paying;
    end if;
    state := b.status;
    e := shop.event_single(e, b, a);

    select v.verdict into seen from shop.payment_events v where v.eventkey = e ->> 'event_key';
    if seen in ('defer', 'unknown-order', 'quarantine', 'mismatch') or seen is null then
        judged := shop.event_decide(e, b, a, p);
        answer := jsonb_build_object('verdict', judged.verdict, 'reason', judged.why);
        if not shop.event_store(e, kept, b.id, a.id, judged.verdict, judged.why) then
            answer := jsonb_build_object('verdict', 'ignore-duplicate');
        elsif judged.verdict is distinct from seen then
            state := shop.event_act(e, b, a, p, judged.verdict, judged.why);
        end if;
        if e ->> 'state' in ('refunded', 'partially_refunded', 'cancelled')
           and judged.verdict in ('apply', 'ignore-duplicate') then
            perform shop.refund_heard(e, b.id);
        end if;
    else
        update shop.payment_events set repeats = repeats + 1 where eventkey = e ->> 'event_key';
        answer := jsonb_build_object('verdict', 'ignore-duplicate');
    end if;

    if answer ->> 'verdict' = 'apply' and p.id is null and e ->> 'state' = 'paid' then
        paid := b.id;
        -- a bill produced on trust is neither numbered nor produced twice
        fresh := case when b.realisedat is null then paid end;
    end if;
    answer := answer || jsonb_build_object('state', state, 'transid', coalesce(b.transid, e ->> 'transid'),
        'attempt', a.id, 'ordering', b.ordering, 'paid', paid is not null);
end
$$;
comment on function shop.event_apply(jsonb) is 'One event of payments_apply; the bill is locked';

create or replace function shop.deferred_apply(bill bigint) returns void
language plpgsql volatile as $$
declare
    waiting record;
begin
    for waiting in select content from shop.payment_events
                   where billid = bill and verdict = 'defer' order by id loop
        perform shop.event_apply(waiting.content);
    end loop;
end
$$;
comment on function shop.deferred_apply(bigint) is 'Refunds that came before the payment they give back';

create or replace function shop.payments_apply(events jsonb) returns setof jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    list constant jsonb := case jsonb_typeof(events) when 'array' then events
                           else jsonb_build_array(events) end;
    e jsonb;
    done record;
    paid bigint[];
    fresh bigint[];
begin
    -- "no key": a lock that documents and jobs, which refer to the bill, need not wait for
    perform from shop.bills b
    where b.id = any (array(select shop.event_bill(x) from jsonb_array_elements(list) as x))
    order by b.id for no key update;

    for e in select value from jsonb_array_elements(list) loop
        if coalesce(e ->> 'event_key', '') = '' then
            return next jsonb_build_object('verdict', 'malformed');
            continue;
        end if;
        done := shop.event_apply(e);
        paid := paid || case when done.paid is not null then array[done.paid] end;
        fresh := fresh || case when done.fresh is not null then array[done.fresh] end;
        return next done.answer;
    end loop;

    if fresh is not null then
        perform shop.bills_settle(fresh);
    end if;
    if paid is not null then
        perform shop.deferred_apply(p.bill) from unnest(paid) as p (bill)
        where exists (select from shop.payment_events v where v.billid = p.bill and v.verdict = 'defer');
    end if;
end
$$;
comment on function shop.payments_apply(jsonb) is
    'Events of payments (src/pay/README.md); one verdict per element in order';
