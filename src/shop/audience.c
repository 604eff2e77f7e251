/*
 * Who sees and who may order a product (objects.md 5.5, 5.6; front-office.md 5).
 */

#include "shop/shop.h"


static bool audience_fits(const shop_item_t *item, const shop_visitor_t *visitor);
static const char *status_refusal(const shop_item_t *item);
static const char *audience_refusal(const shop_item_t *item);


unsigned shop_visitor_class(const shop_visitor_t *visitor)
{
    if (visitor->see_all) {
        return 3;
    }

    if (!visitor->logged_in) {
        return 0;
    }

    return visitor->customer > 0 ? 2 : 1;
}


static bool audience_fits(const shop_item_t *item, const shop_visitor_t *visitor)
{
    unsigned visitor_class = shop_visitor_class(visitor);

    if (visitor_class == 3 || item->audience == SHOP_AUDIENCE_ALL) {
        return true;
    }

    if (item->audience == SHOP_AUDIENCE_VISITORS) {
        return visitor_class == 0;
    }

    return (int) visitor_class >= (int) item->audience;
}


bool shop_item_visible(const shop_item_t *item, const shop_visitor_t *visitor)
{
    if (visitor->see_all) {
        return true;
    }

    if (item->status != SHOP_ITEM_AVAILABLE && item->status != SHOP_ITEM_PROVIDING) {
        return false;
    }

    if (item->kind == SHOP_ITEM_SET) {
        for (size_t i = 0; i < item->element_count; i++) {
            if (shop_item_visible(item->elements[i], visitor)) {
                return true;
            }
        }

        return false;
    }

    /* What asks for a log-in is shown, with the way to it; what is for others only is not. */
    return audience_fits(item, visitor) ||
           (!visitor->logged_in && item->audience == SHOP_AUDIENCE_LOGGED_IN);
}


shop_refusal_t shop_item_orderable(const shop_item_t *item, const shop_visitor_t *visitor)
{
    shop_refusal_t refusal = {.key = status_refusal(item)};

    if (refusal.key == NULL && !audience_fits(item, visitor)) {
        refusal.key = audience_refusal(item);
    }

    if (refusal.key == NULL && item->stock == 0) {
        refusal.key = "providing";
    }

    if (refusal.key != NULL || item->kind != SHOP_ITEM_BUNDLE) {
        return refusal;
    }

    /* A bundle can be had when all of it can. */
    for (size_t i = 0; i < item->element_count; i++) {
        if (status_refusal(item->elements[i]) != NULL) {
            refusal.key = "product_unavailable";
        }
    }

    return refusal;
}


static const char *status_refusal(const shop_item_t *item)
{
    if (item->kind == SHOP_ITEM_SET) {
        return "element_not_orderable";
    }

    if (item->defect != NULL) {
        return "product_unavailable";
    }

    switch (item->status) {
    case SHOP_ITEM_AVAILABLE:
        return NULL;

    case SHOP_ITEM_PROVIDING:
        return "providing";

    default:
        return "product_unavailable";
    }
}


static const char *audience_refusal(const shop_item_t *item)
{
    switch (item->audience) {
    case SHOP_AUDIENCE_VISITORS:
        return "visitors_only";

    case SHOP_AUDIENCE_CUSTOMERS:
        return "customers_only";

    default:
        return "login_required";
    }
}


int64_t shop_item_max(const shop_item_t *item)
{
    int64_t max = item->max_quantity;

    if (item->stock >= 0 && (max == 0 || item->stock < max)) {
        max = item->stock;
    }

    return max;
}


int64_t shop_item_seats(const shop_item_t *item, int64_t quantity)
{
    int64_t seats = 0;

    if (item->kind == SHOP_ITEM_BUNDLE) {
        for (size_t i = 0; i < item->element_count; i++) {
            seats += shop_item_seats(item->elements[i], quantity);
        }

        return seats;
    }

    return item->seat_mode == 2 ? quantity : item->seat_mode == 1 ? (quantity > 0) : 0;
}


bool shop_item_has_fields(const shop_item_t *item)
{
    if (item->field_count > 0) {
        return true;
    }

    for (size_t i = 0; item->kind == SHOP_ITEM_BUNDLE && i < item->element_count; i++) {
        if (item->elements[i]->field_count > 0) {
            return true;
        }
    }

    return false;
}
