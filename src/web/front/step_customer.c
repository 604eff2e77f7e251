/*
 * The customer step: what was typed, whether the address belongs to somebody, the customer's
 * record.
 *
 * collect (pure) -> [anonymous: tries counted -> our customers -> Moodle] -> record -> save -> 303.
 * An anonymous visitor may not take the address of an account: it has to be proven first, unless
 * the shop allows it; then too the account is not bound to the order before.
 */

#include "web/front/customer.h"
#include "web/front/login.h"


#define SHOP_ADDRESSES_PER_HOUR 10


static ngx_http_shop_customer_t *state_create(ngx_http_shop_ctx_t *ctx);
static void replace_email(ngx_http_shop_ctx_t *ctx);
static void prefill_profile(ngx_http_shop_ctx_t *ctx);
static void prefill_invoice(ngx_http_shop_ctx_t *ctx, const json_t *last);
static ngx_int_t show_on_known(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t submit_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op);  /* 1 */
static ngx_int_t submit_on_customer(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 2 */
static ngx_int_t submit_on_account(ngx_http_shop_ctx_t *ctx,
                                   const ngx_http_shop_account_t *account); /* 3 */
static ngx_int_t record(ngx_http_shop_ctx_t *ctx);
static ngx_int_t submit_on_recorded(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 4 */
static ngx_int_t email_known(ngx_http_shop_ctx_t *ctx);
static ngx_int_t refuse_email(ngx_http_shop_ctx_t *ctx, const char *key, bool known);
static json_t *record_request(ngx_http_shop_ctx_t *ctx);


/* Who is identified finds the form filled in from the own record. */
ngx_int_t ngx_http_shop_step_customer(ngx_http_shop_ctx_t *ctx)
{
    if (state_create(ctx) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ctx->visitor.logged_in || ctx->cart->customer.lastname.len > 0) {
        if (ctx->visitor.logged_in) {
            replace_email(ctx);
        }

        return ngx_http_shop_customer_page(ctx);
    }

    return ngx_http_shop_own_record(ctx, show_on_known);
}


static ngx_http_shop_customer_t *state_create(ngx_http_shop_ctx_t *ctx)
{
    ctx->state = ngx_pcalloc(ctx->r->pool, sizeof(ngx_http_shop_customer_t));

    return ctx->state;
}


static ngx_int_t show_on_known(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *known = ngx_http_shop_answer(ctx, op);

    if (known == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    ngx_http_shop_customer_prefill(ctx, known);

    if (ctx->cart->customer.lastname.len == 0) {
        prefill_profile(ctx);
    }

    return ngx_http_shop_customer_page(ctx);
}


/* Who buys for the first time is known to Moodle at least. */
static void prefill_profile(ngx_http_shop_ctx_t *ctx)
{
    const json_t *profile = json_object_get(ctx->session.data, "profile");
    shop_customer_t *customer = &ctx->cart->customer;

    customer->firstname = shop_json_text(profile, "firstname");
    customer->lastname = shop_json_text(profile, "lastname");
    customer->city = shop_json_text(profile, "city");
    customer->country = shop_json_text(profile, "country");
}


/* The account's address counts, whatever was typed before. */
static void replace_email(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t typed = ctx->cart->customer.email;

    ctx->cart->customer.email = ctx->visitor.email;

    if (typed.len > 0 && !shop_str_eq_nocase(typed, ctx->visitor.email)) {
        ngx_http_shop_flash(
            ctx, "info",
            ngx_http_shop_text_with(ctx, "customer.email_replaced",
                                    json_pack("{s:o, s:o}", "typed", shop_json_str(typed), "email",
                                              shop_json_str(ctx->visitor.email))));
    }
}


void ngx_http_shop_customer_prefill(ngx_http_shop_ctx_t *ctx, const json_t *known)
{
    ngx_http_shop_customer_known(ctx, &ctx->cart->customer, known);
    prefill_invoice(ctx, json_object_get(known, "invoiceinfo"));
}


void ngx_http_shop_customer_known(ngx_http_shop_ctx_t *ctx, shop_customer_t *customer,
                                  const json_t *known)
{
    customer->lastname = shop_json_text(known, "lastname");
    customer->firstname = shop_json_text(known, "firstname");
    customer->organisation = shop_json_text(known, "organisation");
    customer->address = shop_json_text(known, "address");
    customer->zip = shop_json_text(known, "zip");
    customer->city = shop_json_text(known, "city");
    customer->country = shop_json_text(known, "country");
    customer->email = ctx->visitor.email;
}


/* Who got the last invoice gets the next one, unless the buyer says otherwise. */
static void prefill_invoice(ngx_http_shop_ctx_t *ctx, const json_t *last)
{
    shop_invoice_t *invoice = &ctx->cart->invoice;

    if (!json_is_object(last)) {
        return;
    }

    ctx->cart->distinct_invoice = true;
    invoice->organisation = shop_json_text(last, "organisation");
    invoice->department = shop_json_text(last, "department");
    invoice->lastname = shop_json_text(last, "lastname");
    invoice->firstname = shop_json_text(last, "firstname");
    invoice->email = shop_json_text(last, "email");
    invoice->address = shop_json_text(last, "address");
    invoice->zip = shop_json_text(last, "zip");
    invoice->city = shop_json_text(last, "city");
    invoice->country = shop_json_text(last, "country");
    invoice->vatcode = shop_json_text(last, "vatcode");
    invoice->plantcode = shop_json_text(last, "plantcode");
}


void ngx_http_shop_step_customer_keep(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_refusal_t ignored[SHOP_CUSTOMER_ERRORS];

    (void) shop_customer_collect(&ctx->arena, ctx->cart, &where, &ctx->form, ignored,
                                 SHOP_CUSTOMER_ERRORS);
    ctx->cart->customer_valid = false;
    ngx_http_shop_cart_touch(ctx);
}


ngx_int_t ngx_http_shop_step_customer_submit(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_customer_t *state = state_create(ctx);
    shop_where_t where = ngx_http_shop_where(ctx);

    if (state == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    state->error_count = shop_customer_collect(&ctx->arena, ctx->cart, &where, &ctx->form,
                                               state->errors, SHOP_CUSTOMER_ERRORS);
    state->error_count = ngx_min(state->error_count, SHOP_CUSTOMER_ERRORS);
    ctx->cart->customer_valid = false;
    ngx_http_shop_cart_touch(ctx);

    if (state->error_count > 0) {
        ngx_http_shop_count(SHOP_COUNT_REFUSED);
        return ngx_http_shop_session_save(ctx, ngx_http_shop_customer_page);
    }

    if (ctx->visitor.logged_in || ctx->shop->guest_known == SHOP_GUEST_ALLOW) {
        return record(ctx);
    }

    return ngx_http_shop_address_count(ctx, "mails", ctx->cart->customer.email, submit_on_counted);
}


static ngx_int_t submit_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->integer > SHOP_ADDRESSES_PER_HOUR) {
        return refuse_email(ctx, "email_tries", false);
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_CUSTOMER_FIND,
                              json_pack("{s:o}", "email", shop_json_str(ctx->cart->customer.email)),
                              submit_on_customer);
}


static ngx_int_t submit_on_customer(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *customer = ngx_http_shop_answer(ctx, op);

    if (customer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_json_int(customer, "hasaccount") > 0) {
        return email_known(ctx);
    }

    return ngx_http_shop_account_find(ctx, ctx->cart->customer.email, submit_on_account);
}


static ngx_int_t submit_on_account(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_account_t *account)
{
    return account->found ? email_known(ctx) : record(ctx);
}


static ngx_int_t email_known(ngx_http_shop_ctx_t *ctx)
{
    shop_refusal_t refusal = {.key = "email_known_sent"};

    if (ctx->shop->guest_known == SHOP_GUEST_ASK_LOGIN) {
        return refuse_email(ctx, "email_known", true);
    }

    ngx_http_shop_flash(ctx, "info", ngx_http_shop_refusal(ctx, &refusal));

    return ngx_http_shop_login_mail(ctx, ctx->cart->customer.email,
                                    ngx_http_shop_url(ctx, "step/", SHOP_STR("customer")));
}


static ngx_int_t refuse_email(ngx_http_shop_ctx_t *ctx, const char *key, bool known)
{
    ngx_http_shop_customer_t *state = ctx->state;

    state->errors[0] = (shop_refusal_t){.key = key, .field = "email"};
    state->error_count = 1;
    state->email_known = known;
    ngx_http_shop_count(SHOP_COUNT_REFUSED);

    return ngx_http_shop_session_save(ctx, ngx_http_shop_customer_page);
}


static ngx_int_t record(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_call(ctx, SHOP_PG_CHANGES, SHOP_SQL_CUSTOMER_SAVE, record_request(ctx),
                              submit_on_recorded);
}


static json_t *record_request(ngx_http_shop_ctx_t *ctx)
{
    const shop_customer_t *c = &ctx->cart->customer;
    json_t *request;

    request = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "lastname",
                        shop_json_str(c->lastname), "firstname", shop_json_str(c->firstname),
                        "organisation", shop_json_str(c->organisation), "address",
                        shop_json_str(c->address), "zip", shop_json_str(c->zip), "city",
                        shop_json_str(c->city), "country", shop_json_str(c->country), "email",
                        shop_json_str(c->email));

    if (request == NULL) {
        return NULL;
    }

    shop_json_set_text(request, "shop", ctx->shop->alias);
    shop_json_set_text(request, "lang", shop_str(ctx->lang->code));
    json_object_set_new(request, "user", json_integer((json_int_t) ctx->visitor.user));
    json_object_set_new(request, "proven", json_boolean(ctx->visitor.logged_in));

    return request;
}


static ngx_int_t submit_on_recorded(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    ctx->cart->customer.id = shop_json_int(answer, "id");
    ctx->cart->customer_valid = true;

    return ngx_http_shop_step_forward(ctx, SHOP_STEP_CUSTOMER);
}
