/*
 * Who sees and who may order a product (objects.md 5.5, 5.6; front-office.md 5).
 */

#include "shop/shop_internal.h"


static bool audience_fits(const shop_item_t *item, const shop_visitor_t *visitor);
static bool status_shown(const shop_item_t *item, const shop_visitor_t *visitor);
static const char *own_refusal(const shop_item_t *item, const shop_visitor_t *visitor);
static const char *status_refusal(const shop_item_t *item);
static const char *audience_refusal(const shop_item_t *item);
static bool steps_serve(const shop_shop_t *shop, const shop_item_t *item);


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
    if (!status_shown(item, visitor) || !audience_fits(item, visitor) ||
        (visitor->refused_hidden && shop_item_refused(item, visitor) != NULL)) {
        return false;
    }

    if (item->kind != SHOP_ITEM_SET) {
        return true;
    }

    for (size_t i = 0; i < item->element_count; i++) {
        if (shop_item_visible(item->elements[i], visitor)) {
            return true;
        }
    }

    return false;
}


bool shop_item_has_page(const shop_item_t *item, const shop_visitor_t *visitor)
{
    shop_visitor_t identified = *visitor;

    identified.logged_in = true;

    return shop_item_visible(item, visitor) || shop_item_visible(item, &identified);
}


const shop_refused_t *shop_item_refused(const shop_item_t *item, const shop_visitor_t *visitor)
{
    const shop_refused_t *refused = NULL;

    for (size_t i = 0; i < visitor->refused_count; i++) {
        if (visitor->refused[i].item == item->id) {
            return &visitor->refused[i];
        }
    }

    for (size_t i = 0; refused == NULL && item->kind == SHOP_ITEM_BUNDLE && i < item->element_count;
         i++) {
        refused = shop_item_refused(item->elements[i], visitor);
    }

    return refused;
}


/* "See all" lifts the audience and shows what is in preparation, not what was taken away. */
static bool status_shown(const shop_item_t *item, const shop_visitor_t *visitor)
{
    switch (item->status) {
    case SHOP_ITEM_AVAILABLE:
    case SHOP_ITEM_PROVIDING:
        return true;

    case SHOP_ITEM_PREVIEW:
        return visitor->see_all;

    default:
        return false;
    }
}


shop_refusal_t shop_item_orderable(const shop_item_t *item, const shop_where_t *where)
{
    shop_refusal_t refusal = {.name = item->text[where->lang].name};
    const shop_refused_t *refused = shop_item_refused(item, where->visitor);

    if (item->container != NULL && item->container->kind == SHOP_ITEM_BUNDLE) {
        refusal.key = "element_not_orderable";
        refusal.name = item->container->text[where->lang].name;
        return refusal;
    }

    refusal.key = own_refusal(item, where->visitor);

    if (refusal.key == NULL && item->stock == 0) {
        refusal.key = "providing";
    }

    if (refusal.key == NULL && !steps_serve(where->shop, item)) {
        refusal.key = "product_unavailable";
    }

    /* A bundle can be had when all of it can; its elements' stocks are not asked. */
    for (size_t i = 0; item->kind == SHOP_ITEM_BUNDLE && i < item->element_count; i++) {
        if (refusal.key == NULL && own_refusal(item->elements[i], where->visitor) != NULL) {
            refusal.key = "product_unavailable";
        }
    }

    if (refusal.key == NULL && refused != NULL) {
        refusal.key = "product_unavailable";
        refusal.why = refused->why;
    }

    return refusal;
}


/* For internal sale is: not by hand, but by a link. */
shop_refusal_t shop_item_importable(const shop_item_t *item, const shop_where_t *where)
{
    shop_item_t open = *item;

    if (open.status == SHOP_ITEM_AVAILABLE_INTERNAL) {
        open.status = SHOP_ITEM_AVAILABLE;
    }

    return shop_item_orderable(&open, where);
}


static const char *own_refusal(const shop_item_t *item, const shop_visitor_t *visitor)
{
    const char *refusal = status_refusal(item);

    if (refusal == NULL && !audience_fits(item, visitor)) {
        refusal = audience_refusal(item);
    }

    return refusal;
}


/* What has to be asked must be asked somewhere (front-office.md 3.1). */
static bool steps_serve(const shop_shop_t *shop, const shop_item_t *item)
{
    bool seats = shop_item_seats(item, 1) > 0 && !shop->allow_late_assignment;

    return (!seats || shop_steps_have(shop, SHOP_STEP_USERS)) &&
           (!shop_item_has_fields(item) || shop_steps_have(shop, SHOP_STEP_PURCHASEREQU));
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


size_t shop_item_questions(const shop_item_t *item)
{
    size_t questions = 0;

    if (item->kind != SHOP_ITEM_BUNDLE) {
        return item->field_count;
    }

    for (size_t i = 0; i < item->element_count; i++) {
        questions += item->elements[i]->field_count;
    }

    return questions;
}


bool shop_item_has_fields(const shop_item_t *item)
{
    return shop_item_questions(item) > 0;
}
