-- What a Moodle site must offer for the products that are sold, for what is still to be produced, and for what
-- was sold and is in force (handlers.md 7.3).

create or replace function shop.handlers_in_use() returns table (handler text, params jsonb)
language sql stable as $$
    select i.enablehandler, i.handlerparams
    from shop.items i
    where i.enablehandler <> '' and (not i.archived and i.status not in ('SUSPENDED', 'ABANDONNED')
        or exists (select from shop.product_instances p
                   where p.catalogitemid = i.id and not p.deleted and (p.enddate is null or p.enddate > now())))
    union
    select j.handler, coalesce(j.inputs -> 'params', '{}')
    from shop.jobs j
    where j.handler <> '' and j.state in ('pending', 'running', 'waiting', 'blocked')
$$;
comment on function shop.handlers_in_use() is 'Handlers and their parameters, as they are sold and as they were sold';

create or replace function shop.site_needs(arguments jsonb) returns jsonb
language sql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
    with sold as materialized (
        select * from shop.handlers_in_use()
    ), roles as (
        select distinct r.param, coalesce(nullif(s.params ->> r.param, ''), r.role) as role
        from sold s
        join jsonb_to_recordset(arguments -> 'roles') as r (handler text, param text, role text) using (handler)
    ), modes as (
        select distinct s.handler, coalesce(nullif(btrim(s.params ->> m.param), ''), m.mode) as mode,
            btrim(s.params ->> f.param) as called
        from sold s
        cross join (values ('ws_function'), ('ws_withdraw')) as f (param)
        join jsonb_to_recordset(arguments -> 'modes') as m (handler text, param text, mode text) using (handler)
    )
    select jsonb_build_object(
        'words', (
            select coalesce(jsonb_agg(x.word order by x.word), '[]')
            from (select handler as word from sold
                  union select handler || '/' || mode from modes
                  union select param from roles where role is not null) x),
        'functions', (
            select coalesce(jsonb_agg(distinct called), '[]') from modes where mode = 'function' and called <> ''),
        'roles', (
            select coalesce(jsonb_agg(distinct role), '[]') from roles where role is not null))
$$;
comment on function shop.site_needs(jsonb) is
    'Handlers, their modes and their role parameters in use, the roles and the configured functions that they name: of {roles: [{handler, param, role}], modes: [{handler, param, mode}]}';

create or replace function shop.site_refused(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    perform shop.alert_site('Moodle refuses the account of the shop: production is held');
    return '{}';
end
$$;
comment on function shop.site_refused(jsonb) is 'Staff are told that Moodle refuses the token, the service or its account';
