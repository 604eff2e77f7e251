/*
 * What visitors read: Mustache templates, texts in their language, documents, QR symbols, mails.
 *
 * Nothing here knows nginx, a socket or a clock. Templates and texts are loaded once, at
 * configuration time, into an arena of that life time; rendering then only reads them, so that any
 * number of workers share them. What a rendering needs for itself lies in the arena of its output.
 */

#ifndef SHOP_VIEW_H
#define SHOP_VIEW_H

#include "base/base.h"


/* --- languages (lang.c, lang_accept.c) --- */

typedef struct {
    const char *code; /* ISO 639-1: "fr" */
    const char *name; /* in itself: "Français" */
    size_t index;     /* place in the registry */
} shop_lang_t;

/* The registry, in the order of the language menu; the first one is the fallback of all others. */
const shop_lang_t *shop_lang_list(size_t *count);
const shop_lang_t *shop_lang_find(shop_str_t code); /* NULL: not one of ours */
const shop_lang_t *shop_lang_default(void);
/* The best of ours for an Accept-Language header; never NULL. At most 64 ranges are looked at. */
const shop_lang_t *shop_lang_accept(shop_str_t header);

typedef struct shop_strings_s shop_strings_t;

SHOP_MUST_USE shop_status_t shop_strings_create(shop_arena_t *arena, shop_strings_t **strings);
/* One flat JSON object, key -> text; a later file replaces the keys of an earlier one. On failure
 * *error is one English sentence. */
SHOP_MUST_USE shop_status_t shop_strings_load(shop_strings_t *strings, const shop_lang_t *lang,
                                              shop_str_t json, shop_str_t *error);
/* The text in `lang`, else in the default language, else the key itself. A view. */
shop_str_t shop_lang_text(const shop_strings_t *strings, const shop_lang_t *lang, shop_str_t key);
/* SHOP_STR_NULL (data NULL) when no language has the key. */
shop_str_t shop_lang_find_text(const shop_strings_t *strings, const shop_lang_t *lang,
                               shop_str_t key);
/*
 * Appends `text` with its placeholders filled in: {$a} by a string or number,
 * {$a->name} by the member `name` of an object. A placeholder without a value becomes empty.
 * Nothing is escaped here. `argument` may be NULL.
 */
void shop_lang_format(shop_buf_t *out, shop_str_t text, const json_t *argument);


/* --- templates (mustache_*.c) ---
 *
 * The core of the public Mustache specification 1.x, and Moodle's helper for texts:
 *
 *   {{#str}}key{{/str}}   {{#str}}key, {{value}}{{/str}}   {{#str}}key, {"n": {{n}}}{{/str}}
 *
 * The section is rendered, the key (up to the first comma) looked up in the language of the page,
 * the rest put into the text. Values are escaped once, when they enter the section; they can be
 * used between the quotes of the JSON form without fear. The text itself is trusted and may hold
 * mark-up. A component "local_shop" between key and argument is skipped.
 *
 * Empty strings and the number 0 are false in sections, as in Moodle.
 *
 * Names are paths below templates/ without ".mustache": "shop", "mail/sales_feedback.html". Output
 * is HTML and escaped, unless the name ends in ".text": then {{x}} prints as it is.
 */

typedef struct shop_template_s shop_template_t;
typedef struct shop_template_set_s shop_template_set_t;

SHOP_MUST_USE shop_status_t shop_template_set_create(shop_arena_t *arena,
                                                     shop_template_set_t **set);
/* Parses at once; the text is copied. SHOP_MALFORMED or SHOP_LIMIT: *error names the template and
 * the line. SHOP_REFUSED: the name is taken. */
SHOP_MUST_USE shop_status_t shop_template_add(shop_template_set_t *set, shop_str_t name,
                                              shop_str_t text, shop_str_t *error);
/* After the last add: finds the partials. SHOP_NOT_FOUND: *error names the missing partial and who
 * wants it; rendering is possible all the same, what is missing prints nothing. */
SHOP_MUST_USE shop_status_t shop_template_set_link(shop_template_set_t *set, shop_str_t *error);
const shop_template_t *shop_template_find(const shop_template_set_t *set, shop_str_t name);

