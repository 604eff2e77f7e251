/*
 * What the files of the payment room share: the interfaces, the checks of parameters, the networks
 * that may notify, the helpers that fill pages and events.
 */

#ifndef SHOP_PAY_INTERNAL_H
#define SHOP_PAY_INTERNAL_H

#include "pay/pay.h"

/* --- interfaces, one file each; listed in registry.c --- */

extern const shop_pay_interface_t shop_pay_systempay;
extern const shop_pay_interface_t shop_pay_test;
extern const shop_pay_interface_t shop_pay_freeorder;
extern const shop_pay_interface_t shop_pay_check;
extern const shop_pay_interface_t shop_pay_transfer;
extern const shop_pay_interface_t shop_pay_mercanet;
extern const shop_pay_interface_t shop_pay_ogone;
extern const shop_pay_interface_t shop_pay_axepta;
extern const shop_pay_interface_t shop_pay_paypal;
extern const shop_pay_interface_t shop_pay_stripe;
extern const shop_pay_interface_t shop_pay_worldline;

/* --- events (event.c) --- */

/* shop_pay_event_json with what is kept of the notification itself: `digest`, and `raw` when there
 * is a key. */
SHOP_MUST_USE shop_status_t shop_pay_message_json(shop_arena_t *arena,
                                                  const shop_pay_config_t *config,
                                                  const shop_pay_event_t *event,
                                                  const shop_pay_request_t *request,
                                                  shop_str_t *json);

/* --- checks of parameters (params.c) --- */

bool shop_pay_is_digits(shop_str_t value);
bool shop_pay_is_line(shop_str_t value);   /* UTF-8 without control characters, <= 127 characters */
bool shop_pay_is_name70(shop_str_t value); /* the same, <= 70 */
bool shop_pay_is_days(shop_str_t value);   /* 1..365 */
bool shop_pay_is_currencies(shop_str_t value); /* alpha-3 codes of our table, blanks between */
bool shop_pay_is_url(shop_str_t value);        /* http or https, a host, no fragment, no blank */
bool shop_pay_is_networks(shop_str_t value);   /* "any" or CIDR blocks, blanks between */
bool shop_pay_list_has(shop_str_t list, shop_str_t word); /* words separated by blanks */
/* "https://host[:port]" of a URL that shop_pay_is_url accepted; a view */
shop_str_t shop_pay_origin(shop_str_t url);
/* What the block says, or the provider's address of this mode. */
shop_str_t shop_pay_address(const shop_pay_config_t *config, const char *name, const char *live,
                            const char *test);
/* Two parameters that need each other: both or none. */
SHOP_MUST_USE shop_status_t shop_pay_check_both(shop_arena_t *arena,
                                                const shop_pay_config_t *config, const char *one,
                                                const char *other, shop_str_t *error);
/* A live configuration whose addresses (names end with NULL) hold `part` is refused. */
SHOP_MUST_USE shop_status_t shop_pay_check_no_test(shop_arena_t *arena,
                                                   const shop_pay_config_t *config,
                                                   const char *const *names, const char *part,
                                                   shop_str_t *error);
/* A live configuration reaches these parameters (ends with NULL) encrypted, or is refused. */
SHOP_MUST_USE shop_status_t shop_pay_check_https(shop_arena_t *arena,
                                                 const shop_pay_config_t *config,
                                                 const char *const *names, shop_str_t *error);
