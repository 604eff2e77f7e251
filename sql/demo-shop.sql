-- The demo's shop, catalogue, taxes and categories; the procedures that the items are made with.

insert into shop.taxes (title, ratio, country, translations) values
    ('VAT 20%', 20, 'FR', '{"fr": {"title": "TVA 20 %"}}'),
    ('VAT 5.5%', 5.5, 'FR', '{"fr": {"title": "TVA 5,5 %"}}')
on conflict (title) do nothing;

insert into shop.catalogs (name, description, salesconditions, billfooter, translations) values (
    'Atelier Campus',
    '<p>Short courses, certificates and services for people who learn while they work.</p>',
    '<p>Registrations are confirmed on receipt of payment. A course on line opens within minutes and stays '
    'open for the announced period. A place in a session may be given to a colleague at any time before '
    'it begins.</p>',
    '<p>Atelier Campus, simplified joint-stock company with a capital of €20,000. Registered as a training '
    'provider under number 52 44 01234 44; this registration is not an approval by the State.</p>',
    jsonb_build_object('fr', jsonb_build_object(
        'description', '<p>Des formations courtes, des certificats et des services pour apprendre tout en '
            'travaillant.</p>',
        'salesconditions', '<p>L’inscription est confirmée à réception du paiement. Une formation en ligne '
            'ouvre en quelques minutes et reste accessible pendant la durée annoncée. Une place en session '
            'peut être cédée à un collègue jusqu’au début de celle-ci.</p>',
        'billfooter', '<p>Atelier Campus, SAS au capital de 20 000 €. Déclaration d’activité enregistrée sous '
            'le numéro 52 44 01234 44 ; cet enregistrement ne vaut pas agrément de l’État.</p>')))
on conflict (name) do nothing;

insert into shop.shops (alias, name, description, eula, currency, catalogid, paymodes, defaultpaymode,
                        timezone, lang, test, testoverride, seller, numberprefix, translations)
select 'ac', 'Atelier Campus',
    '<p>Welcome to Atelier Campus. Choose a course, pay on line, start today.</p>',
    '<p>You have fourteen days to change your mind, unless you ask us to open an on-line course before they '
    'are over. Prices include the taxes shown. We keep your data only to deliver what you order and to '
    'meet our accounting duties; write to us at any time to read, correct or erase them.</p>',
    'EUR', c.id,
    '{"card": true, "mercanet": true, "axepta": true, "paypal": true, "paypal_button": true, "ogone": true, "stripe": true, "worldline": true, "transfer": true, "check": true, "test": true, "freeorder": true}', 'card',
    'Europe/Paris', 'fr', true, true,
    jsonb_build_object('name', 'Atelier Campus', 'address', '12 rue des Tanneurs', 'zip', '44000',
        'city', 'Nantes', 'country', 'FR', 'mail', 'ventes@atelier-campus.example',
        'phone', '+33 2 40 00 00 00', 'support_mail', 'aide@atelier-campus.example',
        'support_phone', '+33 2 40 00 00 01', 'registration', 'RCS Nantes 123 456 782',
        'vat_number', 'FR32123456782', 'legal', 'SAS au capital de 20 000 €'),
    'AC',
    jsonb_build_object('fr', jsonb_build_object('name', 'Atelier Campus',
        'description', '<p>Bienvenue à l’Atelier Campus. Choisissez une formation, payez en ligne, commencez '
            'aujourd’hui.</p>',
        'eula', '<p>Vous disposez de quatorze jours pour vous rétracter, sauf si vous demandez l’ouverture '
            'd’une formation en ligne avant ce terme. Les prix comprennent les taxes indiquées. Nous ne '
            'conservons vos données que pour exécuter votre commande et remplir nos obligations '
            'comptables ; écrivez-nous à tout moment pour les consulter, les corriger ou les effacer.</p>'))
from shop.catalogs c where c.name = 'Atelier Campus'
on conflict (alias) do nothing;

