/*
 * Refunds by providers without idempotency keys: the calls of Lyra, Sips and Ogone, and what each
 * answer means.
 */

#include "pay_unit.h"

typedef struct {
    const char *name;
    unsigned step;
    unsigned http;
    const char *body;
    shop_status_t status;
    shop_pay_state_t state; /* of the refund; UNKNOWN: none said */
    const char *txn;
    const char *reason;
} answer_t;


static const shop_pay_config_t *configured(shop_arena_t *arena, const char *interface)
{
    static const char *const sips[] = {"merchant_id=002001000000001", "key_file=secret-key-of-sips",
                                       "office_url=https://office.example", NULL};
    static const char *const ogone[] = {"pspid=ATELIER",
                                        "sha_in_file=Demo-In-Passphrase!1",
                                        "sha_out_file=Demo-Out-Passphrase!1",
                                        "query_url=https://ogone.example/ncol/test/querydirect.asp",
                                        "api_user=api",
                                        "api_password_file=api-password",
                                        NULL};

    if (strcmp(interface, "systempay") == 0) {
        return unit_systempay(arena);
    }

    return unit_made(arena, interface, "test", strcmp(interface, "ogone") == 0 ? ogone : sips);
}


static shop_pay_talk_t refund_of(int64_t amount)
{
    return (shop_pay_talk_t){
        .purpose = SHOP_PAY_REFUND,
        .asked = {.transid = SHOP_STR("ORDERABC"),
                  .provider_ref = SHOP_STR("ORDERABCA1"),
                  .provider_txn = SHOP_STR("5b158f08")},
        .refund = {.key = SHOP_STR("refund-ORDERABC-1"),
                   .amount_minor = amount,
                   .paid_minor = 4990,
                   .currency = SHOP_STR("EUR")},
    };
}


static bool has(shop_str_t text, const char *part)
{
    size_t len = strlen(part);

    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.data + i, part, len) == 0) {
            return true;
        }
    }

    return false;
}


static void check_call(shop_arena_t *arena, const char *interface, shop_pay_talk_t talk,
                       const char *url, const char *const *parts)
{
    const shop_pay_config_t *config = configured(arena, interface);
    shop_pay_call_t call;

    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, interface);
    is_str(call.url, url, "its address");
    for (; *parts != NULL; parts++) {
        ok(has(call.body, *parts), "%s", *parts);
    }
}


static void check_answers(shop_arena_t *arena, const char *interface, const answer_t *list)
{
    const shop_pay_config_t *config = configured(arena, interface);

    for (; list->name != NULL; list++) {
        shop_pay_talk_t talk = refund_of(1000);
        shop_pay_heard_t heard;
        const shop_pay_reply_t reply = {list->http, shop_str(list->body)};

        talk.step = list->step;
        is_int(config->interface->hear(arena, config, &talk, &reply, &heard), list->status,
               list->name);
        if (list->status == SHOP_OK) {
            is_int(heard.refunded.state, list->state, "state");
            is_str(heard.refunded.provider_txn, list->txn, "transaction");
            is_str(heard.refunded.reason, list->reason, "reason");
        }
    }
}


