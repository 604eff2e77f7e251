-- Small things that the other functions share.

-- "create or replace" cannot change what a function takes or gives; nothing but triggers refers to functions.
do $$
declare
    f regprocedure;
begin
    for f in select oid from pg_proc
             where pronamespace = 'shop'::regnamespace and prorettype <> 'trigger'::regtype loop
        execute format('drop function %s', f);
    end loop;
end
$$;

create or replace function shop.check_version(wanted integer) returns text
language sql stable parallel safe as $$
    select case when wanted = 5 then null
           else format('The database has version 5 of the schema "shop", this module needs version %s: '
                || 'apply the sql/install.sql that came with the module', wanted) end
$$;
comment on function shop.check_version(integer) is 'Null when the module and the schema fit, else a sentence';

create or replace function shop.money(amount numeric) returns text
language sql immutable parallel safe as $$
    select case when amount = round(amount, 2) then round(amount, 2) else amount end::text
$$;
comment on function shop.money(numeric) is 'Money as decimal text: two decimals, three where they matter';

create or replace function shop.utc(moment timestamptz) returns text
language sql stable parallel safe as $$
    select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;
comment on function shop.utc(timestamptz) is 'A moment as ISO 8601 in UTC';

create or replace function shop.utc_offset(timezone text) returns integer
language sql stable parallel safe as $$
    select extract(epoch from (now() at time zone timezone) - (now() at time zone 'UTC'))::integer
$$;
comment on function shop.utc_offset(text) is 'Seconds that a time zone is ahead of UTC now';

create or replace function shop.setting_days(wanted text) returns interval
language plpgsql stable as $$
begin
    return (
        select make_interval(days => value::integer) from shop.settings where name = wanted);
end
$$;
comment on function shop.setting_days(text) is 'A delay of the settings';

create or replace function shop.shop_id(wanted jsonb) returns bigint
language plpgsql stable as $$
begin
    return (
        select id from shop.shops where alias = wanted #>> '{}' or id::text = wanted #>> '{}'
        order by alias = wanted #>> '{}' desc limit 1);
end
$$;
comment on function shop.shop_id(jsonb) is 'A shop by its alias or id; null: none';

create or replace function shop.random_bytes() returns bytea
language sql volatile as $$
    select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
$$;
comment on function shop.random_bytes() is '32 bytes of the system''s strong generator';

create or replace function shop.random_token() returns text
language sql volatile as $$
    select rtrim(translate(encode(substr(shop.random_bytes(), 1, 24), 'base64'), '+/', '-_'), '=')
$$;
comment on function shop.random_token() is 'An unguessable word for addresses';

create or replace function shop.reference_make() returns text
language plpgsql volatile as $$
declare
    alphabet constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    bytes constant bytea := shop.random_bytes();
    word text := '';
    total integer := 0;
begin
    for i in 0..13 loop
        word := word || substr(alphabet,
            (get_byte(bytes, 2 * i) * 256 + get_byte(bytes, 2 * i + 1)) % 36 + 1, 1);
        total := total + ascii(right(word, 1));
    end loop;
    word := word || substr(alphabet, total % 36 + 1, 1) || substr(alphabet, total / 36 % 36 + 1, 1);
    return regexp_replace(word, '(....)(....)(....)(....)', '\1-\2-\3-\4');
end
$$;
comment on function shop.reference_make() is 'A product reference: 14 random characters and a checksum of 2';

create or replace function shop.order_number(ordering bigint, placedat timestamptz, timezone text)
returns text language sql stable parallel safe as $$
    select 'O-' || to_char(placedat at time zone timezone, 'YYYYMMDD') || '-' || ordering
$$;
comment on function shop.order_number(bigint, timestamptz, text) is 'The printed number of an order';

create or replace function shop.alert(about text, urgency text, bill bigint, told text, facts jsonb)
returns void language plpgsql volatile as $$
begin
    insert into shop.alerts (kind, severity, billid, message, details)
    values (about, urgency, bill, told, facts);
end
$$;
comment on function shop.alert(text, text, bigint, text, jsonb) is 'Tells staff';

create or replace function shop.alert_site(told text) returns void
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('shop.alert_site', 0));
    if not exists (select from shop.alerts where kind = 'production' and billid is null
                   and message = told and seenat is null) then
        perform shop.alert('production', 'high', null, told, null);
    end if;
