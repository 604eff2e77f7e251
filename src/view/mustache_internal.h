/*
 * A parsed template: one flat array of nodes, each section followed by what is inside of it.
 *
 * Written by mustache_parse.c and mustache_set.c, read by mustache_render.c. Nothing changes after
 * the set was linked.
 */

#ifndef SHOP_MUSTACHE_INTERNAL_H
#define SHOP_MUSTACHE_INTERNAL_H

#include "view/view.h"


#define SHOP_MUSTACHE_DEPTH 64
#define SHOP_MUSTACHE_STEPS 2000000
#define SHOP_MUSTACHE_TEXT_MAX (1024 * 1024)
#define SHOP_MUSTACHE_KEYS_MAX 16

typedef enum {
    SHOP_NODE_TEXT = 0,
    SHOP_NODE_VALUE, /* {{name}} */
    SHOP_NODE_RAW,   /* {{{name}}}, {{&name}} */
    SHOP_NODE_SECTION,
    SHOP_NODE_INVERTED,
    SHOP_NODE_PARTIAL,
    SHOP_NODE_STR /* {{#str}} */
} shop_node_e;

typedef struct {
    shop_node_e type;
    bool slot;              /* RAW: its name is "slot" */
    bool json;              /* STR: the argument is a JSON object */
    size_t end;             /* SECTION, INVERTED, STR: the first node behind it */
    shop_str_t text;        /* TEXT; name of PARTIAL; constant key of STR, or empty */
    const shop_str_t *keys; /* VALUE, RAW, SECTION, INVERTED: parts of a.b.c; none: "." */
    size_t key_count;
    shop_str_t indent;              /* PARTIAL alone on its line: what stands before it */
    bool alone;                     /* PARTIAL alone on its line */
    const shop_template_t *partial; /* PARTIAL: NULL until linked, or when missing */
} shop_node_t;

struct shop_template_s {
    shop_str_t name;
    uint32_t hash;
    bool plain; /* output is not HTML: values are printed as they are */
    shop_node_t *nodes;
    size_t count;
    shop_template_t *next;
};

struct shop_template_set_s {
    shop_arena_t *arena;
    shop_template_t *first;
};

/* Fills template->nodes; the nodes hold views into `text`. */
shop_status_t shop_mustache_parse(shop_arena_t *arena, shop_str_t text, shop_template_t *template,
                                  shop_str_t *error);

#endif
