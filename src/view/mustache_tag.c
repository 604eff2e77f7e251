/*
 * Tags of a template: where the next one is, what it says, and whether it is alone on its line.
 *
 * A tag that prints nothing and stands alone on its line takes the whole line with it
 * (specification: "standalone").
 */

#include "view/mustache_tag.h"

#include <string.h>


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


bool shop_tag_find(const shop_tags_t *tags, size_t from, size_t *start)
{
    return find(tags->text, from, tags->open, start);
}


static size_t line_end(shop_str_t s, size_t from)
{
    while (from < s.len && s.data[from] != '\n') {
        from++;
    }
    return from;
}


static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t';
}


/* Is the tag alone on its line? Then its line goes: text before ends at the line's start, text
 * behind begins at the next line. */
static void look_around(const shop_tags_t *tags, shop_tag_t *tag)
{
    size_t left = tag->start;
    size_t right = tag->end;

    while (left > 0 && is_blank(tags->text.data[left - 1])) {
        left--;
    }
    if (left > 0 && tags->text.data[left - 1] != '\n') {
        return;
    }

    while (right < tags->text.len && is_blank(tags->text.data[right])) {
        right++;
    }
    if (right < tags->text.len && tags->text.data[right] == '\r') {
        right++;
    }
    if (right < tags->text.len && tags->text.data[right] != '\n') {
        return;
    }

    tag->alone = true;
    tag->indent = shop_tag_slice(tags->text, left, tag->start);
    tag->start = left;
    tag->end = right < tags->text.len ? right + 1 : right;
}


bool shop_tag_read(const shop_tags_t *tags, size_t start, shop_tag_t *tag)
{
    static const unsigned char sigils[] = "#^/>!&{=";
    unsigned char closing[18];
    shop_str_t close = {0, closing};
    size_t at = start + tags->open.len;
    size_t stop;

    *tag = (shop_tag_t){.start = start};

    while (at < tags->text.len && is_blank(tags->text.data[at])) {
        at++;
    }
    if (at < tags->text.len && memchr(sigils, tags->text.data[at], sizeof(sigils) - 1) != NULL) {
        tag->sigil = tags->text.data[at++];
    }

    if (tag->sigil == '{' || tag->sigil == '=') {
        closing[close.len++] = tag->sigil == '{' ? '}' : '=';
    }
    memcpy(closing + close.len, tags->close.data, tags->close.len);
    close.len += tags->close.len;

    if (!find(tags->text, at, close, &stop)) {
        tag->content = shop_tag_slice(tags->text, start, line_end(tags->text, start));
        return false;
    }

    tag->content = shop_str_trim(shop_tag_slice(tags->text, at, stop));
    tag->end = stop + close.len;

    if (tag->sigil != 0 && strchr("&{", tag->sigil) == NULL) {
        look_around(tags, tag);
    }
    return true;
}