/* *error = message; always SHOP_REFUSED, or SHOP_NO_MEMORY */
shop_status_t shop_pay_refuse(shop_arena_t *arena, shop_str_t *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- texts (text.c) --- */

/* Without control characters and those of `forbidden`; at most `characters`; empty when not UTF-8,
 * or when it looks like the number of a card. */
SHOP_MUST_USE shop_status_t shop_pay_clean(shop_arena_t *arena, shop_str_t text,
                                           const char *forbidden, size_t characters,
                                           shop_str_t *out);

/* --- networks (network.c) --- */

/* "any" gives no network. SHOP_MALFORMED names nothing: the parameter check came first. */
SHOP_MUST_USE shop_status_t shop_pay_networks_parse(shop_arena_t *arena, shop_str_t text,
                                                    shop_pay_network_t **networks, size_t *count);
bool shop_pay_network_allows(const shop_pay_config_t *config, shop_str_t peer);

/* --- pages and events (page.c) --- */

SHOP_MUST_USE shop_status_t shop_pay_page_init(shop_arena_t *arena, shop_pay_page_t *page,
                                               shop_pay_page_kind_t kind);
/* SHOP_LIMIT beyond SHOP_PAY_FIELDS_MAX */
SHOP_MUST_USE shop_status_t shop_pay_page_add(shop_pay_page_t *page, const char *name,
                                              shop_str_t value);
/* The same, left out when the value is empty. */
SHOP_MUST_USE shop_status_t shop_pay_page_add_if(shop_pay_page_t *page, const char *name,
                                                 shop_str_t value);
/* What customers typed, cleaned (shop_pay_clean); what is empty then is left out. */
typedef struct {
    const char *name;
    shop_str_t value;
    size_t characters;
} shop_pay_text_t;

SHOP_MUST_USE shop_status_t shop_pay_page_add_texts(shop_arena_t *arena, shop_pay_page_t *page,
                                                    const shop_pay_text_t *texts, size_t count);
/* The event of a local confirmation: channel "page", key "<prefix>:<attempt>", full amount. */
SHOP_MUST_USE shop_status_t shop_pay_page_event(shop_arena_t *arena, const char *prefix,
                                                const shop_pay_attempt_t *attempt,
                                                shop_pay_state_t state, shop_pay_event_t *event);

/* Adds the parameters of this list (ends with NULL) that have a value, under their names. */
SHOP_MUST_USE shop_status_t shop_pay_page_add_params(shop_pay_page_t *page,
                                                     const shop_pay_config_t *config,
                                                     const char *const *names);

/* --- offline modes (offline.c) --- */

/* The attempt can be paid off line: a currency that is allowed, something to pay. */
bool shop_pay_offline_payable(const shop_pay_config_t *config, const shop_pay_attempt_t *attempt);
/* `confirm` of the offline interfaces: a promise, so pending; the key begins with the interface. */
SHOP_MUST_USE shop_status_t shop_pay_offline_confirm(shop_arena_t *arena,
                                                     const shop_pay_config_t *config,
                                                     const shop_pay_attempt_t *attempt,
                                                     shop_pay_event_t *event);

/* --- conversations (talk.c) --- */

/* Room for the one event of a reply. */
SHOP_MUST_USE shop_status_t shop_pay_hear_one(shop_arena_t *arena, shop_pay_heard_t *heard,
                                              shop_pay_event_t **event);
/* What the status of a reply says: SHOP_REFUSED, our credentials; SHOP_MALFORMED, no answer. */
SHOP_MUST_USE shop_status_t shop_pay_reply_status(const shop_pay_reply_t *reply);
/* A JSON object of a reply or of a notification; SHOP_MALFORMED when it is none. */
SHOP_MUST_USE shop_status_t shop_pay_json(shop_str_t body, json_t **json);
/* The same of a reply whose status is right. */
SHOP_MUST_USE shop_status_t shop_pay_reply_json(const shop_pay_reply_t *reply, json_t **json);
/* A POST of these pairs, percent-encoded, as a form. */
SHOP_MUST_USE shop_status_t shop_pay_call_form(shop_arena_t *arena, shop_str_t url,
                                               const shop_pair_t *pairs, size_t count,
                                               shop_pay_call_t *call);
/* One header more; `value` lives as long as the call. */
void shop_pay_call_header(shop_pay_call_t *call, const char *name, shop_str_t value);

/* --- stamped signatures "t=<unix>,v1=<hex>" (stamp.c) --- */

#define SHOP_PAY_STAMP_TOLERANCE 300

SHOP_MUST_USE shop_status_t shop_pay_stamp_make(shop_arena_t *arena, shop_str_t secret,
                                                shop_str_t body, int64_t now, shop_str_t *header);
/* SHOP_MALFORMED: no readable t; SHOP_REFUSED: no v1 matches, or too old or too early. */
SHOP_MUST_USE shop_status_t shop_pay_stamp_check(shop_arena_t *arena, shop_str_t secret,
                                                 shop_str_t body, shop_str_t header, int64_t now);

/* --- fields of a message (fields.c): a view; absent: SHOP_STR_NULL --- */

typedef shop_str_t (*shop_pay_field_pt)(const shop_form_t *form, const char *name);

shop_str_t shop_pay_field(const shop_form_t *form, const char *name);
shop_str_t shop_pay_field_nocase(const shop_form_t *form, const char *name); /* the first */
/* Names are compared without case. */
bool shop_pay_repeats_a_name(const shop_form_t *form);
/* "name=value" pairs with a separator between them, nothing encoded. SHOP_MALFORMED: a pair without
 * "=", a name that is empty or stands twice. */
SHOP_MUST_USE shop_status_t shop_pay_split_pairs(shop_arena_t *arena, shop_str_t text,
                                                 char separator, shop_form_t *fields);
/* Codes that staff need, of this list (ends with NULL): nothing of the person may be in it, no card
 * but its brand and masked number. What looks like the number of a card is left out. */
SHOP_MUST_USE shop_status_t shop_pay_keep_details(shop_arena_t *arena, const shop_form_t *form,
                                                  shop_pay_field_pt find, const char *const *names,
                                                  shop_pay_event_t *event);

/* --- requests (receive.c) --- */

#define SHOP_PAY_FORM_BYTES 65536
#define SHOP_PAY_FORM_PAIRS 400

/* Steps 1-2 for form bodies: content type, size, percent-encoding, no NUL, no repeated name, and
 * every name of `mandatory` (ends with NULL). */
bool shop_pay_has_names(const shop_form_t *form, const char *const *mandatory);
SHOP_MUST_USE shop_status_t shop_pay_parse_form(shop_arena_t *arena,
                                                const shop_pay_request_t *request,
                                                const char *const *mandatory,
                                                shop_pay_message_t *message);

#define SHOP_PAY_JSON_BYTES 131072

/* Steps 1-2 for JSON bodies: content type, size, one object, no name twice. */
SHOP_MUST_USE shop_status_t shop_pay_parse_json(const shop_pay_request_t *request,
                                                shop_pay_message_t *message);

/* --- bank accounts (iban.c, rib.c; shop_mod97 serves rf.c as well) --- */

/* Remainder modulo 97 of letters and digits read as ISO 7064 does; -1: another character. */
int shop_mod97(shop_str_t text);
/* Upper case without blanks; 0: empty, longer than `room`, or a character that has no place. */
size_t shop_mod97_compact(shop_str_t text, unsigned char *out, size_t room);
/* The remainder is 1 once the first four characters stand at the end. At most 34 characters. */
bool shop_mod97_rotated(const unsigned char *text, size_t len);
bool shop_bic_valid(shop_str_t text);
bool shop_rib_valid(shop_str_t bank, shop_str_t office, shop_str_t account, shop_str_t key);

#endif
