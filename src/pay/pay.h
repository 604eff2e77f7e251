/*
 * The payment room: what an interface is, how one is configured, started and heard.
 *
 * An interface (systempay, transfer, ...) is one file with one constant shop_pay_interface_t, named
 * in registry.c. Everything here is pure: the caller gives bytes, the time and the configuration;
 * nothing is sent, stored or logged. Steps 1-5 of the notification pipeline (payments.md 1.8) are
 * decided here, steps 6-9 by shop.payments_apply in PostgreSQL, the HTTP answer here again.
 * README.md shows the flow and how to add an interface.
 */

#ifndef SHOP_PAY_H
#define SHOP_PAY_H

#include "base/base.h"


typedef enum {
    SHOP_PAY_INSTANT, /* paid on line, told by a notification */
    SHOP_PAY_OFFLINE, /* promised on the page, paid later, checked by a person */
    SHOP_PAY_INTERNAL /* never offered as a way to give money */
} shop_pay_kind_t;

typedef enum { SHOP_PAY_TEST, SHOP_PAY_LIVE } shop_pay_mode_t;

/* Canonical states that a message can announce (payments.md 1.2). */
typedef enum {
    SHOP_PAY_STATE_UNKNOWN, /* not understood: the event is in doubt */
    SHOP_PAY_STATE_PENDING,
    SHOP_PAY_STATE_PAID,
    SHOP_PAY_STATE_REFUSED,
    SHOP_PAY_STATE_CANCELLED,
    SHOP_PAY_STATE_ERROR,
    SHOP_PAY_STATE_PARTIALLY_REFUNDED,
    SHOP_PAY_STATE_REFUNDED,
    SHOP_PAY_STATE_CHARGEBACK
} shop_pay_state_t;

const char *shop_pay_state_name(shop_pay_state_t state); /* "partially_refunded"; unknown: "" */

typedef enum {
    SHOP_PAY_DECIDE, /* authentic and understood: the database decides (steps 6-9) */
    SHOP_PAY_APPLY,
    SHOP_PAY_IGNORE_DUPLICATE,
    SHOP_PAY_IGNORE_STALE,
    SHOP_PAY_IGNORE_TYPE,
    SHOP_PAY_DEFER,
    SHOP_PAY_DUPLICATE_PAYMENT,
    SHOP_PAY_MISMATCH,
    SHOP_PAY_QUARANTINE,
    SHOP_PAY_UNKNOWN_ORDER,
    SHOP_PAY_MALFORMED,
    SHOP_PAY_UNAUTHENTIC,
    SHOP_PAY_RETRY_LATER, /* our database is away, or a bug: the provider must come back */
    SHOP_PAY_PROVE        /* the message proves itself by nothing: keep it, fetch its proof */
} shop_pay_verdict_t;

const char *shop_pay_verdict_name(shop_pay_verdict_t verdict); /* "ignore-duplicate" */
/* SHOP_PAY_RETRY_LATER for a name that is not one of the table. */
shop_pay_verdict_t shop_pay_verdict_parse(shop_str_t name);


/* --- configuration (config.c): one `shop_payment <name> { ... }` block --- */

#define SHOP_PAY_PARAM_REQUIRED 1u
#define SHOP_PAY_PARAM_FILE                                                                        \
    2u                           /* the directive names a file: its content is the value, a secret \
                                  */
#define SHOP_PAY_PARAM_SECRET 4u /* never printed */

typedef struct {
    const char *name;                /* as in the block: "key_file" */
    unsigned flags;                  /* SHOP_PAY_PARAM_... */
    const char *initial;             /* value when the block does not give one; NULL: empty */
    const char *form;                /* what a right value is, for messages: "8 digits" */
    bool (*valid)(shop_str_t value); /* not called for an empty optional value */
} shop_pay_param_t;

#define SHOP_PAY_PARAMS_MAX 24

/* One line of the block. Several words of a directive come joined by one space. For a parameter
 * with SHOP_PAY_PARAM_FILE the caller gives the content of the file (shop_pay_param_find tells). */
typedef struct {
    shop_str_t name;
    shop_str_t value;
} shop_pay_setting_t;

