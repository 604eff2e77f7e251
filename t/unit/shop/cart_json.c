/*
 * Carts as they are kept: what is written is read again, what is damaged is left out, all is
 * bounded.
 */

#include "world.h"


/* Everything that a cart can hold, as it is written. */
static const char full[] =
    "{'rev':17,'order':[{'p':'plain','q':2,'i':true},{'p':'asks','q':3,'d':[['',0,'f','v'],"
    "['',2,'g','Zoë \\\\u007f'],['part',1,'f','']]}],'passed':['vip','club'],"
    "'promos':[[4,'SPRING'],[5,'x']],'people':[{'lastname':'DOE','firstname':'Jane','email':"
    "'jane@x.org','city':'LYON','phone':'1','institution':'Inc'},{'email':'bob@x.org'}],"
    "'seats':[['asks','student','jane@x.org'],['asks','_supervisor','bob@x.org']],"
    "'customer':{'lastname':'Doe','firstname':'Jane','organisation':'Inc','address':'1 rue',"
    "'zip':'69001','city':'Lyon','country':'FR','email':'jane@x.org','phone':'1','id':12},"
    "'invoice':{'organisation':'Inc','department':'D','lastname':'L','firstname':'F','email':"
    "'b@x.org','address':'A','zip':'1','city':'C','country':'BE','vatcode':'BE0123456789',"
    "'plantcode':'P'},'valid':true,'distinct':true,'launched':true,'autodrive':true,"
    "'terms_at':1700000000,'terms_hash':'abc','paymode':'card','transid':'ABC',"
    "'shown_total':'12.0000','partner_key':'K','partner_tag':'T','partner_email':'p@x.org',"
    "'replaces':'DEF'}";

static const char empty[] = "{'rev':0}";


static shop_str_t json(shop_arena_t *arena, const char *text)
{
    char *copy = shop_arena_cstring(arena, shop_str(text));

    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }

    return shop_str(copy);
}


static shop_cart_t *parse(shop_arena_t *arena, const char *text)
{
    shop_cart_t *cart = NULL;

    if (!ok(shop_cart_parse(arena, json(arena, text), &cart) == SHOP_OK, "read: %.60s", text)) {
        exit(done_testing());
    }

    return cart;
}


static void is_written(shop_arena_t *arena, const shop_cart_t *cart, const char *expected,
                       const char *name)
{
    shop_str_t text = SHOP_STR("");

    ok(shop_cart_dump(arena, cart, &text) == SHOP_OK, "written");
    is_str(text, (const char *) json(arena, expected).data, name);
}


static void check_round_trip(shop_arena_t *arena)
{
    shop_cart_t *cart = parse(arena, full);

    is_written(arena, cart, full, "what was written is written again");
    is_written(arena, shop_cart_create(arena), empty, "an empty cart");
    is_written(arena, parse(arena, empty), empty, "and again");
    is_written(arena, parse(arena, "{}"), empty, "nothing is an empty cart");
}


static void check_members(shop_arena_t *arena)
{
    const shop_cart_t *cart = parse(arena, full);

    is_int(cart->rev, 17, "revision");
    is_int((long long) cart->line_count, 2, "lines");
    is_int(cart->lines[1].quantity, 3, "quantity");
    is_int((long long) cart->lines[1].given_count, 3, "answers");
    is_int((long long) cart->lines[1].given[1].unit, 2, "unit of an answer");
    is_str(cart->lines[1].given[2].element, "part", "element of an answer");
    is_str(cart->passed[1], "club", "passed codes");
    is_str(cart->participants[0].institution, "Inc", "people");
    is_str(cart->assignments[1].role, "_supervisor", "seats");
    is_int(cart->customer.id, 12, "number of the customer");
    is_str(cart->customer.zip, "69001", "customer");
    is_str(cart->invoice.vatcode, "BE0123456789", "invoice");
    ok(cart->customer_valid && cart->distinct_invoice && cart->launched && cart->autodrive &&
           cart->lines[0].imported && !cart->lines[1].imported,
       "flags");
    is_int(cart->promos[0].discount, 4, "discount of a code");
    is_str(cart->promos[1].code, "x", "code");
    is_str(cart->partner_tag, "T", "partner");
    is_int(cart->terms_at, 1700000000, "time of the terms");
    is_str(cart->terms_hash, "abc", "terms");
    is_str(cart->shown_total, "12.0000", "total");
}


