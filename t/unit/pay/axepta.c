/*
 * Axepta: the sentences of nginx -t, the encrypted form, what the inquiry says.
 */

#include "pay/axepta.h"
#include "pay_unit.h"

#define MERCHANT "merchant_id=ATELIER"
#define BLOWFISH "blowfish_key_file=An0ther_EncKey_!"
#define HMAC "hmac_key_file=The_HMAC_key_of_the_real_shop_32"


static shop_pay_config_t *usual(shop_arena_t *arena)
{
    static const char *const lines[] = {MERCHANT, BLOWFISH, HMAC, NULL};

    return unit_made(arena, "axepta", "live", lines);
}


static void check_sentences(shop_arena_t *arena)
{
    static const unit_refusal_t cases[] = {
        {"test",
         {MERCHANT, BLOWFISH},
         "\"hmac_key_file\" is missing: add \"hmac_key_file <the HMAC key, 32 characters>;\""},
        {"test",
         {MERCHANT, "blowfish_key_file=short", HMAC},
         "the file of \"blowfish_key_file\" is not right: it must hold the encryption key, 16 "
         "characters"},
        {"live",
         {"merchant_id=BNP_DEMO_AXEPTA", BLOWFISH, HMAC},
         "\"merchant_id BNP_DEMO_AXEPTA\" is the public demo account: write your own, or write "
         "\"mode test\""},
        {"live",
         {MERCHANT, "blowfish_key_file=Tc5*2D_xs7B[6E?w", HMAC},
         "a key file holds a key of the public demo account: put the production key there, or "
         "write \"mode test\""},
        {"live",
         {MERCHANT, BLOWFISH, HMAC, "page_url=http://bank.example.org/paymentPage.aspx"},
         "\"page_url\" is not encrypted: write an https address, or write \"mode test\""},
    };

    unit_refused(arena, "axepta", cases, sizeof(cases) / sizeof(cases[0]));
}


static shop_pay_attempt_t plain_attempt(void)
{
    shop_pay_attempt_t attempt = unit_attempt();

    attempt.provider_ref = SHOP_STR("ABCDEFGHA1");
    attempt.return_url = SHOP_STR("https://shop.example.org/shop/pay/bank/return/abc");
    attempt.cancel_url = SHOP_STR("https://shop.example.org/shop/pay/bank/cancel/abc");
    attempt.notify_url = SHOP_STR("https://shop.example.org/shop/pay/bank/notify");

    return attempt;
}


static void check_form(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_axepta_t *axepta = config->data;
    shop_pay_attempt_t attempt = plain_attempt();
    shop_pay_page_t page;
    shop_form_t sent;

    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "a form");
    is_str(page.url, "https://paymentpage.axepta.bnpparibas/paymentPage.aspx", "where to");
    is_str(config->api_url, "https://paymentpage.axepta.bnpparibas/inquire.aspx", "whom to ask");
    is_str(unit_field(&page, "MerchantID"), "ATELIER", "merchant in clear");
    is_str(unit_field(&page, "Language"), "fr", "language");
    is_int(shop_axepta_open(arena, axepta->blowfish_key, unit_field(&page, "Data"),
                            unit_field(&page, "Len"), &sent),
           SHOP_OK, "opens again");
    is_str(shop_pay_field(&sent, "Amount"), "4990", "amount");
    is_str(shop_pay_field(&sent, "Currency"), "EUR", "currency");
    is_str(shop_pay_field(&sent, "RefNr"), "000000000016", "reference, base 36");
    is_str(shop_pay_field(&sent, "OrderDesc"), "O-20261123-41", "order");
    is_str(shop_pay_field(&sent, "Response"), "encrypt", "encrypted answers are wished");
    is_str(shop_pay_field(&sent, "URLBack"), "https://shop.example.org/shop/pay/bank/cancel/abc",
           "the way back");

    const shop_str_t merchant = axepta->merchant_id, reference = attempt.provider_ref;
    const shop_str_t nothing = SHOP_STR(""), amount = SHOP_STR("4990"), currency = SHOP_STR("EUR");
    const shop_str_t *const covered[] = {&nothing, &reference, &merchant, &amount, &currency, NULL};
    is_int(shop_axepta_verify(arena, axepta->hmac_key, covered, shop_pay_field(&sent, "MAC")),
           SHOP_OK, "MAC");

    attempt.order_number = SHOP_STR("1&Amount=1");
    ok(config->interface->start(arena, config, &attempt, &page) != SHOP_OK,
       "nothing that a customer wrote becomes a pair");
    attempt = plain_attempt();
    attempt.return_url = SHOP_STR("https://shop.example.org/return?t=abc");
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED,
           "no address with a query");
    attempt = plain_attempt();
    attempt.amount_minor = 0;
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED,
           "nothing to pay");
}