typedef struct {
    shop_str_t name;      /* of the block, part of the URL: [a-z0-9_-], 1..32 */
    shop_str_t interface; /* value of `interface` */
    shop_str_t mode;      /* value of `mode`: "test", "live", or empty when not given */
    const shop_pay_setting_t *settings; /* every other line */
    size_t count;
} shop_pay_block_t;

typedef struct shop_pay_interface_s shop_pay_interface_t;

typedef struct {
    unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;             /* of the 128 */
} shop_pay_network_t;

typedef struct {
    const shop_pay_interface_t *interface;
    shop_str_t name;
    shop_pay_mode_t mode;
    shop_str_t values[SHOP_PAY_PARAMS_MAX]; /* as interface->params; empty: not given */
    shop_str_t form_origin;       /* for CSP form-action: "https://host[:port]"; empty: none */
    shop_pay_network_t *networks; /* who may notify */
    size_t network_count;         /* 0: everybody */
    shop_str_t api_url;           /* where the provider can be asked; empty: nowhere */
    void *data;                   /* what the interface prepared for itself */
} shop_pay_config_t;

/*
 * Checks a block and prepares its configuration in `arena` (which must live as long). SHOP_REFUSED:
 * *error is one English sentence that names the parameter and the mend; secrets are never in it.
 */
SHOP_MUST_USE shop_status_t shop_pay_configure(shop_arena_t *arena, const shop_pay_block_t *block,
                                               shop_pay_config_t **config, shop_str_t *error);
/* The description of a parameter; NULL when the interface has none of this name. */
const shop_pay_param_t *shop_pay_param_find(const shop_pay_interface_t *interface, shop_str_t name);
/* The value of a parameter of this configuration; empty when not given or not known. */
shop_str_t shop_pay_value(const shop_pay_config_t *config, const char *name);


/* --- starting a payment --- */

typedef struct {
    shop_str_t email, first_name, last_name, address, zip, city;
    shop_str_t country; /* ISO 3166 alpha-2 */
    shop_str_t phone, company;
} shop_pay_customer_t;

/* The stored attempt; amount and currency are its own copies (payments.md 1.1). */
typedef struct {
    int64_t id;
    shop_str_t transid;
    shop_str_t order_number; /* printed order number, for cheques and transfers */
    /* What identifies this try at the provider, drawn by the database:
     * systempay "YYYYMMDD-NNNNNN" (UTC day of creation, daily counter 000000-899999). */
    shop_str_t provider_ref;
    int64_t amount_minor;
    shop_str_t currency; /* alpha-3 */
    shop_str_t language; /* ISO 639-1 of the page */
    int64_t now;
    int64_t page_until;    /* when a page opened for it closes; the same for repeated clicks */
    shop_str_t token;      /* unguessable; in the addresses */
    shop_str_t return_url; /* complete, with the attempt's token */
    shop_str_t cancel_url;
    shop_str_t notify_url;
    shop_str_t shop_name;
    shop_str_t contrib; /* name and version of this module */
    shop_pay_customer_t customer;
} shop_pay_attempt_t;

typedef enum {
    SHOP_PAY_PAGE_FORM,         /* POST `fields` to `url`; the button sends the browser away */
    SHOP_PAY_PAGE_INSTRUCTIONS, /* show `fields` (name -> text), then a local confirmation */
    SHOP_PAY_PAGE_BUTTONS,      /* `fields`: action -> text key, each a local POST button */
    SHOP_PAY_PAGE_OPEN,         /* a local POST button: a conversation, then the provider's page */
    SHOP_PAY_PAGE_CONFIRM       /* nothing to show: confirming the order is all */
} shop_pay_page_kind_t;

typedef struct {
    shop_pay_page_kind_t kind;
    shop_str_t url;
    shop_pair_t *fields; /* decoded UTF-8; the page escapes */
    size_t count;
} shop_pay_page_t;

#define SHOP_PAY_FIELDS_MAX 64


/* --- hearing about a payment --- */