static void check_lyra(shop_arena_t *arena)
{
#define LYRA(operation, status, amount)                                                            \
    "{\"status\":\"SUCCESS\",\"answer\":{\"shopId\":\"12345678\",\"uuid\":\"c1\","                 \
    "\"operationType\":\"" operation "\",\"detailedStatus\":\"" status "\",\"amount\":" amount     \
    "}}"
#define LYRA_ERROR(code) "{\"status\":\"ERROR\",\"answer\":{\"errorCode\":\"" code "\"}}"
    static const char *const parts[] = {"\"uuid\":\"5b158f08\"", "\"amount\":1000",
                                        "\"currency\":\"EUR\"", "\"resolutionMode\":\"AUTO\"",
                                        NULL};
    static const answer_t answers[] = {
        {"credited", 0, 200, LYRA("CREDIT", "AUTHORISED", "1000"), SHOP_OK, SHOP_PAY_STATE_REFUNDED,
         "c1", ""},
        {"to be credited", 0, 200, LYRA("DEBIT", "WAITING_AUTHORISATION", "1000"), SHOP_OK,
         SHOP_PAY_STATE_PENDING, "c1", ""},
        {"cancelled", 0, 200, LYRA("DEBIT", "CANCELLED", "4990"), SHOP_OK, SHOP_PAY_STATE_REFUNDED,
         "c1", ""},
        {"made smaller", 0, 200, LYRA("DEBIT", "AUTHORISED", "3990"), SHOP_OK,
         SHOP_PAY_STATE_REFUNDED, "c1:3990", ""},
        {"nothing changed", 0, 200, LYRA("DEBIT", "AUTHORISED", "4990"), SHOP_MALFORMED, 0, "", ""},
        {"an odd status", 0, 200, LYRA("CREDIT", "DREAMT", "1000"), SHOP_MALFORMED, 0, "", ""},
        {"refused", 0, 200, LYRA_ERROR("PSP_083"), SHOP_OK, SHOP_PAY_STATE_REFUSED, "", "PSP_083"},
        {"in trouble", 0, 200, LYRA_ERROR("PSP_999"), SHOP_MALFORMED, 0, "", ""},
        {"the password", 0, 200, LYRA_ERROR("INT_905"), SHOP_REFUSED, 0, "", ""},
        {"down", 0, 500, "", SHOP_MALFORMED, 0, "", ""},
        {.name = NULL},
    };

    check_call(arena, "systempay", refund_of(1000),
               "https://api.systempay.fr/api-payment/V4/Transaction/CancelOrRefund", parts);
    check_answers(arena, "systempay", answers);
}


static void check_sips(shop_arena_t *arena)
{
    static const char *const question[] = {"\"transactionReference\":\"ORDERABCA1\"", NULL};
    static const char *const parts[] = {"\"operationAmount\":\"1000\"", "\"currencyCode\":\"978\"",
                                        "\"interfaceVersion\":\"CR_WS_2.58\"", "\"seal\":\"", NULL};
    static const answer_t answers[] = {
        {"refused before", 0, 200, "{\"responseCode\":\"00\",\"transactionStatus\":\"EXPIRED\"}",
         SHOP_OK, SHOP_PAY_STATE_REFUSED, "", "EXPIRED"},
        {"no status", 0, 200, "{\"responseCode\":\"00\"}", SHOP_MALFORMED, 0, "", ""},
        {"not known", 0, 200, "{\"responseCode\":\"25\"}", SHOP_OK, SHOP_PAY_STATE_REFUSED, "",
         "25"},
        {"done", 1, 200, "{\"responseCode\":\"00\"}", SHOP_OK, SHOP_PAY_STATE_REFUNDED, "", ""},
        {"not possible", 1, 200, "{\"responseCode\":\"24\"}", SHOP_OK, SHOP_PAY_STATE_REFUSED, "",
         "24"},
        {"in trouble", 1, 200, "{\"responseCode\":\"99\"}", SHOP_MALFORMED, 0, "", ""},
        {"the account", 1, 200, "{\"responseCode\":\"34\"}", SHOP_REFUSED, 0, "", ""},
        {"no answer", 1, 200, "[]", SHOP_MALFORMED, 0, "", ""},
        {.name = NULL},
    };
    static const struct {
        const char *status;
        const char *url;
    } ways[] = {
        {"TO_CAPTURE", "https://office.example/rs-services/v2/cashManagement/cancel"},
        {"CAPTURED", "https://office.example/rs-services/v2/cashManagement/refund"},
        {"CREDITED", "https://office.example/rs-services/v2/cashManagement/refund"},
    };
    const shop_pay_config_t *config = configured(arena, "mercanet");

    check_call(arena, "mercanet", refund_of(1000),
               "https://office.example/rs-services/v2/diagnostic/getTransactionData", question);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        shop_pay_talk_t talk = refund_of(1000);
        shop_pay_reply_t reply = {.status = 200};
        shop_pay_heard_t heard;

        is_int(shop_arena_printf(arena, &reply.body,
                                 "{\"responseCode\":\"00\",\"transactionStatus\":\"%s\"}",
                                 ways[i].status),
               SHOP_OK, ways[i].status);
        is_int(config->interface->hear(arena, config, &talk, &reply, &heard), SHOP_OK, "heard");
        ok(heard.again, "goes on");
        talk.step = 1;
        check_call(arena, "mercanet", talk, ways[i].url, parts);
    }
    check_answers(arena, "mercanet", answers);
}


