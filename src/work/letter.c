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
    const shop_lang_t *lang = shop_lang_find(shop_json_text(mail, "lang"));

    return lang != NULL ? lang : shop_lang_default();
}


static shop_status_t add_instructions(shop_work_t *work, shop_arena_t *arena,
                                      shop_document_t *document)
{
    if (work->conf.instructions == NULL) {
        return SHOP_OK;
    }
    return work->conf.instructions(work->conf.instructions_data, arena, document->order,
                                   document->lang, &document->instructions,
                                   &document->instruction_count);
}


/* Order mails carry the order and the feedback of its production; their variables are the view
 * room's. New reference. */
static shop_status_t order_data(shop_work_t *work, shop_arena_t *arena, const json_t *mail,
                                const shop_mail_t *view, json_t **data)
{
    const json_t *order = json_object_get(mail, "order");
    bool to_sales = shop_str_eq(view->template, SHOP_STR("transaction_confirm"));
    ngx_str_t base = work->conf.mail->base_url;
    shop_document_t document = {
        .order = order,
        .strings = work->conf.strings,
        .lang = view->lang,
        .utc_offset = (int32_t) shop_json_int(mail, "utc_offset"),
    };
    shop_document_mail_t variables = {
        .server = view->from.name,
        .server_url = {base.len, base.data},
        .ticket = work->conf.ticket != NULL
                      ? work->conf.ticket(work->conf.ticket_data, arena, order)
                      : SHOP_STR_NULL,
    };
    json_t *production = NULL;
    shop_status_t status = add_instructions(work, arena, &document);

    if (status == SHOP_OK) {
        status = shop_feedback_view(arena, &document, json_object_get(mail, "feedback"),
                                    to_sales ? "sales" : "private", &production);
    }
    if (status == SHOP_OK) {
        variables.production = production;
        status = shop_document_mail_view(arena, &document, &variables, data);
    }
    json_decref(production);
    return status;
}


/* Dates in the recipient's language: each member of "dates" beside it. */
static shop_status_t tell_dates(shop_arena_t *arena, const shop_lang_t *lang, int32_t utc_offset,
                                json_t *object)
{
    const char *name;
    json_t *value;
    shop_str_t text;
    int64_t seconds;

    json_object_foreach(json_object_get(object, "dates"), name, value)
    {
        if (shop_time_parse(shop_str(json_string_value(value)), &seconds) != SHOP_OK) {
            return SHOP_MALFORMED;
        }
        if (shop_time_date(arena, seconds, utc_offset, lang->code, &text) != SHOP_OK ||
            !shop_json_set_text(object, name, text)) {
            return SHOP_NO_MEMORY;
        }
    }
    return SHOP_OK;
}


/* Mails that are about no order: what was queued, with dates and the product's address added. New
 * reference. */
static shop_status_t notice_data(shop_work_t *work, shop_arena_t *arena, const json_t *mail,
                                 const shop_lang_t *lang, json_t **data)
{
    int32_t utc_offset = (int32_t) shop_json_int(mail, "utc_offset");
    ngx_str_t base = work->conf.mail->base_url;
    json_t *notice = json_deep_copy(json_object_get(mail, "data")), *page, *row;
    shop_status_t status = tell_dates(arena, lang, utc_offset, notice);
    size_t i;

    json_array_foreach(json_object_get(notice, "products"), i, row)
    {
        if (status == SHOP_OK) {
            status = tell_dates(arena, lang, utc_offset, row);
        }
    }

    shop_json_set_text(notice, "server_url", (shop_str_t){base.len, base.data});
    page = json_object_get(notice, "page");
    if (status == SHOP_OK && page != NULL && work->conf.page != NULL) {
        shop_json_set_text(notice, "url",
                           work->conf.page(work->conf.ticket_data, arena,
                                           shop_json_text(page, "shop"),
                                           shop_json_text(page, "product")));
    }

    if (status != SHOP_OK) {
        json_decref(notice);
        return status;
    }
    *data = notice;
    return SHOP_OK;
}


static shop_status_t letter_data(shop_work_t *work, shop_arena_t *arena, const json_t *mail,
                                 const shop_mail_t *view, json_t **data)
{
    if (json_is_object(json_object_get(mail, "order"))) {
        return order_data(work, arena, mail, view, data);
    }
    return notice_data(work, arena, mail, view->lang, data);
}


shop_status_t shop_letter_write(shop_work_t *work, shop_arena_t *arena, const json_t *mail,
                                shop_letter_t *letter)
{
    const shop_mail_conf_t *conf = work->conf.mail;
    shop_mail_t view = {
        .template = shop_json_text(mail, "template"),
        .lang = lang_of(mail),
        .from = sender_of(conf, mail),
        .to = mailbox(mail, "to"),
        .reply_to = mailbox(mail, "reply_to"),
        .date = ngx_time(),
    };
    shop_str_t domain = domain_of(view.from.address);
    json_t *data = NULL;
    shop_status_t status = shop_arena_printf(arena, &view.message_id, "mail.%lld@%.*s",
                                             (long long) shop_json_int(mail, "id"),
                                             (int) domain.len, (const char *) domain.data);

    if (status == SHOP_OK) {
        status = letter_data(work, arena, mail, &view, &data);
    }
    if (status == SHOP_OK) {
        view.data = data;
        status = shop_mail_build(arena, work->conf.templates, work->conf.strings, &view,
                                 &letter->message);
        json_decref(data);
    }
    letter->sender = view.from.address;
    letter->recipient = view.to.address;
    return status;
}


json_t *shop_mail_end_argument(const json_t *mail, const shop_mail_end_t *end)
{
    return json_pack("{s:I, s:I, s:s?, s:b}", "mail", (json_int_t) shop_json_int(mail, "id"),
                     "token", (json_int_t) shop_json_int(mail, "token"), "error", end->error,
                     "final", (int) end->final);
}