/* A request to a notify URL, as received. */
typedef struct {
    shop_str_t content_type;
    shop_str_t body;
    shop_str_t query;
    shop_str_t peer;            /* textual IPv4 or IPv6 address, after real_ip */
    const shop_pair_t *headers; /* names in lower case */
    size_t header_count;
    int64_t now;
    unsigned msec;       /* of that second: messages of one order arrive in an order */
    bool delayed;        /* it waited, so that another may have overtaken it */
    shop_str_t proof;    /* reply of the call that `proof` made; empty: not fetched yet */
    shop_str_t seal_key; /* the body is kept, sealed with it (shop_seal); empty: its digest only */
    shop_str_t seal_iv;
} shop_pay_request_t;

const shop_str_t *shop_pay_header(const shop_pay_request_t *request, const char *name);

typedef struct {
    shop_form_t form;
    shop_form_t fields; /* the pairs inside a field of the form, where a provider packs them */
    json_t *json;       /* of a JSON body; released by shop_pay_receive */
} shop_pay_message_t;

/* What a message says in the shop's own words; becomes one event (payments.md 1.1). */
typedef struct {
    const char *channel; /* "notification", "poll" or "page" */
    shop_str_t key;      /* unique (payments.md 1.10) */
    shop_pay_state_t state;
    bool has_amount; /* false: the message has no readable amount; it equals no attempt's */
    int64_t amount_minor;
    bool sum;                   /* of what was given back so far, not of one refund */
    shop_str_t currency;        /* alpha-3; empty: not readable, equals no attempt's */
    int64_t attempt;            /* id of the attempt; 0: the message does not know it */
    shop_str_t transid;         /* order reference as echoed by the provider */
    shop_str_t provider_ref;    /* shop_pay_attempt_t.provider_ref; empty: the message has none */
    shop_str_t provider_txn;    /* the provider's own identifier; empty: none yet */
    shop_str_t provider_status; /* its word for the state */
    shop_str_t doubt;     /* why it must be confirmed by the provider's API; empty: no doubt */
    shop_str_t foreign;   /* which merchant fact is not ours ("site", "mode"); empty: ours */
    bool noted;           /* changes nothing, but staff must know of it: a dispute */
    bool unrelated;       /* a kind of message that says nothing about payments (ignore-type) */
    shop_pair_t *details; /* what may be stored and shown to staff (payments.md 1.12) */
    size_t detail_count;
} shop_pay_event_t;

typedef struct {
    shop_pay_verdict_t verdict; /* SHOP_PAY_DECIDE: call the database */
    const char *reason;         /* words for the log: "signature", "address"; "" when decided */
    bool store;             /* the event goes to the database, also with a verdict already given */
    shop_pay_event_t event; /* only when `store` */
    shop_str_t json;        /* the event as shop.payments_apply takes it; only when `store` */
    shop_str_t key;         /* SHOP_PAY_PROVE: the message's own number; never with two bodies */
} shop_pay_result_t;

typedef struct {
    shop_pay_event_t *list;
    size_t count;
} shop_pay_events_t;

/*
 * Steps 1-5 of the pipeline over a raw request. Anything but SHOP_OK is trouble of ours (memory):
 * answer SHOP_PAY_RETRY_LATER. With result->store the caller must hand result->json to the
 * database and answer with the verdict that comes back.
 */
SHOP_MUST_USE shop_status_t shop_pay_receive(shop_arena_t *arena, const shop_pay_config_t *config,
                                             const shop_pay_request_t *request,
                                             shop_pay_result_t *result);
/* The message as it is kept until later (freeze.c): JSON, the body in base64. */
SHOP_MUST_USE shop_status_t shop_pay_freeze(shop_arena_t *arena, shop_str_t config,
                                            const shop_pay_request_t *request, shop_str_t *message);
/* What shop.message_keep takes: the same, with the message's own number and its digest. */
SHOP_MUST_USE shop_status_t shop_pay_keep(shop_arena_t *arena, shop_str_t config,
                                          const shop_pay_request_t *request, shop_str_t number,
                                          shop_str_t *argument);
/* ... and back; SHOP_MALFORMED: not such a message. */
SHOP_MUST_USE shop_status_t shop_pay_thaw(shop_arena_t *arena, const json_t *message,
                                          shop_pay_request_t *request);
