-- Two roles: shop_owner owns everything and cannot log in; shop_web, the module, may only call functions.

do $$
begin
    if not exists (select from pg_roles where rolname = 'shop_owner') then
        create role shop_owner nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'shop_web') then
        create role shop_web login;
    end if;
    execute format('grant temporary on database %I to shop_owner', current_database());
end
$$;

-- Every question of the module finds a few rows by an index. A plan is kept for the life of a connection: one that was
-- made while a table was small must not scan or hash it, and none is worth being made again for each call.
alter role shop_web set enable_seqscan = off;
alter role shop_web set enable_hashjoin = off;
alter role shop_web set enable_mergejoin = off;
alter role shop_web set join_collapse_limit = 1; -- joins in the order in which they are written
alter role shop_web set plan_cache_mode = force_generic_plan;
alter role shop_web set random_page_cost = 1.1;
alter role shop_web set jit = off;
alter role shop_web set statement_timeout = '30s';
alter role shop_web set lock_timeout = '2s';
alter role shop_web set idle_in_transaction_session_timeout = '10s';

create schema if not exists shop authorization shop_owner;
comment on schema shop is 'The shop: catalogue, orders, payments, production, mails, audit';
revoke all on schema shop from public;
grant usage on schema shop to shop_web;

set local role shop_owner;
alter default privileges in schema shop revoke all on tables from public;
alter default privileges revoke execute on functions from public;
