/*
 * The first words of an HTML text, as plain text: for cards and for search engines.
 */

#include "view/view.h"


#define EXCERPT_SOURCE_MAX 20000 /* bytes looked at */


typedef struct {
    shop_buf_t out;
    bool blank; /* a blank is due before the next character */
} excerpt_t;


static const struct {
    const char *name;
    const char *text;
} entities[] = {
    {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "},
};


static size_t skip_tag(shop_str_t html, size_t at);
static size_t put_entity(excerpt_t *excerpt, shop_str_t rest);
static void put(excerpt_t *excerpt, unsigned char c);


shop_status_t shop_html_excerpt(shop_arena_t *arena, shop_str_t html, size_t characters,
                                shop_str_t *text, bool *cut)
{
    excerpt_t excerpt = {.blank = false};
    size_t i = 0, known;
    shop_str_t all;

    if (html.len > EXCERPT_SOURCE_MAX) {
        html.len = EXCERPT_SOURCE_MAX;

        while (html.len > 0 && (html.data[html.len] & 0xc0) == 0x80) {
            html.len--; /* not in the middle of a character */
        }
    }

    shop_buf_init(&excerpt.out, arena, 0);

    while (i < html.len) {
        if (html.data[i] == '<') {
            i = skip_tag(html, i);
            excerpt.blank = true;
            continue;
        }

        known = put_entity(&excerpt, (shop_str_t){html.len - i, html.data + i});

        if (known == 0) {
            put(&excerpt, html.data[i]);
            known = 1;
        }

        i += known;
    }

    if (excerpt.out.status != SHOP_OK) {
        return excerpt.out.status;
    }

    all = shop_buf_str(&excerpt.out);
    *text = shop_utf8_cut(all, characters);
    *cut = text->len < all.len;

    return SHOP_OK;
}


static size_t skip_tag(shop_str_t html, size_t at)
{
    while (at < html.len && html.data[at] != '>') {
        at++;
    }

    return at < html.len ? at + 1 : at;
}


/* The length of the entity that `rest` begins with; 0: none that we know. */
static size_t put_entity(excerpt_t *excerpt, shop_str_t rest)
{
    shop_str_t name;
    size_t i;

    if (rest.data[0] != '&') {
        return 0;
    }

    for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        name = shop_str(entities[i].name);

        if (shop_str_starts(rest, name)) {
            put(excerpt, (unsigned char) entities[i].text[0]);
            return name.len;
        }
    }

    return 0;
}


/* Runs of blanks become one; none at the beginning. */
static void put(excerpt_t *excerpt, unsigned char c)
{
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        excerpt->blank = true;
        return;
    }

    if (excerpt->blank && excerpt->out.len > 0) {
        shop_buf_add_char(&excerpt->out, ' ');
    }

    excerpt->blank = false;
    shop_buf_add_char(&excerpt->out, c);
}
