/*
 * A queued mail becomes a letter: sender, recipient, and the message in the recipient's language.
 */

#include "work/mail.h"


static shop_mailbox_t mailbox(const json_t *mail, const char *member)
{
    const json_t *box = json_object_get(mail, member);

    return (shop_mailbox_t){
        .name = shop_json_text(box, "name"),
        .address = shop_json_text(box, "address"),
    };
}


/* The shop's own sender, else the configured one. */
static shop_mailbox_t sender_of(const shop_mail_conf_t *conf, const json_t *mail)
{
    shop_mailbox_t from = mailbox(mail, "from");

    if (from.address.len == 0) {
        from.address = (shop_str_t){conf->sender.len, conf->sender.data};
    }
    if (from.name.len == 0) {
        from.name = (shop_str_t){conf->sender_name.len, conf->sender_name.data};
    }
    return from;
}


static shop_str_t domain_of(shop_str_t address)
{
    for (size_t i = address.len; i > 0; i--) {
        if (address.data[i - 1] == '@') {
            return (shop_str_t){address.len - i, address.data + i};
        }
    }
    return SHOP_STR("localhost");
}


static const shop_lang_t *lang_of(const json_t *mail)
{
    shop_str_t code = shop_json_text(mail, "lang");
    size_t count;
    const shop_lang_t *langs = shop_lang_list(&count);

    for (size_t i = 0; i < count; i++) {
        if (shop_str_eq(shop_str(langs[i].code), code)) {
            return &langs[i];
        }
    }
    return shop_lang_default();
}


shop_status_t shop_letter_write(shop_work_t *work, shop_arena_t *arena, const json_t *mail,
                                shop_letter_t *letter)
{
    const shop_mail_conf_t *conf = work->conf.mail;
    shop_mail_t view = {
        .template = shop_json_text(mail, "template"),
        .data = json_object_get(mail, "data"),
        .lang = lang_of(mail),
        .from = sender_of(conf, mail),
        .to = mailbox(mail, "to"),
        .reply_to = mailbox(mail, "reply_to"),
        .date = ngx_time(),
    };
    shop_str_t domain = domain_of(view.from.address);
    shop_status_t status = shop_arena_printf(arena, &view.message_id, "mail.%lld@%.*s",
                                             (long long) shop_json_int(mail, "id"),
                                             (int) domain.len, (const char *) domain.data);

    if (status != SHOP_OK) {
        return status;
    }
    letter->sender = view.from.address;
    letter->recipient = view.to.address;
    return shop_mail_build(arena, work->conf.templates, work->conf.strings, &view,
                           &letter->message);
}


json_t *shop_mail_end_argument(const json_t *mail, const shop_mail_end_t *end)
{
    return json_pack("{s:I, s:I, s:s?, s:b}", "mail", (json_int_t) shop_json_int(mail, "id"),
                     "token", (json_int_t) shop_json_int(mail, "token"), "error", end->error,
                     "final", (int) end->final);
}
