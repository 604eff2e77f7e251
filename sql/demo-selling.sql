-- The demo's deliveries, codes and partner. Products, and orders without a code, cost what they cost before.

update shop.shops set useshipping = true where alias = 'ac' and not useshipping
    and not exists (select from shop.shipping_zones);

insert into shop.shipping_zones (catalogid, zonecode, description, freeabove, taxid, applicability, translations)
select c.id, z.code, z.about, 150, t.id, z.rule, jsonb_build_object('fr', jsonb_build_object('description', z.about_fr))
from (values
    ('FR', 'Delivery in metropolitan France', 'Livraison en France métropolitaine',
     '([FR][0,1,2,3,4,5,6,7,8,90,91,92,93,94,95])'),
    ('EU', 'Delivery to neighbouring countries', 'Livraison dans les pays voisins',
     '([BE,LU,DE,NL,ES,IT,PT,MC][*])')) as z (code, about, about_fr, rule)
join shop.catalogs c on c.name = 'Atelier Campus'
join shop.taxes t on t.title = 'VAT 20%'
on conflict (catalogid, zonecode) do nothing;

insert into shop.shippings (zoneid, productcode, value)
select z.id, 'WELCOME_KIT', v.value
from (values ('FR', 4.90), ('EU', 9.90)) as v (code, value)
join shop.catalogs c on c.name = 'Atelier Campus'
join shop.shipping_zones z on z.catalogid = c.id and z.zonecode = v.code
on conflict (productcode, zoneid) do nothing;

insert into shop.partners (shopid, name, partnerkey, partnersecret)
select s.id, 'Ville de Nantes', 'NANTES', 'change-me-before-you-use-it'
from shop.shops s where s.alias = 'ac'
on conflict (partnerkey) do nothing;

insert into shop.discounts (shopid, name, type, argument, ruledata, applyon, applydata, rate, ordering, translations)
select s.id, d.name, d.type, d.argument, d.rule, d.scope, d.items, d.rate, d.place,
       jsonb_build_object('fr', jsonb_build_object('argument', d.argument_fr))
from (values
    (1, 'Welcome', 'offercode', 'Welcome to Atelier Campus', 'Bienvenue à l’Atelier Campus', 'WELCOME10', 'bill', '', 10),
    (2, 'Early bird', 'offercode', 'First come, first served', 'Les premiers arrivés', 'EARLY;max=20;maxpercustomer=1',
     'itemlist', 'DATA_ANALYSIS, PUBLIC_SPEAKING', 15),
    (3, 'Partners', 'partner', 'Sent by a partner', 'De la part d’un partenaire', 'NANTES|5', 'bill', '', 5))
    as d (place, name, type, argument, argument_fr, rule, scope, items, rate)
join shop.shops s on s.alias = 'ac'
where not exists (select from shop.discounts x where x.shopid = s.id and (x.name = d.name or x.ordering = d.place));
