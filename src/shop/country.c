/*
 * Countries (ISO 3166-1 alpha-2) with their names in our languages.
 */

#include "shop/shop.h"


static const shop_country_t countries[] = {
    {"AF", {"Afghanistan", "Afghanistan"}},
    {"AX", {"Åland Islands", "Îles Åland"}},
    {"AL", {"Albania", "Albanie"}},
    {"DZ", {"Algeria", "Algérie"}},
    {"AS", {"American Samoa", "Samoa américaines"}},
    {"AD", {"Andorra", "Andorre"}},
    {"AO", {"Angola", "Angola"}},
    {"AI", {"Anguilla", "Anguilla"}},
    {"AQ", {"Antarctica", "Antarctique"}},
    {"AG", {"Antigua and Barbuda", "Antigua-et-Barbuda"}},
    {"AR", {"Argentina", "Argentine"}},
    {"AM", {"Armenia", "Arménie"}},
    {"AW", {"Aruba", "Aruba"}},
    {"AU", {"Australia", "Australie"}},
    {"AT", {"Austria", "Autriche"}},
    {"AZ", {"Azerbaijan", "Azerbaïdjan"}},
    {"BS", {"Bahamas", "Bahamas"}},
    {"BH", {"Bahrain", "Bahreïn"}},
    {"BD", {"Bangladesh", "Bangladesh"}},
    {"BB", {"Barbados", "Barbade"}},
    {"BY", {"Belarus", "Biélorussie"}},
    {"BE", {"Belgium", "Belgique"}},
    {"BZ", {"Belize", "Belize"}},
    {"BJ", {"Benin", "Bénin"}},
    {"BM", {"Bermuda", "Bermudes"}},
    {"BT", {"Bhutan", "Bhoutan"}},
    {"BO", {"Bolivia", "Bolivie"}},
    {"BQ", {"Bonaire, Sint Eustatius and Saba", "Bonaire, Saint-Eustache et Saba"}},
    {"BA", {"Bosnia and Herzegovina", "Bosnie-Herzégovine"}},
    {"BW", {"Botswana", "Botswana"}},
    {"BV", {"Bouvet Island", "Île Bouvet"}},
    {"BR", {"Brazil", "Brésil"}},
    {"IO", {"British Indian Ocean Territory", "Territoire britannique de l’océan Indien"}},
    {"BN", {"Brunei", "Brunei"}},
    {"BG", {"Bulgaria", "Bulgarie"}},
    {"BF", {"Burkina Faso", "Burkina Faso"}},
    {"BI", {"Burundi", "Burundi"}},
    {"KH", {"Cambodia", "Cambodge"}},
    {"CM", {"Cameroon", "Cameroun"}},
    {"CA", {"Canada", "Canada"}},
    {"CV", {"Cape Verde", "Cap-Vert"}},
    {"KY", {"Cayman Islands", "Îles Caïmans"}},
    {"CF", {"Central African Republic", "République centrafricaine"}},
    {"TD", {"Chad", "Tchad"}},
    {"CL", {"Chile", "Chili"}},
    {"CN", {"China", "Chine"}},
    {"CX", {"Christmas Island", "Île Christmas"}},
    {"CC", {"Cocos (Keeling) Islands", "Îles Cocos"}},
    {"CO", {"Colombia", "Colombie"}},
    {"KM", {"Comoros", "Comores"}},
    {"CG", {"Congo", "Congo"}},
    {"CD", {"Congo, Democratic Republic of the", "République démocratique du Congo"}},
    {"CK", {"Cook Islands", "Îles Cook"}},
    {"CR", {"Costa Rica", "Costa Rica"}},
    {"CI", {"Côte d’Ivoire", "Côte d’Ivoire"}},
    {"HR", {"Croatia", "Croatie"}},
    {"CU", {"Cuba", "Cuba"}},
    {"CW", {"Curaçao", "Curaçao"}},
    {"CY", {"Cyprus", "Chypre"}},
    {"CZ", {"Czechia", "Tchéquie"}},
    {"DK", {"Denmark", "Danemark"}},
    {"DJ", {"Djibouti", "Djibouti"}},
    {"DM", {"Dominica", "Dominique"}},
    {"DO", {"Dominican Republic", "République dominicaine"}},
    {"EC", {"Ecuador", "Équateur"}},
    {"EG", {"Egypt", "Égypte"}},
    {"SV", {"El Salvador", "Salvador"}},
    {"GQ", {"Equatorial Guinea", "Guinée équatoriale"}},
    {"ER", {"Eritrea", "Érythrée"}},
    {"EE", {"Estonia", "Estonie"}},
    {"SZ", {"Eswatini", "Eswatini"}},
    {"ET", {"Ethiopia", "Éthiopie"}},
    {"FK", {"Falkland Islands", "Îles Malouines"}},
    {"FO", {"Faroe Islands", "Îles Féroé"}},
    {"FJ", {"Fiji", "Fidji"}},
    {"FI", {"Finland", "Finlande"}},
    {"FR", {"France", "France"}},
    {"GF", {"French Guiana", "Guyane française"}},
    {"PF", {"French Polynesia", "Polynésie française"}},
    {"TF", {"French Southern Territories", "Terres australes françaises"}},
    {"GA", {"Gabon", "Gabon"}},
    {"GM", {"Gambia", "Gambie"}},
    {"GE", {"Georgia", "Géorgie"}},
    {"DE", {"Germany", "Allemagne"}},
    {"GH", {"Ghana", "Ghana"}},
    {"GI", {"Gibraltar", "Gibraltar"}},
    {"GR", {"Greece", "Grèce"}},
    {"GL", {"Greenland", "Groenland"}},
    {"GD", {"Grenada", "Grenade"}},
    {"GP", {"Guadeloupe", "Guadeloupe"}},
    {"GU", {"Guam", "Guam"}},
    {"GT", {"Guatemala", "Guatemala"}},
    {"GG", {"Guernsey", "Guernesey"}},
    {"GN", {"Guinea", "Guinée"}},
    {"GW", {"Guinea-Bissau", "Guinée-Bissau"}},
    {"GY", {"Guyana", "Guyana"}},
    {"HT", {"Haiti", "Haïti"}},
    {"HM", {"Heard Island and McDonald Islands", "Îles Heard-et-MacDonald"}},
    {"HN", {"Honduras", "Honduras"}},
    {"HK", {"Hong Kong", "Hong Kong"}},
    {"HU", {"Hungary", "Hongrie"}},
    {"IS", {"Iceland", "Islande"}},
    {"IN", {"India", "Inde"}},
    {"ID", {"Indonesia", "Indonésie"}},
    {"IR", {"Iran", "Iran"}},
    {"IQ", {"Iraq", "Irak"}},
    {"IE", {"Ireland", "Irlande"}},
    {"IM", {"Isle of Man", "Île de Man"}},
    {"IL", {"Israel", "Israël"}},
    {"IT", {"Italy", "Italie"}},
    {"JM", {"Jamaica", "Jamaïque"}},
    {"JP", {"Japan", "Japon"}},
    {"JE", {"Jersey", "Jersey"}},
    {"JO", {"Jordan", "Jordanie"}},
    {"KZ", {"Kazakhstan", "Kazakhstan"}},
    {"KE", {"Kenya", "Kenya"}},
    {"KI", {"Kiribati", "Kiribati"}},
    {"KP", {"Korea, North", "Corée du Nord"}},
    {"KR", {"Korea, South", "Corée du Sud"}},
    {"KW", {"Kuwait", "Koweït"}},
    {"KG", {"Kyrgyzstan", "Kirghizistan"}},
    {"LA", {"Laos", "Laos"}},
    {"LV", {"Latvia", "Lettonie"}},
    {"LB", {"Lebanon", "Liban"}},
    {"LS", {"Lesotho", "Lesotho"}},
    {"LR", {"Liberia", "Liberia"}},
    {"LY", {"Libya", "Libye"}},
    {"LI", {"Liechtenstein", "Liechtenstein"}},
    {"LT", {"Lithuania", "Lituanie"}},
    {"LU", {"Luxembourg", "Luxembourg"}},
    {"MO", {"Macao", "Macao"}},
    {"MG", {"Madagascar", "Madagascar"}},
    {"MW", {"Malawi", "Malawi"}},
    {"MY", {"Malaysia", "Malaisie"}},
    {"MV", {"Maldives", "Maldives"}},
    {"ML", {"Mali", "Mali"}},
    {"MT", {"Malta", "Malte"}},
    {"MH", {"Marshall Islands", "Îles Marshall"}},
    {"MQ", {"Martinique", "Martinique"}},
    {"MR", {"Mauritania", "Mauritanie"}},
    {"MU", {"Mauritius", "Maurice"}},
    {"YT", {"Mayotte", "Mayotte"}},
    {"MX", {"Mexico", "Mexique"}},
    {"FM", {"Micronesia", "Micronésie"}},
    {"MD", {"Moldova", "Moldavie"}},
    {"MC", {"Monaco", "Monaco"}},
    {"MN", {"Mongolia", "Mongolie"}},
    {"ME", {"Montenegro", "Monténégro"}},
    {"MS", {"Montserrat", "Montserrat"}},
    {"MA", {"Morocco", "Maroc"}},
    {"MZ", {"Mozambique", "Mozambique"}},
    {"MM", {"Myanmar", "Birmanie"}},
    {"NA", {"Namibia", "Namibie"}},
    {"NR", {"Nauru", "Nauru"}},
    {"NP", {"Nepal", "Népal"}},
    {"NL", {"Netherlands", "Pays-Bas"}},
    {"NC", {"New Caledonia", "Nouvelle-Calédonie"}},
    {"NZ", {"New Zealand", "Nouvelle-Zélande"}},
    {"NI", {"Nicaragua", "Nicaragua"}},
    {"NE", {"Niger", "Niger"}},
    {"NG", {"Nigeria", "Nigeria"}},
    {"NU", {"Niue", "Niue"}},
    {"NF", {"Norfolk Island", "Île Norfolk"}},
    {"MK", {"North Macedonia", "Macédoine du Nord"}},
    {"MP", {"Northern Mariana Islands", "Îles Mariannes du Nord"}},
    {"NO", {"Norway", "Norvège"}},
    {"OM", {"Oman", "Oman"}},
    {"PK", {"Pakistan", "Pakistan"}},
    {"PW", {"Palau", "Palaos"}},
    {"PS", {"Palestine", "Palestine"}},
    {"PA", {"Panama", "Panama"}},
    {"PG", {"Papua New Guinea", "Papouasie-Nouvelle-Guinée"}},
    {"PY", {"Paraguay", "Paraguay"}},
    {"PE", {"Peru", "Pérou"}},
    {"PH", {"Philippines", "Philippines"}},
    {"PN", {"Pitcairn", "Îles Pitcairn"}},
    {"PL", {"Poland", "Pologne"}},
    {"PT", {"Portugal", "Portugal"}},
    {"PR", {"Puerto Rico", "Porto Rico"}},
    {"QA", {"Qatar", "Qatar"}},
    {"RE", {"Réunion", "La Réunion"}},
    {"RO", {"Romania", "Roumanie"}},
    {"RU", {"Russia", "Russie"}},
    {"RW", {"Rwanda", "Rwanda"}},
    {"BL", {"Saint Barthélemy", "Saint-Barthélemy"}},
    {"SH", {"Saint Helena", "Sainte-Hélène"}},
    {"KN", {"Saint Kitts and Nevis", "Saint-Kitts-et-Nevis"}},
    {"LC", {"Saint Lucia", "Sainte-Lucie"}},
    {"MF", {"Saint Martin", "Saint-Martin"}},
    {"PM", {"Saint Pierre and Miquelon", "Saint-Pierre-et-Miquelon"}},
    {"VC", {"Saint Vincent and the Grenadines", "Saint-Vincent-et-les-Grenadines"}},
    {"WS", {"Samoa", "Samoa"}},
    {"SM", {"San Marino", "Saint-Marin"}},
    {"ST", {"Sao Tome and Principe", "Sao Tomé-et-Principe"}},
    {"SA", {"Saudi Arabia", "Arabie saoudite"}},
    {"SN", {"Senegal", "Sénégal"}},
    {"RS", {"Serbia", "Serbie"}},
    {"SC", {"Seychelles", "Seychelles"}},
    {"SL", {"Sierra Leone", "Sierra Leone"}},
    {"SG", {"Singapore", "Singapour"}},
    {"SX", {"Sint Maarten", "Sint Maarten"}},
    {"SK", {"Slovakia", "Slovaquie"}},
    {"SI", {"Slovenia", "Slovénie"}},
    {"SB", {"Solomon Islands", "Îles Salomon"}},
    {"SO", {"Somalia", "Somalie"}},
    {"ZA", {"South Africa", "Afrique du Sud"}},
    {"GS",
     {"South Georgia and the South Sandwich Islands", "Géorgie du Sud et îles Sandwich du Sud"}},
    {"SS", {"South Sudan", "Soudan du Sud"}},
    {"ES", {"Spain", "Espagne"}},
    {"LK", {"Sri Lanka", "Sri Lanka"}},
    {"SD", {"Sudan", "Soudan"}},
    {"SR", {"Suriname", "Suriname"}},
    {"SJ", {"Svalbard and Jan Mayen", "Svalbard et Jan Mayen"}},
    {"SE", {"Sweden", "Suède"}},
    {"CH", {"Switzerland", "Suisse"}},
    {"SY", {"Syria", "Syrie"}},
    {"TW", {"Taiwan", "Taïwan"}},
    {"TJ", {"Tajikistan", "Tadjikistan"}},
    {"TZ", {"Tanzania", "Tanzanie"}},
    {"TH", {"Thailand", "Thaïlande"}},
    {"TL", {"Timor-Leste", "Timor oriental"}},
    {"TG", {"Togo", "Togo"}},
    {"TK", {"Tokelau", "Tokelau"}},
    {"TO", {"Tonga", "Tonga"}},
    {"TT", {"Trinidad and Tobago", "Trinité-et-Tobago"}},
    {"TN", {"Tunisia", "Tunisie"}},
    {"TR", {"Turkey", "Turquie"}},
    {"TM", {"Turkmenistan", "Turkménistan"}},
    {"TC", {"Turks and Caicos Islands", "Îles Turques-et-Caïques"}},
    {"TV", {"Tuvalu", "Tuvalu"}},
    {"UG", {"Uganda", "Ouganda"}},
    {"UA", {"Ukraine", "Ukraine"}},
    {"AE", {"United Arab Emirates", "Émirats arabes unis"}},
    {"GB", {"United Kingdom", "Royaume-Uni"}},
    {"US", {"United States", "États-Unis"}},
    {"UM", {"United States Minor Outlying Islands", "Îles mineures éloignées des États-Unis"}},
    {"UY", {"Uruguay", "Uruguay"}},
    {"UZ", {"Uzbekistan", "Ouzbékistan"}},
    {"VU", {"Vanuatu", "Vanuatu"}},
    {"VA", {"Vatican City", "Cité du Vatican"}},
    {"VE", {"Venezuela", "Venezuela"}},
    {"VN", {"Vietnam", "Viêt Nam"}},
    {"VG", {"Virgin Islands, British", "Îles Vierges britanniques"}},
    {"VI", {"Virgin Islands, U.S.", "Îles Vierges américaines"}},
    {"WF", {"Wallis and Futuna", "Wallis-et-Futuna"}},
    {"EH", {"Western Sahara", "Sahara occidental"}},
    {"YE", {"Yemen", "Yémen"}},
    {"ZM", {"Zambia", "Zambie"}},
    {"ZW", {"Zimbabwe", "Zimbabwe"}},
};

#define COUNTRIES (sizeof(countries) / sizeof(countries[0]))


static bool known(shop_str_t code);


const shop_country_t *shop_country_at(size_t n)
{
    return n < COUNTRIES ? &countries[n] : NULL;
}


const shop_country_t *shop_country_find(shop_str_t code)
{
    for (size_t i = 0; i < COUNTRIES; i++) {
        if (shop_str_eq(shop_str(countries[i].code), code)) {
            return &countries[i];
        }
    }

    return NULL;
}


bool shop_country_allowed(const shop_catalog_t *catalog, shop_str_t code)
{
    shop_str_t list = catalog->countries, one;
    bool restricted = false;

    if (shop_country_find(code) == NULL) {
        return false;
    }

    while (shop_str_split(&list, ',', &one)) {
        one = shop_str_trim(one);

        if (shop_str_eq_nocase(one, code)) {
            return true;
        }

        restricted = restricted || known(one);
    }

    return !restricted;
}


/* Of either case; what is no country restricts nothing. */
static bool known(shop_str_t code)
{
    for (size_t i = 0; i < COUNTRIES; i++) {
        if (shop_str_eq_nocase(shop_str(countries[i].code), code)) {
            return true;
        }
    }

    return false;
}
