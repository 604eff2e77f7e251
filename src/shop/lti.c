/*
 * Is this launch authentic, fresh, and about somebody?
 */

#include "shop/lti.h"
#include "shop/shop_internal.h"

#include <stdlib.h>
#include <string.h>


#define LTI_CLOCK_SKEW 300
#define LTI_NONCE_MAX 255


static const struct {
    const char *name;
    const char *value;
} lti_constants[] = {
    {"lti_message_type", "basic-lti-launch-request"},
    {"lti_version", "LTI-1p0"},
    {"oauth_version", "1.0"},
    {"oauth_signature_method", "HMAC-SHA1"},
};


static bool lti_well_formed(const shop_form_t *form);
static const shop_lti_consumer_t *lti_consumer(const shop_lti_consumer_t *consumers, size_t count,
                                               shop_str_t key);
static bool lti_fresh(const shop_form_t *form, int64_t now);
static shop_status_t lti_parameters(shop_arena_t *arena, const shop_form_t *form,
                                    const shop_form_t *query, shop_str_t *text);
static shop_status_t encode_pairs(shop_arena_t *arena, const shop_form_t *form, shop_pair_t *out,
                                  size_t *count);
static int compare_pairs(const void *a, const void *b);
static bool teaches(shop_str_t roles);
static void lti_person(const shop_form_t *form, shop_lti_launch_t *launch);


shop_lti_verdict_t shop_lti_check(shop_arena_t *arena, const shop_form_t *form,
                                  const shop_form_t *query, shop_str_t address,
                                  const shop_lti_consumer_t *consumers, size_t count, int64_t now,
                                  shop_lti_launch_t *launch)
{
    shop_str_t wanted;

    memset(launch, 0, sizeof(*launch));

    if (form->duplicate || query->duplicate || !lti_well_formed(form)) {
        return SHOP_LTI_MALFORMED;
    }

    launch->consumer = lti_consumer(consumers, count, shop_form_text(form, "oauth_consumer_key"));
    if (launch->consumer == NULL) {
        return SHOP_LTI_FORGED;
    }

    if (shop_lti_sign(arena, form, query, address, launch->consumer->secret, &wanted) != SHOP_OK) {
        return SHOP_LTI_NO_MEMORY;
    }

    if (!shop_secret_eq(wanted, shop_form_text(form, "oauth_signature"))) {
        return SHOP_LTI_FORGED;
    }

    if (!lti_fresh(form, now)) {
        return SHOP_LTI_STALE;
    }

    lti_person(form, launch);

    return launch->subject.len > 0 && !shop_str_eq(launch->subject, SHOP_STR("0"))
               ? SHOP_LTI_OK
               : SHOP_LTI_NOBODY;
}


static bool lti_well_formed(const shop_form_t *form)
{
    shop_str_t nonce = shop_form_text(form, "oauth_nonce");
    size_t i;

    for (i = 0; i < sizeof(lti_constants) / sizeof(lti_constants[0]); i++) {
        if (!shop_str_eq(shop_form_text(form, lti_constants[i].name),
                         shop_str(lti_constants[i].value))) {
            return false;
        }
    }

    return nonce.len > 0 && nonce.len <= LTI_NONCE_MAX;
}


static const shop_lti_consumer_t *lti_consumer(const shop_lti_consumer_t *consumers, size_t count,
                                               shop_str_t key)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (shop_str_eq(consumers[i].key, key)) {
            return &consumers[i];
        }
    }

    return NULL;
}


static bool lti_fresh(const shop_form_t *form, int64_t now)
{
    int64_t at;

    return shop_str_to_int(shop_form_text(form, "oauth_timestamp"), &at) == SHOP_OK &&
           at >= now - LTI_CLOCK_SKEW && at <= now + LTI_CLOCK_SKEW;
}


