-- The catalogue as the workers keep it in memory.

create or replace function shop.shop_document(s shop.shops) returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'id', s.id, 'alias', s.alias, 'name', s.name, 'description', s.description, 'eula', s.eula,
        'currency', s.currency, 'catalogid', s.catalogid, 'paymodes', s.paymodes,
        'defaultpaymode', s.defaultpaymode, 'navsteps', s.navsteps, 'allowtax', s.allowtax,
        'printtabbedcategories', s.printtabbedcategories,
        'customerorganisationrequired', s.customerorganisationrequired,
        'enduserorganisationrequired', s.enduserorganisationrequired,
        'endusermobilephonerequired', s.endusermobilephonerequired,
        'allow_late_assignment', s.allow_late_assignment, 'useshipping', s.useshipping,
        'forcedownloadleaflet', s.forcedownloadleaflet, 'supportcourse', s.supportcourse,
        'guestknownemail', s.guestknownemail,
        'hideproductswhennotavailable', s.hideproductswhennotavailable,
        'timezone', s.timezone, 'utc_offset', shop.utc_offset(s.timezone), 'test', s.test,
        'testoverride', s.testoverride, 'seller', s.seller, 'translations', s.translations)
$$;
comment on function shop.shop_document(shop.shops) is 'A shop as the snapshot gives it';

create or replace function shop.credit_price(i shop.items) returns integer
language sql stable as $$
    select btrim(i.handlerparams ->> 'credit_price')::integer
    where btrim(i.handlerparams ->> 'credit_price') ~ '^[1-9][0-9]{0,6}$'
      and exists (select from shop.handlers h where h.name = i.enablehandler and h.credits)
$$;
comment on function shop.credit_price(shop.items) is 'How many training credits pay a unit of an item; null: none do';

create or replace function shop.item_document(i shop.items) returns jsonb
language sql stable as $$
    select jsonb_build_object(
        'id', i.id, 'catalogid', i.catalogid, 'categoryid', i.categoryid, 'code', i.code,
        'shortname', i.shortname, 'idnumber', i.idnumber, 'name', i.name,
        'description', i.description, 'notes', i.notes, 'eula', i.eula, 'seoalias', i.seoalias,
        'seotitle', i.seotitle, 'seodescription', i.seodescription, 'image', i.image,
        'leaflet', i.leaflet, 'isset', i.isset, 'setid', i.setid, 'status', i.status,
        'price1', shop.money(i.price1), 'price2', shop.money(i.price2),
        'price3', shop.money(i.price3), 'price4', shop.money(i.price4),
        'price5', shop.money(i.price5), 'range1', i.range1, 'range2', i.range2,
        'range3', i.range3, 'range4', i.range4, 'taxcode', i.taxcode, 'stock', i.stock,
        'sold', i.sold)
        || jsonb_build_object(
        'maxdeliveryquant', i.maxdeliveryquant, 'onlyforloggedin', i.onlyforloggedin,
        'password', i.password, 'quantaddressesusers', i.quantaddressesusers,
        'renewable', i.renewable, 'showsnameinset', i.showsnameinset,
        'showsdescriptioninset', i.showsdescriptioninset, 'requireddata', i.requireddata,
        'enablehandler', i.enablehandler, 'handlerparams', i.handlerparams,
        'productiondata', i.productiondata,
        'handler_max', (select h.maxquantity from shop.handlers h where h.name = i.enablehandler),
        'credit_price', shop.credit_price(i),
        'translations', i.translations)
$$;
comment on function shop.item_document(shop.items) is 'An item as the snapshot gives it';

create or replace function shop.discount_stamp(d shop.discounts) returns text
language sql immutable as $$
    select extract(epoch from d.timemodified)::text
$$;
comment on function shop.discount_stamp(shop.discounts) is 'Changes with every change of a discount';

create or replace function shop.snapshot(arguments jsonb) returns table (kind text, doc jsonb)
language sql stable strict security definer set search_path = pg_catalog, shop, pg_temp as $$
    select x.kind, x.doc from (
        select 1 as rank, s.sortorder::bigint as place, 'shop' as kind, shop.shop_document(s) as doc
        from shop.shops s
        union all
        select 2, coalesce(c.groupid, c.id), 'catalog', jsonb_build_object(
            'id', c.id, 'groupid', coalesce(c.groupid, 0), 'name', c.name,
            'description', c.description, 'salesconditions', c.salesconditions,
            'countryrestrictions', c.countryrestrictions, 'billfooter', c.billfooter,
            'translations', c.translations)
        from shop.catalogs c
        union all
        select 3, t.id, 'tax', jsonb_build_object('id', t.id, 'title', t.title,
            'ratio', trim_scale(t.ratio)::text, 'formula', t.formula, 'translations', t.translations)
        from shop.taxes t
        union all
        select 4, c.sortorder, 'category', jsonb_build_object('id', c.id, 'catalogid', c.catalogid,
            'parentid', coalesce(c.parentid, 0), 'name', c.name, 'description', c.description,
            'seoalias', c.seoalias, 'seotitle', c.seotitle, 'seodescription', c.seodescription,
            'sortorder', c.sortorder, 'visible', c.visible, 'translations', c.translations)
        from shop.categories c
        union all
        select 5, i.id, 'item', shop.item_document(i) from shop.items i where not i.archived
        union all
        select 6, z.id, 'zone', jsonb_build_object('id', z.id, 'catalogid', z.catalogid,
            'zonecode', z.zonecode, 'description', z.description, 'taxid', coalesce(z.taxid, 0),
            'billscopeamount', shop.money(z.billscopeamount), 'freeabove', shop.money(z.freeabove),
            'applicability', z.applicability, 'translations', z.translations)
        from shop.shipping_zones z
        union all
        select 7, p.id, 'shipping', jsonb_build_object('id', p.id, 'zoneid', p.zoneid,
            'productcode', p.productcode, 'value', shop.money(p.value), 'formula', p.formula,
            'a', shop.money(p.a), 'b', shop.money(p.b), 'c', shop.money(p.c))
        from shop.shippings p
        union all
        select 8, d.ordering, 'discount', jsonb_build_object('id', d.id, 'shopid', d.shopid,
            'name', d.name, 'type', d.type, 'argument', d.argument, 'ruledata', d.ruledata,
            'applyon', d.applyon, 'applydata', d.applydata, 'rate', trim_scale(d.rate)::text,
            'ordering', d.ordering, 'operator', d.operator, 'stamp', shop.discount_stamp(d),
            'translations', d.translations)
        from shop.discounts d where d.enabled
        union all
        select 9, p.id, 'partner', jsonb_build_object('id', p.id, 'shopid', p.shopid, 'name', p.name,
            'partnerkey', p.partnerkey, 'partnersecret', p.partnersecret, 'referer', p.referer)
        from shop.partners p where p.enabled
    ) as x
    order by x.rank, x.place, (x.doc ->> 'id')::bigint
$$;
comment on function shop.snapshot(jsonb) is
    'The whole catalogue, row by row: shop, catalog, tax, category, item, zone, shipping, discount, partner';
