-- What was sold for a time ends: owners and the sales team hear of it.

create or replace function shop.expiry_notices() returns integer
language plpgsql volatile as $$
declare
    queued integer;
begin
    with due as (
        select p.id, p.enddate, (select min(d) from unnest(array[1, 3, 5, 7]) as d
                                 where p.enddate <= now() + make_interval(days => d)) as days,
               p.currentitemid, l.abstract, b.lang, b.shopid, s.alias as shop, i.seoalias, i.shortname,
               c.firstname, c.lastname, c.email, s.name, s.seller
        from shop.product_instances p
        join shop.items i on i.id = p.catalogitemid
        join shop.bill_items l on l.id = p.initialitemid
        join shop.bills b on b.id = l.billid
        join shop.shops s on s.id = b.shopid
        join shop.customers c on c.id = p.customerid
        where p.enddate > now() and p.enddate <= now() + interval '7 days'
          and not p.deleted and not p.test and i.renewable),
    mailed as (
        insert into shop.mails (key, shopid, template, lang, toname, toaddress, data)
        select format('expiry_notice:%s:%s:%s', d.id, extract(epoch from d.enddate)::bigint, d.days),
               d.shopid, 'expiry_notice', d.lang, btrim(d.firstname || ' ' || d.lastname), d.email,
               jsonb_build_object('product', d.abstract, 'days', d.days, 'firstname', d.firstname,
                   'seller', d.name, 'server', coalesce(d.seller ->> 'name', d.name),
                   'dates', jsonb_build_object('end', shop.utc(d.enddate)),
                   'page', jsonb_build_object('shop', d.shop,
                                              'product', coalesce(nullif(d.seoalias, ''), d.shortname)))
        from due d order by d.id
        on conflict (key) do nothing
        returning key),
    noted as (
        insert into shop.product_events (productid, billitemid, eventtype, eventdata)
        select d.id, d.currentitemid, 'notified',
               jsonb_build_object('enddate', shop.utc(d.enddate), 'days', d.days)
        from due d join mailed m on split_part(m.key, ':', 2) = d.id::text
        returning 1)
    select count(*) into queued from noted;
    return queued;
end
$$;
comment on function shop.expiry_notices() is
    'Tells owners of what can be renewed 7, 5, 3 and 1 days before its end, once each';

create or replace function shop.expiry_events() returns integer
language plpgsql volatile as $$
declare
    noted integer;
begin
    insert into shop.product_events (productid, billitemid, eventtype, eventdata)
    select p.id, p.currentitemid, 'expired', jsonb_build_object('enddate', shop.utc(p.enddate))
    from shop.product_instances p
    where p.enddate < now() and p.enddate > now() - interval '31 days' and not p.deleted
      and not exists (select from shop.product_events e
          where e.productid = p.id and e.eventtype = 'expired'
            and e.eventdata ->> 'enddate' = shop.utc(p.enddate))
    order by p.id limit 1000;
    get diagnostics noted = row_count;
    return noted;
end
$$;
comment on function shop.expiry_events() is 'Notes in the life of an instance that it has ended, once per end';

create or replace function shop.expiry_rows(shop bigint, first timestamptz, last timestamptz) returns jsonb
language sql stable as $$
    select jsonb_agg(jsonb_build_object('product', x.abstract, 'reference', x.reference, 'owner', x.owner,
                                        'dates', jsonb_build_object('end', shop.utc(x.enddate)))
                     order by x.enddate desc, x.id)
    from (select p.id, p.enddate, p.reference, l.abstract, btrim(c.firstname || ' ' || c.lastname) as owner
          from shop.product_instances p
          join shop.bill_items l on l.id = p.initialitemid
          join shop.bills b on b.id = l.billid
          join shop.customers c on c.id = p.customerid
          where b.shopid = $1 and p.enddate >= $2 and p.enddate < $3 and not p.deleted and not p.test
          order by p.enddate desc, p.id limit 200) x
$$;
comment on function shop.expiry_rows(bigint, timestamptz, timestamptz) is
    'What ends between two moments, at most 200, the latest first';

create or replace function shop.expiry_list(s shop.shops, wanted text, day date,
                                            first timestamptz, last timestamptz)
returns integer language plpgsql volatile as $$
declare
    name constant text := format('%s:%s:%s', wanted, s.id, day);
    rows jsonb;
begin
    if exists (select from shop.mails where key = name) then
        return 0;
    end if;
    rows := shop.expiry_rows(s.id, first, last);
    if rows is null then
        return 0;
    end if;
    insert into shop.mails (key, shopid, template, lang, toname, toaddress, data)
    values (name, s.id, wanted, s.lang, coalesce(s.seller ->> 'name', s.name), shop.shop_mailbox(s),
            jsonb_build_object('seller', s.name, 'server', coalesce(s.seller ->> 'name', s.name),
                               'products', rows, 'count', jsonb_array_length(rows)))
    on conflict (key) do nothing;
    return 1;
end
$$;
comment on function shop.expiry_list(shop.shops, text, date, timestamptz, timestamptz) is
    'Queues one list for the sales team, once a day and not when it is empty';

create or replace function shop.expiry_lists() returns integer
language plpgsql volatile as $$
declare
    s shop.shops;
    here timestamp;
    queued integer := 0;
begin
    for s in select * from shop.shops x where shop.shop_mailbox(x) is not null order by x.id loop
        here := now() at time zone s.timezone;
        continue when extract(hour from here) < 6;
        queued := queued
            + shop.expiry_list(s, 'expiry_recent', here::date, now() - interval '3 days', now())
            + shop.expiry_list(s, 'expiry_soon', here::date, now(), now() + interval '7 days');
        if extract(isodow from here) = 1 then
            queued := queued + shop.expiry_list(s, 'expiry_past', here::date, '-infinity',
                                                now() - interval '7 days');
        end if;
    end loop;
    return queued;
end
$$;
comment on function shop.expiry_lists() is
    'From six o''clock on: what has just ended and what soon will; on Mondays what ended long ago';
