-- Payment pages that a provider's API opens: planned, opened, closed (payments.md 9, 10).

create or replace function shop.page_plan(a shop.payment_attempts, arguments jsonb)
returns shop.payment_attempts language plpgsql volatile as $$
begin
    if (arguments ->> 'opens')::boolean is not true or a.pageurl is not null
       or a.pageuntil > now() + interval '35 minutes' then
        return a;
    end if;
    update shop.payment_attempts set pageuntil = now() + interval '1 hour' where id = a.id returning * into a;
    return a;
end
$$;
comment on function shop.page_plan(shop.payment_attempts, jsonb) is
    'Until when the page is to live: the same for two clicks, so that the provider knows the second for a repetition';

create or replace function shop.attempt_opened(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    a shop.payment_attempts;
    b shop.bills;
begin
    select x.* into b from shop.bills x join shop.payment_attempts y on y.billid = x.id
    where y.id = (arguments ->> 'attempt')::bigint for no key update of x;
    select * into a from shop.payment_attempts where id = (arguments ->> 'attempt')::bigint;
    if a.id is null then
        return '{"error": "unknown"}';
    elsif a.pageurl is null and a.state = 'created' then
        update shop.payment_attempts
        set state = 'redirected', updated = clock_timestamp(), askat = now() + interval '2 minutes',
            providerref = coalesce(arguments ->> 'provider_ref', providerref),
            pageurl = arguments ->> 'url', pagesecret = coalesce(arguments ->> 'secret', '')
        where id = a.id returning * into a;
    end if;
    -- of two clicks the first has opened the page
    return shop.attempt_answer(a, b);
end
$$;
comment on function shop.attempt_opened(jsonb) is
    'The provider has opened a page for a try: kept before the browser is sent there';

create or replace function shop.pages_close(bill bigint, but bigint) returns void
language plpgsql volatile as $$
begin
    update shop.payment_attempts set closing = true, askat = now()
    where billid = bill and id <> but and pageurl is not null and pageuntil > now()
      and (state = 'redirected' or state = 'cancelled' and providerstatus = '');
end
$$;
comment on function shop.pages_close(bigint, bigint) is
    'Pages of other tries at an order, which could still be paid, are closed at their providers';