/* What is not understood is left out, and nothing else. */
static const struct {
    const char *text;
    const char *kept;
} damaged[] = {
    {"{'rev':'x','order':7,'passed':{},'people':'x','seats':null,'customer':[],'invoice':1}",
     "'rev':0"},
    {"{'rev':5,'order':[7,{},{'p':'a'},{'q':1},{'p':'','q':1},{'p':'b','q':0},{'p':'c','q':-1},"
     "{'p':'d','q':10000},{'p':'e','q':1.5},{'p':'f','q':'2'},{'p':9,'q':1},{'p':'g','q':9999}]}",
     "'rev':5,'order':[{'p':'g','q':9999}]"},
    {"{'rev':5,'order':[{'p':'a','q':1},{'p':'A','q':2},{'p':'a','q':3}]}",
     "'rev':5,'order':[{'p':'a','q':1}]"},
    {"{'rev':5,'order':[{'p':'a','q':2,'d':[['',0,'f','1'],['',2,'f','beyond'],['',-1,'f','x'],"
     "['','0','f','x'],['',1,'','x'],['',1,'f'],['',1,'f',3],[1,1,'f','x'],7,{},[],"
     "['',1,'f','2']]}]}",
     "'rev':5,'order':[{'p':'a','q':2,'d':[['',0,'f','1'],['',1,'f','2']]}]"},
    {"{'rev':5,'order':[{'p':'a','q':2,'d':{'f':'x'}}]}", "'rev':5,'order':[{'p':'a','q':2}]"},
    {"{'rev':5,'passed':['a',7,'','b',null]}", "'rev':5,'passed':['a','b']"},
    {"{'rev':5,'promos':[[4,'A'],7,[],[4],[4,''],[5,'B'],['x','C']]}",
     "'rev':5,'promos':[[4,'A'],[5,'B'],[0,'C']]"},
    {"{'rev':5,'people':[{'lastname':'No address'},{'email':''},7,{'email':'a@x.org','city':7},"
     "{'email':'A@X.org','city':'twice'}]}",
     "'rev':5,'people':[{'email':'a@x.org'}]"},
    {"{'rev':5,'seats':[['a','b'],['a','','c'],[],7,['','b','c'],['a','b',1],['a','b','c']]}",
     "'rev':5,'seats':[['a','b','c']]"},
    {"{'rev':5,'customer':{'id':'7','lastname':['x'],'zip':'1'},'invoice':{'vatcode':true,"
     "'city':'C'}}",
     "'rev':5,'customer':{'zip':'1'},'invoice':{'city':'C'}"},
};


static void check_damaged(shop_arena_t *arena)
{
    for (size_t i = 0; i < COUNT(damaged); i++) {
        char expected[1024];

        (void) snprintf(expected, sizeof(expected), "{%s}", damaged[i].kept);
        is_written(arena, parse(arena, damaged[i].text), expected, "the rest stays");
    }
}