static void check_ogone(shop_arena_t *arena)
{
#define OGONE(attributes) "<?xml version=\"1.0\"?><ncresponse " attributes "></ncresponse>"
    static const char *const part[] = {"PAYID=5b158f08", "AMOUNT=1000", "OPERATION=RFD",
                                       "SHASIGN=", NULL};
    static const char *const whole[] = {"AMOUNT=4990", "OPERATION=RFS", NULL};
    static const answer_t answers[] = {
        {"done", 0, 200, OGONE("PAYID=\"7\" PAYIDSUB=\"2\" STATUS=\"8\" NCERROR=\"0\""), SHOP_OK,
         SHOP_PAY_STATE_REFUNDED, "7/2", "8"},
        {"to be done", 0, 200, OGONE("PAYID=\"7\" PAYIDSUB=\"2\" STATUS=\"81\" NCERROR=\"0\""),
         SHOP_OK, SHOP_PAY_STATE_PENDING, "7/2", "81"},
        {"refused", 0, 200, OGONE("PAYID=\"7\" STATUS=\"83\" NCERROR=\"0\""), SHOP_OK,
         SHOP_PAY_STATE_REFUSED, "7", "83"},
        {"not possible", 0, 200, OGONE("PAYID=\"7\" STATUS=\"0\" NCERROR=\"50001046\""), SHOP_OK,
         SHOP_PAY_STATE_REFUSED, "", "50001046"},
        {"uncertain", 0, 200, OGONE("PAYID=\"7\" STATUS=\"0\" NCERROR=\"20001001\""),
         SHOP_MALFORMED, 0, "", ""},
        {"the passphrase", 0, 200, OGONE("PAYID=\"\" STATUS=\"0\" NCERROR=\"50001118\""),
         SHOP_REFUSED, 0, "", ""},
        {"an odd status", 0, 200, OGONE("PAYID=\"7\" STATUS=\"9\" NCERROR=\"0\""), SHOP_MALFORMED,
         0, "", ""},
        {.name = NULL},
    };

    check_call(arena, "ogone", refund_of(1000),
               "https://ogone.example/ncol/test/maintenancedirect.asp", part);
    check_call(arena, "ogone", refund_of(4990),
               "https://ogone.example/ncol/test/maintenancedirect.asp", whole);
    check_answers(arena, "ogone", answers);
}


static void check_impossible(shop_arena_t *arena)
{
    static const char *const interfaces[] = {"systempay", "ogone"};

    for (size_t i = 0; i < 2; i++) {
        const shop_pay_config_t *config = configured(arena, interfaces[i]);
        shop_pay_talk_t talk = refund_of(1000);
        shop_pay_call_t call;

        talk.asked.provider_txn = SHOP_STR_NULL;
        is_int(config->interface->ask(arena, config, &talk, &call), SHOP_REFUSED,
               "a payment without a number cannot be given back");
        talk = refund_of(0);
        is_int(config->interface->ask(arena, config, &talk, &call), SHOP_REFUSED, "nor nothing");
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_lyra(arena);
    check_sips(arena);
    check_ogone(arena);
    check_impossible(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