/* An answer of the platform, encrypted with the right key. */
static shop_str_t sealed(shop_arena_t *arena, const char *plain)
{
    const shop_axepta_t *axepta = usual(arena)->data;
    shop_form_t fields;
    shop_str_t data, len, body;

    if (shop_pay_split_pairs(arena, shop_str(plain), '&', &fields) != SHOP_OK ||
        shop_axepta_seal(arena, axepta->blowfish_key, fields.pairs, fields.count, &data, &len) !=
            SHOP_OK ||
        shop_arena_printf(arena, &body, "Len=%.*s&Data=%.*s\r\n", (int) len.len,
                          (const char *) len.data, (int) data.len,
                          (const char *) data.data) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return body;
}


static shop_status_t heard(shop_arena_t *arena, const char *plain, shop_pay_events_t *events)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_talk_t talk = {.asked.transid = SHOP_STR("ABCDEFGH"),
                                  .asked.provider_ref = SHOP_STR("ABCDEFGHA1"),
                                  .asked.amount_minor = 4990,
                                  .asked.currency = SHOP_STR("EUR")};

    return unit_hear(arena, config, talk, 200, sealed(arena, plain), events);
}


#define FOUND "mid=ATELIER&PayID=33&TransID=ABCDEFGHA1&Status=OK"

