/*
 * The table of the front office: every address of a shop, what must be true before, who answers.
 */

#include "web/assets.h"
#include "web/front.h"


#define SHOP_FORM_SMALL 8192
#define SHOP_FORM_LAUNCH (32 * 1024)
#define SHOP_FORM_LARGE (128 * 1024) /* many units with long answers */

#define SHARED (NGX_HTTP_SHOP_NEED_CATALOG | NGX_HTTP_SHOP_MAY_SESSION)
#define PERSONAL (NGX_HTTP_SHOP_NEED_CATALOG | NGX_HTTP_SHOP_NEED_SESSION)
#define CHECKOUT (PERSONAL | NGX_HTTP_SHOP_NEED_CART | NGX_HTTP_SHOP_FIGURES)
#define CHANGES (PERSONAL | NGX_HTTP_SHOP_FIGURES)


static const ngx_http_shop_route_t front_routes[] = {
    {NGX_HTTP_GET, "", SHARED, 0, ngx_http_shop_catalog},
    {NGX_HTTP_GET, "c/:", SHARED, 0, ngx_http_shop_category},
    {NGX_HTTP_GET, "p/:", SHARED, 0, ngx_http_shop_product},

    {NGX_HTTP_GET, "cart", SHARED | NGX_HTTP_SHOP_FIGURES, 0, ngx_http_shop_cart_show},
    {NGX_HTTP_POST, "cart/add", CHANGES, SHOP_FORM_SMALL, ngx_http_shop_cart_add},
    {NGX_HTTP_POST, "cart/passcode", CHANGES, SHOP_FORM_SMALL, ngx_http_shop_cart_add},
    {NGX_HTTP_POST, "cart/set", CHANGES, SHOP_FORM_SMALL, ngx_http_shop_cart_set},
    {NGX_HTTP_POST, "cart/remove", CHANGES, SHOP_FORM_SMALL, ngx_http_shop_cart_remove},
    {NGX_HTTP_POST, "cart/clear", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_cart_clear},
    {NGX_HTTP_POST, "cart/promo", CHANGES, SHOP_FORM_SMALL, ngx_http_shop_cart_promo},
    {NGX_HTTP_POST, "cart/promo/remove", CHANGES, SHOP_FORM_SMALL, ngx_http_shop_cart_promo_remove},
    {NGX_HTTP_GET, "add", CHANGES, 0, ngx_http_shop_link_add},
    {NGX_HTTP_GET, "import", CHANGES, 0, ngx_http_shop_link_import},
    {NGX_HTTP_POST, "import", CHANGES, SHOP_FORM_SMALL, ngx_http_shop_import_confirmed},

    {NGX_HTTP_GET, "step/:", CHECKOUT, 0, ngx_http_shop_step_show},
    {NGX_HTTP_POST, "step/:", CHECKOUT, SHOP_FORM_LARGE, ngx_http_shop_step_submit},
    {NGX_HTTP_POST, "participants/:", CHECKOUT, SHOP_FORM_SMALL, ngx_http_shop_participant},
    {NGX_HTTP_GET, "terms", SHARED, 0, ngx_http_shop_terms},

    {NGX_HTTP_GET, "order/:", SHARED, 0, ngx_http_shop_order_show},
    {NGX_HTTP_GET, "order/:/done", SHARED, 0, ngx_http_shop_order_done},
    {NGX_HTTP_GET, "order/:/status", SHARED, 0, ngx_http_shop_order_status},
    {NGX_HTTP_GET, "order/:/terms", SHARED, 0, ngx_http_shop_order_terms},
    {NGX_HTTP_GET, "order/:/certificate/:", SHARED, 0, ngx_http_shop_order_certificate},
    {NGX_HTTP_GET, "order/:/open/:", SHARED, 0, ngx_http_shop_order_open},
    {NGX_HTTP_GET, "order/:/seats", PERSONAL, 0, ngx_http_shop_order_seats},
    {NGX_HTTP_GET, "order/:/seats/:", PERSONAL, 0, ngx_http_shop_order_seats},
    {NGX_HTTP_POST, "order/:/seats/:", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_order_seat},
    {NGX_HTTP_GET, "order/:/tool/:", PERSONAL, 0, ngx_http_shop_order_tool},
    {NGX_HTTP_POST, "order/:/tool/:", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_order_tool_renew},
    {NGX_HTTP_GET, "certificate/:", SHARED, 0, ngx_http_shop_certificate},
    {NGX_HTTP_GET, "certificate/:/credential", SHARED, 0, ngx_http_shop_credential},
    {NGX_HTTP_GET, "certificate/:/status", SHARED, 0, ngx_http_shop_credential_status},
    {NGX_HTTP_GET, "api/licence/:", SHARED, 0, ngx_http_shop_licence},
    {NGX_HTTP_GET, "-/issuer", SHARED, 0, ngx_http_shop_issuer},
    {NGX_HTTP_GET, "-/keys/:", SHARED, 0, ngx_http_shop_signing_key},

    {NGX_HTTP_GET, "my/credits", PERSONAL, 0, ngx_http_shop_credits},
    {NGX_HTTP_GET, "my/credits/:", PERSONAL, 0, ngx_http_shop_credits_ask},
    {NGX_HTTP_POST, "my/credits/:", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_credits_spend},

    {NGX_HTTP_GET, "login", PERSONAL, 0, ngx_http_shop_login_show},
    {NGX_HTTP_POST, "login", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_login_send},
    {NGX_HTTP_POST, "login/password", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_login_password},
    {NGX_HTTP_GET, "login/sent", PERSONAL, 0, ngx_http_shop_login_sent},
    {NGX_HTTP_GET, "login/complete", PERSONAL, 0, ngx_http_shop_login_look},
    {NGX_HTTP_POST, "login/complete", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_login_complete},
    {NGX_HTTP_GET, "login/launched", PERSONAL, 0, ngx_http_shop_login_launched},
    {NGX_HTTP_POST, "lti", NGX_HTTP_SHOP_NEED_CATALOG | NGX_HTTP_SHOP_NO_CSRF, SHOP_FORM_LAUNCH,
     ngx_http_shop_lti},
    {NGX_HTTP_GET | NGX_HTTP_POST, "lti/login", NGX_HTTP_SHOP_NEED_CATALOG | NGX_HTTP_SHOP_NO_CSRF,
     SHOP_FORM_LAUNCH, ngx_http_shop_lti13_login},
    {NGX_HTTP_POST, "lti/launch", NGX_HTTP_SHOP_NEED_CATALOG | NGX_HTTP_SHOP_NO_CSRF,
     SHOP_FORM_LAUNCH, ngx_http_shop_lti13_launch},
    {NGX_HTTP_GET, "lti/access", NGX_HTTP_SHOP_NEED_CATALOG, 0, ngx_http_shop_lti_access_go},
    {NGX_HTTP_POST, "lti/access", NGX_HTTP_SHOP_NEED_CATALOG | NGX_HTTP_SHOP_NO_CSRF,
     SHOP_FORM_LAUNCH, ngx_http_shop_lti_access},
    {NGX_HTTP_POST, "logout", PERSONAL, SHOP_FORM_SMALL, ngx_http_shop_logout},

    {NGX_HTTP_GET, "lang/:", 0, 0, ngx_http_shop_language},
    {NGX_HTTP_GET, "-/assets/:/:", 0, 0, ngx_http_shop_asset},
};


ngx_int_t ngx_http_shop_front_handler(ngx_http_request_t *r)
{
    ngx_http_shop_loc_conf_t *slcf = ngx_http_get_module_loc_conf(r, ngx_http_shop_module);

    return ngx_http_shop_begin(r, (shop_str_t){slcf->prefix.len, slcf->prefix.data}, front_routes,
                               sizeof(front_routes) / sizeof(front_routes[0]));
}
