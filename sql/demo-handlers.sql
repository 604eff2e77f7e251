-- One product for each kind of delivery that the rest of the demo does not have; loaded by `make demo` after demo.sql.

\set ON_ERROR_STOP on
begin;
set local client_min_messages = warning;
set local role shop_owner;
\ir demo-shop.sql

call pg_temp.category('extras', null, 7, 'Around your course', 'Autour de votre cours',
    '<p>More time, more tries, more rights.</p>', '<p>Plus de temps, plus d’essais, plus de droits.</p>');
call pg_temp.category('organisations', null, 8, 'For organisations', 'Pour les organisations',
    '<p>Places, spaces and whole sites of your own.</p>', '<p>Des places, des espaces et des sites à vous.</p>');

call pg_temp.item('excel_again', 'extras', 'Excel: thirty days at a time', 'Excel : par trente jours',
    '<p>Thirty days in the course; as often as you like, one after the other.</p>',
    '<p>Trente jours dans le cours, autant de fois que vous voulez, à la suite.</p>',
    '{"price1": 20, "tax": "VAT 20%", "maxdeliveryquant": 6, "enablehandler": "std_enrolonecoursemultiple",
      "handlerparams": {"coursename": "EXCEL-1", "duration": "30", "cumulate": "1"}}');
call pg_temp.item('excel_extension', 'extras', 'Excel: thirty days more', 'Excel : trente jours de plus',
    '<p>Your access ends soon? Enter its reference and stay a month longer.</p>',
    '<p>Votre accès se termine ? Saisissez sa référence et restez un mois de plus.</p>',
    '{"price1": 18, "tax": "VAT 20%", "maxdeliveryquant": 6, "onlyforloggedin": 1, "enablehandler": "std_extendenrolperiod",
      "handlerparams": {"coursename": "EXCEL-1", "extension": "30"},
      "requireddata": [{"field": "productcode", "label": "Reference of your access", "type": "textfield", "pattern": "@reference"}],
      "fr": {"requireddata": [{"field": "productcode", "label": "Référence de votre accès", "type": "textfield", "pattern": "@reference"}]}}');
call pg_temp.item('tutor_role', 'extras', 'Tutor for a season', 'Tuteur pour une saison',
    '<p>Help beginners in the Excel course for ninety days, with the rights of a tutor.</p>',
    '<p>Aidez les débutants du cours Excel pendant quatre-vingt-dix jours, avec les droits d’un tuteur.</p>',
    '{"price1": 15, "tax": "VAT 20%", "maxdeliveryquant": 1, "onlyforloggedin": 1, "enablehandler": "std_assignroleoncontext",
      "handlerparams": {"contextlevel": "course", "instance": "4", "role": "teacher", "duration": "90"}}');
call pg_temp.item('quiz_attempts', 'extras', 'Two more tries at the test', 'Deux essais de plus au test',
    '<p>The final test of the Excel course lets you try three times. Two more, for a second wind.</p>',
    '<p>Le test final du cours Excel permet trois essais. Deux de plus, pour un second souffle.</p>',
    '{"price1": 8, "tax": "VAT 20%", "maxdeliveryquant": 3, "onlyforloggedin": 1, "enablehandler": "std_addquizattempts",
      "handlerparams": {"coursename": "EXCEL-1", "quizidnumber": "excel-final", "attemptsamount": "2"}}');
call pg_temp.item('training_credits', 'extras', 'Ten training credits', 'Dix crédits de formation',
    '<p>Credits that you spend on courses later, within a year.</p>',
    '<p>Des crédits à dépenser plus tard dans nos cours, pendant un an.</p>',
    '{"price1": 90, "range1": 4, "price2": 80, "tax": "VAT 20%", "maxdeliveryquant": 20, "onlyforloggedin": 1,
      "enablehandler": "std_addtrainingcredits", "handlerparams": {"creditsamount": "10", "credits_validity": "365"}}');
call pg_temp.item('software_licence', 'extras', 'Licence for the report tool', 'Licence de l’outil de rapports',
    '<p>The tool that makes reports out of your quizzes; its key is valid for one year.</p>',
    '<p>L’outil qui tire des rapports de vos tests ; sa clé est valable un an.</p>',
    '{"price1": 60, "tax": "VAT 20%", "maxdeliveryquant": 5, "renewable": true, "enablehandler": "std_registeredproduct",
      "handlerparams": {"duration": "365"}}');
call pg_temp.item('licence_year', 'extras', 'One more year of a licence', 'Une année de licence en plus',
    '<p>Enter the key: it stays valid for another year.</p>', '<p>Saisissez la clé : elle reste valable un an de plus.</p>',
    '{"price1": 50, "tax": "VAT 20%", "maxdeliveryquant": 3, "onlyforloggedin": 1, "enablehandler": "std_prorogate",
      "handlerparams": {"timeshift": "365"},
      "requireddata": [{"field": "productcode", "label": "Licence key", "type": "textfield", "pattern": "@reference"}],
      "fr": {"requireddata": [{"field": "productcode", "label": "Clé de licence", "type": "textfield", "pattern": "@reference"}]}}');