shop_status_t shop_lti_sign(shop_arena_t *arena, const shop_form_t *form, const shop_form_t *query,
                            shop_str_t address, shop_str_t secret, shop_str_t *signature)
{
    unsigned char mac[SHOP_SHA1_SIZE];
    shop_str_t parameters, key;
    shop_buf_t base;

    if (lti_parameters(arena, form, query, &parameters) != SHOP_OK ||
        shop_percent_encode(arena, secret, &key) != SHOP_OK ||
        shop_arena_printf(arena, &key, "%.*s&", (int) key.len, key.data) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    shop_buf_init(&base, arena, 0);
    shop_buf_add(&base, SHOP_STR("POST&"));
    shop_buf_add_percent(&base, address);
    shop_buf_add(&base, SHOP_STR("&"));
    shop_buf_add_percent(&base, parameters);

    if (base.status != SHOP_OK || shop_hmac_sha1(key, shop_buf_str(&base), mac) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    return shop_base64_encode(arena, (shop_str_t){sizeof(mac), mac}, signature);
}


/* RFC 5849, 3.4.1.3.2: encoded first, then sorted by name, then by value. */
static shop_status_t lti_parameters(shop_arena_t *arena, const shop_form_t *form,
                                    const shop_form_t *query, shop_str_t *text)
{
    size_t i, count = 0;
    shop_pair_t *pairs;
    shop_buf_t buf;

    pairs = shop_arena_alloc(arena, (form->count + query->count) * sizeof(shop_pair_t));

    if (pairs == NULL || encode_pairs(arena, form, pairs, &count) != SHOP_OK ||
        encode_pairs(arena, query, pairs, &count) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    qsort(pairs, count, sizeof(shop_pair_t), compare_pairs);
    shop_buf_init(&buf, arena, 0);

    for (i = 0; i < count; i++) {
        shop_buf_add(&buf, i > 0 ? SHOP_STR("&") : SHOP_STR(""));
        shop_buf_add(&buf, pairs[i].name);
        shop_buf_add(&buf, SHOP_STR("="));
        shop_buf_add(&buf, pairs[i].value);
    }

    *text = shop_buf_str(&buf);

    return buf.status;
}


static shop_status_t encode_pairs(shop_arena_t *arena, const shop_form_t *form, shop_pair_t *out,
                                  size_t *count)
{
    size_t i;

    for (i = 0; i < form->count; i++) {
        if (shop_str_eq(form->pairs[i].name, SHOP_STR("oauth_signature"))) {
            continue;
        }

        if (shop_percent_encode(arena, form->pairs[i].name, &out[*count].name) != SHOP_OK ||
            shop_percent_encode(arena, form->pairs[i].value, &out[*count].value) != SHOP_OK) {
            return SHOP_NO_MEMORY;
        }

        (*count)++;
    }

    return SHOP_OK;
}


static int compare_pairs(const void *a, const void *b)
{
    const shop_pair_t *one = a, *other = b;
    int order = shop_str_cmp(one->name, other->name);

    return order != 0 ? order : shop_str_cmp(one->value, other->value);
}


/* "Learner,urn:lti:role:ims/lis/Instructor": in the course, not on the whole platform. */
static bool teaches(shop_str_t roles)
{
    static const char urn[] = "urn:lti:role:ims/lis/";
    shop_str_t role;

    while (shop_str_split(&roles, ',', &role)) {
        role = shop_str_trim(role);

        if (shop_str_starts(role, shop_str(urn))) {
            role.data += sizeof(urn) - 1;
            role.len -= sizeof(urn) - 1;
        }

        if (shop_str_eq(role, SHOP_STR("Instructor"))) {
            return true;
        }
    }

    return false;
}


/* Only what the site shares is there; Moodle sends no user_id for guests. */
static void lti_person(const shop_form_t *form, shop_lti_launch_t *launch)
{
    shop_str_t email = shop_form_text(form, "lis_person_contact_email_primary");

    launch->nonce = shop_form_text(form, "oauth_nonce");
    launch->fullname = shop_form_text(form, "lis_person_name_full");
    launch->firstname = shop_form_text(form, "lis_person_name_given");
    launch->lastname = shop_form_text(form, "lis_person_name_family");
    launch->target = shop_form_text(form, "custom_target");

    if (shop_email_valid(email)) {
        launch->email = email;
    }

    launch->subject = shop_form_text(form, "user_id");
    launch->instructor = teaches(shop_form_text(form, "roles"));

    if (shop_str_to_int(launch->subject, &launch->user) != SHOP_OK) {
        launch->user = 0;
    }
}
