/*
 * The theme's mails, in both languages: complete, escaped in HTML, without a missing text.
 */

#define _GNU_SOURCE

#include "../../tools/theme.c" /* NOLINT(bugprone-suspicious-include): a program is one file */

#include "tap.h"
#include "view/view.h"

#include <string.h>

#define CANARY "\"'><x id=c1>{{c}}\\"


static json_t *order_data(const theme_t *theme, const shop_lang_t *lang, const char *status)
{
    static const shop_pair_t instructions[] = {{SHOP_STR("iban"), SHOP_STR(CANARY)}};
    json_error_t error;
    json_t *order = json_load_file("t/data/documents/order.json", 0, &error);
    json_t *production = json_pack("[{s:s, s:s}]", "product", CANARY, "message", CANARY);
    json_t *data = NULL;
    shop_document_t document = {.order = order,
                                .strings = theme->strings,
                                .lang = lang,
                                .instructions = instructions,
                                .instruction_count = 1};
    shop_document_mail_t mail = {.server = SHOP_STR(CANARY),
                                 .server_url = SHOP_STR("https://example.org/"),
                                 .ticket = SHOP_STR("https://example.org/order?a=1&b=2"),
                                 .production = production};

    json_object_set_new(order, "status", json_string(status));
    json_object_set_new(json_object_get(order, "seller"), "name", json_string(CANARY));
    json_object_set_new(json_object_get(order, "customer"), "lastname", json_string(CANARY));
    json_object_set_new(json_array_get(json_object_get(order, "lines"), 0), "name",
                        json_string(CANARY));
    is_int(shop_document_mail_view(theme->arena, &document, &mail, &data), SHOP_OK, "data");

    json_decref(production);
    json_decref(order);
    return data;
}


static bool contains(shop_str_t text, const char *part)
{
    return memmem(text.data, text.len, part, strlen(part)) != NULL;
}


static void check_part(const theme_t *theme, const shop_view_t *view, const char *name, bool html)
{
    const shop_template_t *template = shop_template_find(theme->set, shop_str(name));
    shop_buf_t out;

    shop_buf_init(&out, theme->arena, 0);
    if (!ok(template != NULL && shop_template_render(template, view, &out) == SHOP_OK, "%s %s",
            name, view->lang->code)) {
        return;
    }

    shop_str_t text = shop_buf_str(&out);
    bool good = ok(!contains(text, "mail.") && !contains(text, "document."), "no text is missing");
    good &= html ? ok(!contains(text, "<x id"), "what people typed is escaped")
                 : ok(contains(text, CANARY), "what people typed is as it was");
    good &= ok(!contains(text, "{$a"), "all placeholders are filled in");
    if (!good) {
        printf("# %.*s\n", (int) text.len, (const char *) text.data);
    }
}


static void check_mail(const theme_t *theme, const shop_lang_t *lang, const char *name,
                       const json_t *data)
{
    shop_view_t view = {data, theme->strings, lang};
    shop_mail_t mail = {.template = shop_str(name),
                        .data = data,
                        .lang = lang,
                        .from = {SHOP_STR("Shop"), SHOP_STR("shop@example.org")},
                        .to = {SHOP_STR(""), SHOP_STR("zoe@example.org")},
                        .message_id = SHOP_STR("1@example.org")};
    shop_str_t message = SHOP_STR_NULL;
    char path[80];

    snprintf(path, sizeof(path), "mail/%s.html", name);
    check_part(theme, &view, path, true);
    snprintf(path, sizeof(path), "mail/%s.text", name);
    check_part(theme, &view, path, false);

    is_int(shop_mail_build(theme->arena, theme->set, theme->strings, &mail, &message), SHOP_OK,
           name);
    ok(contains(message, "Subject: ") && !contains(message, "Subject: mail."), "it has a subject");
}


static void check_language(const theme_t *theme, const shop_lang_t *lang)
{
    static const char *const mails[] = {"sales_feedback",      "invoice_copy",  "transaction_input",
                                        "transaction_confirm", "refund_notice", "payment_reminder"};
    static const char *const states[] = {"PENDING", "COMPLETE"};
    json_t *login =
        json_pack("{s:s, s:s, s:s, s:s, s:i}", "seller", CANARY, "server", CANARY, "server_url",
                  "https://example.org/", "url", "https://example.org/l", "minutes", 15);

    for (size_t i = 0; i < 2; i++) {
        json_t *data = order_data(theme, lang, states[i]);
        for (size_t m = 0; m < sizeof(mails) / sizeof(mails[0]); m++) {
            check_mail(theme, lang, mails[m], data);
        }
        json_decref(data);
    }

    check_mail(theme, lang, "login_link", login);
    json_decref(login);
}


int main(void)
{
    theme_t theme;
    size_t count;
    const shop_lang_t *langs = shop_lang_list(&count);

    if (!theme_load(&theme, "src/view/theme")) {
        printf("Bail out! the theme cannot be read\n");
        theme_free(&theme);
        return 1;
    }

    for (size_t i = 0; i < count; i++) {
        check_language(&theme, &langs[i]);
    }

    shop_mail_t unknown = {.template = SHOP_STR("no_such_mail")};
    shop_str_t message;
    is_int(shop_mail_build(theme.arena, theme.set, theme.strings, &unknown, &message),
           SHOP_NOT_FOUND, "a mail that the theme does not have");

    theme_free(&theme);
    return done_testing();
}
