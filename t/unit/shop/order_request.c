/*
 * An order as it is given to the database, member by member; its fingerprint.
 */

#include "order.h"


static json_t *request(order_t *order)
{
    json_t *json = shop_order_request(order->world.arena, &order->in);

    if (!ok(json != NULL, "a request")) {
        exit(done_testing());
    }

    return json;
}


/* The part of the request that `path` names, as JSON text without its row of the catalogue. */
static void is_part(order_t *order, const json_t *json, const char *path, const char *expected)
{
    json_t *part = json_incref((json_t *) json), *wanted = world_json(expected);
    char *copy = shop_arena_cstring(order->world.arena, shop_str(path)), *name, *rest;
    shop_str_t text = SHOP_STR("(none)");

    for (name = strtok_r(copy, "/", &rest); name != NULL; name = strtok_r(NULL, "/", &rest)) {
        json_t *inner = name[0] >= '0' && name[0] <= '9'
                            ? json_array_get(part, (size_t) (name[0] - '0'))
                            : json_object_get(part, name);

        json_incref(inner);
        json_decref(part);
        part = inner;
    }

    if (!ok(part != NULL && json_equal(part, wanted), "%s", path)) {
        if (part != NULL && shop_json_dump(order->world.arena, part, &text) != SHOP_OK) {
            text = SHOP_STR("(not written)");
        }

        diag("     got: %.*s", (int) text.len, (const char *) text.data);
        diag("expected: %s", expected);
    }

    json_decref(part);
    json_decref(wanted);
}


static const struct {
    const char *path;
    const char *value;
} members[] = {
    {"transid", "'ABCDEFGHIJKLMNOPQRSTUVWXYZ2345'"},
    {"shop", "11"},
    {"lang", "'en'"},
    {"test", "false"},
    {"address", "'192.0.2.1'"},
    {"paymode", "'card'"},
    {"interface", "'systempay'"},
    {"currency", "'EUR'"},
    {"ignoretax", "false"},
    {"user", "0"},
    {"customer_id", "0"},
    {"proven", "false"},
    {"override", "false"},
    {"invoice", "null"},
    {"customer", "{'lastname': 'Doe', 'firstname': 'Jane', 'organisation': '', 'address': '1 rue',"
                 " 'zip': '69001', 'city': 'Lyon', 'country': 'FR', 'email': 'j@x.org',"
                 " 'phone': '1'}"},
    {"eula/text", "'<p>Terms</p>\\n'"},
    {"eula/acceptedat", "'2023-11-14T22:13:20Z'"},
    {"totals", "{'untaxed': '250.5000', 'taxes': '42.7800', 'amount': '293.2800'}"},
    {"lines/0/type", "'BILLING'"},
    {"lines/0/code", "'course'"},
    {"lines/0/itemid", "1"},
    {"lines/0/abstract", "'The course'"},
    {"lines/0/description", "'<p>D</p>'"},
    {"lines/0/quantity", "2"},
    {"lines/0/unitcost", "'100.0000'"},
    {"lines/0/untaxed", "'200.0000'"},
    {"lines/0/taxed", "'240.0000'"},
    {"lines/0/tax", "{'id': 1, 'title': 'VAT 20%', 'ratio': '20',"
                    " 'formula': '$ttc = $ht + ($ht * $tr / 100)'}"},
    {"lines/0/seats", "2"},
    {"lines/0/stock", "true"},
    {"lines/0/handler", "'std_enrolonecourse'"},
    {"lines/0/params", "{'coursename': 'C1'}"},
    {"lines/0/customerdata", "{'goal': ['One', 'Two'], 'note': ['', 'N']}"},
    {"lines/0/users",
     "{'student': [{'lastname': 'DOE', 'firstname': 'Jane', 'email': 'jane@x.org', 'city': 'LYON',"
     " 'phone': '', 'institution': ''}, {'lastname': 'ROE', 'firstname': 'Bob',"
     " 'email': 'bob@x.org', 'city': '', 'phone': '', 'institution': ''}]}"},
    {"lines/0/elements", "[]"},
    {"lines/1/code", "'pack'"},
    {"lines/1/untaxed", "'50.5000'"},
    {"lines/1/taxed", "'53.2800'"},
    {"lines/1/stock", "false"},
    {"lines/1/handler", "''"},
    {"lines/1/params", "{}"},
    {"lines/1/customerdata", "{}"},
    {"lines/1/users", "{}"},
    {"lines/1/elements",
     "[{'code': 'part1', 'itemid': 3, 'name': 'The part1', 'handler': 'std_x',"
     " 'params': {'a': 'b'}, 'customerdata': {'x': ['1']}},"
     " {'code': 'part2', 'itemid': 4, 'name': 'The part2', 'handler': '', 'params': {},"
     " 'customerdata': {}}]"},
    {"lines/0/catalogitem/price1", "'100'"},
};


