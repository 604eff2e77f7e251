/*
 * What an order page has shown, in a few bytes: "l:CODE:2:1296000;d:7:-129600;s:SHIP_FR:96000",
 * amounts with tax in ten-thousandths. It comes back with the form; what differs from the totals of
 * then is told before anything is charged.
 */

#include "shop/selling.h"


#define LINE SHOP_STR("l")
#define DISCOUNT SHOP_STR("d")
#define SHIPPING SHOP_STR("s")


/* One part of such a text. */
typedef struct {
    shop_str_t kind;
    shop_str_t key;
    shop_str_t quantity; /* of a line */
    shop_money_t amount;
} part_t;

typedef struct {
    const shop_totals_t *totals;
    size_t lang;
    shop_moved_t *moved;
    size_t room;
    size_t count;
} comparison_t;


static void add_part(shop_buf_t *out, const char *kind, shop_str_t key);
static bool next_part(shop_str_t *rest, part_t *part);
static bool read_amount(shop_str_t text, shop_money_t *amount);
static bool find_part(shop_str_t shown, shop_str_t kind, shop_str_t key, part_t *part);
static void compare_lines(comparison_t *c, shop_str_t shown);
static void compare_discounts(comparison_t *c, shop_str_t shown);
static void compare_shipping(comparison_t *c, shop_str_t shown);
static void tell_gone(comparison_t *c, shop_str_t shown);
static bool still_there(const shop_totals_t *totals, const part_t *part);
static shop_str_t id_text(int64_t id, char text[24]);
static void tell(comparison_t *c, shop_moved_t moved);


/* --- writing --- */

shop_status_t shop_shown_write(shop_arena_t *arena, const shop_totals_t *totals, shop_str_t *text)
{
    shop_buf_t out;
    char id[24];

    shop_buf_init(&out, arena, 0);

    for (size_t i = 0; i < totals->line_count; i++) {
        add_part(&out, "l:", totals->lines[i].item->code);
        shop_buf_add_int(&out, totals->lines[i].quantity);
        shop_buf_add_char(&out, ':');
        shop_buf_add_int(&out, totals->lines[i].taxed.e4);
    }

    for (size_t i = 0; i < totals->agreed_count; i++) {
        add_part(&out, "d:", id_text(totals->agreed[i].discount->id, id));
        shop_buf_add_int(&out, totals->agreed[i].taxed.e4);
    }

    if (totals->shipping.code.len > 0) {
        add_part(&out, "s:", totals->shipping.code);
        shop_buf_add_int(&out, totals->shipping.taxed.e4);
    }

    *text = shop_buf_str(&out);

    return out.status;
}


static void add_part(shop_buf_t *out, const char *kind, shop_str_t key)
{
    if (out->len > 0) {
        shop_buf_add_char(out, ';');
    }

    shop_buf_add(out, shop_str(kind));
    shop_buf_add(out, key);
    shop_buf_add_char(out, ':');
}


static shop_str_t id_text(int64_t id, char text[24])
{
    char *at = text + 23;

    *at = '\0';

    do {
        *--at = (char) ('0' + id % 10);
        id /= 10;
    } while (id > 0);

    return shop_str(at);
}


/* --- reading --- */

static bool next_part(shop_str_t *rest, part_t *part)
{
    shop_str_t one, amount;

    while (shop_str_split(rest, ';', &one)) {
        *part = (part_t){.quantity = SHOP_STR("")};

        if (shop_str_split(&one, ':', &part->kind) && shop_str_split(&one, ':', &part->key) &&
            (!shop_str_eq(part->kind, LINE) || shop_str_split(&one, ':', &part->quantity)) &&
            shop_str_split(&one, ':', &amount) && read_amount(amount, &part->amount)) {
            return true;
        }
    }

    return false;
}


static bool read_amount(shop_str_t text, shop_money_t *amount)
{
    bool negative = text.len > 0 && text.data[0] == '-';

    if (negative) {
        text.data++;
        text.len--;
    }

    if (text.len == 0 || shop_str_to_int(text, &amount->e4) != SHOP_OK) {
        return false;
    }

    amount->e4 = negative ? -amount->e4 : amount->e4;

    return true;
}


