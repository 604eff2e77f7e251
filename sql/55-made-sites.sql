-- Whole Moodle sites that are sold: their names, the mail that tells of them, sites that a person made.

insert into shop.handlers (name, maxquantity, units, about) values
    ('std_createvinstance', 0, 'unit', 'Makes a whole Moodle site of the buyer''s own')
on conflict (name) do update set units = excluded.units, about = excluded.about;

create table if not exists shop.site_names (
    host text not null check (host ~ '^[a-z][a-z0-9-]{1,23}[a-z0-9]$'),
    domain text not null check (length(domain) between 1 and 190),
    jobid bigint not null unique references shop.jobs on delete cascade,
    primary key (host, domain)
);
call pg_temp.describe('site_names', 'Names of sites that were sold: each once', $$
    host: first label
    domain: the rest
    jobid: job that makes the site
$$);

create or replace function shop.ask_host(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    insert into shop.site_names (host, domain, jobid) values (asked ->> 'host', asked ->> 'domain', j.id)
    on conflict do nothing;
    return jsonb_build_object('reserved', exists (select from shop.site_names
        where host = asked ->> 'host' and domain = asked ->> 'domain' and jobid = j.id));
end
$$;
comment on function shop.ask_host(shop.jobs, jsonb) is 'Reserves the name of the site that a job makes';

create or replace function shop.ask_site_mail(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    insert into shop.mails (key, shopid, template, lang, toname, toaddress, data)
    select 'site_made:' || j.id, b.shopid, 'site_made', b.lang,
           btrim((b.customer ->> 'firstname') || ' ' || (b.customer ->> 'lastname')), b.customer ->> 'email',
           jsonb_build_object('firstname', b.customer ->> 'firstname', 'name', asked ->> 'name',
               'url', asked ->> 'url', 'seller', s.name, 'server', coalesce(s.seller ->> 'name', s.name),
               'dates', case when (asked ->> 'end')::bigint > 0
                        then jsonb_build_object('end', shop.utc(to_timestamp((asked ->> 'end')::bigint)))
                        else '{}' end)
    from shop.bills b join shop.shops s on s.id = b.shopid
    where b.id = j.billid
    on conflict (key) do nothing;
    return '{"told": true}';
end
$$;
comment on function shop.ask_site_mail(shop.jobs, jsonb) is 'Tells the buyer where his site is, once';

create or replace function shop.site_made(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    j shop.jobs;
    address constant text := coalesce(arguments ->> 'url', '');
begin
    select * into j from shop.jobs
    where id = (arguments ->> 'job')::bigint and handler = 'std_createvinstance' and phase = 'postpay'
    for no key update;
    if j.id is null or j.state <> 'manual' or j.step not in ('request', 'site') then
        return '{"verdict": "refused", "reason": "job"}';
    elsif address !~ '^https?://[^\s/]+' then
        return '{"verdict": "refused", "reason": "url"}';
    elsif coalesce(arguments ->> 'actor', '') = '' then
        return '{"verdict": "refused", "reason": "actor"}';
    end if;
    insert into shop.job_steps (jobid, name, output)
    values (j.id, 'request', jsonb_build_object('by', arguments ->> 'actor')),
           (j.id, 'site', jsonb_build_object('url', address, 'by', arguments ->> 'actor'))
    on conflict (jobid, name) do update set output = excluded.output, doneat = now();
    update shop.jobs set state = 'pending', progress = null, unknown = false, nexttry = now() where id = j.id;
    return '{"verdict": "ok"}';
end
$$;
comment on function shop.site_made(jsonb) is
    'A person has made the site of a job: {job, url, actor}; the job goes on from there';

create or replace function shop.hosts_taken(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return jsonb_build_object('taken', (
        select coalesce(jsonb_agg(distinct n.host), '[]') from shop.site_names n
        where n.host in (select value from jsonb_array_elements_text(arguments -> 'hosts'))));
end
$$;
comment on function shop.hosts_taken(jsonb) is 'Which of these names of hosts have been sold already, in any domain';
