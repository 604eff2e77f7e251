/*
 * Private to mail_send.c and letter.c: a queued mail becomes a letter, and how its sending ended.
 */

#ifndef SHOP_WORK_MAIL_H
#define SHOP_WORK_MAIL_H

#include "work/work_internal.h"

typedef struct {
    shop_str_t sender; /* envelope */
    shop_str_t recipient;
    shop_str_t message; /* RFC 5322 */
} shop_letter_t;

/* `mail` as claimed (sql/README.md). SHOP_REFUSED, SHOP_MALFORMED, SHOP_NOT_FOUND: it can never be
 * sent. */
SHOP_MUST_USE shop_status_t shop_letter_write(shop_work_t *work, shop_arena_t *arena,
                                              const json_t *mail, shop_letter_t *letter);

typedef struct {
    const char *error; /* NULL when sent */
    bool sent;
    bool final; /* no use in trying again */
} shop_mail_end_t;

json_t *shop_mail_end_argument(const json_t *mail, const shop_mail_end_t *end);

#endif