call pg_temp.item('team_session', 'organisations', 'Excel for your team', 'Excel pour votre équipe',
    '<p>One place for each colleague whom you name; you follow them as their supervisor.</p>',
    '<p>Une place pour chaque collègue que vous nommez ; vous les suivez en tant que responsable.</p>',
    '{"price1": 80, "range1": 4, "price2": 70, "tax": "VAT 20%", "maxdeliveryquant": 30, "quantaddressesusers": 2,
      "enablehandler": "std_setuponecoursesession",
      "handlerparams": {"coursename": "EXCEL-1", "supervisor": "teacher", "duration": "180"}}');
call pg_temp.item('free_seats', 'organisations', 'Five places to give away', 'Cinq places à distribuer',
    '<p>Places in our office courses that you give to people when you know who needs them.</p>',
    '<p>Des places dans nos cours de bureautique, à donner quand vous saurez à qui.</p>',
    '{"price1": 350, "tax": "VAT 20%", "maxdeliveryquant": 10, "enablehandler": "std_generateseats",
      "handlerparams": {"courselist": "EXCEL-%,WRITER-1", "packsize": "5", "duration": "180", "seat_validity": "365"}}');
call pg_temp.item('own_category', 'organisations', 'A category of your own', 'Votre propre catégorie',
    '<p>A whole shelf of courses on our platform that your trainers fill.</p>',
    '<p>Tout un rayon de cours sur notre plateforme, que vos formateurs remplissent.</p>',
    '{"price1": 900, "tax": "VAT 20%", "maxdeliveryquant": 2, "enablehandler": "std_createcategory",
      "handlerparams": {"parentcategory": "900", "duration": "365"},
      "requireddata": [{"field": "catname", "label": "Name of the category", "type": "textfield", "attrs": {"maxlength": 80}}],
      "fr": {"requireddata": [{"field": "catname", "label": "Nom de la catégorie", "type": "textfield", "attrs": {"maxlength": 80}}]}}');
call pg_temp.item('own_course', 'organisations', 'A course of your own', 'Votre propre cours',
    '<p>An empty course that opens at once, with you as its teacher.</p>',
    '<p>Un cours vide, ouvert aussitôt, dont vous êtes l’enseignant.</p>',
    '{"price1": 240, "tax": "VAT 20%", "maxdeliveryquant": 3, "enablehandler": "std_createcourse",
      "handlerparams": {"coursecategory": "900", "duration": "365"},
      "requireddata": [{"field": "fullname", "label": "Name of the course", "type": "textfield", "attrs": {"maxlength": 80}}],
      "fr": {"requireddata": [{"field": "fullname", "label": "Nom du cours", "type": "textfield", "attrs": {"maxlength": 80}}]}}');
call pg_temp.item('lti_access', 'organisations', 'Excel in your own platform', 'Excel dans votre plateforme',
    '<p>Twenty people enter the course from your own platform, by LTI; you get an address, a key and a secret.</p>',
    '<p>Vingt personnes entrent dans le cours depuis votre plateforme, par LTI ; vous recevez une adresse, une clé et un secret.</p>',
    '{"price1": 700, "tax": "VAT 20%", "maxdeliveryquant": 3, "onlyforloggedin": 1, "enablehandler": "std_openltiaccess",
      "handlerparams": {"coursename": "EXCEL-1", "maxenrolled": "20", "duration": "365"}}');
call pg_temp.item('own_site', 'organisations', 'A Moodle site of your own', 'Votre propre site Moodle',
    '<p>A whole site for a year. Choose its name; a message tells you when it is ready.</p>',
    '<p>Un site entier pendant un an. Choisissez son nom ; un message vous avertit quand il est prêt.</p>',
    '{"price1": 1900, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_createvinstance",
      "handlerparams": {"template": "base45", "domain": "sites.example.org", "duration": "365"},
      "requireddata": [{"field": "shortname", "label": "Address of the site", "desc": "The first word of its address", "type": "textfield", "pattern": "@host"},
        {"field": "name", "label": "Name of the site", "type": "textfield", "attrs": {"maxlength": 80}}],
      "fr": {"requireddata": [{"field": "shortname", "label": "Adresse du site", "desc": "Le premier mot de son adresse", "type": "textfield", "pattern": "@host"},
        {"field": "name", "label": "Nom du site", "type": "textfield", "attrs": {"maxlength": 80}}]}}');
update shop.items set handlerparams = handlerparams || jsonb_build_object('credit_price', x.price)
from (values ('excel_basics', '9'), ('excel_advanced', '15'), ('excel_again', '2')) as x (shortname, price)
where items.shortname = x.shortname;
commit;
