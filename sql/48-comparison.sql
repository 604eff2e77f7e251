-- Once a night the payments of the day before are compared with what their providers' APIs say of them.

alter table shop.payment_attempts
    add column if not exists comparing boolean not null default false,
    add column if not exists comparedat timestamptz;
comment on column shop.payment_attempts.comparing is 'the next answer of the provider is compared with what we know';
comment on column shop.payment_attempts.comparedat is 'when that was done last';
create index if not exists bill_transitions_at on shop.bill_transitions using brin (at);

create table if not exists shop.comparisons (
    day date not null,
    config text not null,
    mode text not null check (mode in ('test', 'live')),
    begun timestamptz not null default now(),
    attempts integer not null default 0,
    differences integer not null default 0,
    primary key (day, config, mode)
);
call pg_temp.describe('comparisons', 'Days whose payments were compared with the provider''s word', $$
    day: UTC day of the payments
    config: payment block
    mode: test or live
    begun: when the provider began to be asked
    attempts: payments of that day
    differences: how many of them are not what the provider says; each is an alert
$$);

create or replace function shop.compare_begin(wanted date, block jsonb) returns void
language plpgsql volatile as $$
declare
    found_attempts integer;
begin
    insert into shop.comparisons (day, config, mode)
    values (wanted, block ->> 'config', block ->> 'mode')
    on conflict do nothing;
    if not found then
        return;
    end if;
    -- not all at once: an API has its limits
    update shop.payment_attempts a
    set comparing = true, unheard = 0, askat = now() + random() * interval '30 minutes'
    where a.paying and a.state = 'paid' and a.config = block ->> 'config' and a.mode = block ->> 'mode'
      and a.billid in (select t.billid from shop.bill_transitions t
          where t.at >= wanted::timestamp at time zone 'UTC' and t.at < (wanted + 1)::timestamp at time zone 'UTC'
            and t.tostatus = 'SOLDOUT');
    get diagnostics found_attempts = row_count;
    update shop.comparisons set attempts = found_attempts
    where day = wanted and config = block ->> 'config' and mode = block ->> 'mode';
end
$$;
comment on function shop.compare_begin(date, jsonb) is
    'Has the provider asked about the payments of a day that this block took, once';

create or replace function shop.compare_nightly(blocks jsonb) returns void
language plpgsql volatile as $$
declare
    -- from three o'clock on, the day before
    yesterday constant date := ((now() at time zone 'UTC') - interval '3 hours')::date - 1;
    block jsonb;
begin
    for block in select value from jsonb_array_elements(blocks)
                 where not exists (select from shop.comparisons c where c.day = yesterday
                     and c.config = value ->> 'config' and c.mode = value ->> 'mode') loop
        perform shop.compare_begin(yesterday, block);
    end loop;
end
$$;
comment on function shop.compare_nightly(jsonb) is 'Begins the comparison of yesterday where it has not begun yet';

create or replace function shop.compare_problem(a shop.payment_attempts, facts jsonb) returns text
language plpgsql stable as $$
declare
    told jsonb;
begin
    select f into told from jsonb_array_elements(facts) as f
    where f ->> 'provider_txn' = coalesce(a.providertxn, a.providerref)
      and f ->> 'state' not in ('refunded', 'partially_refunded')
    order by f ->> 'state' = 'paid' desc limit 1;
    if told is null then
        return 'is not known there';
    elsif told ->> 'state' is distinct from 'paid' then
        return format('is "%s" there', coalesce(told ->> 'provider_status', told ->> 'state'));
    elsif (told ->> 'amount')::numeric is distinct from a.amount or told ->> 'currency' is distinct from a.currency then
        return format('is of %s %s there', told ->> 'amount', told ->> 'currency');
    end if;
    return null;
end
$$;
comment on function shop.compare_problem(shop.payment_attempts, jsonb) is
    'How the provider''s word of a payment differs from ours; null: it does not';

create or replace function shop.payment_compare(b shop.bills, a shop.payment_attempts, facts jsonb) returns void
language plpgsql volatile as $$
declare
    -- what was given back meanwhile has become an event already
    problem constant text := case when a.state = 'paid' then shop.compare_problem(a, facts) end;
begin
    update shop.payment_attempts set comparing = false, comparedat = now() where id = a.id;
    if problem is null then
        return;
    end if;
    update shop.comparisons c set differences = c.differences + 1
    where c.config = a.config and c.mode = a.mode
      and c.day = (select max(d.day) from shop.comparisons d where d.config = a.config and d.mode = a.mode);
    if not exists (select from shop.alerts where billid = b.id and kind in ('unconfirmed', 'comparison')) then
        perform shop.alert('comparison', 'high', b.id, format('The payment "%s" of %s %s %s',
            coalesce(a.providertxn, a.providerref), shop.money(a.amount), a.currency, problem), facts);
    end if;
end
$$;
comment on function shop.payment_compare(shop.bills, shop.payment_attempts, jsonb) is
    'A payment against what the provider''s API says of it; a difference is told to staff';
