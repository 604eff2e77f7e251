-- Customers, one-time links, certificates: what visitors ask for.

create or replace function shop.customer_document(c shop.customers) returns jsonb
language sql immutable as $$
    select jsonb_build_object('id', c.id, 'firstname', c.firstname, 'lastname', c.lastname,
        'organisation', c.organisation, 'address', c.address, 'zip', c.zip, 'city', c.city,
        'country', c.country, 'email', c.email, 'phone', c.phone, 'hasaccount', c.hasaccount,
        'invoiceinfo', c.invoiceinfo)
$$;
comment on function shop.customer_document(shop.customers) is 'A customer for forms';

create or replace function shop.account_rights(arguments jsonb) returns jsonb
language plpgsql stable as $$
begin
    return (
        select coalesce(jsonb_agg(distinct r.permission), '[]')
        from shop.staff_rights r
        where r.source = 'moodle' and r.subject = arguments ->> 'account'
          and (r.shopid is null or r.shopid = shop.shop_id(arguments -> 'shop')));
end
$$;
comment on function shop.account_rights(jsonb) is 'What a person with this account in Moodle may do in a shop';

create or replace function shop.customer_find(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    found_row constant jsonb := (
        select shop.customer_document(c) from shop.customers c
        where lower(c.email) = lower(arguments ->> 'email')
              and (c.hasaccount = 0 or coalesce(arguments ->> 'vouched', 'false') = 'false')
           or c.hasaccount = case when arguments ->> 'vouched' = 'true'
                                  then (arguments ->> 'account')::bigint
                                  when arguments ->> 'email' is null
                                  then nullif((arguments ->> 'user')::bigint, 0) end
           or c.id = (arguments ->> 'id')::bigint
        order by c.hasaccount desc
        limit 1);
begin
    return coalesce(found_row, '{"id": null}')
        || case when arguments -> 'account' is null then '{}'
           else jsonb_build_object('rights', shop.account_rights(arguments), 'credits', exists (
               select from shop.credit_accounts a where a.customerid = (found_row ->> 'id')::bigint)) end;
end
$$;
comment on function shop.customer_find(jsonb) is
    'A customer by e-mail, Moodle user or id; one that Moodle vouches for (vouched) by his account, else by an e-mail bound to none; {"id": null}: none. With the rights of an account, if one is given, and whether there are credits';

create or replace function shop.customer_save(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    c shop.customers;
    wanted constant jsonb := coalesce(arguments -> 'customer', arguments);
    account constant bigint := coalesce((arguments ->> 'user')::bigint, 0);
    proven constant boolean := coalesce(arguments ->> 'proven', 'false') not in ('false', '');
begin
    if coalesce(wanted ->> 'email', '') !~ '^[^@\s]+@[^@\s]+$' or coalesce(wanted ->> 'lastname', '') = ''
       or coalesce(wanted ->> 'country', '') !~ '^([A-Z]{2})?$' then
        return '{"verdict": "refused"}';
    end if;
    if account > 0 and proven then -- his address may have changed in Moodle
        update shop.customers k set email = wanted ->> 'email'
        where k.hasaccount = account and lower(k.email) <> lower(wanted ->> 'email')
          and not exists (select from shop.customers o where lower(o.email) = lower(wanted ->> 'email'));
    end if;
    insert into shop.customers as k (shopid, firstname, lastname, organisation, address, zip, city, country,
                                     email, phone)
    values (shop.shop_id(arguments -> 'shop'), left(coalesce(wanted ->> 'firstname', ''), 100),
            left(wanted ->> 'lastname', 100), left(coalesce(wanted ->> 'organisation', ''), 255),
            left(coalesce(wanted ->> 'address', ''), 255), left(coalesce(wanted ->> 'zip', ''), 20),
            left(coalesce(wanted ->> 'city', ''), 120), coalesce(wanted ->> 'country', ''),
            wanted ->> 'email', left(coalesce(wanted ->> 'phone', ''), 40))
    on conflict (lower(email)) do update
    set firstname = excluded.firstname, lastname = excluded.lastname,
        organisation = excluded.organisation, address = excluded.address, zip = excluded.zip,
        city = excluded.city, country = excluded.country,
        phone = coalesce(nullif(excluded.phone, ''), k.phone)
        where proven
    returning * into c;
    if c.id is null then
        select * into c from shop.customers where lower(email) = lower(wanted ->> 'email');
    end if;
    update shop.customers k set hasaccount = account
    where k.id = c.id and k.hasaccount = 0 and account > 0 and proven
      and not exists (select from shop.customers o where o.hasaccount = account);
    return jsonb_build_object('verdict', 'ok', 'id', c.id);
end
$$;
comment on function shop.customer_save(jsonb) is
    'Makes a customer; what is known of one is only overwritten when his mailbox was proven';

create or replace function shop.login_request(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    s shop.shops;
    mail bigint;
begin
    select * into s from shop.shops where id = shop.shop_id(arguments -> 'shop');
    if s.id is null or coalesce(arguments ->> 'email', '') !~ '^[^@\s]+@[^@\s]+$'
       or coalesce(arguments ->> 'key', '') = '' or coalesce(arguments ->> 'url', '') = '' then
        return '{"verdict": "refused"}';
    end if;
    insert into shop.mails (key, shopid, template, lang, toaddress, data)
    values (left('login_link:' || (arguments ->> 'key'), 200), s.id, 'login_link',
            coalesce(arguments ->> 'lang', s.lang), arguments ->> 'email',
            jsonb_build_object('server', coalesce(s.seller ->> 'name', s.name), 'seller', s.name,
                               'url', arguments ->> 'url',
                               'minutes', (arguments ->> 'minutes')::integer))
    on conflict (key) do nothing
    returning id into mail;
    return jsonb_build_object('verdict', case when mail is null then 'exists' else 'ok' end);
end
$$;
comment on function shop.login_request(jsonb) is 'Queues the mail with a one-time link, once per key';

create or replace function shop.certificate_verify(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return (
        select coalesce((
            select jsonb_build_object('number', c.number, 'holder', c.holder, 'course', c.course,
                'completed_at', shop.utc(c.completedat), 'issued_at', shop.utc(c.issuedat),
                'reference', c.reference,
                'revoked', c.revokedat is not null, 'revoked_at', shop.utc(c.revokedat),
                'shop', s.alias, 'seller', coalesce(s.seller ->> 'name', s.name))
            from shop.certificates c
            join shop.jobs j on j.id = c.jobid
            join shop.bills b on b.id = j.billid
            join shop.shops s on s.id = b.shopid
            where c.number = upper(btrim(arguments ->> 'number'))),
            '{"error": "unknown"}'));
end
$$;
comment on function shop.certificate_verify(jsonb) is 'What anybody may know of a certificate number';
