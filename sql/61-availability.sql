-- What the database knows when a handler asks whether somebody may have a product.

create or replace function shop.availability_ask(arguments jsonb) returns jsonb
language sql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
    select case arguments ->> 'what'
        when 'owned' then jsonb_build_object('owned', shop.owned_problem(jsonb_build_object(
            'user', arguments -> 'user',
            'lines', jsonb_build_array(jsonb_build_object(
                'itemid', arguments -> 'item', 'handler', arguments -> 'handler')))) is not null)
        end
$$;
comment on function shop.availability_ask(jsonb) is
    'Answers {what: owned, user, item, handler}: {owned}, whether that account has it already';
