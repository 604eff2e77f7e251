/*
 * The Mustache parser: template text becomes a flat array of nodes.
 *
 * One pass over the text, tag by tag; names are cut at their dots, sections must close in order.
 * Called at configuration time only.
 */

#include "view/mustache_tag.h"

#include <string.h>


typedef struct {
    size_t node;
    shop_str_t name;
} open_section_t;

typedef struct {
    shop_arena_t *arena;
    shop_template_t *template;
    shop_str_t *error;
    shop_tags_t tags;
    size_t pos;  /* what is before it has become nodes */
    size_t room; /* allocated nodes */
    open_section_t sections[SHOP_MUSTACHE_DEPTH];
    size_t depth;
} parser_t;

static shop_status_t fail(parser_t *p, size_t at, shop_status_t status, const char *reason,
                          shop_str_t subject)
{
    size_t line = 1;

    for (size_t i = 0; i < at && i < p->tags.text.len; i++) {
        line += p->tags.text.data[i] == '\n';
    }

    shop_str_t name = p->template->name;
    shop_str_t part = subject.len > 60 ? shop_tag_slice(subject, 0, 60) : subject;
    shop_status_t printed =
        shop_arena_printf(p->arena, p->error, "template \"%.*s\" line %zu: %s \"%.*s\"",
                          (int) name.len, (const char *) name.data, line, reason, (int) part.len,
                          part.data == NULL ? "" : (const char *) part.data);

    return printed == SHOP_OK ? status : printed;
}


static shop_status_t add_node(parser_t *p, shop_node_e type, shop_node_t **node)
{
    shop_template_t *t = p->template;

    if (t->count == p->room) {
        size_t room = p->room == 0 ? 16 : p->room * 2;
        shop_node_t *nodes = shop_arena_alloc(p->arena, room * sizeof(shop_node_t));
        if (nodes == NULL) {
            return SHOP_NO_MEMORY;
        }
        if (t->count > 0) {
            memcpy(nodes, t->nodes, t->count * sizeof(shop_node_t));
        }
        t->nodes = nodes;
        p->room = room;
    }

    *node = &t->nodes[t->count++];
    **node = (shop_node_t){.type = type};
    return SHOP_OK;
}


static shop_status_t add_text(parser_t *p, size_t from, size_t to)
{
    shop_node_t *node;

    if (from >= to) {
        return SHOP_OK;
    }

    shop_status_t status = add_node(p, SHOP_NODE_TEXT, &node);
    if (status == SHOP_OK) {
        node->text = shop_tag_slice(p->tags.text, from, to);
    }
    return status;
}


static bool name_valid(shop_str_t name)
{
    if (name.len == 0) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] <= ' ') {
            return false;
        }
    }
    return true;
}


/* "a.b.c" becomes its parts; "." has none. */
static shop_status_t split_name(parser_t *p, const shop_tag_t *tag, shop_node_t *node)
{
    shop_str_t parts[SHOP_MUSTACHE_KEYS_MAX];
    shop_str_t rest = tag->content;
    size_t count = 0;

    if (shop_str_eq(tag->content, SHOP_STR("."))) {
        return SHOP_OK;
    }

    while (count < SHOP_MUSTACHE_KEYS_MAX) {
        const unsigned char *dot = memchr(rest.data, '.', rest.len);
        size_t len = dot == NULL ? rest.len : (size_t) (dot - rest.data);

        if (len == 0) {
            return fail(p, tag->start, SHOP_MALFORMED, "a name has an empty part:", tag->content);
        }
        parts[count++] = shop_tag_slice(rest, 0, len);

        if (dot == NULL) {
            shop_str_t *keys = shop_arena_alloc(p->arena, count * sizeof(shop_str_t));
            if (keys == NULL) {
                return SHOP_NO_MEMORY;
            }
            memcpy(keys, parts, count * sizeof(shop_str_t));
            node->keys = keys;
            node->key_count = count;
            return SHOP_OK;
        }
        rest = shop_tag_slice(rest, len + 1, rest.len);
        if (rest.len == 0) {
            return fail(p, tag->start, SHOP_MALFORMED, "a name has an empty part:", tag->content);
        }
    }

    return fail(p, tag->start, SHOP_LIMIT, "a name has too many parts:", tag->content);
}