static void check_not_a_cart(shop_arena_t *arena)
{
    static const char *const texts[] = {
        "",
        "null",
        "7",
        "[]",
        "'text'",
        "{",
        "{'rev':1,'order':[{'p':'a','q':1}]",
        "{'rev':1,'rev':2}",
        "{'rev':1}x",
        "{'order':[{'p':'a\\u0000','q':1}]}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    };
    shop_cart_t *cart;

    for (size_t i = 0; i < COUNT(texts); i++) {
        ok(shop_cart_parse(arena, json(arena, texts[i]), &cart) == SHOP_MALFORMED, "not a cart: %s",
           texts[i]);
    }

    ok(shop_cart_parse(arena, SHOP_STR("{\"paymode\":\"\xff\"}"), &cart) == SHOP_MALFORMED,
       "not a text");
}


static void check_revision(shop_arena_t *arena)
{
    static const struct {
        const char *text;
        int64_t revision;
    } cases[] = {
        {"{'rev':17,'order':[]}", 17},
        {"{'rev':17,'order':[{'p':", 17},
        {"{'rev':17", 17},
        {"{'rev':0}", 0},
        {"{'rev':1090}", 1090},
        {"{'rev':-3}", 0},
        {"{'order':[],'rev':17}", 0},
        {"{ 'rev':17}", 0},
        {"", 0},
        {"{'rev':", 0},
        {"{'rev':9999999999999999999999999}", 999999999999999999},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t revision = shop_cart_revision(json(arena, cases[i].text));

        is_int(revision, cases[i].revision, cases[i].text);
        ok(revision < INT64_MAX, "another one can follow");
    }
}


/* One entry of a list, many times: "{'rev':1,'<name>':[entry,entry,…]}"; %d is its number. */
static const char *many(shop_arena_t *arena, const char *name, const char *entry, int count)
{
    shop_buf_t buf;
    shop_str_t one;

    shop_buf_init(&buf, arena, 0);
    shop_buf_add(&buf, SHOP_STR("{'rev':1,'"));
    shop_buf_add(&buf, shop_str(name));
    shop_buf_add(&buf, SHOP_STR("':["));

    for (int i = 0; i < count; i++) {
        char text[2048];

        (void) snprintf(text, sizeof(text), "%s%.*s%d%s", i > 0 ? "," : "",
                        (int) strcspn(entry, "#"), entry, i, strchr(entry, '#') + 1);
        one = shop_str(text);
        shop_buf_add(&buf, one);
    }

    shop_buf_add(&buf, SHOP_STR("]}"));
    shop_buf_add_char(&buf, '\0');

    return (const char *) buf.data;
}


static void check_bounds(shop_arena_t *arena)
{
    const shop_cart_t *cart;

    cart = parse(arena, many(arena, "order", "{'p':'p#','q':1}", SHOP_MAX_LINES + 5));
    is_int((long long) cart->line_count, SHOP_MAX_LINES, "so many lines");
    is_str(cart->lines[99].shortname, "p99", "the first ones");

    cart = parse(arena, many(arena, "passed", "'p#'", SHOP_MAX_LINES + 5));
    is_int((long long) cart->passed_count, SHOP_MAX_LINES, "so many codes");

    cart = parse(arena, many(arena, "promos", "[1,'p#']", SHOP_MAX_PROMOS + 5));
    is_int((long long) cart->promo_count, SHOP_MAX_PROMOS, "so many promotional codes");

    cart = parse(arena, many(arena, "people", "{'email':'p#@x.org'}", SHOP_MAX_PARTICIPANTS + 5));
    is_int((long long) cart->participant_count, SHOP_MAX_PARTICIPANTS, "so many people");

    cart = parse(arena, many(arena, "seats", "['p','r','p#@x.org']",
                             SHOP_MAX_PARTICIPANTS * SHOP_ROLES_MAX + 5));
    is_int((long long) cart->assignment_count, SHOP_MAX_PARTICIPANTS * SHOP_ROLES_MAX,
           "so many seats");
}


static void check_answers_bound(shop_arena_t *arena)
{
    char *text = shop_arena_cstring(
        arena, shop_str(many(arena, "d", "['',0,'f#','v']", SHOP_MAX_ANSWERS + 5)));
    shop_str_t wrapped;
    const shop_cart_t *cart;

    if (shop_arena_printf(arena, &wrapped, "{'order':[{'p':'a','q':1,%s]}", text + 9) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    cart = parse(arena, (const char *) wrapped.data);
    is_int((long long) cart->lines[0].given_count, SHOP_MAX_ANSWERS, "so many answers");
}


/* What could not be read again is not written. */
static void check_size(shop_arena_t *arena)
{
    shop_cart_t *cart = shop_cart_create(arena), *again;
    char *large = shop_arena_alloc(arena, 1100 * 1024);
    shop_str_t text;

    memset(large, 'x', 1100 * 1024);
    cart->customer.lastname = (shop_str_t){1000 * 1024, (unsigned char *) large};
    ok(shop_cart_dump(arena, cart, &text) == SHOP_OK &&
           shop_cart_parse(arena, text, &again) == SHOP_OK,
       "a large cart is written and read");
    cart->customer.lastname.len = 1024 * 1024;
    ok(shop_cart_dump(arena, cart, &text) == SHOP_LIMIT, "a larger one is not written");
    text = (shop_str_t){1100 * 1024, (unsigned char *) large};
    ok(shop_cart_parse(arena, text, &again) == SHOP_MALFORMED, "nor read");
}


/* Nothing is lost without a word. */
static void check_bad_text(shop_arena_t *arena)
{
    static const shop_str_t bad = {3, (unsigned char *) "a\xff"
                                                        "b"};
    shop_given_t given = {.field = SHOP_STR("f"), .value = bad};
    shop_participant_t person = {.email = SHOP_STR("a@x.org"), .city = bad};
    shop_assignment_t seat = {SHOP_STR("p"), SHOP_STR("r"), bad};
    shop_str_t text;

    for (int i = 0; i < 5; i++) {
        shop_cart_t *cart = shop_cart_create(arena);

        cart->lines[0] = (shop_cart_line_t){.shortname = SHOP_STR("p"), .quantity = 1};
        cart->line_count = 1;
        cart->lines[0].given = &given;
        cart->lines[0].given_count = i == 0;
        cart->participants = &person;
        cart->participant_count = i == 1;
        cart->assignments = &seat;
        cart->assignment_count = i == 2;
        cart->passed[0] = bad;
        cart->passed_count = i == 3;
        cart->transid = i == 4 ? bad : SHOP_STR("");
        ok(shop_cart_dump(arena, cart, &text) != SHOP_OK, "a text that is none is not written");
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_round_trip(arena);
    check_members(arena);
    check_damaged(arena);
    check_not_a_cart(arena);
    check_revision(arena);
    check_bounds(arena);
    check_answers_bound(arena);
    check_size(arena);
    check_bad_text(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
