/*
 * Certificates as signed credentials, and what a stranger needs to check them: the keys, who
 * issued, whether they were revoked.
 *
 * The number leads to the credential as it leads to the page, and it says no more than the page.
 */

#include "web/front.h"


static ngx_int_t find(ngx_http_shop_ctx_t *ctx, ngx_http_shop_next_pt then);
static ngx_int_t on_found(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t on_status(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t take(ngx_http_shop_ctx_t *ctx, const json_t *answer,
                      shop_credential_t *credential);
static ngx_int_t take_issuer(ngx_http_shop_ctx_t *ctx, shop_credential_t *credential);
static ngx_int_t absolute(ngx_http_shop_ctx_t *ctx, const char *path, shop_str_t last,
                          shop_str_t *address);
static json_t *methods(ngx_http_shop_ctx_t *ctx, shop_str_t issuer);
static json_t *public_key(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_signing_key_t *key);


ngx_int_t ngx_http_shop_credential(ngx_http_shop_ctx_t *ctx)
{
    return find(ctx, on_found);
}


ngx_int_t ngx_http_shop_credential_status(ngx_http_shop_ctx_t *ctx)
{
    return find(ctx, on_status);
}


static ngx_int_t find(ngx_http_shop_ctx_t *ctx, ngx_http_shop_next_pt then)
{
    if (ctx->main->signing_keys.nelts == 0 || ctx->captures[0].len > SHOP_CERTIFICATE_NUMBER_MAX) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_CERTIFICATE_VERIFY,
                              json_pack("{s:o}", "number", shop_json_str(ctx->captures[0])), then);
}


static ngx_int_t on_found(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);
    const ngx_http_shop_signing_key_t *key = ctx->main->signing_keys.elts;
    shop_credential_t credential;
    shop_str_t address, jws;
    ngx_int_t rc;

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_json_bool(answer, "revoked")) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    rc = take(ctx, answer, &credential);
    if (rc != NGX_OK) {
        return ngx_http_shop_error(ctx, rc);
    }

    if (absolute(ctx, "-/keys/", key->id, &address) != NGX_OK ||
        shop_credential_sign(&ctx->arena, &credential, &key->key, address, &jws) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send(ctx, NGX_HTTP_OK, "application/vc+jwt", &jws, 1, SHOP_CACHE_NO_STORE);
}


static ngx_int_t on_status(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op), *list;
    shop_credential_t credential;
    ngx_int_t rc;

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    rc = take(ctx, answer, &credential);
    if (rc != NGX_OK) {
        return ngx_http_shop_error(ctx, rc);
    }

    if (shop_credential_status(&ctx->arena, &credential, shop_json_bool(answer, "revoked"),
                               &list) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send_json(ctx, NGX_HTTP_OK, list);
}


/* A shop signs for what it has sold itself, not for another one that shares its database. */
static ngx_int_t take(ngx_http_shop_ctx_t *ctx, const json_t *answer, shop_credential_t *credential)
{
    shop_str_t number = shop_json_text(answer, "number");

    if (json_object_get(answer, "error") != NULL ||
        !shop_str_eq(shop_json_text(answer, "shop"), ctx->shop->alias)) {
        return NGX_HTTP_NOT_FOUND;
    }

    credential->holder = shop_json_text(answer, "holder");
    credential->course = shop_json_text(answer, "course");
    credential->issued_at = shop_json_text(answer, "issued_at");
    credential->completed_at = shop_json_text(answer, "completed_at");

    if (absolute(ctx, "certificate/", number, &credential->address) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return take_issuer(ctx, credential);
}


static ngx_int_t take_issuer(ngx_http_shop_ctx_t *ctx, shop_credential_t *credential)
{
    credential->seller = shop_json_text(json_object_get(ctx->shop->document, "seller"), "name");

    if (credential->seller.len == 0) {
        credential->seller = shop_json_text(ctx->shop->document, "name");
    }

    if (absolute(ctx, "-/issuer", SHOP_STR(""), &credential->issuer) != NGX_OK ||
        absolute(ctx, "", SHOP_STR(""), &credential->shop) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t absolute(ngx_http_shop_ctx_t *ctx, const char *path, shop_str_t last,
                          shop_str_t *address)
{
    ngx_str_t *base = &ctx->main->base_url;
    shop_str_t url = ngx_http_shop_url(ctx, path, last);

    return shop_arena_printf(&ctx->arena, address, "%.*s%.*s", (int) base->len, base->data,
                             (int) url.len, url.data) == SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


ngx_int_t ngx_http_shop_issuer(ngx_http_shop_ctx_t *ctx)
{
    shop_credential_t issuer;
    json_t *profile;

    if (ctx->main->signing_keys.nelts == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (take_issuer(ctx, &issuer) != NGX_OK ||
        shop_credential_issuer(&issuer, methods(ctx, issuer.issuer), &profile) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send_json(ctx, NGX_HTTP_OK, profile);
}


static json_t *methods(ngx_http_shop_ctx_t *ctx, shop_str_t issuer)
{
    const ngx_http_shop_signing_key_t *keys = ctx->main->signing_keys.elts;
    json_t *list = json_array();
    shop_str_t address;
    ngx_uint_t i;

    for (i = 0; i < ctx->main->signing_keys.nelts; i++) {
        if (absolute(ctx, "-/keys/", keys[i].id, &address) != NGX_OK ||
            json_array_append_new(
                list, shop_credential_method(issuer, address, public_key(ctx, &keys[i]))) != 0) {
            json_decref(list);
            return NULL;
        }
    }

    return list;
}


ngx_int_t ngx_http_shop_signing_key(ngx_http_shop_ctx_t *ctx)
{
    const ngx_http_shop_signing_key_t *keys = ctx->main->signing_keys.elts;
    ngx_uint_t i;

    for (i = 0; i < ctx->main->signing_keys.nelts; i++) {
        if (shop_str_eq(keys[i].id, ctx->captures[0])) {
            return ngx_http_shop_send_json(ctx, NGX_HTTP_OK, public_key(ctx, &keys[i]));
        }
    }

    return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
}


static json_t *public_key(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_signing_key_t *key)
{
    json_t *jwk;

    return shop_credential_jwk(&ctx->arena, &key->key, &jwk) == SHOP_OK ? jwk : NULL;
}
