/*
 * The Mustache parser: template text becomes a flat array of nodes.
 *
 * One pass over the text, tag by tag. A tag that prints nothing and stands alone on its line takes
 * the whole line with it (specification: "standalone"). Called at configuration time only.
 */

#include "view/mustache_internal.h"

#include <string.h>


typedef struct {
    size_t node;
    shop_str_t name;
} open_section_t;

typedef struct {
    shop_arena_t *arena;
    shop_template_t *template;
    shop_str_t *error;
    shop_str_t text;
    size_t pos;  /* what is before it has become nodes */
    size_t room; /* allocated nodes */
    shop_str_t open;
    shop_str_t close;
    open_section_t sections[SHOP_MUSTACHE_DEPTH];
    size_t depth;
} parser_t;

typedef struct {
    unsigned char sigil; /* 0: an escaped value */
    shop_str_t content;  /* trimmed */
    size_t start;
    size_t end;
    shop_str_t indent; /* blanks before it, when alone */
    bool alone;
} tag_t;


static shop_str_t slice(shop_str_t s, size_t from, size_t to)
{
    return (shop_str_t){to - from, s.data + from};
}


static bool find(shop_str_t s, size_t from, shop_str_t what, size_t *at)
{
    while (from + what.len <= s.len) {
        const unsigned char *hit = memchr(s.data + from, what.data[0], s.len - from - what.len + 1);
        if (hit == NULL) {
            return false;
        }
        if (memcmp(hit, what.data, what.len) == 0) {
            *at = (size_t) (hit - s.data);
            return true;
        }
        from = (size_t) (hit - s.data) + 1;
    }

    return false;
}


static shop_status_t fail(parser_t *p, size_t at, shop_status_t status, const char *reason,
                          shop_str_t subject)
{
    size_t line = 1;

    for (size_t i = 0; i < at && i < p->text.len; i++) {
        line += p->text.data[i] == '\n';
    }

    shop_str_t name = p->template->name;
    shop_str_t part = subject.len > 60 ? slice(subject, 0, 60) : subject;
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
        node->text = slice(p->text, from, to);
    }
    return status;
}


static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t';
}


/* Is the tag alone on its line? Then its line goes: text before ends at the line's start, text
 * behind begins at the next line. */
static void look_around(const parser_t *p, tag_t *tag)
{
    size_t left = tag->start;
    size_t right = tag->end;

    while (left > 0 && is_blank(p->text.data[left - 1])) {
        left--;
    }
    if (left > 0 && p->text.data[left - 1] != '\n') {
        return;
    }

    while (right < p->text.len && is_blank(p->text.data[right])) {
        right++;
    }
    if (right < p->text.len && p->text.data[right] == '\r') {
        right++;
    }
    if (right < p->text.len && p->text.data[right] != '\n') {
        return;
    }

    tag->alone = true;
    tag->indent = slice(p->text, left, tag->start);
    tag->start = left;
    tag->end = right < p->text.len ? right + 1 : right;
}


static shop_status_t read_tag(parser_t *p, size_t start, tag_t *tag)
{
    static const unsigned char sigils[] = "#^/>!&{=";
    unsigned char closing[18];
    shop_str_t close = {0, closing};
    size_t at = start + p->open.len;
    size_t stop;

    *tag = (tag_t){.start = start};

    while (at < p->text.len && is_blank(p->text.data[at])) {
        at++;
    }
    if (at < p->text.len && memchr(sigils, p->text.data[at], sizeof(sigils) - 1) != NULL) {
        tag->sigil = p->text.data[at++];
    }

    if (tag->sigil == '{' || tag->sigil == '=') {
        closing[close.len++] = tag->sigil == '{' ? '}' : '=';
    }
    memcpy(closing + close.len, p->close.data, p->close.len);
    close.len += p->close.len;

    if (!find(p->text, at, close, &stop)) {
        return fail(p, start, SHOP_MALFORMED, "a tag is not closed by", close);
    }

    tag->content = shop_str_trim(slice(p->text, at, stop));
    tag->end = stop + close.len;

    if (tag->sigil != 0 && strchr("&{", tag->sigil) == NULL) {
        look_around(p, tag);
    }
    return SHOP_OK;
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
static shop_status_t split_name(parser_t *p, const tag_t *tag, shop_node_t *node)
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
        parts[count++] = slice(rest, 0, len);

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
        rest = slice(rest, len + 1, rest.len);
        if (rest.len == 0) {
            return fail(p, tag->start, SHOP_MALFORMED, "a name has an empty part:", tag->content);
        }
    }

    return fail(p, tag->start, SHOP_LIMIT, "a name has too many parts:", tag->content);
}


static shop_status_t add_value(parser_t *p, const tag_t *tag)
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


static shop_status_t open_section(parser_t *p, const tag_t *tag)
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
    return slice(s, from, s.len);
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
            str->text = shop_str_trim(slice(text, 0, at));
            inner[0].text = rest;
        }
        return true;
    }

    return false;
}


static shop_status_t close_str(parser_t *p, const tag_t *tag, size_t index)
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


static shop_status_t close_section(parser_t *p, const tag_t *tag)
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


static shop_status_t add_partial(parser_t *p, const tag_t *tag)
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


static shop_status_t set_delimiters(parser_t *p, const tag_t *tag)
{
    shop_str_t content = tag->content;
    size_t at = 0;

    while (at < content.len && content.data[at] > ' ') {
        at++;
    }

    shop_str_t open = slice(content, 0, at);
    shop_str_t close = shop_str_trim(slice(content, at, content.len));

    if (!name_valid(open) || !name_valid(close) || open.len > 16 || close.len > 16 ||
        memchr(open.data, '=', open.len) != NULL || memchr(close.data, '=', close.len) != NULL) {
        return fail(p, tag->start, SHOP_MALFORMED, "not a pair of delimiters:", content);
    }

    p->open = open;
    p->close = close;
    return SHOP_OK;
}


static shop_status_t add_tag(parser_t *p, const tag_t *tag)
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


shop_status_t shop_mustache_parse(shop_arena_t *arena, shop_str_t text, shop_template_t *template,
                                  shop_str_t *error)
{
    parser_t p = {.arena = arena,
                  .template = template,
                  .error = error,
                  .text = text,
                  .open = SHOP_STR("{{"),
                  .close = SHOP_STR("}}")};
    shop_status_t status = SHOP_OK;
    size_t start;
    tag_t tag;

    if (text.len == 0) {
        return SHOP_OK;
    }
    if (text.len > SHOP_MUSTACHE_TEXT_MAX) {
        return fail(&p, 0, SHOP_LIMIT, "longer than a megabyte:", template->name);
    }

    while (find(text, p.pos, p.open, &start)) {
        status = read_tag(&p, start, &tag);
        if (status == SHOP_OK) {
            status = add_text(&p, p.pos, tag.start);
        }
        if (status == SHOP_OK) {
            status = add_tag(&p, &tag);
        }
        if (status != SHOP_OK) {
            return status;
        }
        p.pos = tag.end;
    }

    if (p.depth > 0) {
        const open_section_t *section = &p.sections[p.depth - 1];
        size_t at = (size_t) (section->name.data - text.data);
        return fail(&p, at, SHOP_MALFORMED, "a section is not closed:", section->name);
    }

    return add_text(&p, p.pos, text.len);
}
