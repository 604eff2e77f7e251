-- The demo's certificates, services and events.

call pg_temp.item('mooc_certificate', 'certificates', 'Certificate “My first web site”',
    'Certificat « Mon premier site web »',
    '<p>You follow our free course on making a web site: have your certificate released in the course itself.</p>',
    '<p>Vous suivez notre cours gratuit de création de site : débloquez votre certificat dans le cours même.</p>',
    '{"price1": 39, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_unlockpdcertificate",
      "handlerparams": {"coursename": "MOOC-WEB", "release_mode": "group", "certificate": "certificate-mooc-web", "releasegroup": "cert-mooc-web",
                        "enrol": "1"}}');
call pg_temp.item('mooc_certificate_pro', 'certificates', 'Certificate “Understanding data”',
    'Certificat « Comprendre les données »',
    '<p>For those who have completed our free course on data: the certificate is released as soon as the last '
    'activity is done.</p>',
    '<p>Pour ceux qui ont terminé notre cours gratuit sur les données : le certificat est débloqué dès la dernière '
    'activité achevée.</p>',
    '{"price1": 59, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_unlockpdcertificate",
      "handlerparams": {"coursename": "MOOC-DATA", "release_mode": "group", "certificate": "certificate-mooc-data", "releasegroup": "cert-mooc-data",
                        "requirecompletion": "1"}}');
call pg_temp.item('mooc_attestation', 'certificates', 'Attestation with a public number',
    'Attestation à numéro public',
    '<p>A document issued by Atelier Campus for our free web course; anybody can check its number on this site.</p>',
    '<p>Un document délivré par l’Atelier Campus pour notre cours gratuit sur le web ; chacun peut en vérifier le '
    'numéro sur ce site.</p>',
    '{"price1": 25, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_unlockpdcertificate",
      "handlerparams": {"coursename": "MOOC-WEB", "release_mode": "shop"}}');
call pg_temp.item('course_space', 'services', 'A course space of your own', 'Votre propre espace de cours',
    '<p>A private space on our platform for your own trainers, prepared by our team within two working days.</p>',
    '<p>Un espace privé sur notre plateforme pour vos propres formateurs, préparé par notre équipe sous deux jours '
    'ouvrés.</p>',
    '{"price1": 480, "tax": "VAT 20%", "maxdeliveryquant": 3, "renewable": true,
      "handlerparams": {"duration": "365", "track_instance": "1"},
      "requireddata": [
        {"field": "coursename", "label": "Name of the space", "type": "textfield", "attrs": {"maxlength": 80}},
        {"field": "model", "label": "Model", "type": "select",
         "options": {"topics": "By topics", "weeks": "By weeks"}}],
      "fr": {"requireddata": [
        {"field": "coursename", "label": "Nom de l’espace", "type": "textfield", "attrs": {"maxlength": 80}},
        {"field": "model", "label": "Modèle", "type": "select",
         "options": {"topics": "Par thèmes", "weeks": "Par semaines"}}]}}');
call pg_temp.item('exam_voucher', 'services', 'Examination voucher', 'Bon d’examen',
    '<p>One sitting of an office software examination in our centre in Nantes, on the day you choose.</p>',
    '<p>Un passage d’examen de bureautique dans notre centre de Nantes, le jour de votre choix.</p>',
    '{"price1": 72.5, "range1": 9, "price2": 65, "tax": "VAT 20%", "maxdeliveryquant": 20, "stock": 40}');
call pg_temp.item('welcome_kit', 'services', 'Welcome kit', 'Kit de bienvenue',
    '<p>A notebook, a pencil and the printed guide to our platform, in a bag of recycled cotton.</p>',
    '<p>Un carnet, un crayon et le guide imprimé de notre plateforme, dans un sac en coton recyclé.</p>',
    '{"price1": 14.218, "tax": "VAT 5.5%", "maxdeliveryquant": 5, "stock": 5}');
call pg_temp.item('free_taster', 'services', 'Free taster week', 'Semaine de découverte gratuite',
    '<p>Seven days in our course for on-line tutors. Nothing to pay, nothing to cancel.</p>',
    '<p>Sept jours dans notre cours pour tuteurs en ligne. Rien à payer, rien à résilier.</p>',
    '{"price1": 0, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_enrolonecourse",
      "handlerparams": {"coursename": "TUTOR", "duration": "7"}}');
call pg_temp.item('vip_masterclass', 'members', 'Master class by invitation', 'Master class sur invitation',
    '<p>An evening with a guest from the trade, for twenty invited people. Your access code is on the invitation.</p>',
    '<p>Une soirée avec un invité du métier, pour vingt personnes conviées. Votre code d’accès figure sur '
    'l’invitation.</p>',
    '{"price1": 120, "tax": "VAT 20%", "maxdeliveryquant": 2, "password": "SESAME", "stock": 20}');
call pg_temp.item('members_webinar', 'members', 'Members’ webinar', 'Webinaire des membres',
    '<p>Once a month, one hour, one question. For people who already have an account with us.</p>',
    '<p>Une fois par mois, une heure, une question. Pour les personnes qui ont déjà un compte chez nous.</p>',
    '{"price1": 12, "tax": "VAT 20%", "maxdeliveryquant": 1, "onlyforloggedin": 1}');
