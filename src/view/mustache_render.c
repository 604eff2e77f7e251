/*
 * The Mustache renderer: walks the nodes of a template and appends to a buffer.
 *
 * Nothing is allocated but the buffer. Work is bounded three times: nesting, steps, and the limit
 * of the buffer, so that no template and no data can hold a worker.
 */

#include "view/mustache_render.h"

#include <string.h>


/* The indentation of the partials under way, before the first thing that is printed on a line. */
static void begin_line(shop_rendering_t *r)
{
    if (!r->line_start) {
        return;
    }

    r->line_start = false;
    for (size_t i = r->indent_first; i < r->indent_count; i++) {
        shop_buf_add(r->out, r->indents[i]);
    }
}


static void print_text(shop_rendering_t *r, shop_str_t text)
{
    if (r->indent_first == r->indent_count) {
        shop_buf_add(r->out, text);
        return;
    }

    while (text.len > 0) {
        const unsigned char *newline = memchr(text.data, '\n', text.len);
        size_t len = newline == NULL ? text.len : (size_t) (newline - text.data) + 1;

        if (text.data[0] != '\n') {
            begin_line(r);
        }
        shop_buf_add(r->out, (shop_str_t){len, text.data});
        r->line_start = newline != NULL;
        text = (shop_str_t){text.len - len, text.data + len};
    }
}


static shop_status_t render_value(shop_rendering_t *r, const shop_node_t *node)
{
    begin_line(r);

    if (node->slot && r->split) {
        r->slot_at = r->out->len;
        r->slots++;
        return SHOP_OK;
    }

    const json_t *value = shop_mustache_find(r, node);
    if (value != NULL) {
        shop_mustache_print(r, value, node->type == SHOP_NODE_RAW);
    }
    return SHOP_OK;
}


static shop_status_t render_with(shop_rendering_t *r, const shop_template_t *t, size_t index,
                                 const json_t *context)
{
    r->stack[++r->top] = context;
    shop_status_t status = shop_mustache_range(r, t, index + 1, t->nodes[index].end);
    r->top--;

    return status;
}


static shop_status_t render_section(shop_rendering_t *r, const shop_template_t *t, size_t index)
{
    const json_t *value = shop_mustache_find(r, &t->nodes[index]);

    if (value == NULL || !shop_mustache_true(value)) {
        return SHOP_OK;
    }
    if (!json_is_array(value)) {
        return render_with(r, t, index, value);
    }

    size_t count = json_array_size(value);
    for (size_t i = 0; i < count; i++) {
        shop_status_t status = render_with(r, t, index, json_array_get(value, i));
        if (status != SHOP_OK) {
            return status;
        }
    }
    return SHOP_OK;
}


static shop_status_t render_inverted(shop_rendering_t *r, const shop_template_t *t, size_t index)
{
    const json_t *value = shop_mustache_find(r, &t->nodes[index]);

    if (value != NULL && shop_mustache_true(value)) {
        return SHOP_OK;
    }
    return shop_mustache_range(r, t, index + 1, t->nodes[index].end);
}


/* A partial alone on its line is indented as the tag was, and by what indents the tag's own
 * template; one within a line is not indented at all. */
static shop_status_t render_partial(shop_rendering_t *r, const shop_node_t *node)
{
    size_t first = r->indent_first;
    size_t count = r->indent_count;

    if (node->partial == NULL) {
        return SHOP_OK;
    }

    if (!node->alone) {
        begin_line(r);
        r->indent_first = r->indent_count;
    } else if (node->indent.len > 0) {
        r->indents[r->indent_count++] = node->indent;
    }

    r->line_start = node->alone;
    shop_status_t status = shop_mustache_range(r, node->partial, 0, node->partial->count);
    r->line_start = node->alone;
    r->indent_first = first;
    r->indent_count = count;

    return status;
}


static shop_status_t render_node(shop_rendering_t *r, const shop_template_t *t, size_t index)
{
    switch (t->nodes[index].type) {
    case SHOP_NODE_TEXT:
        print_text(r, t->nodes[index].text);
        return SHOP_OK;
    case SHOP_NODE_SECTION:
        return render_section(r, t, index);
    case SHOP_NODE_INVERTED:
        return render_inverted(r, t, index);
    case SHOP_NODE_PARTIAL:
        return render_partial(r, &t->nodes[index]);
    case SHOP_NODE_STR:
        begin_line(r);
        return shop_mustache_str(r, t, index);
    default:
        return render_value(r, &t->nodes[index]);
    }
}


shop_status_t shop_mustache_range(shop_rendering_t *r, const shop_template_t *t, size_t from,
                                  size_t to)
{
    shop_status_t status = SHOP_OK;

    if (r->depth == SHOP_MUSTACHE_DEPTH) {
        return SHOP_LIMIT;
    }
    r->depth++;

    for (size_t i = from; i < to && status == SHOP_OK;) {
        shop_node_e type = t->nodes[i].type;
        bool block =
            type == SHOP_NODE_SECTION || type == SHOP_NODE_INVERTED || type == SHOP_NODE_STR;

        status = render_node(r, t, i);
        if (status == SHOP_OK) {
            status = r->out->status;
        }
        if (status == SHOP_OK && ++r->steps > SHOP_MUSTACHE_STEPS) {
            status = SHOP_LIMIT;
        }
        i = block ? t->nodes[i].end : i + 1;
    }

    r->depth--;
    return status;
}


static void begin(shop_rendering_t *r, const shop_template_t *template, const shop_view_t *view,
                  shop_buf_t *out)
{
    memset(r, 0, sizeof(*r));
    r->out = out;
    r->strings = view->strings;
    r->lang = view->lang == NULL ? shop_lang_default() : view->lang;
    r->plain = template->plain;
    r->stack[0] = view->data;
}


shop_status_t shop_template_render(const shop_template_t *template, const shop_view_t *view,
                                   shop_buf_t *out)
{
    shop_rendering_t r;

    begin(&r, template, view, out);
    return shop_mustache_range(&r, template, 0, template->count);
}


shop_status_t shop_template_render_split(const shop_template_t *template, const shop_view_t *view,
                                         shop_buf_t *out, shop_str_t *head, shop_str_t *tail)
{
    shop_rendering_t r;
    size_t start = out->len;

    begin(&r, template, view, out);
    r.split = true;

    shop_status_t status = shop_mustache_range(&r, template, 0, template->count);
    if (status != SHOP_OK) {
        return status;
    }
    if (r.slots != 1) {
        return r.slots == 0 ? SHOP_NOT_FOUND : SHOP_MALFORMED;
    }

    if (out->len == 0) {
        *head = *tail = SHOP_STR("");
        return SHOP_OK;
    }
    *head = (shop_str_t){r.slot_at - start, out->data + start};
    *tail = (shop_str_t){out->len - r.slot_at, out->data + r.slot_at};
    return SHOP_OK;
}