static shop_status_t add_value(parser_t *p, const shop_tag_t *tag)
{
    shop_node_t *node;
    shop_node_e type = tag->sigil == 0 ? SHOP_NODE_VALUE : SHOP_NODE_RAW;

    shop_status_t status = add_node(p, type, &node);
    if (status != SHOP_OK) {
        return status;
    }

    node->slot = type == SHOP_NODE_RAW && shop_str_eq(tag->content, SHOP_STR("slot"));
    return split_name(p, tag, node);
}


static shop_status_t open_section(parser_t *p, const shop_tag_t *tag)
{
    shop_node_t *node;
    shop_node_e type = tag->sigil == '^' ? SHOP_NODE_INVERTED : SHOP_NODE_SECTION;

    if (p->depth == SHOP_MUSTACHE_DEPTH) {
        return fail(p, tag->start, SHOP_LIMIT, "sections are nested too deeply at", tag->content);
    }
    if (type == SHOP_NODE_SECTION && shop_str_eq(tag->content, SHOP_STR("str"))) {
        type = SHOP_NODE_STR;
    }

    shop_status_t status = add_node(p, type, &node);
    if (status != SHOP_OK) {
        return status;
    }

    p->sections[p->depth++] = (open_section_t){p->template->count - 1, tag->content};
    return type == SHOP_NODE_STR ? SHOP_OK : split_name(p, tag, node);
}


/* Blanks behind may separate constant text from a value: only those before are cut. */
static shop_str_t trim_left(shop_str_t s, size_t from)
{
    while (from < s.len && s.data[from] <= ' ') {
        from++;
    }
    return shop_tag_slice(s, from, s.len);
}


static shop_str_t skip_component(shop_str_t argument)
{
    shop_str_t component = SHOP_STR("local_shop");

    if (!shop_str_starts(argument, component)) {
        return argument;
    }

    shop_str_t rest = trim_left(argument, component.len);
    if (rest.len == 0) {
        return rest;
    }
    return rest.data[0] == ',' ? trim_left(rest, 1) : argument;
}


/* In the JSON form a text that came from another one would be unescaped a second time. */
static bool has_text_inside(const shop_node_t *inner, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (inner[i].type == SHOP_NODE_STR || inner[i].type == SHOP_NODE_PARTIAL) {
            return true;
        }
    }

    return false;
}


/* Cuts "key, argument" at the first constant comma and finds the form of the argument; false: there
 * is none. A key that is put together from values is cut off when rendering. */
static bool cut_argument(shop_node_t *str, shop_node_t *inner, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        shop_str_t text = inner[i].text;
        const unsigned char *comma =
            inner[i].type == SHOP_NODE_TEXT ? memchr(text.data, ',', text.len) : NULL;

        if (comma == NULL) {
            continue;
        }

        size_t at = (size_t) (comma - text.data);
        shop_str_t rest = skip_component(trim_left(text, at + 1));
        str->json = rest.len > 0 && rest.data[0] == '{';
        if (i == 0) {
            str->text = shop_str_trim(shop_tag_slice(text, 0, at));
            inner[0].text = rest;
        }
        return true;
    }

    return false;
}


static shop_status_t close_str(parser_t *p, const shop_tag_t *tag, size_t index)
{
    shop_node_t *str = &p->template->nodes[index];
    shop_node_t *inner = str + 1;
    size_t count = p->template->count - index - 1;

    if (count == 0) {
        return fail(p, tag->start, SHOP_MALFORMED, "a text without a key:", tag->content);
    }

    if (cut_argument(str, inner, count)) {
        return str->json && has_text_inside(inner, count)
                   ? fail(p, tag->start, SHOP_MALFORMED,
                          "no text or partial may stand in the JSON of", tag->content)
                   : SHOP_OK;
    }

    if (count == 1 && inner[0].type == SHOP_NODE_TEXT) {
        str->text = shop_str_trim(inner[0].text);
        p->template->count--;
        str->end = p->template->count;
    }
    return SHOP_OK;
}


