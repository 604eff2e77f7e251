-- Refunds ordered by staff: kept, carried out at the provider or noted as done by hand, settled once.

create table if not exists shop.refund_requests (
    id bigint generated always as identity primary key,
    key text not null unique check (length(key) between 1 and 100),
    billid bigint not null references shop.bills on delete restrict,
    attemptid bigint not null references shop.payment_attempts on delete restrict,
    amount numeric(14, 3) not null check (amount > 0),
    actor text not null check (length(actor) between 1 and 255),
    reason text not null check (length(reason) between 1 and 1000),
    suspend boolean not null default false,
    byhand boolean not null default false,
    state text not null default 'queued' check (state in ('queued', 'sending', 'waiting', 'done', 'refused',
        'manual')),
    providertxn text check (length(providertxn) between 1 and 128),
    providerid text not null default '',
    refundid bigint references shop.refunds on delete restrict,
    nexttry timestamptz not null default now(),
    token bigint not null default 0,
    tries integer not null default 0,
    unknown boolean not null default false,
    promised boolean not null default false,
    error text not null default '',
    created timestamptz not null default now(),
    settledat timestamptz,
    check ((state in ('done', 'refused')) = (settledat is not null))
);
create index if not exists refund_requests_due on shop.refund_requests (nexttry, id)
    where state in ('queued', 'sending', 'waiting');
create index if not exists refund_requests_bill on shop.refund_requests (billid);
call pg_temp.describe('refund_requests', 'Refunds that staff have ordered', $$
    id: key
    key: given by whoever orders it; the same key is the same refund
    billid: bill
    attemptid: payment that is given back
    amount: how much
    actor: member of staff
    reason: why
    suspend: what was delivered is to be suspended
    byhand: staff give the money back themselves; no provider is called
    state: queued, sending, waiting for the provider, done, refused by him, or manual: a person must look
    providertxn: the provider's transaction of the refund
    providerid: his number of it, for staff
    refundid: entry in refunds; null: money that had come twice, which has no credit note
    nexttry: when it may be claimed; of one being sent: end of the lease
    token: number of the claim
    tries: failed tries
    unknown: the provider may have got it without our knowing
    promised: he has got it, and takes his time
    error: why it is not done
    created: when it was ordered
    settledat: when it was done or refused
$$);

create or replace function shop.staff_may(arguments jsonb, shop bigint, wanted text) returns boolean
language plpgsql stable as $$
begin
    return exists (
        select from shop.staff_rights r
        where r.source = coalesce(arguments ->> 'source', 'name') and r.subject = arguments ->> 'actor'
          and r.permission = wanted and (r.shopid is null or r.shopid = shop));
end
$$;
comment on function shop.staff_may(jsonb, bigint, text) is
    'Has this member of staff (actor, source: name or moodle) the right in this shop?';

create or replace function shop.refund_event(r shop.refund_requests, transaction text) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('interface', a.interface, 'config', a.config, 'mode', a.mode,
            'channel', 'staff', 'event_key', 'staff:refund:' || r.id, 'state', 'refunded',
            'amount', shop.money(r.amount), 'currency', a.currency, 'attempt', a.id, 'transid', b.transid,
            'provider_ref', null, 'provider_txn', transaction, 'provider_status', a.providerstatus,
            'verdict', null, 'reason', null, 'details', '{}'::jsonb, 'received', shop.utc(now()),
            'refund', r.id, 'actor', r.actor, 'why', r.reason)
        from shop.payment_attempts a join shop.bills b on b.id = a.billid where a.id = r.attemptid);
end
$$;
comment on function shop.refund_event(shop.refund_requests, text) is
    'A refund that staff have ordered is done: the event that it is, for payments_apply';

create or replace function shop.refund_heard(e jsonb, bill bigint) returns void
language plpgsql volatile as $$
declare
    r shop.refund_requests;
