/*
 * How an order that is not paid yet is paid off line: for its page, its document and its mail.
 */

#include "web/front.h"
#include "web/notify.h"


static bool waits_for_money(const json_t *order);


shop_status_t ngx_http_shop_instructions(void *data, shop_arena_t *arena, const json_t *order,
                                         const shop_lang_t *lang, const shop_pair_t **pairs,
                                         size_t *count)
{
    ngx_http_shop_payment_t *block;
    shop_pay_attempt_t attempt;
    shop_pay_page_t page;
    shop_status_t status;

    *pairs = NULL;
    *count = 0;

    block = ngx_http_shop_payment_find(data, shop_json_text(order, "paymode"));

    if (block == NULL || block->pay->interface->kind != SHOP_PAY_OFFLINE ||
        !waits_for_money(order)) {
        return SHOP_OK;
    }

    if (ngx_http_shop_attempt_facts(order, lang, &attempt) != NGX_OK) {
        return SHOP_MALFORMED;
    }

    status = block->pay->interface->start(arena, block->pay, &attempt, &page);

    /* An amount or currency that the mode cannot take has no instructions. */
    if (status == SHOP_REFUSED || (status == SHOP_OK && page.kind != SHOP_PAY_PAGE_INSTRUCTIONS)) {
        return SHOP_OK;
    }

    if (status == SHOP_OK) {
        *pairs = page.fields;
        *count = page.count;
    }

    return status;
}


static bool waits_for_money(const json_t *order)
{
    shop_str_t status = shop_json_text(order, "status");

    return shop_str_eq(status, SHOP_STR("PLACED")) || shop_str_eq(status, SHOP_STR("PENDING")) ||
           shop_str_eq(status, SHOP_STR("PREPROD"));
}