static void check_inquiry(shop_arena_t *arena)
{
    static const struct {
        const char *answer;
        shop_status_t status;
        size_t events;
        shop_pay_state_t state;
        int64_t amount;
    } cases[] = {
        {FOUND "&LastStatus=AUTHORIZED&AmountAuth=4990&AmountCap=4990", SHOP_OK, 1,
         SHOP_PAY_STATE_PAID, 4990},
        {FOUND "&LastStatus=AUTHORIZED&AmountAuth=4990&AmountCap=0", SHOP_OK, 1,
         SHOP_PAY_STATE_PAID, 4990},
        {FOUND "&LastStatus=OK&AmountAuth=4990&AmountCap=100", SHOP_OK, 1, SHOP_PAY_STATE_PAID,
         100},
        {FOUND "&LastStatus=OK", SHOP_OK, 1, SHOP_PAY_STATE_PAID, 0},
        {FOUND "&LastStatus=OK&AmountAuth=4990&AmountCap=4990&AmountCred=1000", SHOP_OK, 2,
         SHOP_PAY_STATE_PAID, 4990},
        {FOUND "&LastStatus=FAILED&Code=22890305&AmountCred=1000", SHOP_OK, 1,
         SHOP_PAY_STATE_REFUSED, 4990},
        {FOUND "&LastStatus=FAILED&Code=22890305", SHOP_OK, 1, SHOP_PAY_STATE_REFUSED, 4990},
        {FOUND "&LastStatus=FAILED&Code=22890703", SHOP_OK, 1, SHOP_PAY_STATE_CANCELLED, 4990},
        {FOUND "&LastStatus=PENDING", SHOP_OK, 1, SHOP_PAY_STATE_PENDING, 4990},
        {FOUND "&LastStatus=DREAMT", SHOP_OK, 1, SHOP_PAY_STATE_UNKNOWN, 4990},
        {"mid=ATELIER&PayID=0000&TransID=ABCDEFGHA1&Status=FAILED", SHOP_OK, 0, 0, 0},
        {"mid=SOMEBODY&PayID=33&TransID=ABCDEFGHA1&Status=OK", SHOP_MALFORMED, 0, 0, 0},
        {"mid=ATELIER&PayID=33&TransID=ABCDEFGHA2&Status=OK", SHOP_MALFORMED, 0, 0, 0},
        {"mid=ATELIER&PayID=33&payid=34&TransID=ABCDEFGHA1", SHOP_MALFORMED, 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_events_t events;

        is_int(heard(arena, cases[i].answer, &events), cases[i].status, cases[i].answer);
        is_int((long long) events.count, (long long) cases[i].events, "events");
        if (events.count > 0 && cases[i].events > 0) {
            is_int(events.list->state, cases[i].state, "state");
            is_int(events.list->amount_minor, cases[i].amount, "amount");
            is_str(events.list->currency, "EUR", "currency");
            ok(!events.list->sum, "of one payment");
        }
        if (events.count == 2) {
            is_int(events.list[1].state, SHOP_PAY_STATE_REFUNDED, "given back");
            is_int(events.list[1].amount_minor, 1000, "so much");
            ok(events.list[1].sum, "in all");
            is_str(events.list[1].key, "poll:axepta:33:credit:1000", "key");
        }
    }
}


static void check_refund(shop_arena_t *arena)
{
    static const struct {
        const char *answer;
        shop_status_t status;
        shop_pay_state_t state;
    } cases[] = {
        {FOUND "&XID=77&Code=00000000", SHOP_OK, SHOP_PAY_STATE_REFUNDED},
        {"mid=ATELIER&PayID=33&TransID=ABCDEFGHA1&Status=FAILED&Code=21500068", SHOP_OK,
         SHOP_PAY_STATE_REFUSED},
        {FOUND, SHOP_MALFORMED, 0},
        {"mid=ATELIER&PayID=0000&TransID=ABCDEFGHA1&Status=OK&XID=77", SHOP_MALFORMED, 0},
    };
    const shop_pay_config_t *config = usual(arena);
    const shop_axepta_t *axepta = config->data;
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_REFUND,
                            .asked.provider_ref = SHOP_STR("ABCDEFGHA1"),
                            .refund = {SHOP_STR("key"), 1000, 4990, SHOP_STR("EUR")}};
    shop_pay_call_t call;
    shop_form_t form, sent;

    ok(shop_pay_talks(config, SHOP_PAY_REFUND), "gives money back");
    is_int(shop_axepta_ask(arena, config, &talk, &call), SHOP_NOT_FOUND, "nothing was paid");
    talk.asked.provider_txn = SHOP_STR("33");
    is_int(shop_axepta_ask(arena, config, &talk, &call), SHOP_OK, "asked");
    is_str(call.url, "https://paymentpage.axepta.bnpparibas/credit.aspx", "where");
    is_int(shop_form_parse(arena, call.body, 10, &form), SHOP_OK, "a form");
    is_int(shop_axepta_open(arena, axepta->blowfish_key, shop_pay_field(&form, "Data"),
                            shop_pay_field(&form, "Len"), &sent),
           SHOP_OK, "opens");
    is_str(shop_pay_field(&sent, "Amount"), "1000", "a part");
    is_str(shop_pay_field(&sent, "PayID"), "33", "of this payment");
    is_int((long long) shop_pay_field(&sent, "ReqId").len, 32, "the same for every repetition");

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const shop_pay_reply_t reply = {200, sealed(arena, cases[i].answer)};
        shop_pay_heard_t heard = {0};

        is_int(shop_axepta_hear(arena, config, &talk, &reply, &heard), cases[i].status,
               cases[i].answer);
        if (cases[i].status == SHOP_OK) {
            is_int(heard.refunded.state, cases[i].state, "state");
        }
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_sentences(arena);
    check_form(arena);
    check_inquiry(arena);
    check_refund(arena);

    shop_heap_destroy(heap);
    return done_testing();
}
