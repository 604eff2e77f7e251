/*
 * The two signatures of Worldline Direct: of our requests ("v1HMAC") and of its webhooks
 * (payments.md 9.2, 9.5).
 */

#include "pay/worldline.h"

#define SIGNED_HEADERS_MAX 8


shop_status_t shop_worldline_date(shop_arena_t *arena, int64_t now, shop_str_t *date)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t month;
    char iso[21];

    shop_time_iso(now, iso);
    if (shop_str_to_int((shop_str_t){2, (unsigned char *) iso + 5}, &month) != SHOP_OK ||
        month < 1 || month > 12) {
        return SHOP_BUG;
    }

    return shop_arena_printf(arena, date, "%s, %.2s %.3s %.4s %.8s GMT", days[now / 86400 % 7],
                             iso + 8, months + 3 * (month - 1), iso, iso + 11);
}


static shop_status_t base64_mac(shop_arena_t *arena, shop_str_t secret, shop_str_t message,
                                shop_str_t *text)
{
    unsigned char mac[SHOP_SHA256_SIZE];

    shop_status_t status = shop_hmac_sha256(secret, message, mac);

    return status == SHOP_OK ? shop_base64_encode(arena, (shop_str_t){sizeof(mac), mac}, text)
                             : status;
}


static shop_status_t lower(shop_arena_t *arena, shop_str_t name, shop_str_t *out)
{
    shop_status_t status = shop_arena_copy(arena, name, out);

    for (size_t i = 0; status == SHOP_OK && i < out->len; i++) {
        if (out->data[i] >= 'A' && out->data[i] <= 'Z') {
            out->data[i] = (unsigned char) (out->data[i] + ('a' - 'A'));
        }
    }

    return status;
}


static bool is_before(shop_str_t a, shop_str_t b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        if (a.data[i] != b.data[i]) {
            return a.data[i] < b.data[i];
        }
    }

    return a.len < b.len;
}


/* Those that begin with "x-gcs", names in lower case, sorted. */
static shop_status_t choose(shop_arena_t *arena, const shop_worldline_signed_t *what,
                            shop_pair_t *chosen, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < what->header_count; i++) {
        size_t at = *count;
        shop_str_t name;

        shop_status_t status = lower(arena, what->headers[i].name, &name);
        if (status != SHOP_OK) {
            return status;
        }
        if (!shop_str_starts(name, SHOP_STR("x-gcs"))) {
            continue;
        }
        if (*count == SIGNED_HEADERS_MAX) {
            return SHOP_LIMIT;
        }
        while (at > 0 && is_before(name, chosen[at - 1].name)) {
            chosen[at] = chosen[at - 1];
            at--;
        }
        chosen[at] = (shop_pair_t){name, what->headers[i].value};
        ++*count;
    }

    return SHOP_OK;
}


/* Our own values hold no white space but single blanks: nothing is to be folded. */
static shop_status_t signed_text(shop_arena_t *arena, const shop_worldline_signed_t *what,
                                 shop_str_t *text)
{
    shop_pair_t chosen[SIGNED_HEADERS_MAX];
    shop_buf_t buf;
    size_t count;

    shop_status_t status = choose(arena, what, chosen, &count);
    if (status != SHOP_OK) {
        return status;
    }

    shop_buf_init(&buf, arena, 256);
    shop_buf_add(&buf, shop_str(what->method));
    shop_buf_add_char(&buf, '\n');
    shop_buf_add(&buf, what->content_type);
    shop_buf_add_char(&buf, '\n');
    shop_buf_add(&buf, what->date);
    shop_buf_add_char(&buf, '\n');
    for (size_t i = 0; i < count; i++) {
        shop_buf_add(&buf, chosen[i].name);
        shop_buf_add_char(&buf, ':');
        shop_buf_add(&buf, chosen[i].value);
        shop_buf_add_char(&buf, '\n');
    }
    shop_buf_add(&buf, what->path);
    shop_buf_add_char(&buf, '\n');
    *text = shop_buf_str(&buf);

    return buf.status;
}


shop_status_t shop_worldline_sign(shop_arena_t *arena, const shop_worldline_signed_t *what,
                                  shop_str_t *authorization)
{
    shop_str_t text, mac;

    shop_status_t status = signed_text(arena, what, &text);
    if (status == SHOP_OK) {
        status = base64_mac(arena, what->secret, text, &mac);
    }

    return status == SHOP_OK
               ? shop_arena_printf(arena, authorization, "GCS v1HMAC:%.*s:%.*s",
                                   (int) what->key_id.len, (const char *) what->key_id.data,
                                   (int) mac.len, (const char *) mac.data)
               : status;
}


/* NULL: none, or more than one. */
static const shop_str_t *only_header(const shop_pay_request_t *request, const char *name)
{
    const shop_str_t *found = NULL;

    for (size_t i = 0; i < request->header_count; i++) {
        if (!shop_str_eq(request->headers[i].name, shop_str(name))) {
            continue;
        }
        if (found != NULL) {
            return NULL;
        }
        found = &request->headers[i].value;
    }

    return found;
}


shop_status_t shop_worldline_verify(shop_arena_t *arena, shop_str_t secret,
                                    const shop_pay_request_t *request)
{
    const shop_str_t *given = only_header(request, "x-gcs-signature");
    shop_str_t mac;

    if (given == NULL || only_header(request, "x-gcs-keyid") == NULL) {
        return SHOP_REFUSED;
    }

    shop_status_t status = base64_mac(arena, secret, request->body, &mac);
    if (status != SHOP_OK) {
        return status;
    }

    return shop_secret_eq(*given, mac) ? SHOP_OK : SHOP_REFUSED;
}