begin
    -- by its number; else one that may have been carried out, or that was and got no name there
    select x.* into r from shop.refund_requests x
    where x.billid = bill
      and (x.id = (e ->> 'refund')::bigint
           or e ->> 'refund' is null and x.providertxn is null
              and (x.amount = (e ->> 'amount')::numeric or e ->> 'state' = 'cancelled')
              and (x.state in ('sending', 'waiting', 'manual') or x.state = 'queued' and x.unknown
                   or x.state = 'done'))
    order by x.state = 'done', x.id limit 1 for no key update;
    if r.id is null then
        return;
    end if;
    update shop.refund_requests
    set providertxn = coalesce(e ->> 'provider_txn', providertxn), error = '', unknown = false,
        state = 'done', settledat = coalesce(settledat, now()),
        refundid = coalesce(refundid, (select max(f.id) from shop.refunds f
            where f.attemptid = r.attemptid and f.amount = r.amount
              and not exists (select from shop.refund_requests o where o.refundid = f.id)))
    where id = r.id;
    if r.suspend and r.state <> 'done' then
        perform shop.bill_suspend(bill, r.actor, 'refunded');
    end if;
end
$$;
comment on function shop.refund_heard(jsonb, bigint) is
    'Money was given back: the refund of staff that it belongs to, if there is one, is done';

create or replace function shop.refund_left(b shop.bills, a shop.payment_attempts) returns numeric
language plpgsql stable as $$
declare
    ordered constant numeric := (select coalesce(sum(r.amount), 0) from shop.refund_requests r
        where r.attemptid = a.id and r.state not in ('done', 'refused'));
begin
    if a.paying and a.state in ('paid', 'partially_refunded') then
        return least(b.paiedamount, a.amount) - b.refundedamount - ordered;
    elsif not a.paying and a.state = 'paid' then
        return a.amount - ordered;
    end if;
    return 0;
end
$$;
comment on function shop.refund_left(shop.bills, shop.payment_attempts) is
    'What can still be given back of a try: paid, less what was given back or is being';

create or replace function shop.refund_answer(r shop.refund_requests, word text) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('verdict', word, 'refund', r.id, 'state', r.state, 'amount', shop.money(r.amount),
            'error', nullif(r.error, ''), 'transid', b.transid, 'status', b.status,
            'refunded', shop.money(b.refundedamount), 'left', shop.money(shop.refund_left(b, a)),
            'credit_note', (select v.number from shop.invoices v where v.refundid = r.refundid))
        from shop.bills b join shop.payment_attempts a on a.id = r.attemptid where b.id = r.billid);
end
$$;
comment on function shop.refund_answer(shop.refund_requests, text) is 'How a refund stands';

create or replace function shop.refund_problem(b shop.bills, a shop.payment_attempts, arguments jsonb)
returns text language plpgsql stable as $$
declare
    wanted constant text := coalesce(arguments ->> 'amount', '');
begin
    if not shop.staff_may(arguments, b.shopid, 'payments') then
        return 'right';
    elsif coalesce(arguments ->> 'key', '') = '' or length(arguments ->> 'key') > 100 then
        return 'key';
    elsif btrim(coalesce(arguments ->> 'reason', '')) = '' or length(arguments ->> 'reason') > 1000 then
        return 'reason';
    elsif a.id is null or not (a.state = 'paid' or a.paying and a.state = 'partially_refunded') then
        return 'unpaid';
    elsif shop.refund_left(b, a) <= 0 or wanted <> '' and (wanted !~ '^[0-9]{1,11}(\.[0-9]{1,3})?$'
          or wanted::numeric not between 0.001 and shop.refund_left(b, a)) then
        return 'amount';
    elsif not a.paying and wanted <> '' and wanted::numeric <> a.amount then
        return 'whole';
    end if;
    return null;
end
$$;
comment on function shop.refund_problem(shop.bills, shop.payment_attempts, jsonb) is
    'Why a refund cannot be ordered: right key reason unpaid amount whole; null: it can';

