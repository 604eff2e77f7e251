/*
 * A document being made: what document.c, document_lines.c, document_pay.c and document_mail.c
 * share.
 */

#ifndef SHOP_DOCUMENT_INTERNAL_H
#define SHOP_DOCUMENT_INTERNAL_H

#include "view/view.h"


/* Failure is sticky: looked at once, at the end. */
typedef struct {
    shop_arena_t *arena;
    const shop_strings_t *strings;
    const shop_lang_t *lang;
    const json_t *order;
    const char *currency;
    int32_t utc_offset;
    shop_status_t status;
} shop_making_t;

void shop_document_note(shop_making_t *d, shop_status_t status); /* the first failure stays */

/* document_put.c: `key` of `object` becomes ... */
void shop_document_put(shop_making_t *d, json_t *object, const char *key,
                       json_t *value); /* taken */
void shop_document_put_text(shop_making_t *d, json_t *object, const char *key, shop_str_t text);
void shop_document_put_flag(shop_making_t *d, json_t *object, const char *key, bool value);
void shop_document_put_money(shop_making_t *d, json_t *object, const char *key, shop_money_t m);
/* a calendar day in words, of an ISO time; empty for an empty one */
void shop_document_put_date(shop_making_t *d, json_t *object, const char *key, shop_str_t iso);
void shop_document_append(shop_making_t *d, json_t *array, json_t *value); /* taken */
/* NULL only with d->status set; the others take NULL */
json_t *shop_document_new(shop_making_t *d, json_t *value);

shop_str_t shop_document_text(const shop_making_t *d, const char *key);
/* The text of "<prefix><name>"; `otherwise` when there is none. */
shop_str_t shop_document_named(shop_making_t *d, const char *prefix, shop_str_t name,
                               shop_str_t otherwise);
/* A text with {$a} filled in. */
shop_str_t shop_document_fill(shop_making_t *d, const char *key, shop_str_t argument);
/* "12.500" becomes "12,5": no useless zeros, the language's decimal mark. */
shop_str_t shop_document_number(shop_making_t *d, const json_t *value);

/* document_lines.c: lines, discounts, shipping, taxes, subtotal */
void shop_document_lines(shop_making_t *d, json_t *data);

/* document_pay.c: payment, with how to pay */
void shop_document_pay(shop_making_t *d, json_t *data, const shop_document_t *document);

#endif
