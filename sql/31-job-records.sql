-- What jobs leave behind: instances and certificates.

create or replace function shop.instance_insert(j shop.jobs, arguments jsonb, out id bigint, out reference text)
language plpgsql volatile as $$
begin
    insert into shop.product_instances as p (catalogitemid, initialitemid, currentitemid, element, unit,
        customerid, contexttype, instanceid, startdate, enddate, reference, productiondata, test)
    select case when j.element = '' then l.catalogitemid
                else (select (e ->> 'itemid')::bigint from jsonb_array_elements(l.elements) as e
                      where e ->> 'code' = j.element
                        and exists (select from shop.items i where i.id = (e ->> 'itemid')::bigint)) end,
           l.id, l.id, j.element, j.unit, j.customerid, coalesce(arguments ->> 'contexttype', ''),
           coalesce((arguments ->> 'instanceid')::bigint, 0),
           coalesce((arguments ->> 'startdate')::timestamptz, now()),
           (arguments ->> 'enddate')::timestamptz,
           coalesce(arguments ->> 'reference', shop.reference_make()),
           coalesce(arguments -> 'productiondata', '{}'), b.test
    from shop.bill_items l join shop.bills b on b.id = l.billid
    where l.id = j.itemid
    on conflict (initialitemid, element, unit) do nothing
    returning p.id, p.reference into id, reference;

    if id is not null then
        insert into shop.product_events (productid, billitemid, eventtype, eventdata)
        values (id, j.itemid, 'billed', jsonb_build_object('startdate', arguments -> 'startdate',
            'enddate', arguments -> 'enddate', 'previousenddate', null));
        perform shop.schedule_set(id, coalesce(arguments -> 'schedule', '[]'));
        return;
    end if;
    select p.id, p.reference into id, reference
    from shop.product_instances p
    where p.initialitemid = j.itemid and p.element = j.element and p.unit = j.unit;
end
$$;
comment on function shop.instance_insert(shop.jobs, jsonb) is 'The instance of a job, made once';

create or replace function shop.instance_record(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    j shop.jobs := shop.job_held(arguments);
    made record;
begin
    if j.id is null then
        return '{"verdict": "lost"}';
    end if;
    made := shop.instance_insert(j, arguments);
    if not j.inputs ? 'seat' and arguments ->> 'contexttype' in ('userenrol', 'course_module') then
        perform shop.customer_bind(j.customerid, arguments #>> '{productiondata,userid}');
    end if;
    return jsonb_build_object('verdict', 'ok', 'id', made.id, 'reference', made.reference);
end
$$;
comment on function shop.instance_record(jsonb) is 'Records the product instance of a job, once';

create or replace function shop.certificate_issue(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    j shop.jobs := shop.job_held(arguments);
    given text;
begin
    if j.id is null then
        return '{"verdict": "lost"}';
    end if;
    insert into shop.certificates (number, jobid, customerid, holder, course, completedat, reference, template)
    values (arguments ->> 'number', j.id, j.customerid, coalesce(arguments ->> 'holder', ''),
            coalesce(arguments ->> 'course', ''), (arguments ->> 'completed_at')::timestamptz,
            nullif(arguments ->> 'reference', ''), coalesce((arguments ->> 'template')::integer, 1))
    on conflict do nothing;
    select number into given from shop.certificates where jobid = j.id;
    return case when given is null then '{"verdict": "taken"}'
           else jsonb_build_object('verdict', 'ok', 'number', given) end;
end
$$;
comment on function shop.certificate_issue(jsonb) is 'Issues the certificate of a job, once; its number stays';
