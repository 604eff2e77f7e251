/*
 * shop_signing_key: the keys that sign credentials.
 */

#include "web/conf.h"


static ngx_int_t read_key(ngx_conf_t *cf, ngx_str_t *path, ngx_http_shop_signing_key_t *key);


/* The first key signs. The others only stay published, so that what they signed can be checked. */
char *ngx_http_shop_conf_signing_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_http_shop_signing_key_t *key;
    ngx_str_t *words = cf->args->elts;
    ngx_uint_t i;

    if (smcf->signing_keys.nelts > 0) {
        return "is duplicate: name all files in one line, the signing one first";
    }

    if (ngx_array_init(&smcf->signing_keys, cf->pool, 1, sizeof(ngx_http_shop_signing_key_t)) !=
        NGX_OK) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        key = ngx_array_push(&smcf->signing_keys);

        if (key == NULL || read_key(cf, &words[i], key) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t read_key(ngx_conf_t *cf, ngx_str_t *path, ngx_http_shop_signing_key_t *key)
{
    shop_arena_t arena = shop_pool_arena(cf->pool);
    ngx_int_t rc = NGX_ERROR;
    ngx_str_t pem;
    json_t *jwk;

    if (ngx_http_shop_conf_secret(cf, path, &pem) != NGX_OK) {
        return NGX_ERROR;
    }

    if (shop_ed25519_read((shop_str_t){pem.len, pem.data}, &key->key) != SHOP_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"shop_signing_key\": \"%V\" is not an Ed25519 private key without "
                           "passphrase: openssl genpkey -algorithm ed25519 -out %V",
                           path, path);
        return NGX_ERROR;
    }

    if (shop_credential_jwk(&arena, &key->key, &jwk) != SHOP_OK) {
        return NGX_ERROR;
    }

    if (shop_arena_copy(&arena, shop_json_text(jwk, "kid"), &key->id) == SHOP_OK) {
        rc = NGX_OK;
    }

    json_decref(jwk);

    return rc;
}