typedef struct {
    const json_t *data;            /* an object (or any value, printed by {{.}}) */
    const shop_strings_t *strings; /* NULL: {{#str}} prints the key */
    const shop_lang_t *lang;       /* NULL: the default */
} shop_view_t;

/*
 * Appends to `out`. SHOP_LIMIT: nesting over 64 levels, more than 2 million steps, or the limit of
 * the buffer. What was appended before a failure stays there.
 */
SHOP_MUST_USE shop_status_t shop_template_render(const shop_template_t *template,
                                                 const shop_view_t *view, shop_buf_t *out);
/*
 * The same, cut at the one place where {{{slot}}} stands: *head and *tail are views into `out`
 * (which must not grow any more). SHOP_NOT_FOUND: there is no slot; SHOP_MALFORMED: more than one.
 */
SHOP_MUST_USE shop_status_t shop_template_render_split(const shop_template_t *template,
                                                       const shop_view_t *view, shop_buf_t *out,
                                                       shop_str_t *head, shop_str_t *tail);

/* --- plain text of HTML (excerpt.c) --- */

/* Without tags, runs of blanks as one, at most `characters` characters; *cut: there was more. */
SHOP_MUST_USE shop_status_t shop_html_excerpt(shop_arena_t *arena, shop_str_t html,
                                              size_t characters, shop_str_t *text, bool *cut);


/* --- QR symbols (qr.c, libqrencode) --- */

/* A standalone <svg>, error correction level M, four modules of white around it. SHOP_LIMIT: the
 * payload does not fit into version 13 (331 bytes). */
SHOP_MUST_USE shop_status_t shop_qr_svg(shop_arena_t *arena, shop_str_t payload, shop_str_t *svg);


/* --- mail messages (mime.c, mime_header.c, mime_address.c) --- */

typedef struct {
    shop_str_t name; /* UTF-8; empty: the address alone */
    shop_str_t address;
} shop_mailbox_t;

typedef struct {
    shop_mailbox_t from;
    shop_mailbox_t to;
    shop_mailbox_t reply_to; /* empty address: none */
    shop_str_t subject;
    shop_str_t text;
    shop_str_t html;
    int64_t date;
    shop_str_t message_id;   /* "local@domain", without the angle brackets */
    const shop_lang_t *lang; /* NULL: no Content-Language */
} shop_mime_t;

/* One mailbox as RFC 5321 writes it without quotes or comments: ASCII, at most 254 bytes. */
bool shop_mail_address_valid(shop_str_t address);
/*
 * A complete RFC 5322 message with CRLF: multipart/alternative, quoted-printable, 7 bits, marked as
 * Auto-Submitted. SHOP_REFUSED: an address or the message id is not valid; SHOP_MALFORMED: not
 * UTF-8. Control characters in names and in the subject become blanks.
 */
SHOP_MUST_USE shop_status_t shop_mime_build(shop_arena_t *arena, const shop_mime_t *mail,
                                            shop_str_t *message);


/* --- mails from templates (mail.c) --- */

typedef struct {
    shop_str_t template; /* "sales_feedback": mail/sales_feedback.{html,text}, mail.<it>.subject */
    const json_t *data;
    const shop_lang_t *lang; /* the recipient's */
    shop_mailbox_t from;
    shop_mailbox_t to;
    shop_mailbox_t reply_to; /* empty address: none */
    int64_t date;
    shop_str_t message_id;
} shop_mail_t;

/* SHOP_NOT_FOUND: no such templates. The rest as shop_mime_build(). */
SHOP_MUST_USE shop_status_t shop_mail_build(shop_arena_t *arena, const shop_template_set_t *set,
                                            const shop_strings_t *strings, const shop_mail_t *mail,
                                            shop_str_t *message);


/* --- documents (document*.c) --- */

typedef struct {
    const json_t *order; /* what shop.order_read returned (sql/README.md) */
    const shop_strings_t *strings;
    const shop_lang_t *lang;
    int32_t utc_offset; /* seconds east of Greenwich of the shop's dates; 0: UTC */
    shop_str_t paymode; /* text key of the payment mode; empty: "paymode_<order's>", if there is */
    /* How an unpaid order is paid (pay room: name -> text, "epc" becomes a QR symbol). */
    const shop_pair_t *instructions;
    size_t instruction_count;
} shop_document_t;

