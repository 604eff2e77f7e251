/*
 * What the pages of the front office share: the handlers of the route table (front.c) and the few
 * functions that several of them use.
 */

#ifndef NGX_HTTP_SHOP_FRONT_H
#define NGX_HTTP_SHOP_FRONT_H

#include "web/web.h"


#define SHOP_TRANSID_LENGTH 30
#define NGX_HTTP_UNPROCESSABLE 422


/* --- handlers, one page or subject per file in front/ --- */

ngx_int_t ngx_http_shop_catalog(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_category(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_product(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_cart_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_add(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_set(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_remove(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_clear(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_promo(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_promo_remove(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_link_add(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_link_import(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_import_confirmed(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_certificate(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_licence(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_credential(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_credential_status(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_issuer(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_signing_key(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_step_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_participant(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_terms(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_order_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_done(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_status(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_certificate(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_open(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_tool(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_tool_renew(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_terms(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_seats(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_seat(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_credits(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_credits_ask(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_credits_spend(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_login_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_send(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_password(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_sent(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_look(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_complete(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_launched(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_lti(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_lti13_login(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_lti13_launch(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_lti_access(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_lti_access_go(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_logout(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_language(ngx_http_shop_ctx_t *ctx);


/* --- steps (front/step_*.c): one line per step in the table of front/step.c --- */

ngx_int_t ngx_http_shop_step_purchaserequ(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_purchaserequ_submit(ngx_http_shop_ctx_t *ctx);
/* Names of hosts among the answers that are sold already: told by answer_refused(), then `then`. */
ngx_int_t ngx_http_shop_hosts_check(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then);
void ngx_http_shop_answer_refused(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);
ngx_int_t ngx_http_shop_step_users(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_users_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_customer(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_customer_submit(ngx_http_shop_ctx_t *ctx);
void ngx_http_shop_step_customer_keep(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_order(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_order_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_payment(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_payment_submit(ngx_http_shop_ctx_t *ctx);

/* In a shop without the customer step, before any step: who is it? */
ngx_int_t ngx_http_shop_identify(ngx_http_shop_ctx_t *ctx, shop_step_e step);
/* The path of a step, below the prefix. */
shop_str_t ngx_http_shop_step_path(ngx_http_shop_ctx_t *ctx, shop_step_e step);
/* Saves, then 303 to the step after this one for this cart. */
ngx_int_t ngx_http_shop_step_forward(ngx_http_shop_ctx_t *ctx, shop_step_e step);
/* The common data of a checkout page: page, progress, addresses, summary of the cart. */
json_t *ngx_http_shop_step_page(ngx_http_shop_ctx_t *ctx, shop_step_e step);
/* The steps of this cart with their states; a new reference. */
json_t *ngx_http_shop_step_progress(ngx_http_shop_ctx_t *ctx, shop_step_e step);


/* --- commands on the cart (cart_answer.c, promo.c) --- */

/* Ends a command: key NULL: it was done, the text `done` tells so. */
ngx_int_t ngx_http_shop_cart_done(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal,
                                  const char *done);
/* The cart for the script; `error` and `message` of a refusal, or NULL. */
ngx_int_t ngx_http_shop_cart_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *error,
                                  shop_str_t message);

typedef ngx_int_t (*ngx_http_shop_promo_pt)(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);

/* Tries a promotional code; wrong ones are counted, per session and per address. */
ngx_int_t ngx_http_shop_promo_try(ngx_http_shop_ctx_t *ctx, shop_str_t text,
                                  ngx_http_shop_promo_pt then);


/* --- views (card.c, page_shop.c, totals_view.c, refusal.c) --- */

/* Adds to the view of a cart what makes its total: discounts, shipping, taxes, and the codes. */
void ngx_http_shop_totals_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals, json_t *view);
/* A product as the catalogue shows it (theme/README.md, "A card"); a new reference. */
json_t *ngx_http_shop_card(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
void ngx_http_shop_page_shop(ngx_http_shop_ctx_t *ctx, json_t *page);
shop_str_t ngx_http_shop_country(ngx_http_shop_ctx_t *ctx, shop_str_t code);
shop_str_t ngx_http_shop_item_url(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
shop_str_t ngx_http_shop_image_url(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
/* The sentence of a refusal, in the visitor's language. */
shop_str_t ngx_http_shop_refusal(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *refusal);
/* An input of a page: {id, name, label, value, error, required, maxlength, autocomplete, type}. */
typedef struct {
    const char *name;
    const char *label; /* text key */
    const char *autocomplete;
    const char *type; /* NULL: "text" */
    size_t maxlength;
    bool required;
} ngx_http_shop_input_t;
json_t *ngx_http_shop_field(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_input_t *input,
                            shop_str_t value, const shop_refusal_t *errors, size_t error_count);
/* All refusals of a form as the list at the head of a page: [{id, text}]. */
json_t *ngx_http_shop_error_list(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *errors,
                                 size_t count);
/* The first refusal of a field, or NULL. */
const shop_refusal_t *ngx_http_shop_error_of(const shop_refusal_t *errors, size_t count,
                                             const char *field);


/* --- signed links to one order (link_sign.c) --- */

/* "e=…&k=…" for the end of an address; valid until `end`. */
shop_status_t ngx_http_shop_link_sign(ngx_http_shop_main_conf_t *conf, shop_arena_t *arena,
                                      shop_str_t transid, int64_t end, shop_str_t *query);
bool ngx_http_shop_link_valid(ngx_http_shop_ctx_t *ctx, shop_str_t transid);
/* For mails (shop_ticket_pt; data: the main configuration): 30 days. */
shop_str_t ngx_http_shop_ticket(void *data, shop_arena_t *arena, const json_t *order);
/* For mails (shop_page_pt; data: the main configuration). */
shop_str_t ngx_http_shop_product_address(void *data, shop_arena_t *arena, shop_str_t shop,
                                         shop_str_t product);
/* The first location of a shop; NULL: it has none. */
ngx_http_shop_mount_t *ngx_http_shop_mount_find(ngx_http_shop_main_conf_t *conf, shop_str_t alias);


/* --- orders of this visitor (order_access.c) --- */

/* May this visitor read the order? By session, as its owner, or by a signed link
 * (front-office.md 12.4). */
bool ngx_http_shop_order_readable(ngx_http_shop_ctx_t *ctx, shop_str_t transid, json_t *order);
/* The address of a page of the order `ctx->transid`, open to who has a link to this one. */
shop_str_t ngx_http_shop_order_url(ngx_http_shop_ctx_t *ctx, const char *page);
/* Remembers that this session placed the order. */
void ngx_http_shop_order_remember(ngx_http_shop_ctx_t *ctx, shop_str_t transid);

/* --- an order's progress and payment (order_progress.c, instructions.c) --- */

bool ngx_http_shop_order_paid(json_t *order);
/* Adds state, title, text, items, support, addresses to the data of the page. */
ngx_int_t ngx_http_shop_progress_view(ngx_http_shop_ctx_t *ctx, json_t *order, json_t *data);
/* What the page asks for while it waits; a new reference. */
json_t *ngx_http_shop_progress_json(ngx_http_shop_ctx_t *ctx, json_t *order);
/* How an unpaid offline order is paid; none for all others. `data`: the main configuration
 * (shop_instructions_pt). */
shop_status_t ngx_http_shop_instructions(void *data, shop_arena_t *arena, const json_t *order,
                                         const shop_lang_t *lang, const shop_pair_t **pairs,
                                         size_t *count);
/* The attempt of an answer of the database, as the pay room takes it. */
ngx_int_t ngx_http_shop_attempt(ngx_http_shop_ctx_t *ctx, const json_t *row,
                                const shop_pay_config_t *config, shop_pay_attempt_t *attempt);
/* The part of it that is the same for everybody who asks. */
ngx_int_t ngx_http_shop_attempt_facts(const json_t *row, const shop_lang_t *lang,
                                      shop_pay_attempt_t *attempt);
ngx_int_t ngx_http_shop_pay_return(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_pay_cancel(ngx_http_shop_ctx_t *ctx);


#define SHOP_CERTIFICATE_NUMBER_MAX 64

/* A course of this order, in Moodle (order_open.c). */
ngx_int_t ngx_http_shop_order_open_course(ngx_http_shop_ctx_t *ctx, json_t *order);
/* The seats of this order, and what is done to one (order_seats.c, order_seat.c). */
ngx_int_t ngx_http_shop_order_seats_show(ngx_http_shop_ctx_t *ctx, json_t *order);
ngx_int_t ngx_http_shop_order_seat_change(ngx_http_shop_ctx_t *ctx, json_t *order);
/* Fields of a person who is to have a seat: what was typed, else what is `known` (or NULL). */
json_t *ngx_http_shop_person_form(ngx_http_shop_ctx_t *ctx, const json_t *known,
                                  const shop_refusal_t *refusal);
/* The page again, with what is wrong with the form. */
ngx_int_t ngx_http_shop_order_seats_refused(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);
ngx_int_t ngx_http_shop_order_tool_show(ngx_http_shop_ctx_t *ctx, json_t *order);
ngx_int_t ngx_http_shop_order_tool_renewed(ngx_http_shop_ctx_t *ctx, json_t *order);

/* Key sets of platforms (platform_keys.c). NULL: none yet. */
const json_t *ngx_http_shop_platform_keys(const ngx_http_shop_platform_t *platform);
/* Is it time to ask again? */
bool ngx_http_shop_platform_keys_old(const ngx_http_shop_platform_t *platform);
/* A token names a key that is not there: may it be asked for? */
bool ngx_http_shop_platform_keys_missed(const ngx_http_shop_platform_t *platform);
ngx_int_t ngx_http_shop_platform_keys_fetch(ngx_http_shop_ctx_t *ctx,
                                            const ngx_http_shop_platform_t *platform,
                                            ngx_http_shop_handler_pt then);
void ngx_http_shop_platform_keys_free(ngx_http_shop_worker_t *worker);

/* Whom Moodle is to let in, and where (front/enter.c). */
typedef struct {
    shop_str_t username;
    int64_t user;
    int64_t course;
} ngx_http_shop_entry_t;
/* For somebody who was identified here. */
ngx_int_t ngx_http_shop_enter(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_entry_t *entry);
ngx_int_t ngx_http_shop_enter_plainly(ngx_http_shop_ctx_t *ctx, int64_t course);
/* The document of a certificate of this order (order_certificate.c). */
ngx_int_t ngx_http_shop_order_certificate_show(ngx_http_shop_ctx_t *ctx, json_t *order);


/* --- accounts in Moodle (account_find.c) --- */

typedef struct {
    bool asked; /* Moodle answered; false: unknown, it is away or not configured */
    bool found;
    int64_t user;
    shop_str_t fullname;
    shop_str_t firstname, lastname, city, country, institution; /* of the profile */
    int64_t since; /* first access: when the account was made Moodle does not tell */
} ngx_http_shop_account_t;

typedef ngx_int_t (*ngx_http_shop_account_pt)(ngx_http_shop_ctx_t *ctx,
                                              const ngx_http_shop_account_t *account);

/* Is there an account with exactly this e-mail (letters of either case)? Goes on with `then` in any
 * case; asks nobody when Moodle is not configured or its breaker is open. */
ngx_int_t ngx_http_shop_account_find(ngx_http_shop_ctx_t *ctx, shop_str_t email,
                                     ngx_http_shop_account_pt then);
/* The operation of `next` says how many different addresses this session has asked about within an
 * hour, this one included; `list` names what for (front/address_tries.c). */
ngx_int_t ngx_http_shop_address_count(ngx_http_shop_ctx_t *ctx, const char *list, shop_str_t email,
                                      ngx_http_shop_next_pt next);
/* A call of the site's web service, to be sent by shop_http_send(). NGX_ERROR: no memory. */
ngx_int_t ngx_http_shop_moodle_request(ngx_http_shop_ctx_t *ctx, shop_str_t token,
                                       const char *function, const json_t *arguments,
                                       shop_http_request_t *request);


/* The customer's record of who is logged in, also after his address has changed in Moodle
 * (front/identify.c). */
ngx_int_t ngx_http_shop_own_record(ngx_http_shop_ctx_t *ctx, ngx_http_shop_next_pt next);


/* What that record says, as the customer of an order (step_customer.c). */
void ngx_http_shop_customer_known(ngx_http_shop_ctx_t *ctx, shop_customer_t *customer,
                                  const json_t *known);


/* A path of ours to come back to, or the catalogue (SE-3). */
shop_str_t ngx_http_shop_safe_next(ngx_http_shop_ctx_t *ctx, shop_str_t next);
/* Where a form came from: its `next`, else the page that was shown before, else the catalogue. */
shop_str_t ngx_http_shop_back_to(ngx_http_shop_ctx_t *ctx);

#endif