/* The event of a poll or of a page, from the caller or `confirm`, as JSON for the database. */
SHOP_MUST_USE shop_status_t shop_pay_event_json(shop_arena_t *arena,
                                                const shop_pay_config_t *config,
                                                const shop_pay_event_t *event, int64_t now,
                                                shop_str_t *json);

typedef struct {
    unsigned status;
    shop_str_t body; /* text/plain; often empty */
} shop_pay_answer_t;

/* What the provider is told (payments.md 1.8, last table). */
shop_pay_answer_t shop_pay_answer(const shop_pay_config_t *config, shop_pay_verdict_t verdict);
/* The provider repeats a notification that got no 200; if not, spool and acknowledge. */
bool shop_pay_repeats(const shop_pay_config_t *config);


/* --- talking to a provider's API (README.md, "Conversations") --- */

/* What a conversation is for; an interface says in `talks` which it holds. */
typedef enum {
    SHOP_PAY_ASK = 1,   /* what became of a try, or of its order */
    SHOP_PAY_OPEN = 2,  /* make the payment at the provider, whose page the buyer is sent to */
    SHOP_PAY_CLOSE = 4, /* the same as ASK, but a page that is still open is closed first */
    SHOP_PAY_REFUND = 8 /* give back a sum of a paid try */
} shop_pay_purpose_t;

#define SHOP_PAY_CALL_HEADERS 8

/* A request to the provider's API; the caller sends it over verified TLS, without redirections. */
typedef struct {
    const char *method; /* "GET" or "POST" */
    shop_str_t url;
    shop_pair_t headers[SHOP_PAY_CALL_HEADERS]; /* holds credentials: never logged */
    size_t header_count;
    shop_str_t body;
} shop_pay_call_t;

typedef struct {
    unsigned status; /* of HTTP */
    shop_str_t body;
} shop_pay_reply_t;

/* How a message is proved that does not prove itself. */
typedef struct {
    shop_pay_call_t call;
    shop_str_t key; /* the message's own number: never with two bodies; empty: none */
    int64_t
        keeps; /* seconds that the reply proves other messages too (a certificate); 0: this one */
} shop_pay_proof_t;

/* A try that the provider is asked about; texts may be empty. */
typedef struct {
    shop_str_t transid;
    shop_str_t provider_ref;
    shop_str_t provider_txn;
    int64_t amount_minor; /* of the try */
    shop_str_t currency;
} shop_pay_question_t;

typedef struct {
    shop_str_t key; /* the same for every repetition of this refund, <= 64 characters */
    int64_t amount_minor;
    int64_t paid_minor; /* what the try was paid with: less is a partial refund */
    shop_str_t currency;
} shop_pay_refund_t;

/* A conversation under way: at most SHOP_PAY_STEPS_MAX calls that lead to one outcome. */
typedef struct {
    shop_pay_purpose_t purpose;
    shop_pay_question_t asked;
    const shop_pay_attempt_t *attempt; /* OPEN: all of it; else NULL */
    shop_pay_refund_t refund;          /* REFUND */

    /* set by the engine */
    int64_t now;
    unsigned step;     /* 0 for the first call, one more for each `again` */
    shop_str_t access; /* the access token; empty for an interface without `grant` */
    shop_str_t memo;   /* what `hear` keeps for a later step */
} shop_pay_talk_t;

#define SHOP_PAY_STEPS_MAX 6

/* What a reply says. Everything lives in the arena. */
typedef struct {
    bool again;               /* no outcome yet: the call of the next step */
    shop_str_t code;          /* the provider's word for what went wrong, for the log */
    shop_pay_events_t events; /* ASK, CLOSE: for shop_pay_event_json; none: nothing new */
    struct {
        shop_str_t provider_ref; /* the payment at the provider: takes the place of the attempt's */
        shop_str_t url;          /* the provider's page; the engine checks its host */
        shop_str_t secret;       /* what the return must bring back; empty: nothing */
    } opened;                    /* OPEN */
    struct {
        shop_pay_state_t state;  /* REFUNDED: done; PENDING: promised; REFUSED: not possible */
        shop_str_t id;           /* the provider's number of it, for staff */
        shop_str_t provider_txn; /* as its notification will say: one event for both */
        shop_str_t reason;       /* of a refusal: the provider's code, for staff */
    } refunded;                  /* REFUND */
} shop_pay_heard_t;