/* The data of the document for pages and mails: README.md "Documents". New reference in *data. */
SHOP_MUST_USE shop_status_t shop_document_view(shop_arena_t *arena, const shop_document_t *document,
                                               json_t **data);

/* Production feedback (feedback.c): `feedback` is an array of {product, handler, event, vars,
 * reason, code} as jobs stored it; `audience` is "public", "private" or "sales". Gives an array of
 * {product, message}: a new reference. Only strings, lang and utc_offset of `document` are used. */
SHOP_MUST_USE shop_status_t shop_feedback_view(shop_arena_t *arena, const shop_document_t *document,
                                               const json_t *feedback, const char *audience,
                                               json_t **list);

typedef struct {
    shop_str_t server; /* the site's name */
    shop_str_t server_url;
    shop_str_t ticket;        /* address of the document; empty: no link */
    const json_t *production; /* array of {"product": …, "message": …}; NULL: none */
} shop_document_mail_t;

/* The variables of the order mails: README.md "Mails". New reference in *data. */
SHOP_MUST_USE shop_status_t shop_document_mail_view(shop_arena_t *arena,
                                                    const shop_document_t *document,
                                                    const shop_document_mail_t *mail,
                                                    json_t **data);


/* --- certificates (certificate_pdf.c) --- */

typedef struct {
    shop_str_t title;
    shop_str_t lead; /* before the holder's name */
    shop_str_t holder;
    shop_str_t body; /* between the name and the course */
    shop_str_t course;
    shop_str_t date;
    shop_str_t seller;
    shop_str_t number;
    shop_str_t verify;     /* where and how it can be checked */
    shop_str_t address;    /* the same for the QR symbol: at most 300 bytes */
    shop_str_t logo;       /* PNG, or empty */
    shop_str_t signature;  /* PNG, or empty */
    const char *issued_at; /* ISO 8601 */
} shop_certificate_t;

/* One page of PDF from UTF-8 texts; the caller frees *pdf. Slow: for a thread. SHOP_NO_MEMORY: it
 * could not be drawn. */
SHOP_MUST_USE shop_status_t shop_certificate_pdf(const shop_certificate_t *certificate,
                                                 unsigned char **pdf, size_t *len);


/* --- credentials (credential.c): a certificate as Open Badges 3.0 --- */

/* All texts are views. Addresses are absolute. */
typedef struct {
    shop_str_t address; /* of the page where the certificate is checked: the credential's id */
    shop_str_t issuer;  /* address of the issuer's profile */
    shop_str_t shop;    /* address of the shop */
    shop_str_t seller;  /* name of the issuer */
    shop_str_t holder;
    shop_str_t course;
    shop_str_t issued_at;    /* ISO 8601 UTC */
    shop_str_t completed_at; /* the same, or empty */
} shop_credential_t;

/* The public half as a JSON Web Key (RFC 8037); its id is the thumbprint (RFC 7638). New reference
 * in *jwk. */
SHOP_MUST_USE shop_status_t shop_credential_jwk(shop_arena_t *arena, const shop_ed25519_t *key,
                                                json_t **jwk);
/* The signed credential: a compact JSON Web Signature whose header names `key_address`. */
SHOP_MUST_USE shop_status_t shop_credential_sign(shop_arena_t *arena,
                                                 const shop_credential_t *credential,
                                                 const shop_ed25519_t *key, shop_str_t key_address,
                                                 shop_str_t *jws);
/* Who issues, and how what he signed is checked: an array of methods, released. New reference. */
SHOP_MUST_USE shop_status_t shop_credential_issuer(const shop_credential_t *credential,
                                                   json_t *methods, json_t **profile);
/* One of them: `jwk` is released. New reference. */
json_t *shop_credential_method(shop_str_t issuer, shop_str_t key_address, json_t *jwk);
/* Whether it still holds: a list that names the credential when it was revoked. New reference. */
SHOP_MUST_USE shop_status_t shop_credential_status(shop_arena_t *arena,
                                                   const shop_credential_t *credential,
                                                   bool revoked, json_t **list);

#endif