static void check_members(void)
{
    order_t order;
    json_t *json;

    order_open(&order);
    json = request(&order);

    for (size_t i = 0; i < COUNT(members); i++) {
        is_part(&order, json, members[i].path, members[i].value);
    }

    is_int((long long) json_array_size(json_object_get(json, "lines")), 2, "two lines");
    is_str(shop_json_text(json_object_get(json, "eula"), "hash"),
           shop_arena_cstring(order.world.arena, order.terms.hash), "the digest of the terms");
    is_int((long long) shop_json_text(json, "fingerprint").len, 64, "a fingerprint");
    json_decref(json);
    order_close(&order);
}


static void check_identified(void)
{
    order_t order;
    json_t *json;

    order_open(&order);
    order.world.visitor = (shop_visitor_t){.logged_in = true,
                                           .user = 7,
                                           .customer = 12,
                                           .email = SHOP_STR("j@x.org"),
                                           .pay_override = true};
    order.in.test = true;
    ok(order_customer(&order, "lastname=Doe&firstname=Jane&city=Lyon&country=FR"
                              "&usedistinctinvoiceinfo=1&inv_organisation=Inc&inv_address=A"
                              "&inv_zip=1&inv_city=C&inv_country=BE&inv_vatcode=BE0123456789"),
       "another invoice");
    json = request(&order);
    is_part(&order, json, "user", "7");
    is_part(&order, json, "customer_id", "12");
    is_part(&order, json, "proven", "true");
    is_part(&order, json, "override", "true");
    is_part(&order, json, "test", "true");
    is_part(&order, json, "invoice",
            "{'organisation': 'Inc', 'department': '', 'lastname': '', 'firstname': '',"
            " 'email': '', 'address': 'A', 'zip': '1', 'city': 'C', 'country': 'BE',"
            " 'vatcode': 'BE0123456789', 'plantcode': ''}");
    json_decref(json);
    order_close(&order);
}


static void check_untaxed(void)
{
    order_t order;
    json_t *json;

    order_open(&order);
    world_choose(&order.world, "free");
    ok(order_price(&order), "priced without taxes");
    json = request(&order);
    is_part(&order, json, "ignoretax", "true");
    is_part(&order, json, "eula", "null");
    is_part(&order, json, "lines/0/tax", "null");
    is_part(&order, json, "lines/0/taxed", "'200.0000'");
    is_part(&order, json, "totals",
            "{'untaxed': '250.5000', 'taxes': '0.0000', 'amount': '250.5000'}");
    json_decref(json);
    order_close(&order);
}


static void check_discounts_and_shipping(void)
{
    shop_discount_line_t discount = {.line = 0,
                                     .discount = 4,
                                     .reason = SHOP_STR("Spring"),
                                     .rate = SHOP_STR("12.5"),
                                     .code = SHOP_STR("SPRING"),
                                     .untaxed = {-200000},
                                     .taxed = {-240000}};
    order_t order;
    json_t *json;

    order_open(&order);
    order.totals = (shop_totals_t){.discounts = &discount, .discount_count = 1};
    order.totals.shipping = (shop_shipping_line_t){.code = SHOP_STR("SHIP_FR"),
                                                   .title = SHOP_STR("By post"),
                                                   .untaxed = {80000},
                                                   .taxed = {96000},
                                                   .tax = world_item(&order.world, "course")->tax};
    ok(shop_cart_price(order.world.arena, order.world.cart, &order.world.where, &order.totals) ==
           SHOP_OK,
       "with a discount and shipping");
    json = request(&order);
    is_part(&order, json, "lines/2",
            "{'type': 'DISCOUNT', 'code': 'DISCOUNT_4',"
            " 'abstract': 'Spring \u221212.5\u00a0%', 'description': 'course The course',"
            " 'quantity': 1, 'unitcost': '-20.0000', 'untaxed': '-20.0000', 'taxed': '-24.0000',"
            " 'productiondata': {'discountid': 4, 'rate': '12.5', 'itemcode': 'course', 'line': 1,"
            " 'code': 'SPRING'},"
            " 'tax': {'id': 1, 'title': 'VAT 20%', 'ratio': '20',"
            " 'formula': '$ttc = $ht + ($ht * $tr / 100)'}}");
    is_part(&order, json, "lines/3",
            "{'type': 'SHIPPING', 'code': 'SHIP_FR', 'abstract': 'By post', 'quantity': 1,"
            " 'unitcost': '8.0000', 'untaxed': '8.0000', 'taxed': '9.6000',"
            " 'tax': {'id': 1, 'title': 'VAT 20%', 'ratio': '20',"
            " 'formula': '$ttc = $ht + ($ht * $tr / 100)'}}");
    is_part(&order, json, "totals",
            "{'untaxed': '238.5000', 'taxes': '40.3800', 'amount': '278.8800'}");
    json_decref(json);
    order_close(&order);
}


