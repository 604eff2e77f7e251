/*
 * Header fields of a mail: what mime.c takes from mime_header.c and mime_address.c.
 */

#ifndef SHOP_MIME_INTERNAL_H
#define SHOP_MIME_INTERNAL_H

#include "view/view.h"


/* Each appends one complete field with its CRLF. */
void shop_mime_field(shop_buf_t *out, const char *name, shop_str_t value); /* as it is */
void shop_mime_text_field(shop_buf_t *out, const char *name, shop_str_t text);
void shop_mime_mailbox_field(shop_buf_t *out, const char *name, const shop_mailbox_t *mailbox);
void shop_mime_date_field(shop_buf_t *out, int64_t date);

/* The middle of "<local@domain>". */
bool shop_mime_id_valid(shop_str_t id);

#endif
