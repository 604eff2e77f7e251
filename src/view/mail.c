/*
 * A mail from its templates: mail/<name>.text, mail/<name>.html, and the subject among the texts.
 */

#include "view/view.h"

#define CONTENT_MAX (512 * 1024)
#define SUBJECT_MAX 1024


static shop_status_t render(shop_arena_t *arena, const shop_template_set_t *set,
                            const shop_view_t *view, shop_str_t mail, const char *kind,
                            shop_str_t *content)
{
    shop_buf_t out;
    shop_str_t name;

    shop_status_t status = shop_arena_printf(arena, &name, "mail/%.*s.%s", (int) mail.len,
                                             (const char *) mail.data, kind);
    if (status != SHOP_OK) {
        return status;
    }

    const shop_template_t *template = shop_template_find(set, name);
    if (template == NULL) {
        return SHOP_NOT_FOUND;
    }

    shop_buf_init(&out, arena, CONTENT_MAX);
    status = shop_template_render(template, view, &out);
    *content = shop_buf_str(&out);
    return status;
}


static shop_status_t make_subject(shop_arena_t *arena, const shop_view_t *view, shop_str_t mail,
                                  shop_str_t *subject)
{
    shop_buf_t out;
    shop_str_t key;

    shop_status_t status = shop_arena_printf(arena, &key, "mail.%.*s.subject", (int) mail.len,
                                             (const char *) mail.data);
    if (status != SHOP_OK) {
        return status;
    }

    shop_buf_init(&out, arena, SUBJECT_MAX);
    shop_lang_format(&out, shop_lang_text(view->strings, view->lang, key), view->data);
    *subject = shop_buf_str(&out);
    return out.status;
}


shop_status_t shop_mail_build(shop_arena_t *arena, const shop_template_set_t *set,
                              const shop_strings_t *strings, const shop_mail_t *mail,
                              shop_str_t *message)
{
    const shop_lang_t *lang = mail->lang == NULL ? shop_lang_default() : mail->lang;
    shop_view_t view = {mail->data, strings, lang};
    shop_mime_t mime = {.from = mail->from,
                        .to = mail->to,
                        .reply_to = mail->reply_to,
                        .date = mail->date,
                        .message_id = mail->message_id,
                        .lang = lang};

    shop_status_t status = render(arena, set, &view, mail->template, "text", &mime.text);
    if (status == SHOP_OK) {
        status = render(arena, set, &view, mail->template, "html", &mime.html);
    }
    if (status == SHOP_OK) {
        status = make_subject(arena, &view, mail->template, &mime.subject);
    }

    return status == SHOP_OK ? shop_mime_build(arena, &mime, message) : status;
}