end
$$;
comment on function shop.alert_site(text) is
    'Tells staff of the trouble of the Moodle site, not of an order: once until somebody has seen it';

create or replace function shop.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, shop, pg_temp as $$
begin
    raise exception '% is only added to', tg_table_name using errcode = 'restrict_violation';
end
$$;
comment on function shop.refuse_change() is 'Trigger: rows of this table never change';

create or replace trigger keep before update or delete on shop.invoices
    for each row execute function shop.refuse_change();
create or replace trigger keep before update or delete on shop.refunds
    for each row execute function shop.refuse_change();
create or replace trigger keep before update on shop.bill_transitions
    for each row execute function shop.refuse_change();

create or replace function shop.bill_guard() returns trigger
language plpgsql set search_path = pg_catalog, shop, pg_temp as $$
begin
    if not exists (select from shop.bill_flows where fromstatus = old.status and tostatus = new.status) then
        raise exception 'bill %: no way from % to %', old.id, old.status, new.status
            using errcode = 'check_violation';
    end if;
    return new;
end
$$;
comment on function shop.bill_guard() is 'Trigger: a bill moves only along bill_flows';

create or replace trigger guard before update of status on shop.bills
    for each row when (old.status is distinct from new.status) execute function shop.bill_guard();

create or replace function shop.line_guard() returns trigger
language plpgsql set search_path = pg_catalog, shop, pg_temp as $$
begin
    if exists (select from shop.bills b where b.id = old.billid
               and (b.idnumber <> '' or b.realisedat is not null)) then
        raise exception 'bill %: its lines are frozen', old.billid using errcode = 'restrict_violation';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;
comment on function shop.line_guard() is 'Trigger: lines of a realised or lettered bill do not change';

create or replace trigger guard before delete or update of ordering, type, itemcode, unitcost, quantity,
    totalprice, taxedprice, tax on shop.bill_items for each row execute function shop.line_guard();

create or replace function shop.catalog_changed() returns trigger
language plpgsql set search_path = pg_catalog, shop, pg_temp as $$
begin
    perform pg_notify('shop_catalog', '');
    return null;
end
$$;
comment on function shop.catalog_changed() is 'Trigger: the workers fetch a new snapshot';

do $$
declare
    tab text;
begin
    foreach tab in array array['shops', 'catalogs', 'categories', 'taxes', 'shipping_zones', 'shippings',
                               'discounts', 'handlers'] loop
        execute format('create or replace trigger told after insert or update or delete on shop.%I '
            'for each statement execute function shop.catalog_changed()', tab);
    end loop;
end
$$;
-- Sales only lower "stock" and raise "sold": that is not told.
create or replace trigger told_stock after update of stock on shop.items
    for each row when (old.stock is null or new.stock is null or new.stock > old.stock)
    execute function shop.catalog_changed();
create or replace trigger told after insert or delete on shop.items
    for each statement execute function shop.catalog_changed();
create or replace trigger told_update after update of catalogid, categoryid, code, shortname, idnumber,
    name, description, notes, eula, seoalias, seotitle, seodescription, image, leaflet, isset, setid,
    status, price1, price2, price3, price4, price5, range1, range2, range3, range4, taxcode,
    maxdeliveryquant, onlyforloggedin, password, quantaddressesusers, renewable, showsnameinset,
    showsdescriptioninset, requireddata, enablehandler, handlerparams, productiondata, archived,
    translations on shop.items
    for each statement execute function shop.catalog_changed();