static shop_status_t close_section(parser_t *p, const shop_tag_t *tag)
{
    if (p->depth == 0) {
        return fail(p, tag->start, SHOP_MALFORMED, "nothing is open for", tag->content);
    }

    const open_section_t *section = &p->sections[--p->depth];
    if (!shop_str_eq(section->name, tag->content)) {
        return fail(p, tag->start, SHOP_MALFORMED, "another section is open than", tag->content);
    }

    shop_node_t *node = &p->template->nodes[section->node];
    node->end = p->template->count;

    return node->type == SHOP_NODE_STR ? close_str(p, tag, section->node) : SHOP_OK;
}


static shop_status_t add_partial(parser_t *p, const shop_tag_t *tag)
{
    shop_node_t *node;

    shop_status_t status = add_node(p, SHOP_NODE_PARTIAL, &node);
    if (status == SHOP_OK) {
        node->text = tag->content;
        node->alone = tag->alone;
        node->indent = tag->indent;
    }
    return status;
}


static shop_status_t set_delimiters(parser_t *p, const shop_tag_t *tag)
{
    shop_str_t content = tag->content;
    size_t at = 0;

    while (at < content.len && content.data[at] > ' ') {
        at++;
    }

    shop_str_t open = shop_tag_slice(content, 0, at);
    shop_str_t close = shop_str_trim(shop_tag_slice(content, at, content.len));

    if (!name_valid(open) || !name_valid(close) || open.len > 16 || close.len > 16 ||
        memchr(open.data, '=', open.len) != NULL || memchr(close.data, '=', close.len) != NULL) {
        return fail(p, tag->start, SHOP_MALFORMED, "not a pair of delimiters:", content);
    }

    p->tags.open = open;
    p->tags.close = close;
    return SHOP_OK;
}


static shop_status_t add_tag(parser_t *p, const shop_tag_t *tag)
{
    if (tag->sigil == '!') {
        return SHOP_OK;
    }
    if (tag->sigil == '=') {
        return set_delimiters(p, tag);
    }
    if (!name_valid(tag->content)) {
        return fail(p, tag->start, SHOP_MALFORMED, "not a name:", tag->content);
    }

    switch (tag->sigil) {
    case '#':
    case '^':
        return open_section(p, tag);
    case '/':
        return close_section(p, tag);
    case '>':
        return add_partial(p, tag);
    default:
        return add_value(p, tag);
    }
}


static shop_status_t parse_tag(parser_t *p, size_t start)
{
    shop_tag_t tag;

    if (!shop_tag_read(&p->tags, start, &tag)) {
        return fail(p, start, SHOP_MALFORMED, "a tag is not closed:", tag.content);
    }

    shop_status_t status = add_text(p, p->pos, tag.start);
    p->pos = tag.end;

    return status == SHOP_OK ? add_tag(p, &tag) : status;
}


shop_status_t shop_mustache_parse(shop_arena_t *arena, shop_str_t text, shop_template_t *template,
                                  shop_str_t *error)
{
    parser_t p = {.arena = arena,
                  .template = template,
                  .error = error,
                  .tags = {text, SHOP_STR("{{"), SHOP_STR("}}")}};
    size_t start;

    if (text.len > SHOP_MUSTACHE_TEXT_MAX) {
        return fail(&p, 0, SHOP_LIMIT, "longer than a megabyte:", template->name);
    }

    while (shop_tag_find(&p.tags, p.pos, &start)) {
        shop_status_t status = parse_tag(&p, start);
        if (status != SHOP_OK) {
            return status;
        }
    }

    if (p.depth > 0) {
        const open_section_t *section = &p.sections[p.depth - 1];
        size_t at = (size_t) (section->name.data - text.data);
        return fail(&p, at, SHOP_MALFORMED, "a section is not closed:", section->name);
    }

    return add_text(&p, p.pos, text.len);
}