/* An access token (OAuth) as a provider grants it. */
typedef struct {
    shop_str_t token;
    int64_t seconds; /* how long it is good */
} shop_pay_access_t;

/* May the buyer be sent to this address? Only to the origin of the configuration's page. */
bool shop_pay_is_page(const shop_pay_config_t *config, shop_str_t url);
/* The interface holds conversations for this purpose, and the configuration allows them. */
bool shop_pay_talks(const shop_pay_config_t *config, shop_pay_purpose_t purpose);


/* --- an interface --- */

typedef struct {
    shop_str_t body;
    shop_str_t content_type;
    shop_pair_t header; /* the signature */
    unsigned times;     /* how often the request is sent */
} shop_pay_simulation_t;

/* What may be done when the answer to a refund was lost. */
typedef enum {
    SHOP_PAY_REFUNDS_BLIND = 0, /* ask; when that does not tell, a person must look */
    SHOP_PAY_REFUNDS_LISTED,    /* ask: the events name each refund; else send it again */
    SHOP_PAY_REFUNDS_KEYED      /* send it again: the provider knows it by its key */
} shop_pay_refunds_t;

struct shop_pay_interface_s {
    const char *name;
    shop_pay_kind_t kind;
    const char *title_key;          /* text key of the name shown to the buyer */
    const shop_pay_param_t *params; /* ends with a NULL name */
    bool repeats;                   /* see shop_pay_repeats */
    unsigned talks;                 /* shop_pay_purpose_t bits; needs config->api_url as well */
    shop_pay_refunds_t refunds;     /* with SHOP_PAY_REFUND */
    bool plain_urls; /* addresses sent to this provider may have no query: the token is in the path
                      */

    /* Checks what one parameter alone cannot tell, sets form_origin, networks, data. May be NULL.
     */
    shop_status_t (*prepare)(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error);

    /* What the payment page shows. SHOP_REFUSED: not payable this way (currency, amount, a
     * reference of another day): offer another mode or make a new attempt. */
    shop_status_t (*start)(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *page);

    /* Local confirmation of the page: the event that it is. NULL: only a notification counts. */
    shop_status_t (*confirm)(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_pay_attempt_t *attempt, shop_pay_event_t *event);

    /* A local button of SHOP_PAY_PAGE_BUTTONS: the request that a provider would send; feed it to
     * shop_pay_receive. SHOP_NOT_FOUND: no such action. NULL: no buttons. */
    shop_status_t (*simulate)(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_attempt_t *attempt, shop_str_t action,
                              shop_pay_simulation_t *simulation);

    /* Steps 1-2: SHOP_MALFORMED. The three together NULL: the interface is never notified. */
    shop_status_t (*parse)(shop_arena_t *arena, const shop_pay_request_t *request,
                           shop_pay_message_t *message);
    /* Step 3, constant time: SHOP_OK or SHOP_REFUSED; SHOP_MALFORMED for a broken signature frame.
     */
    shop_status_t (*authenticate)(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_request_t *request,
                                  const shop_pay_message_t *message);
    /* What `authenticate` cannot tell (SHOP_NOT_FOUND) without another's word: the call whose reply
     * is request->proof, and the message's own number, if it has one. NULL: messages prove
     * themselves.
     */
    shop_status_t (*proof)(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_request_t *request, shop_pay_proof_t *proof);
    /* Steps 4-5: fills the event, with its `doubt` and `foreign`. */
    shop_status_t (*describe)(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_message_t *message, shop_pay_event_t *event);

    /* The call of this step. SHOP_NOT_FOUND: nothing to ask about yet, or no credentials;
     * SHOP_REFUSED: the provider cannot express it. NULL with `hear`: no API. */
    shop_status_t (*ask)(shop_arena_t *arena, const shop_pay_config_t *config,
                         const shop_pay_talk_t *talk, shop_pay_call_t *call);
    /* Its reply. SHOP_REFUSED: the credentials are wrong; SHOP_MALFORMED: not an answer, or not
     * one to this question: another time perhaps. */
    shop_status_t (*hear)(shop_arena_t *arena, const shop_pay_config_t *config,
                          shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                          shop_pay_heard_t *heard);

