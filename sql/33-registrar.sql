-- Invoice numbers: one registrar at a time, in the order of payment, without gaps, frozen and chained.

create or replace function shop.document_hash(previous text, content jsonb) returns text
language sql immutable as $$
    select encode(sha256(convert_to(previous || E'\n' || content::text, 'UTF8')), 'hex')
$$;
comment on function shop.document_hash(text, jsonb) is 'The hash that chains a document to the one before';

create or replace function shop.series_draw(wanted_shop bigint, wanted_kind text, wanted_year integer)
returns shop.numbering_series language plpgsql volatile as $$
declare
    found_row shop.numbering_series;
begin
    insert into shop.numbering_series as n (shopid, kind, year, last)
    values (wanted_shop, wanted_kind, wanted_year, 1)
    on conflict (shopid, kind, year) do update set last = n.last + 1
    returning n.* into found_row;
    return found_row;
end
$$;
comment on function shop.series_draw(bigint, text, integer) is 'The next number of a series; its hash is still the last one''s';

create or replace function shop.mail_credit(v shop.invoices) returns void
language plpgsql volatile as $$
begin
    insert into shop.mails (key, shopid, billid, template, lang, toname, toaddress, data)
    select 'refund_notice:' || v.refundid || case when x.place = 1 then '' else ':copy' end, b.shopid, b.id,
           'refund_notice', b.lang, x.name, x.address,
           jsonb_build_object('number', v.number, 'amount', shop.money(-v.amount), 'issued_at', shop.utc(v.issuedat))
    from shop.bills b, lateral (values
        (1, btrim((b.customer ->> 'firstname') || ' ' || (b.customer ->> 'lastname')), b.customer ->> 'email'),
        (2, b.invoiceinfo ->> 'organisation', b.invoiceinfo ->> 'email')) as x (place, name, address)
    where b.id = v.billid and (x.place = 1 or x.address <> '' and lower(x.address) <> lower(b.customer ->> 'email'))
    on conflict (key) do nothing;
end
$$;
comment on function shop.mail_credit(shop.invoices) is
    'Tells the buyer of money that was given back, and whom the invoice was made out to';

create or replace function shop.document_issue(queued shop.registrar_queue) returns void
language plpgsql volatile as $$
declare
    b shop.bills;
    s shop.shops;
    r shop.refunds;
    n shop.numbering_series;
    issued constant timestamptz := clock_timestamp();
    document jsonb;
    printed text;
    kind text;
    chained text;
    issued_row shop.invoices;
begin
    select * into b from shop.bills where id = queued.billid;
    select * into s from shop.shops where id = b.shopid;
    select * into r from shop.refunds where id = queued.refundid;
    kind := case when r.id is null then case when b.test then 'test' else 'invoice' end
            else case when b.test then 'testcredit' else 'credit' end end;
    n := shop.series_draw(s.id, kind, extract(year from issued at time zone s.timezone)::integer);
    printed := concat_ws('-', nullif(s.numberprefix, ''),
        case kind when 'invoice' then 'B' when 'credit' then 'A' when 'test' then 'TB' else 'TA' end,
        n.year, lpad(n.last::text, 6, '0'));
    document := (shop.order_document(b) - 'utc_offset' - 'status')
        || jsonb_build_object('number', printed, 'kind', kind, 'issued_at', shop.utc(issued),
                              'refund', case when r.id is not null then shop.money(r.amount) end)
        || case when r.id is null then jsonb_build_object('invoice_number', printed,
                                                          'invoiced_at', shop.utc(issued))
           else '{}' end;
    chained := shop.document_hash(n.lasthash, document);
    insert into shop.invoices (shopid, kind, year, seq, number, billid, refundid, issuedat, amount,
                               currency, content, previoushash, hash)
    values (s.id, kind, n.year, n.last, printed, b.id, r.id, issued, coalesce(-r.amount, b.amount),
            b.currency, document, n.lasthash, chained)
    returning * into issued_row;
    if r.id is not null then
        perform shop.mail_credit(issued_row);
    end if;
    update shop.numbering_series set lasthash = chained
    where shopid = n.shopid and numbering_series.kind = n.kind and year = n.year;
end
$$;
comment on function shop.document_issue(shop.registrar_queue) is 'Numbers, freezes and chains one document';

create or replace function shop.registrar_run(arguments jsonb) returns jsonb
language plpgsql volatile strict security definer set search_path = pg_catalog, shop, pg_temp as $$
declare
    queued shop.registrar_queue;
    numbered integer := 0;
begin
    -- nobody waits in a connection that others need: who finds it busy asks again soon
    if not pg_try_advisory_xact_lock(hashtextextended('shop.registrar', 0)) then
        return '{"numbered": 0, "busy": true}';
    end if;
    for queued in select * from shop.registrar_queue
                  order by realisedat, id
                  limit least(coalesce((arguments ->> 'limit')::integer, 200), 1000) loop
        perform shop.document_issue(queued);
        delete from shop.registrar_queue where id = queued.id;
        numbered := numbered + 1;
    end loop;
    return jsonb_build_object('numbered', numbered);
end
$$;
comment on function shop.registrar_run(jsonb) is 'Gives the documents that wait for it their numbers';

create or replace function shop.invoices_verify(arguments jsonb) returns jsonb
language plpgsql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
begin
    return (
        select jsonb_build_object('checked', count(*), 'broken', coalesce(jsonb_agg(x.number order by x.number)
            filter (where x.hash <> shop.document_hash(x.previoushash, x.content)
                       or x.previoushash <> x.chained or x.seq <> x.place), '[]'))
        from (select v.*, coalesce(lag(v.hash) over series, '') as chained, row_number() over series as place
              from shop.invoices v
              where arguments -> 'shop' is null or v.shopid = shop.shop_id(arguments -> 'shop')
              window series as (partition by v.shopid, v.kind, v.year order by v.seq)) as x);
end
$$;
comment on function shop.invoices_verify(jsonb) is 'Checks numbers and hashes of all documents; tampering shows';
