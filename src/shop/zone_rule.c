/*
 * Where a zone applies: "([FR][97,98])|([GP,MQ,RE,GF][*])" (objects.md 7.2). "&" binds less tightly
 * than "|": A|B & C is (A or B) and C.
 */

#include "shop/selling.h"

#include <ctype.h>
#include <string.h>


#define ZIP_MAX 64
#define PATTERN_MAX 200


typedef struct {
    shop_arena_t *arena;
    shop_str_t rest;
    shop_status_t (*keep)(void *data, regex_t *pattern);
    void *data;
} reader_t;


static shop_status_t read_atom(reader_t *r, shop_atom_t *atom);
static bool expect(reader_t *r, unsigned char c);
static void skip_blanks(reader_t *r);
static bool bracket(reader_t *r, shop_str_t *content);
static size_t count_parts(shop_str_t list);
static bool next_part(shop_str_t *list, shop_str_t *part);
static shop_status_t read_countries(reader_t *r, shop_str_t list, shop_atom_t *atom);
static shop_status_t read_zips(reader_t *r, shop_str_t list, shop_atom_t *atom);
static shop_status_t read_zip(reader_t *r, shop_str_t text, shop_zip_t *zip);
static bool plain(shop_str_t text);
static bool atom_matches(const shop_atom_t *atom, shop_str_t country, const char *zip);
static bool zip_matches(const shop_zip_t *rule, const char *zip);
static void without_blanks(shop_str_t text, char out[ZIP_MAX]);


/* --- reading --- */

