-- Notifications that prove themselves by nothing: kept as they came, judged when their proof is there
-- (payments.md 3.5, 4.5).

create table if not exists shop.payment_messages (
    id bigint generated always as identity primary key,
    config text not null check (length(config) between 1 and 32),
    number text not null check (length(number) <= 200),
    digest text not null check (length(digest) = 64),
    message jsonb,
    received timestamptz not null default now(),
    proveat timestamptz,
    tries integer not null default 0,
    verdict text,
    unique (config, number, digest)
);
create index if not exists payment_messages_due on shop.payment_messages (proveat) where proveat is not null;
call pg_temp.describe('payment_messages', 'Notifications that wait for their proof, and what became of them', $$
    id: key
    config: payment block
    number: the message's own; empty: it has none
    digest: SHA-256 of the body
    message: as it came, until it is judged; readable, so that it does not stay long
    received: when it was kept
    proveat: when its proof is fetched next; null: judged, or given up
    tries: how often its proof was asked for
    verdict: what was decided; null: nothing yet
$$);

create or replace function shop.message_pause(tries integer) returns interval
language sql immutable as $$
    select (array['10 seconds', '1 minute', '5 minutes', '30 minutes', '2 hours'])[least(tries, 5)]::interval
$$;
comment on function shop.message_pause(integer) is 'How long after so many tries a proof is asked for again';

create or replace function shop.message_keep(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    -- what nobody has signed costs a call: a flood of it must not fill the queue
    if (select count(*) from (select from shop.payment_messages where proveat is not null limit 5000) x) = 5000 then
        return '{"verdict": "retry-later", "reason": "too many messages wait for their proof"}';
    end if;
    insert into shop.payment_messages (config, number, digest, message, proveat)
    values (arguments ->> 'config', left(coalesce(arguments ->> 'number', ''), 200), arguments ->> 'digest',
            arguments -> 'message', now())
    on conflict (config, number, digest) do nothing;
    return jsonb_build_object('verdict', case when found then 'prove' else 'ignore-duplicate' end);
end
$$;
comment on function shop.message_keep(jsonb) is 'Keeps a message until its proof is there; the same one is kept once';

create or replace function shop.messages_claim(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    claimed jsonb;
begin
    with due as (
        select m.id from shop.payment_messages m
        where m.proveat <= now()
        order by m.proveat
        limit least(coalesce((arguments ->> 'limit')::integer, 4), 50)
        for no key update skip locked),
    taken as (
        -- longer than the call takes: whoever dies with it loses nothing
        update shop.payment_messages m
        set tries = m.tries + 1, proveat = now() + greatest(shop.message_pause(m.tries + 1), interval '1 minute')
        from due where m.id = due.id
        returning m.id, m.config, m.message)
    select jsonb_agg(jsonb_build_object('id', t.id, 'config', t.config, 'message', t.message) order by t.id)
    into claimed from taken t;
    return jsonb_build_object('messages', coalesce(claimed, '[]'));
end
$$;
comment on function shop.messages_claim(jsonb) is 'Messages whose proof is to be fetched now';

create or replace function shop.message_later(m shop.payment_messages) returns void
language plpgsql volatile as $$
begin
    if m.tries >= 40 then
        -- more than three days: the provider does not answer for it any more
        update shop.payment_messages set proveat = null, verdict = 'retry-later' where id = m.id;
    else
        update shop.payment_messages set proveat = now() + shop.message_pause(m.tries) where id = m.id;
    end if;
    if m.tries in (6, 40) then
        perform shop.alert('api', 'normal', null, format('"%s" does not say whether its message %s is genuine',
                           m.config, m.id), null);
    end if;
end
$$;
comment on function shop.message_later(shop.payment_messages) is 'No proof came: another time';

create or replace function shop.message_end(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    m shop.payment_messages;
    answer jsonb := jsonb_build_object('verdict', arguments ->> 'verdict');
begin
    select * into m from shop.payment_messages
    where id = (arguments ->> 'message')::bigint and proveat is not null for no key update;
    if m.id is null then
        return '{"verdict": "ignore-duplicate"}';
    elsif arguments ->> 'verdict' = 'retry-later' then
        perform shop.message_later(m);
        return answer;
    elsif jsonb_typeof(arguments -> 'event') = 'object' then
        if m.number <> '' and exists (
            select from shop.payment_messages x where x.config = m.config and x.number = m.number
               and x.digest <> m.digest and x.verdict not in ('unauthentic', 'malformed', 'retry-later')) then
            answer := '{"verdict": "mismatch", "reason": "the number of another message"}';
            perform shop.alert('forged', 'high', null, format('Two messages of "%s" have the number %s', m.config,
                               m.number), arguments -> 'event');
        else
            select x into answer from shop.payments_apply(arguments -> 'event') as x;
        end if;
    end if;
    update shop.payment_messages set verdict = answer ->> 'verdict', proveat = null, message = null where id = m.id;
    return answer;
end
$$;
comment on function shop.message_end(jsonb) is 'A message is judged, with its event if it is genuine; or its proof did not come';

create or replace function shop.messages_forget() returns void
language sql volatile as $$
    delete from shop.payment_messages where proveat is null and received < now() - interval '13 months'
$$;
comment on function shop.messages_forget() is 'Providers repeat a message for days, not for years';
