-- The outbox.

create or replace function shop.mail_document(m shop.mails) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('id', m.id, 'token', m.token, 'template', m.template, 'lang', m.lang,
            'from', jsonb_build_object('name', coalesce(s.seller ->> 'name', s.name),
                                       'address', s.seller ->> 'mail'),
            'to', jsonb_build_object('name', m.toname, 'address', m.toaddress),
            'reply_to', jsonb_build_object('name', coalesce(s.seller ->> 'name', s.name),
                'address', coalesce(s.seller ->> 'support_mail', s.seller ->> 'mail')),
            'utc_offset', shop.utc_offset(s.timezone))
            || case when m.billid is null then jsonb_build_object('data', m.data)
               else (select jsonb_build_object('order', shop.order_document(b)
                                || jsonb_build_object('attempt', shop.order_attempt(b.id),
                                       'credits', shop.order_credits(b.id), 'credit', m.data),
                            'feedback', shop.order_feedback(b.id))
                     from shop.bills b where b.id = m.billid) end
        from shop.shops s where s.id = m.shopid);
end
$$;
comment on function shop.mail_document(shop.mails) is 'A mail with all that it will say';

create or replace function shop.mails_claim(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    claimed jsonb;
begin
    with due as materialized (
        select m.id from shop.mails m
        where m.state in ('queued', 'sending') and m.nexttry <= now()
          and (not m.needsinvoice or exists (select from shop.invoices v
               where v.billid = m.billid and v.refundid is null))
        order by m.nexttry, m.id
        limit least(coalesce((arguments ->> 'limit')::integer, 1), 100)
        for no key update skip locked),
    taken as (
        update shop.mails m
        set state = 'sending', token = m.token + 1, owner = left(coalesce(arguments ->> 'owner', ''), 100),
            nexttry = clock_timestamp()
                + make_interval(secs => coalesce((arguments ->> 'lease_seconds')::integer, 120))
        from due where m.id = due.id
        returning m)
    select jsonb_agg(shop.mail_document(t.m) order by (t.m).id) into claimed from taken t;
    return jsonb_build_object('mails', coalesce(claimed, '[]'));
end
$$;
comment on function shop.mails_claim(jsonb) is 'Claims due mails for a worker, with everything they say';

create or replace function shop.mail_done(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    update shop.mails
    set state = 'sent', settledat = now(), data = null, owner = '', error = null
    where id = (arguments ->> 'mail')::bigint and token = (arguments ->> 'token')::bigint
      and state = 'sending';
    return jsonb_build_object('verdict', case when found then 'ok' else 'lost' end);
end
$$;
comment on function shop.mail_done(jsonb) is 'A mail was sent; what it said is forgotten';

create or replace function shop.mail_retry(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    delays constant interval[] := array['1 minute', '5 minutes', '30 minutes', '2 hours', '6 hours'];
    m shop.mails;
    over boolean;
begin
    select * into m from shop.mails
    where id = (arguments ->> 'mail')::bigint and token = (arguments ->> 'token')::bigint
      and state = 'sending' for no key update;
    if m.id is null then
        return '{"verdict": "lost"}';
    end if;
    over := coalesce((arguments ->> 'final')::boolean, false) or m.tries >= array_length(delays, 1);
    update shop.mails
    set state = case when over then 'failed' else 'queued' end,
        settledat = case when over then now() end, owner = '', tries = m.tries + 1,
        data = case when over then null else data end,
        error = left(arguments ->> 'error', 500),
        nexttry = clock_timestamp() + coalesce(delays[m.tries + 1], interval '0')
    where id = m.id;
    if over then
        perform shop.alert('mail', 'normal', m.billid,
            format('Mail %s (%s) was not sent: %s', m.id, m.template, arguments ->> 'error'), null);
    end if;
    return jsonb_build_object('verdict', 'ok', 'given_up', over);
end
$$;
comment on function shop.mail_retry(jsonb) is 'A mail was not sent: later again, or never';
