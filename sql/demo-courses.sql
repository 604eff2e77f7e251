-- The demo's courses.

call pg_temp.item('excel_basics', 'spreadsheets', 'Excel: first steps', 'Excel : premiers pas',
    '<p>From an empty sheet to a budget that adds up: enter data, write your first formulas, sort, filter '
    'and print. Twelve lessons of twenty minutes, with a workbook to fill in as you go.</p>',
    '<p>D’une feuille vide à un budget qui tombe juste : saisir, écrire ses premières formules, trier, filtrer, '
    'imprimer. Douze leçons de vingt minutes et un classeur à compléter au fil du cours.</p>',
    '{"price1": 90, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_enrolonecourse",
      "handlerparams": {"coursename": "EXCEL-1", "role": "student", "duration": "180"}, "renewable": true,
      "seoalias": "excel-first-steps", "seotitle": "Excel for beginners",
      "seodescription": "A twelve-lesson Excel course for beginners, open for 180 days.",
      "notes": "<p>No previous knowledge needed. Access: 180 days.</p>",
      "fr": {"notes": "<p>Aucun prérequis. Accès : 180 jours.</p>", "seotitle": "Excel pour débutants",
             "seodescription": "Douze leçons d’Excel pour débuter, accessibles 180 jours."}}');
call pg_temp.item('excel_advanced', 'spreadsheets', 'Excel: pivot tables', 'Excel : tableaux croisés',
    '<p>Ten thousand lines and one question? Build pivot tables, slice them, chart them, and let them refresh '
    'themselves. For people who already write formulas without looking them up.</p>',
    '<p>Dix mille lignes et une seule question ? Construire des tableaux croisés, les segmenter, les mettre en '
    'graphique et les laisser s’actualiser. Pour ceux qui écrivent déjà leurs formules de tête.</p>',
    '{"price1": 149, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_enrolonecourse",
      "handlerparams": {"coursename": "EXCEL-2", "duration": "180"}, "renewable": true}');
call pg_temp.item('office_set', 'documents', 'Office essentials', 'Les indispensables du bureau',
    '<p>Two short courses that go well together; take one or both.</p>',
    '<p>Deux cours brefs qui se complètent ; prenez l’un, ou les deux.</p>', '{"isset": 1}');
call pg_temp.item('word_basics', 'documents', 'Long documents with Word', 'Les longs documents avec Word',
    '<p>Styles, headings, tables of contents, cross-references: documents that format themselves.</p>',
    '<p>Styles, titres, tables des matières, renvois : des documents qui se mettent en page tout seuls.</p>',
    '{"in": "office_set", "price1": 75, "tax": "VAT 20%", "maxdeliveryquant": 1,
      "enablehandler": "std_enrolonecourse", "handlerparams": {"coursename": "WRITER-1", "duration": "90"}}');
call pg_temp.item('powerpoint_basics', 'documents', 'Slides that speak', 'Des diapositives qui parlent',
    '<p>One idea per slide, one story per talk. A half-day live class with feedback on your own slides.</p>',
    '<p>Une idée par diapositive, une histoire par exposé. Une demi-journée en direct, avec un retour sur vos '
    'propres diapositives.</p>',
    '{"in": "office_set", "price1": 85, "range1": 4, "price2": 72, "tax": "VAT 20%", "maxdeliveryquant": 10}');
call pg_temp.item('starter_bundle', 'documents', 'Starter pack', 'Pack de démarrage',
    '<p>The on-line Excel course with its printed workbook, at a price below that of the two.</p>',
    '<p>Le cours Excel en ligne et son cahier d’exercices imprimé, pour moins cher que les deux.</p>',
    '{"isset": 2, "price1": 99, "tax": "VAT 20%", "maxdeliveryquant": 1}');
call pg_temp.item('starter_course', 'documents', 'Excel: first steps (pack)', 'Excel : premiers pas (pack)',
    '<p>The complete course, open for one year.</p>', '<p>Le cours complet, ouvert un an.</p>',
    '{"in": "starter_bundle", "price1": 90, "tax": "VAT 20%", "enablehandler": "std_enrolonecourse",
      "handlerparams": {"coursename": "EXCEL-1", "duration": "365"}}');
call pg_temp.item('workbook', 'documents', 'Printed workbook', 'Cahier d’exercices imprimé',
    '<p>Ninety-six pages of exercises with their solutions, sent by post.</p>',
    '<p>Quatre-vingt-seize pages d’exercices corrigés, envoyées par la poste.</p>',
    '{"in": "starter_bundle", "price1": 19, "tax": "VAT 5.5%"}');
call pg_temp.item('python_start', 'computing', 'Python for beginners', 'Python pour débuter',
    '<p>A first programming language, learned by writing small useful things: rename a folder of photographs, '
    'read a spreadsheet, ask a web site. A tutor answers within a working day.</p>',
    '<p>Un premier langage de programmation, appris en écrivant de petites choses utiles : renommer un dossier de '
    'photos, lire un tableur, interroger un site. Un tuteur répond sous un jour ouvré.</p>',
    '{"price1": 290, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_enrolonecourse",
      "handlerparams": {"coursename": "PYTHON-1", "duration": "365"}, "leaflet": "python_start.pdf",
      "eula": "<p>The exercises may be used freely; the videos are for your own study only.</p>",
      "fr": {"eula": "<p>Les exercices sont libres d’usage ; les vidéos sont réservées à votre étude.</p>"}}');
