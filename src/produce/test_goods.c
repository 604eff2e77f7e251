/*
 * What is wrong with a product as goods: its price, its tax, its place in the catalogue, its parts
 * (objects.md 16.6). Driven by the snapshot that the shop sells from.
 */

#include "produce/test_internal.h"

#include <string.h>


static void check_price(const shop_item_t *item, json_t *run)
{
    bool elsewhere = item->kind == SHOP_ITEM_SET;
    shop_dec_t taxed;

    if (!elsewhere && item->price[0].e4 == 0) {
        shop_test_say(run, "warning", "price_zero", "price1", SHOP_STR_NULL);
    } else if (item->price[0].e4 != 0 && item->tax == NULL) {
        shop_test_say(run, "warning", "no_tax", "taxcode", SHOP_STR_NULL);
    } else if (item->tax != NULL && item->tax->formula != NULL &&
               shop_tax_apply(item->tax, item->price[0], &taxed) != SHOP_OK) {
        shop_test_say(run, "warning", "tax_failing", "taxcode", item->tax->formula_text);
    }
}


/* Each price but the first follows the end of the range before; each range ends after that one. */
static void check_tiers(const shop_item_t *item, json_t *run)
{
    static const char *const prices[] = {"price2", "price3", "price4", "price5"};
    static const char *const ranges[] = {"range1", "range2", "range3", "range4"};
    int64_t before = 0;

    for (size_t i = 0; i < SHOP_TIERS - 1; i++) {
        int64_t range = shop_json_int(item->document, ranges[i]);
        bool priced = shop_json_money(item->document, prices[i]).e4 != 0;
        bool follows = range > before && (i == 0 || before != 0);

        if (priced ? !follows : range != 0) {
            shop_test_say(run, "warning", "tiers", priced ? ranges[i] : prices[i], SHOP_STR_NULL);
            return;
        }
        before = range;
    }
}


static bool is_sold(const shop_item_t *item)
{
    return item->status == SHOP_ITEM_AVAILABLE || item->status == SHOP_ITEM_AVAILABLE_INTERNAL ||
           item->status == SHOP_ITEM_AS_COMPLEMENT;
}


static void check_place(const shop_item_t *item, json_t *run)
{
    if (is_sold(item) && item->category != NULL && !shop_category_shown(item->category)) {
        shop_test_say(run, "warning", "category_hidden", "categoryid",
                      item->category->text[0].name);
    }
    if (item->defect != NULL) {
        shop_test_say(run, "error", "defect", "code", shop_str(item->defect));
    }
}


static void check_elements(const shop_item_t *item, json_t *run)
{
    if (item->kind == SHOP_ITEM_SET && item->element_count == 0) {
        shop_test_say(run, "warning", "set_empty", "isset", SHOP_STR_NULL);
    }
    for (size_t i = 0; item->kind == SHOP_ITEM_BUNDLE && i < item->element_count; i++) {
        const shop_item_t *element = item->elements[i];

        if (!is_sold(element) || element->defect != NULL || element->stock == 0) {
            shop_test_say(run, "warning", "element_unavailable", "isset", element->code);
        }
    }
}


static void check_fields(const shop_item_t *item, json_t *run)
{
    unsigned char digits[20];
    size_t at = sizeof(digits);

    for (size_t n = item->field_count; n != 0; n /= 10) {
        digits[--at] = (unsigned char) ('0' + n % 10);
    }
    if (item->field_count != 0) {
        shop_test_say(run, "notice", "fields", "requireddata",
                      (shop_str_t){sizeof(digits) - at, digits + at});
    }
}


static void check_seats(const shop_item_t *item, const shop_handler_t *handler, json_t *run)
{
    bool seats = handler->units == SHOP_JOB_PER_SEAT;

    if (item->seat_mode != 0 && !seats) {
        shop_test_say(run, "warning", "seats_unused", "quantaddressesusers", SHOP_STR_NULL);
    } else if (item->seat_mode == 0 && seats) {
        shop_test_say(run, "error", "seats_missing", "quantaddressesusers", SHOP_STR_NULL);
    }
}


/* Only what has an end can be bought again after it. */
static void check_renewal(const shop_item_t *item, const shop_handler_t *handler, json_t *run)
{
    if (item->renewable && !shop_test_declares(handler, "duration")) {
        shop_test_say(run, "warning", "renew_unable", "renewable", SHOP_STR_NULL);
    }
}


void shop_test_goods(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    const shop_item_t *item = test->item;

    check_price(item, run);
    check_tiers(item, run);
    check_place(item, run);
    check_elements(item, run);
    check_fields(item, run);
    if (handler != NULL) {
        check_seats(item, handler, run);
    }
    check_renewal(item, handler != NULL ? handler : &shop_handler_none, run);
}
