/* Requests to the provisioner of sites, and what its answers mean: handlers.md 9.15. */

#include "produce/produce.h"

#include <string.h>

#include "tap.h"


static void test_request(shop_arena_t *arena, const char *name, const char *reference,
                         const char *path, const char *body)
{
    json_t *arguments =
        json_pack("{s:s, s:{s:s}}", "reference", reference, "instance", "host", "acme");
    shop_str_t its_path, its_body;
    shop_status_t status = shop_provisioner_request(arena, shop_provisioner_verb(name), arguments,
                                                    &its_path, &its_body);

    if (path == NULL) {
        ok(status == SHOP_MALFORMED, "\"%s\" is no reference", reference);
    } else {
        ok(status == SHOP_OK && shop_str_eq(its_path, shop_str(path)), "%s: %s", name, path);
        ok(shop_str_eq(its_body, shop_str(body)), "%s: with %s", name, body);
    }
    json_decref(arguments);
}


static void test_answer(unsigned status, const char *body, shop_answer_class_e wanted)
{
    shop_answer_t answer;

    shop_provisioner_read(status, shop_str(body), &answer);
    ok(answer.answer_class == wanted, "%u %s: %s", status, body,
       shop_answer_class_name(answer.answer_class));
    ok((answer.json != NULL) == (wanted == SHOP_ANSWER_OK), "... with its value");
    shop_answer_free(&answer);
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);
    shop_str_t signature;

    ok(shop_provisioner_verb("core_user_create_users") == NULL, "Moodle's functions are not ours");
    test_request(arena, "provisioner_put", "AAAA-BBBB-CCCC-DDDD", "/instances/AAAA-BBBB-CCCC-DDDD",
                 "{\"host\":\"acme\"}");
    test_request(arena, "provisioner_suspend", "AAAA-BBBB-CCCC-DDDD",
                 "/instances/AAAA-BBBB-CCCC-DDDD/suspend", "");
    test_request(arena, "provisioner_delete", "AAAA-BBBB-CCCC-DDDD",
                 "/instances/AAAA-BBBB-CCCC-DDDD", "");
    test_request(arena, "provisioner_get", "../x", NULL, NULL);
    test_request(arena, "provisioner_get", "", NULL, NULL);

    /* printf '1700000000.PUT./instances/A.{}' | openssl dgst -sha256 -hmac secret */
    ok(shop_provisioner_sign(arena, SHOP_STR("secret"), "PUT", SHOP_STR("/instances/A"),
                             SHOP_STR("{}"), 1700000000, &signature) == SHOP_OK &&
           shop_str_eq(
               signature,
               SHOP_STR("t=1700000000,v1="
                        "b3b2daaaace6500f95ff876ce6c62d66aaff83e87ba162f770e534831f0092e1")),
       "the signature: %.*s", (int) signature.len, (const char *) signature.data);

    test_answer(200, "{\"state\":\"ready\"}", SHOP_ANSWER_OK);
    test_answer(202, "{}", SHOP_ANSWER_OK);
    test_answer(204, "", SHOP_ANSWER_OK);
    test_answer(200, "[]", SHOP_ANSWER_TRANSPORT);
    test_answer(200, "<html>", SHOP_ANSWER_TRANSPORT);
    test_answer(0, "", SHOP_ANSWER_TRANSPORT);
    test_answer(429, "", SHOP_ANSWER_TRANSPORT);
    test_answer(502, "", SHOP_ANSWER_TRANSPORT);
    test_answer(401, "", SHOP_ANSWER_RIGHTS);
    test_answer(403, "", SHOP_ANSWER_RIGHTS);
    test_answer(404, "{}", SHOP_ANSWER_MISSING);
    test_answer(409, "{}", SHOP_ANSWER_COLLISION);
    test_answer(422, "{}", SHOP_ANSWER_INPUT);
    test_answer(302, "", SHOP_ANSWER_UNKNOWN);

    shop_heap_destroy(heap);
    return done_testing();
}