call pg_temp.item('data_analysis', 'computing', 'Data analysis in practice', 'L’analyse de données en pratique',
    '<p>Three live afternoons with real figures: clean them, question them, show them honestly. Bring a file of '
    'your own, leave with a report.</p>',
    '<p>Trois après-midi en direct sur de vrais chiffres : les nettoyer, les interroger, les montrer sans tricher. '
    'Venez avec un fichier, repartez avec un rapport.</p>',
    '{"price1": 390, "range1": 2, "price2": 350, "tax": "VAT 20%", "maxdeliveryquant": 5,
      "quantaddressesusers": 2, "stock": 18}');
call pg_temp.item('project_management', 'skills', 'Project management', 'Gestion de projet',
    '<p>Plan lightly, follow closely, finish. Two days in a small group around a project that you are really '
    'running.</p>',
    '<p>Prévoir léger, suivre de près, finir. Deux jours en petit groupe autour d’un projet que vous menez '
    'vraiment.</p>',
    '{"price1": 690, "range1": 2, "price2": 640, "range2": 5, "price3": 590, "tax": "VAT 20%",
      "maxdeliveryquant": 10}');
call pg_temp.item('public_speaking', 'skills', 'Speaking in public', 'Prendre la parole en public',
    '<p>Voice, pace, silence. Six short talks, filmed and discussed, in a group of eight at most.</p>',
    '<p>La voix, le rythme, le silence. Six exposés brefs, filmés et commentés, à huit au plus.</p>',
    '{"price1": 320, "tax": "VAT 20%", "maxdeliveryquant": 2, "stock": 8}');
call pg_temp.item('team_pack', 'skills', 'Team pack', 'Formule équipe',
    '<p>One place per colleague in the course of your choice, one invoice for all, and a report for the '
    'manager. The price per place falls with the size of the team.</p>',
    '<p>Une place par collègue dans le cours de votre choix, une seule facture et un bilan pour le responsable. Le '
    'prix de la place baisse avec la taille de l’équipe.</p>',
    '{"price1": 240, "range1": 4, "price2": 215, "range2": 9, "price3": 190, "range3": 19, "price4": 165,
      "tax": "VAT 20%", "maxdeliveryquant": 50, "quantaddressesusers": 2}');
call pg_temp.item('language_coaching', 'languages', 'Professional English, B1', 'Anglais professionnel, B1',
    '<p>Meetings, mails, telephone. An on-line course with a coach who writes to you every week; tell us your '
    'level and what you need it for.</p>',
    '<p>Réunions, courriels, téléphone. Un cours en ligne et un coach qui vous écrit chaque semaine ; dites-nous '
    'votre niveau et vos besoins.</p>',
    '{"price1": 420, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_enrolonecourse",
      "handlerparams": {"coursename": "ENGLISH-B1", "duration": "120"},
      "requireddata": [
        {"field": "level", "label": "Your level today", "type": "select",
         "options": {"A1": "A1, beginner", "A2": "A2, elementary", "B1": "B1, intermediate"}},
        {"field": "goal", "label": "What you need it for", "type": "textarea", "attrs": {"rows": 4, "maxlength": 500}}],
      "fr": {"requireddata": [
        {"field": "level", "label": "Votre niveau actuel", "type": "select",
         "options": {"A1": "A1, débutant", "A2": "A2, élémentaire", "B1": "B1, intermédiaire"}},
        {"field": "goal", "label": "Vos besoins", "type": "textarea", "attrs": {"rows": 4, "maxlength": 500}}]}}');
call pg_temp.item('first_aid', 'safety', 'First aid at work', 'Secourisme au travail',
    '<p>Two days to know what to do before help arrives; with the official certificate.</p>',
    '<p>Deux jours pour savoir que faire avant l’arrivée des secours ; avec le certificat officiel.</p>',
    '{"price1": 210, "range1": 5, "price2": 185, "tax": "VAT 20%", "maxdeliveryquant": 10, "stock": 12,
      "quantaddressesusers": 2}');
call pg_temp.item('gdpr_essentials', 'safety', 'Data protection essentials', 'L’essentiel du RGPD',
    '<p>What the GDPR asks of every employee, and the habits that keep passwords, mails and backups safe. Two '
    'hours on line, a quiz at the end.</p>',
    '<p>Ce que le RGPD demande à chaque salarié, et les réflexes qui protègent mots de passe, courriels et '
    'sauvegardes. Deux heures en ligne, un quiz à la fin.</p>',
    '{"price1": 45, "tax": "VAT 20%", "maxdeliveryquant": 1, "enablehandler": "std_enrolonecourse",
      "handlerparams": {"coursename": "SECU-1", "duration": "60"}}');
call pg_temp.item('session_safety', 'safety', 'Fire safety session on your premises',
    'Session incendie dans vos locaux',
    '<p>A trainer comes with extinguishers and smoke. One list of participants for the whole session.</p>',
    '<p>Un formateur vient avec extincteurs et fumée. Une seule liste de participants pour toute la session.</p>',
    '{"price1": 890, "tax": "VAT 20%", "maxdeliveryquant": 2, "quantaddressesusers": 1,
      "requireddata": [
        {"field": "site", "label": "Address of the premises", "type": "textfield", "attrs": {"maxlength": 200}},
        {"field": "parking", "label": "Parking for a van", "type": "checkbox", "required": false}],
      "fr": {"requireddata": [
        {"field": "site", "label": "Adresse des locaux", "type": "textfield", "attrs": {"maxlength": 200}},
        {"field": "parking", "label": "Stationnement pour une fourgonnette", "type": "checkbox", "required": false}]}}');