create or replace function shop.refund_order(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills := shop.order_lock(arguments);
    a shop.payment_attempts;
    r shop.refund_requests;
    problem text;
begin
    if b.id is null then
        return '{"error": "unknown"}';
    end if;
    select * into r from shop.refund_requests where key = arguments ->> 'key';
    if r.id is not null then
        return case when r.billid = b.id then shop.refund_answer(r, 'exists')
                    else '{"verdict": "refused", "reason": "key"}' end;
    end if;
    select * into a from shop.payment_attempts x
    where x.billid = b.id and case when arguments ? 'attempt' then x.id = (arguments ->> 'attempt')::bigint
                                   else x.paying end;
    problem := shop.refund_problem(b, a, arguments);
    if problem is not null then
        return jsonb_build_object('verdict', 'refused', 'reason', problem,
                                  'left', case when a.id is not null then shop.money(shop.refund_left(b, a)) end);
    end if;

    insert into shop.refund_requests (key, billid, attemptid, amount, actor, reason, suspend, byhand)
    values (arguments ->> 'key', b.id, a.id,
            coalesce(nullif(arguments ->> 'amount', '')::numeric, shop.refund_left(b, a)),
            arguments ->> 'actor', btrim(arguments ->> 'reason'), coalesce((arguments ->> 'suspend')::boolean, false),
            coalesce((arguments ->> 'by_hand')::boolean, false)
                or a.interface in ('check', 'transfer', 'test', 'manual'))
    returning * into r;
    if r.byhand then
        perform shop.payments_apply(shop.refund_event(r, null));
        select * into r from shop.refund_requests where id = r.id;
    end if;
    return shop.refund_answer(r, 'ok');
end
$$;
comment on function shop.refund_order(jsonb) is
    'A member of staff gives money back, all or a part: by the provider, or noted as done by hand';

create or replace function shop.refund_settle(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills;
    r shop.refund_requests;
begin
    select x.* into b from shop.bills x join shop.refund_requests y on y.billid = x.id
    where y.id = (arguments ->> 'refund')::bigint for no key update of x;
    if b.id is null then
        return '{"error": "unknown"}';
    end if;
    select * into r from shop.refund_requests where id = (arguments ->> 'refund')::bigint for no key update;
    if not shop.staff_may(arguments, b.shopid, 'payments') then
        return '{"verdict": "refused", "reason": "right"}';
    elsif r.state in ('done', 'refused') then
        return shop.refund_answer(r, 'exists');
    elsif r.state = 'sending' then
        return '{"verdict": "refused", "reason": "sending"}';
    end if;
    if (arguments ->> 'done')::boolean then
        update shop.refund_requests set byhand = true where id = r.id returning * into r;
        perform shop.payments_apply(shop.refund_event(r, null));
    else
        update shop.refund_requests
        set state = 'refused', settledat = now(), error = left('given up by ' || (arguments ->> 'actor'), 500)
        where id = r.id;
    end if;
    select * into r from shop.refund_requests where id = r.id;
    return shop.refund_answer(r, 'ok');
end
$$;
comment on function shop.refund_settle(jsonb) is
    'A member of staff has looked at a refund that hung: it was done by hand, or it is given up';

create or replace function shop.refund_claim(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    claimed jsonb;
begin
    with due as (
        select r.id from shop.refund_requests r
        join shop.payment_attempts a on a.id = r.attemptid
        join jsonb_to_recordset(arguments -> 'payments') as c (config text, mode text)
          on c.config = a.config and c.mode = a.mode
        where r.state in ('queued', 'sending', 'waiting') and r.nexttry <= now()
        order by r.nexttry, r.id
        limit least(coalesce((arguments ->> 'limit')::integer, 4), 50)
        for no key update of r skip locked),
    taken as (
        -- one whose lease has ended may have reached the provider
        update shop.refund_requests r
        set state = 'sending', token = r.token + 1, unknown = r.unknown or r.state = 'sending',
            nexttry = clock_timestamp() + interval '2 minutes'
        from due where r.id = due.id
        returning r.*)
    select jsonb_agg(jsonb_build_object('refund', t.id, 'token', t.token, 'unknown', t.unknown,
        -- providers remember keys for a day
        'stale', t.promised or t.created < now() - interval '20 hours',
        'key', 'refund-' || b.transid || '-' || t.id, 'config', a.config, 'transid', b.transid,
        'provider_ref', a.providerref, 'provider_txn', coalesce(a.providertxn, ''),
        'amount', shop.money(t.amount), 'paid', shop.money(a.amount), 'currency', a.currency) order by t.id)
    into claimed
    from taken t join shop.payment_attempts a on a.id = t.attemptid join shop.bills b on b.id = t.billid;
    return jsonb_build_object('refunds', coalesce(claimed, '[]'));
end
$$;
comment on function shop.refund_claim(jsonb) is 'Refunds that a provider is to carry out now, each with a lease';

create or replace function shop.refund_later(r shop.refund_requests, maybe boolean, why text) returns void
language plpgsql volatile as $$
begin
    if r.created < now() - interval '14 days' then
        perform shop.refund_stop(r, 'manual', why);
        return;
    elsif r.tries = 4 then
        perform shop.alert('refund', 'high', r.billid,
            format('Refund %s of %s is not through yet: %s', r.id, shop.money(r.amount), why), null);
    end if;
    update shop.refund_requests
    set state = 'queued', tries = r.tries + 1, unknown = r.unknown or maybe, error = left(why, 500),
        nexttry = now() + interval '30 seconds' * least(2 ^ least(r.tries, 10), 120)
    where id = r.id;
end
$$;
comment on function shop.refund_later(shop.refund_requests, boolean, text) is
    'A refund that did not come through is tried again, ever more rarely; staff hear of it';

create or replace function shop.refund_stop(r shop.refund_requests, target text, why text) returns void
language plpgsql volatile as $$
begin
    update shop.refund_requests
    set state = target, error = left(why, 500), settledat = case when target = 'refused' then now() end
    where id = r.id;
    perform shop.alert('refund', 'high', r.billid, format(case target
        when 'refused' then 'The provider refuses refund %s of %s: %s'
        else 'Whether refund %s of %s was carried out is not known, look in the provider''s back office: %s' end,
        r.id, shop.money(r.amount), why), null);
end
$$;
comment on function shop.refund_stop(shop.refund_requests, text, text) is
    'A refund that the provider refuses (refused), or that a person must look at (manual)';

create or replace function shop.refund_asked(r shop.refund_requests, arguments jsonb) returns void
language plpgsql volatile as $$
declare
    now_is shop.refund_requests;
begin
    perform shop.payments_apply(coalesce(arguments -> 'events', '[]'));
    select * into now_is from shop.refund_requests where id = r.id;
    if now_is.state = 'done' then
        return;
    elsif r.promised and r.created > now() - interval '14 days' then
        update shop.refund_requests set state = 'waiting', nexttry = now() + interval '1 hour' where id = r.id;
    elsif r.unknown and not (arguments ->> 'listed')::boolean
          and r.amount < (select a.amount from shop.payment_attempts a where a.id = r.attemptid) then
        perform shop.refund_stop(r, 'manual', 'the provider''s answers do not tell');
    else
        update shop.refund_requests set state = 'queued', unknown = false, nexttry = now() where id = r.id;
    end if;
end
$$;
comment on function shop.refund_asked(shop.refund_requests, jsonb) is
    'The provider was asked about a refund whose answer was lost: done, to be sent again, or for a person';

create or replace function shop.refund_end(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    b shop.bills;
    r shop.refund_requests;
    told constant text := arguments ->> 'outcome';
    why constant text := coalesce(arguments ->> 'reason', '');
begin
    select x.* into b from shop.bills x join shop.refund_requests y on y.billid = x.id
    where y.id = (arguments ->> 'refund')::bigint for no key update of x;
    select * into r from shop.refund_requests
    where id = (arguments ->> 'refund')::bigint for no key update;
    if told = 'refunded' and r.id is not null then
        -- also for a late worker, and when a notification was faster: the event is the same
        update shop.refund_requests set providerid = left(coalesce(arguments ->> 'id', ''), 128) where id = r.id;
        perform shop.payments_apply(shop.refund_event(r, nullif(arguments ->> 'provider_txn', '')));
        perform shop.refund_heard(shop.refund_event(r, nullif(arguments ->> 'provider_txn', '')), b.id);
    elsif r.state is distinct from 'sending' or r.token <> (arguments ->> 'token')::bigint then
        return '{"verdict": "lost"}';
    elsif told = 'pending' then
        update shop.refund_requests
        set state = 'waiting', unknown = true, promised = true, nexttry = now() + interval '1 hour',
            providerid = left(coalesce(arguments ->> 'id', ''), 128)
        where id = r.id;
    elsif told = 'refused' then
        perform shop.refund_stop(r, 'refused', why);
    elsif told = 'asked' then
        perform shop.refund_asked(r, arguments);
    else
        perform shop.refund_later(r, told = 'unknown', why);
    end if;
    select * into r from shop.refund_requests where id = r.id;
    return shop.refund_answer(r, 'ok');
end
$$;
comment on function shop.refund_end(jsonb) is
    'What came of a claimed refund: refunded, pending, refused, asked, unknown (maybe carried out), unsent';