shop_status_t shop_zone_rule_parse(shop_arena_t *arena, shop_str_t text, shop_zone_t *zone,
                                   shop_status_t (*keep)(void *data, regex_t *pattern), void *data)
{
    reader_t r = {arena, text, keep, data};
    size_t room = 0;

    for (size_t i = 0; i < text.len; i++) {
        room += text.data[i] == '(';
    }

    zone->atoms = shop_arena_calloc(arena, (room + 1) * sizeof(shop_atom_t));
    zone->atom_count = 0;

    if (zone->atoms == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (;;) {
        shop_atom_t *atom = &zone->atoms[zone->atom_count];
        shop_status_t status = zone->atom_count < room ? read_atom(&r, atom) : SHOP_MALFORMED;

        if (status != SHOP_OK) {
            return status;
        }

        zone->atom_count++;
        skip_blanks(&r);
        atom->last_of_group = r.rest.len == 0 || r.rest.data[0] == '&';

        if (r.rest.len == 0) {
            return SHOP_OK;
        }

        if (!expect(&r, '|') && !expect(&r, '&')) {
            return SHOP_MALFORMED;
        }
    }
}


static shop_status_t read_atom(reader_t *r, shop_atom_t *atom)
{
    shop_str_t countries, zips;
    shop_status_t status;

    if (!expect(r, '(') || !bracket(r, &countries) || !bracket(r, &zips) || !expect(r, ')')) {
        return SHOP_MALFORMED;
    }

    status = read_countries(r, countries, atom);

    return status == SHOP_OK ? read_zips(r, zips, atom) : status;
}


static void skip_blanks(reader_t *r)
{
    while (r->rest.len > 0 && isspace(r->rest.data[0])) {
        r->rest.data++;
        r->rest.len--;
    }
}


static bool expect(reader_t *r, unsigned char c)
{
    skip_blanks(r);

    if (r->rest.len == 0 || r->rest.data[0] != c) {
        return false;
    }

    r->rest.data++;
    r->rest.len--;

    return true;
}


/* Expressions have brackets of their own. */
static bool bracket(reader_t *r, shop_str_t *content)
{
    unsigned depth = 1;

    if (!expect(r, '[')) {
        return false;
    }

    *content = (shop_str_t){0, r->rest.data};

    for (size_t i = 0; i < r->rest.len; i++) {
        unsigned char c = r->rest.data[i];

        if (c == '\\') {
            i++;
            continue;
        }

        depth += c == '[';
        depth -= c == ']';

        if (depth == 0) {
            content->len = i;
            r->rest.data += i + 1;
            r->rest.len -= i + 1;
            return true;
        }
    }

    return false;
}


static size_t count_parts(shop_str_t list)
{
    shop_str_t part;
    size_t count = 0;

    while (next_part(&list, &part)) {
        count++;
    }

    return count;
}


/* Up to a comma that stands outside of all brackets; false at the end. */
static bool next_part(shop_str_t *list, shop_str_t *part)
{
    int depth = 0;
    size_t i = 0;

    if (list->data == NULL) {
        return false;
    }

    for (; i < list->len; i++) {
        unsigned char c = list->data[i];

        if (c == '\\') {
            i++;
        } else if (c == '[' || c == '{' || c == '(') {
            depth++;
        } else if (c == ']' || c == '}' || c == ')') {
            depth--;
        } else if (c == ',' && depth <= 0) {
            break;
        }
    }

    if (i >= list->len) {
        *part = shop_str_trim(*list);
        *list = SHOP_STR_NULL;
        return true;
    }

    *part = shop_str_trim((shop_str_t){i, list->data});
    *list = (shop_str_t){list->len - i - 1, list->data + i + 1};

    return true;
}


static shop_status_t read_countries(reader_t *r, shop_str_t list, shop_atom_t *atom)
{
    shop_str_t part;

    if (shop_str_eq(shop_str_trim(list), SHOP_STR("*"))) {
        return SHOP_OK;
    }

    atom->countries = shop_arena_calloc(r->arena, count_parts(list) * sizeof(shop_str_t));
    if (atom->countries == NULL) {
        return SHOP_NO_MEMORY;
    }

    while (next_part(&list, &part)) {
        if (part.len != 2 || !isalpha(part.data[0]) || !isalpha(part.data[1])) {
            return SHOP_MALFORMED;
        }

        atom->countries[atom->country_count++] = part;
    }

    return SHOP_OK;
}


static shop_status_t read_zips(reader_t *r, shop_str_t list, shop_atom_t *atom)
{
    shop_status_t status = SHOP_OK;
    shop_str_t part;

    if (shop_str_eq(shop_str_trim(list), SHOP_STR("*"))) {
        return SHOP_OK;
    }

    atom->zips = shop_arena_calloc(r->arena, count_parts(list) * sizeof(shop_zip_t));
    if (atom->zips == NULL) {
        return SHOP_NO_MEMORY;
    }

    while (status == SHOP_OK && next_part(&list, &part)) {
        status = read_zip(r, part, &atom->zips[atom->zip_count++]);
    }

    return status;
}


static shop_status_t read_zip(reader_t *r, shop_str_t text, shop_zip_t *zip)
{
    char anchored[PATTERN_MAX + 8];
    regex_t *pattern;

    zip->exact = text.len > 0 && text.data[0] == '=';

    if (zip->exact) {
        text.data++;
        text.len--;
    }

    zip->text = text;

    if (text.len == 0 || text.len > PATTERN_MAX) {
        return SHOP_MALFORMED;
    }

    if (zip->exact || plain(text)) {
        return SHOP_OK;
    }

    memcpy(anchored, "^(", 2);
    memcpy(anchored + 2, text.data, text.len);
    memcpy(anchored + 2 + text.len, ")", 2);

    pattern = shop_arena_calloc(r->arena, sizeof(*pattern));
    if (pattern == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (regcomp(pattern, anchored, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0) {
        return SHOP_MALFORMED;
    }

    zip->pattern = pattern;

    return r->keep(r->data, pattern);
}


/* Letters and digits mean themselves: no expression is needed for them. */
static bool plain(shop_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!isalnum(text.data[i]) && text.data[i] != '-') {
            return false;
        }
    }

    return true;
}


/* --- asking --- */

bool shop_zone_rule_matches(const shop_zone_t *zone, shop_str_t country, shop_str_t zip)
{
    char text[ZIP_MAX];
    bool group = false;

    without_blanks(zip, text);

    for (size_t i = 0; i < zone->atom_count; i++) {
        const shop_atom_t *atom = &zone->atoms[i];

        group = group || atom_matches(atom, country, text);

        if (atom->last_of_group) {
            if (!group) {
                return false;
            }

            group = false;
        }
    }

    return zone->atom_count > 0 && !zone->broken;
}


static void without_blanks(shop_str_t text, char out[ZIP_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < text.len && n < ZIP_MAX - 1; i++) {
        if (!isspace(text.data[i])) {
            out[n++] = (char) text.data[i];
        }
    }

    out[n] = '\0';
}


static bool atom_matches(const shop_atom_t *atom, shop_str_t country, const char *zip)
{
    bool listed = atom->country_count == 0;

    for (size_t i = 0; !listed && i < atom->country_count; i++) {
        listed = shop_str_eq_nocase(atom->countries[i], country);
    }

    if (!listed || atom->zip_count == 0) {
        return listed;
    }

    for (size_t i = 0; i < atom->zip_count; i++) {
        if (zip_matches(&atom->zips[i], zip)) {
            return true;
        }
    }

    return false;
}


static bool zip_matches(const shop_zip_t *rule, const char *zip)
{
    shop_str_t text = shop_str(zip);

    if (rule->pattern != NULL) {
        return regexec(rule->pattern, zip, 0, NULL, 0) == 0;
    }

    if (rule->exact) {
        char exact[ZIP_MAX];

        without_blanks(rule->text, exact);
        return shop_str_eq_nocase(shop_str(exact), text);
    }

    text.len = text.len < rule->text.len ? text.len : rule->text.len;

    return shop_str_eq_nocase(rule->text, text);
}