static bool find_part(shop_str_t shown, shop_str_t kind, shop_str_t key, part_t *part)
{
    while (next_part(&shown, part)) {
        if (shop_str_eq(part->kind, kind) && shop_str_eq(part->key, key)) {
            return true;
        }
    }

    return false;
}


/* --- comparing --- */

size_t shop_shown_compare(const shop_totals_t *totals, shop_str_t shown, size_t lang,
                          shop_moved_t *moved, size_t room)
{
    comparison_t c = {totals, lang, moved, room, 0};

    compare_lines(&c, shown);
    compare_discounts(&c, shown);
    compare_shipping(&c, shown);
    tell_gone(&c, shown);

    return c.count;
}


static void compare_lines(comparison_t *c, shop_str_t shown)
{
    for (size_t i = 0; i < c->totals->line_count; i++) {
        const shop_priced_line_t *line = &c->totals->lines[i];
        shop_str_t name = line->item->text[c->lang].name;
        int64_t quantity;
        part_t part;

        if (!find_part(shown, LINE, line->item->code, &part)) {
            tell(c, (shop_moved_t){SHOP_MOVED_NEW, name, {0}, line->taxed});
        } else if (part.amount.e4 != line->taxed.e4 ||
                   shop_str_to_int(part.quantity, &quantity) != SHOP_OK ||
                   quantity != line->quantity) {
            tell(c, (shop_moved_t){SHOP_MOVED_PRICE, name, part.amount, line->taxed});
        }
    }
}


static void compare_discounts(comparison_t *c, shop_str_t shown)
{
    for (size_t i = 0; i < c->totals->agreed_count; i++) {
        const shop_agreed_t *agreed = &c->totals->agreed[i];
        char id[24];
        part_t part;

        if (!find_part(shown, DISCOUNT, id_text(agreed->discount->id, id), &part)) {
            tell(c, (shop_moved_t){SHOP_MOVED_NEW, agreed->reason, {0}, agreed->taxed});
        } else if (part.amount.e4 != agreed->taxed.e4) {
            tell(c,
                 (shop_moved_t){SHOP_MOVED_DISCOUNT, agreed->reason, part.amount, agreed->taxed});
        }
    }
}


/* Another zone is another price of the same thing. */
static void compare_shipping(comparison_t *c, shop_str_t shown)
{
    const shop_shipping_line_t *now = &c->totals->shipping;
    part_t part = {.amount = {0}};

    while (next_part(&shown, &part) && !shop_str_eq(part.kind, SHIPPING)) {
    }

    if (!shop_str_eq(part.kind, SHIPPING)) {
        part.amount = SHOP_MONEY_ZERO;
    }

    if (part.amount.e4 != now->taxed.e4) {
        tell(c, (shop_moved_t){SHOP_MOVED_SHIPPING, now->title, part.amount, now->taxed});
    }
}


static void tell_gone(comparison_t *c, shop_str_t shown)
{
    part_t part;

    while (next_part(&shown, &part)) {
        if (!still_there(c->totals, &part)) {
            tell(c, (shop_moved_t){SHOP_MOVED_GONE,
                                   shop_str_eq(part.kind, LINE) ? part.key : SHOP_STR(""),
                                   part.amount, SHOP_MONEY_ZERO});
        }
    }
}


static bool still_there(const shop_totals_t *totals, const part_t *part)
{
    char id[24];

    for (size_t i = 0; shop_str_eq(part->kind, LINE) && i < totals->line_count; i++) {
        if (shop_str_eq(totals->lines[i].item->code, part->key)) {
            return true;
        }
    }

    for (size_t i = 0; shop_str_eq(part->kind, DISCOUNT) && i < totals->agreed_count; i++) {
        if (shop_str_eq(id_text(totals->agreed[i].discount->id, id), part->key)) {
            return true;
        }
    }

    return !shop_str_eq(part->kind, LINE) && !shop_str_eq(part->kind, DISCOUNT);
}


static void tell(comparison_t *c, shop_moved_t moved)
{
    if (c->count < c->room) {
        c->moved[c->count] = moved;
    }

    c->count++;
}
