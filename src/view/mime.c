/*
 * A mail as it goes over the wire: header, then the same content as text and as HTML.
 *
 * Both parts are quoted-printable, in which "=_" cannot occur: the boundary needs no luck.
 */

#include "view/mime_internal.h"

#define BOUNDARY "=_alternative"
#define LINE_MAX_BYTES 75 /* before the "=" of a soft line break */
#define MESSAGE_MAX (1024 * 1024)


static size_t line_end(shop_str_t s, size_t i)
{
    if (s.data[i] == '\r' && i + 1 < s.len && s.data[i + 1] == '\n') {
        return 2;
    }
    return s.data[i] == '\n' || s.data[i] == '\r' ? 1 : 0;
}


static bool is_literal(shop_str_t s, size_t i)
{
    unsigned char c = s.data[i];

    if (c == ' ' || c == '\t') {
        return i + 1 < s.len && line_end(s, i + 1) == 0;
    }
    return c > ' ' && c < 0x7f && c != '=';
}


/* RFC 2045 6.7; any line end becomes CRLF, the last line gets one. */
static void add_quoted_printable(shop_buf_t *out, shop_str_t s)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t column = 0;
    size_t i = 0;

    while (i < s.len) {
        size_t end = line_end(s, i);
        if (end > 0) {
            shop_buf_add(out, SHOP_STR("\r\n"));
            column = 0;
            i += end;
            continue;
        }

        bool literal = is_literal(s, i);
        if (column + (literal ? 1 : 3) > LINE_MAX_BYTES) {
            shop_buf_add(out, SHOP_STR("=\r\n"));
            column = 0;
        }

        if (literal) {
            shop_buf_add_char(out, s.data[i]);
            column++;
        } else {
            shop_buf_add_char(out, '=');
            shop_buf_add_char(out, (unsigned char) hex[s.data[i] >> 4]);
            shop_buf_add_char(out, (unsigned char) hex[s.data[i] & 15]);
            column += 3;
        }
        i++;
    }

    if (column > 0) {
        shop_buf_add(out, SHOP_STR("\r\n"));
    }
}


static void add_part(shop_buf_t *out, shop_str_t type, shop_str_t content)
{
    shop_buf_add(out, SHOP_STR("--" BOUNDARY "\r\n"));
    shop_mime_field(out, "Content-Type", type);
    shop_mime_field(out, "Content-Transfer-Encoding", SHOP_STR("quoted-printable"));
    shop_buf_add(out, SHOP_STR("\r\n"));
    add_quoted_printable(out, content);
}


static void add_header(shop_buf_t *out, const shop_mime_t *mail)
{
    shop_mime_mailbox_field(out, "From", &mail->from);
    shop_mime_mailbox_field(out, "To", &mail->to);
    if (mail->reply_to.address.len > 0) {
        shop_mime_mailbox_field(out, "Reply-To", &mail->reply_to);
    }
    shop_mime_text_field(out, "Subject", mail->subject);
    shop_mime_date_field(out, mail->date);

    shop_buf_add(out, SHOP_STR("Message-ID: <"));
    shop_buf_add(out, mail->message_id);
    shop_buf_add(out, SHOP_STR(">\r\n"));

    if (mail->lang != NULL) {
        shop_mime_field(out, "Content-Language", shop_str(mail->lang->code));
    }
    shop_mime_field(out, "Auto-Submitted", SHOP_STR("auto-generated"));
    shop_mime_field(out, "MIME-Version", SHOP_STR("1.0"));
    shop_mime_field(out, "Content-Type",
                    SHOP_STR("multipart/alternative; boundary=\"" BOUNDARY "\""));
    shop_buf_add(out, SHOP_STR("\r\n"));
}


static shop_status_t check(const shop_mime_t *mail)
{
    if (!shop_mail_address_valid(mail->from.address) ||
        !shop_mail_address_valid(mail->to.address) || !shop_mime_id_valid(mail->message_id) ||
        (mail->reply_to.address.len > 0 && !shop_mail_address_valid(mail->reply_to.address))) {
        return SHOP_REFUSED;
    }

    if (!shop_utf8_valid(mail->from.name) || !shop_utf8_valid(mail->to.name) ||
        !shop_utf8_valid(mail->reply_to.name) || !shop_utf8_valid(mail->subject) ||
        !shop_utf8_valid(mail->text) || !shop_utf8_valid(mail->html)) {
        return SHOP_MALFORMED;
    }

    return SHOP_OK;
}


shop_status_t shop_mime_build(shop_arena_t *arena, const shop_mime_t *mail, shop_str_t *message)
{
    shop_buf_t out;

    shop_status_t status = check(mail);
    if (status != SHOP_OK) {
        return status;
    }

    shop_buf_init(&out, arena, MESSAGE_MAX);
    add_header(&out, mail);
    add_part(&out, SHOP_STR("text/plain; charset=UTF-8"), mail->text);
    add_part(&out, SHOP_STR("text/html; charset=UTF-8"), mail->html);
    shop_buf_add(&out, SHOP_STR("--" BOUNDARY "--\r\n"));

    *message = shop_buf_str(&out);
    return out.status;
}
