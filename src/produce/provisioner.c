/*
 * What is said to the provisioner of whole Moodle sites, and what its answers mean (handlers.md
 * 9.15): a service of the operator's own, spoken to in JSON over signed HTTP requests.
 */

#include "produce/produce.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MAX (64 * 1024)

static const shop_provisioner_verb_t verbs[] = {
    {.name = "provisioner_put", .method = "PUT", .suffix = "", .body = true},
    {.name = "provisioner_get", .method = "GET", .suffix = ""},
    {.name = "provisioner_suspend", .method = "POST", .suffix = "/suspend"},
    {.name = "provisioner_resume", .method = "POST", .suffix = "/resume"},
    {.name = "provisioner_delete", .method = "DELETE", .suffix = ""},
};


const shop_provisioner_verb_t *shop_provisioner_verb(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}


/* "WWWW-XXXX-YYYY-ZZCC": nothing that an address could trip over. */
static bool reference_is_plain(shop_str_t reference)
{
    for (size_t i = 0; i < reference.len; i++) {
        unsigned char c = reference.data[i];

        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }
    return reference.len > 0 && reference.len < SHOP_REFERENCE_SIZE;
}


shop_status_t shop_provisioner_request(shop_arena_t *arena, const shop_provisioner_verb_t *verb,
                                       const json_t *arguments, shop_str_t *path, shop_str_t *body)
{
    shop_str_t reference = shop_json_text(arguments, "reference");

    *body = SHOP_STR("");
    if (!reference_is_plain(reference)) {
        return SHOP_MALFORMED;
    }
    if (shop_arena_printf(arena, path, "/instances/%.*s%s", (int) reference.len,
                          (const char *) reference.data, verb->suffix) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }
    return verb->body ? shop_json_dump(arena, json_object_get(arguments, "instance"), body)
                      : SHOP_OK;
}


/* `t=<unix time>,v1=<hex HMAC-SHA-256(secret, t "." method "." path "." body)>` */
shop_status_t shop_provisioner_sign(shop_arena_t *arena, shop_str_t secret, const char *method,
                                    shop_str_t path, shop_str_t body, int64_t now,
                                    shop_str_t *signature)
{
    unsigned char mac[SHOP_SHA256_SIZE];
    shop_str_t text, hex;

    if (shop_arena_printf(arena, &text, "%lld.%s.%.*s.%.*s", (long long) now, method,
                          (int) path.len, (const char *) path.data, (int) body.len,
                          (const char *) body.data) != SHOP_OK ||
        shop_hmac_sha256(secret, text, mac) != SHOP_OK ||
        shop_hex_encode(arena, (shop_str_t){sizeof(mac), mac}, &hex) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }
    return shop_arena_printf(arena, signature, "t=%lld,v1=%.*s", (long long) now, (int) hex.len,
                             (const char *) hex.data);
}


static shop_answer_class_e class_of(unsigned status)
{
    switch (status) {
    case 401:
    case 403:
        return SHOP_ANSWER_RIGHTS;
    case 404:
    case 410:
        return SHOP_ANSWER_MISSING;
    case 409:
        return SHOP_ANSWER_COLLISION;
    case 400:
    case 422:
        return SHOP_ANSWER_INPUT;
    default:
        return status == 0 || status == 429 || status >= 500 ? SHOP_ANSWER_TRANSPORT
                                                             : SHOP_ANSWER_UNKNOWN;
    }
}


void shop_provisioner_read(unsigned status, shop_str_t body, shop_answer_t *answer)
{
    memset(answer, 0, sizeof(*answer));
    answer->http_status = status;
    (void) snprintf(answer->code, sizeof(answer->code), "http%u", status);

    if (status < 200 || status > 299) {
        answer->answer_class = class_of(status);
        return;
    }
    if (status == 204) {
        answer->json = json_object();
    } else if (shop_json_parse(body, ANSWER_MAX, &answer->json) != SHOP_OK ||
               !json_is_object(answer->json)) {
        json_decref(answer->json);
        answer->json = NULL;
    }
    answer->answer_class = answer->json != NULL ? SHOP_ANSWER_OK : SHOP_ANSWER_TRANSPORT;
}