/* Totals are the sums of the lines: what the database checks before it takes an order. */
static void check_sums(void)
{
    static const char *const columns[][2] = {{"untaxed", "untaxed"}, {"taxed", "amount"}};
    order_t order;
    json_t *json, *line;
    size_t n;

    order_open(&order);
    json = request(&order);

    for (size_t i = 0; i < COUNT(columns); i++) {
        int64_t sum = 0;

        json_array_foreach(json_object_get(json, "lines"), n, line)
        {
            sum += shop_json_money(line, columns[i][0]).e4;
        }

        is_int(sum, shop_json_money(json_object_get(json, "totals"), columns[i][1]).e4,
               columns[i][1]);
    }

    json_decref(json);
    order_close(&order);
}


/* --- the fingerprint: the same content is the same order --- */

typedef enum {
    NOTHING,
    TRANSID,
    PAYMODE,
    ADDRESS,
    SALES,
    ACCEPTED_LATER,
    CITY,
    PERSON,
    ANSWER,
    QUANTITY,
    ORDER_OF_LINES,
    INVOICE
} change_e;

static const struct {
    change_e change;
    const char *name;
    bool same;
} changes[] = {
    {NOTHING, "the same launch", true},
    {TRANSID, "another code of the transaction", true},
    {PAYMODE, "another way to pay", true},
    {ADDRESS, "from elsewhere", true},
    {SALES, "something was sold meanwhile", true},
    {ACCEPTED_LATER, "accepted later", true},
    {CITY, "another town", false},
    {PERSON, "another person in a seat", false},
    {ANSWER, "another answer", false},
    {QUANTITY, "another quantity", false},
    {ORDER_OF_LINES, "another order of lines", false},
    {INVOICE, "another invoice", false},
};


static void change(order_t *order, change_e what)
{
    shop_cart_t *cart = order->world.cart;
    shop_cart_line_t line = cart->lines[0];

    switch (what) {
    case TRANSID:
        cart->transid = SHOP_STR("OTHER");
        break;

    case PAYMODE:
        order->mode.name = SHOP_STR("bank");
        break;

    case ADDRESS:
        order->in.address = SHOP_STR("2001:db8::1");
        break;

    case SALES:
        json_object_set_new((json_t *) world_item(&order->world, "course")->document, "sold",
                            json_integer(77));
        break;

    case ACCEPTED_LATER:
        cart->terms_at += 60;
        break;

    case CITY:
        cart->customer.city = SHOP_STR("Paris");
        break;

    case PERSON:
        cart->participants[1].lastname = SHOP_STR("POE");
        break;

    case ANSWER:
        cart->lines[0].given[0].value = SHOP_STR("Three");
        break;

    case QUANTITY:
        cart->lines[1].quantity = 2;
        break;

    case ORDER_OF_LINES:
        cart->lines[0] = cart->lines[1];
        cart->lines[1] = line;
        break;

    case INVOICE:
        cart->distinct_invoice = true;
        break;

    case NOTHING:
        break;
    }
}


static void check_fingerprints(void)
{
    order_t order;
    json_t *json;
    char first[65];

    order_open(&order);
    json = request(&order);
    (void) snprintf(first, sizeof(first), "%s",
                    json_string_value(json_object_get(json, "fingerprint")));
    json_decref(json);
    order_close(&order);

    for (size_t i = 0; i < COUNT(changes); i++) {
        order_open(&order);
        change(&order, changes[i].change);
        ok(order_price(&order), "priced");
        json = request(&order);
        ok(shop_str_eq(shop_json_text(json, "fingerprint"), shop_str(first)) == changes[i].same,
           "%s: %s order", changes[i].name, changes[i].same ? "the same" : "another");
        json_decref(json);
        order_close(&order);
    }
}


/* A text that is none makes no order, rather than one without it. */
static void check_bad_text(void)
{
    static const shop_str_t bad = {3, (unsigned char *) "a\xff"
                                                        "b"};

    for (int i = 0; i < 4; i++) {
        order_t order;

        order_open(&order);
        order.world.cart->customer.city = i == 0 ? bad : SHOP_STR("C");
        order.world.cart->participants[0].city = i == 1 ? bad : SHOP_STR("C");
        order.world.cart->lines[0].given[0].value = i == 2 ? bad : SHOP_STR("C");
        order.in.address = i == 3 ? bad : SHOP_STR("A");
        ok(shop_order_request(order.world.arena, &order.in) == NULL, "no order");
        order_close(&order);
    }
}


int main(void)
{
    check_members();
    check_identified();
    check_untaxed();
    check_discounts_and_shipping();
    check_sums();
    check_fingerprints();
    check_bad_text();

    return done_testing();
}
