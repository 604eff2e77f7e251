/*
 * Renders a template of a theme with data from a file: a preview without a server.
 *
 *   render THEME_DIR LANGUAGE TEMPLATE DATA.json > page.html
 *
 * THEME_DIR holds templates/ and lang/. A missing partial or text key is told on stderr.
 */

#include "theme.h"

#include <stdio.h>


static int render(const theme_t *theme, const shop_lang_t *lang, const char *name, json_t *data)
{
    shop_view_t view = {data, theme->strings, lang};
    shop_buf_t out;

    const shop_template_t *template = shop_template_find(theme->set, shop_str(name));
    if (template == NULL) {
        fprintf(stderr, "render: there is no template \"%s\"\n", name);
        return 1;
    }

    shop_buf_init(&out, theme->arena, 0);
    shop_status_t status = shop_template_render(template, &view, &out);
    if (status != SHOP_OK) {
        fprintf(stderr, "render: status %d after %zu bytes\n", (int) status, out.len);
        return 1;
    }

    /* An empty page has no bytes at all, not even an address of them. */
    return out.len == 0 || fwrite(out.data, 1, out.len, stdout) == out.len ? 0 : 1;
}


int main(int argc, char **argv)
{
    theme_t theme;
    json_error_t error;

    if (argc != 5) {
        fprintf(stderr, "usage: %s THEME_DIR LANGUAGE TEMPLATE DATA.json\n", argv[0]);
        return 2;
    }

    const shop_lang_t *lang = shop_lang_find(shop_str(argv[2]));
    if (lang == NULL) {
        fprintf(stderr, "render: no such language: %s\n", argv[2]);
        return 2;
    }

    json_t *data = json_load_file(argv[4], JSON_REJECT_DUPLICATES, &error);
    if (data == NULL) {
        fprintf(stderr, "%s:%d: %s\n", argv[4], error.line, error.text);
        return 1;
    }

    int result = 1;
    if (theme_load(&theme, argv[1])) {
        result = render(&theme, lang, argv[3], data);
    }

    theme_free(&theme);
    json_decref(data);
    return result;
}