-- The pretty address says which category it is.
create or replace procedure pg_temp.category(alias text, parent text, place integer, name text, name_fr text,
                                             about text, about_fr text)
language sql as $$
    insert into shop.categories (catalogid, parentid, name, description, seoalias, sortorder, translations)
    select c.id, (select p.id from shop.categories p where p.seoalias = parent), category.name, about, alias, place,
           jsonb_build_object('fr', jsonb_build_object('name', name_fr, 'description', about_fr))
    from shop.catalogs c
    where c.name = 'Atelier Campus' and not exists (select from shop.categories x where x.seoalias = alias)
$$;

-- `facts` are columns of shop.items; "tax" is a title and "in" the shortname of a set or bundle.
create or replace procedure pg_temp.item(short text, category text, name text, name_fr text, about text,
                                         about_fr text, facts jsonb default '{}')
language plpgsql as $$
declare
    i shop.items;
    g shop.categories;
begin
    select * into g from shop.categories where seoalias = category;
    insert into shop.items (catalogid, categoryid, code, shortname, name, description, image)
    values (g.catalogid, g.id, upper(short), short, name, about, short || '.svg')
    on conflict (catalogid, code) do nothing
    returning * into i;
    if i.id is null then
        return;
    end if;
    i := jsonb_populate_record(i, facts - 'tax' - 'in' - 'fr');
    i.taxcode := (select id from shop.taxes where title = facts ->> 'tax');
    i.setid := (select id from shop.items where shortname = facts ->> 'in' and catalogid = g.catalogid);
    i.translations := jsonb_build_object('fr', jsonb_build_object('name', name_fr, 'description', about_fr)
                                               || coalesce(facts -> 'fr', '{}'));
    delete from shop.items where id = i.id;
    insert into shop.items select i.*;
end
$$;

call pg_temp.category('office', null, 1, 'Office software', 'Bureautique',
    '<p>The everyday tools, from the first cell to the last slide.</p>',
    '<p>Les outils de tous les jours, de la première cellule à la dernière diapositive.</p>');
call pg_temp.category('spreadsheets', 'office', 1, 'Spreadsheets', 'Tableurs',
    '<p>Count, compare, decide.</p>', '<p>Compter, comparer, décider.</p>');
call pg_temp.category('documents', 'office', 2, 'Documents and slides', 'Documents et présentations',
    '<p>Write and present with ease.</p>', '<p>Écrire et présenter avec aisance.</p>');
call pg_temp.category('computing', null, 2, 'Computing and data', 'Informatique et données',
    '<p>Learn to program and to make data speak.</p>',
    '<p>Apprendre à programmer et à faire parler les données.</p>');
call pg_temp.category('skills', null, 3, 'Working together', 'Travailler ensemble',
    '<p>Projects, people, and the words between them.</p>',
    '<p>Les projets, les personnes, et les mots qui les relient.</p>');
call pg_temp.category('languages', 'skills', 1, 'Languages', 'Langues',
    '<p>With a coach who knows your trade.</p>', '<p>Avec un coach qui connaît votre métier.</p>');
call pg_temp.category('safety', null, 4, 'Safety and law', 'Sécurité et droit',
    '<p>What every workplace must know.</p>', '<p>Ce que chaque entreprise doit savoir.</p>');
call pg_temp.category('certificates', null, 5, 'Certificates', 'Certificats',
    '<p>You have followed one of our free courses? Have it recognised.</p>',
    '<p>Vous avez suivi un de nos cours gratuits ? Faites-le reconnaître.</p>');
call pg_temp.category('services', null, 6, 'Services and material', 'Services et matériel',
    '<p>Everything around the courses.</p>', '<p>Tout ce qui accompagne les formations.</p>');
call pg_temp.category('members', 'services', 1, 'For members', 'Pour les membres',
    '<p>Events for those who are already with us.</p>', '<p>Des événements pour ceux qui nous ont rejoints.</p>');