    /* The call that gets an access token, and its reply (statuses as of `hear`). The engine keeps
     * the token; `ask` finds it in talk->access. Both NULL: none is needed. */
    shop_status_t (*grant)(shop_arena_t *arena, const shop_pay_config_t *config, int64_t now,
                           shop_pay_call_t *call);
    shop_status_t (*granted)(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_pay_reply_t *reply, shop_pay_access_t *access);

    /* The browser's return to an opened payment: its query must name it. NULL: not checked. */
    bool (*returned)(shop_arena_t *arena, const shop_form_t *query, shop_str_t provider_ref,
                     shop_str_t secret);

    /* What the browser's return names, as a message that waits for its proof like a notification
     * (`proof`): content type and body. SHOP_NOT_FOUND: nothing. NULL: it never does. */
    shop_status_t (*brought)(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_form_t *query, shop_pay_request_t *message);

    /* A GET of the notify URL by which the provider checks that it is ours: what it is told. false:
     * it is none. NULL: this provider does not check. */
    bool (*greet)(const shop_pay_request_t *request, shop_str_t *answer);

    /* Where this provider wants another answer than the common table: 0 or a status. May be NULL.
     */
    unsigned (*status)(const shop_pay_config_t *config, shop_pay_verdict_t verdict);
};

/* registry.c */
const shop_pay_interface_t *shop_pay_find(shop_str_t name); /* NULL: not known */
/* The n-th interface, NULL after the last: for documentation and tests. */
const shop_pay_interface_t *shop_pay_at(size_t n);


/* --- amounts at providers (amount.c): payments.md 1.5 --- */

/* "12.3" of a provider to minor units: strict grammar, no sign. */
SHOP_MUST_USE shop_status_t shop_pay_amount_parse(shop_str_t text, const shop_currency_t *currency,
                                                  int64_t *minor);
typedef struct {
    shop_str_t amount;
    shop_str_t currency;
} shop_pay_amount_t;

/* SHOP_REFUSED: the provider cannot express this amount or currency; SHOP_NOT_FOUND: unknown
 * provider. Providers: systempay sips2 axepta ogone worldline-direct paypal stripe epc-qr. */
SHOP_MUST_USE shop_status_t shop_pay_amount_print(shop_arena_t *arena, shop_str_t provider,
                                                  int64_t minor, const shop_currency_t *currency,
                                                  shop_pay_amount_t *out);
/* The currency with this ISO 4217 number; NULL: not in our table. */
const shop_currency_t *shop_pay_currency_numeric(shop_str_t numeric);


/* --- transfers: references and codes that pages print --- */

/* rf.c: ISO 11649. Create takes 1..21 letters and digits. Group writes fours: "RF18 5390 ...". */
SHOP_MUST_USE shop_status_t shop_rf_create(shop_arena_t *arena, shop_str_t reference,
                                           shop_str_t *rf);
bool shop_rf_valid(shop_str_t text); /* spaces and lower case are allowed */
/* iban.c */
bool shop_iban_valid(shop_str_t text);
/* Upper case, no spaces. */
SHOP_MUST_USE shop_status_t shop_iban_normalise(shop_arena_t *arena, shop_str_t text,
                                                shop_str_t *iban);
/* In groups of four characters separated by one space (IBAN, RF). */
SHOP_MUST_USE shop_status_t shop_iban_group(shop_arena_t *arena, shop_str_t text,
                                            shop_str_t *grouped);

/* epc.c: text of the EPC069-12 QR code (level M, version <= 13 when drawn). */
typedef struct {
    shop_str_t version; /* "001" or "002"; empty: "002" */
    shop_str_t bic;
    shop_str_t name;
    shop_str_t iban;
    shop_str_t currency; /* empty: EUR */
    int64_t amount_minor;
    shop_str_t purpose;
    shop_str_t reference;
    shop_str_t text;
    shop_str_t info;
} shop_epc_t;

SHOP_MUST_USE shop_status_t shop_epc_payload(shop_arena_t *arena, const shop_epc_t *epc,
                                             shop_str_t *payload);

#endif
