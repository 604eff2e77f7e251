-- What a Moodle site must offer for the products that are sold (handlers.md 7.3).

create or replace function shop.site_needs(arguments jsonb) returns jsonb
language sql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
    with sold as (
        select distinct i.enablehandler as handler, i.handlerparams as params
        from shop.items i
        where i.enablehandler <> '' and not i.archived and i.status not in ('SUSPENDED', 'ABANDONNED')
    ), roles as (
        select distinct r.param, coalesce(nullif(s.params ->> r.param, ''), r.role) as role
        from sold s
        join jsonb_to_recordset(arguments -> 'roles') as r (handler text, param text, role text) using (handler)
    )
    select jsonb_build_object(
        'words', (
            select coalesce(jsonb_agg(x.word order by x.word), '[]')
            from (select handler as word from sold union select param from roles where role is not null) x),
        'roles', (
            select coalesce(jsonb_agg(distinct role), '[]') from roles where role is not null))
$$;
comment on function shop.site_needs(jsonb) is
    'Handlers and role parameters in use, and the roles that they name: of {roles: [{handler, param, role}]}';
