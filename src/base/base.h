/*
 * The ground of the pure rooms: strings, memory, decimal money, formulas, forms, digests, JSON.
 *
 * Nothing here knows nginx, a socket, a clock or a global state: time, random bytes and memory are
 * arguments. Every function that can fail returns a shop_status_t that must be looked at; results
 * live in the arena that was given, unless said otherwise.
 */

#ifndef SHOP_BASE_H
#define SHOP_BASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


typedef enum {
    SHOP_OK = 0,
    SHOP_MALFORMED, /* the input does not follow its grammar */
    SHOP_LIMIT,     /* a bound on size, count or depth was met */
    SHOP_OVERFLOW,  /* arithmetic left its range, or divided by zero */
    SHOP_NOT_FOUND,
    SHOP_REFUSED, /* well formed, but a rule says no */
    SHOP_NO_MEMORY,
    SHOP_BUG /* cannot happen; logged by the caller */
} shop_status_t;

#define SHOP_MUST_USE __attribute__((warn_unused_result))


/* --- strings (string.c): bytes with a length, not NUL-terminated; same layout as ngx_str_t --- */

typedef struct {
    size_t len;
    unsigned char *data;
} shop_str_t;

#define SHOP_STR(literal) ((shop_str_t){sizeof(literal) - 1, (unsigned char *) (literal)})
#define SHOP_STR_NULL ((shop_str_t){0, NULL})

shop_str_t shop_str(const char *cstring); /* NULL gives the empty string; no copy */
bool shop_str_eq(shop_str_t a, shop_str_t b);
bool shop_str_eq_nocase(shop_str_t a, shop_str_t b); /* ASCII letters only */
bool shop_str_starts(shop_str_t s, shop_str_t prefix);
int shop_str_cmp(shop_str_t a, shop_str_t b); /* byte order, as strcmp */
shop_str_t shop_str_trim(shop_str_t s);       /* ASCII blanks at both ends; a view */
bool shop_str_split(shop_str_t *rest, unsigned char separator, shop_str_t *part);
/* Decimal digits only, no sign or blank; SHOP_MALFORMED or SHOP_OVERFLOW otherwise. */
SHOP_MUST_USE shop_status_t shop_str_to_int(shop_str_t s, int64_t *value);
bool shop_utf8_valid(shop_str_t s); /* refuses NUL, surrogates and overlong forms */
size_t shop_utf8_length(shop_str_t s);
/* The longest prefix of at most `characters` characters, cut between characters. */
shop_str_t shop_utf8_cut(shop_str_t s, size_t characters);


/* --- memory (arena.c): an arena only grows; its owner frees it whole --- */

typedef struct {
    void *(*alloc)(void *owner, size_t size); /* aligned to 8 bytes; NULL when out of memory */
    void *owner;
} shop_arena_t;

void *shop_arena_alloc(shop_arena_t *arena, size_t size);  /* not zeroed */
void *shop_arena_calloc(shop_arena_t *arena, size_t size); /* zeroed */
SHOP_MUST_USE shop_status_t shop_arena_copy(shop_arena_t *arena, shop_str_t s, shop_str_t *copy);
char *shop_arena_cstring(shop_arena_t *arena, shop_str_t s); /* NUL-terminated; NULL: no memory */
SHOP_MUST_USE shop_status_t shop_arena_printf(shop_arena_t *arena, shop_str_t *out,
                                              const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A heap arena for programs without nginx (tests, fuzzers). `fail_after` allocations succeed, then
 * every one fails; negative: none fails. */
typedef struct shop_heap_s shop_heap_t;
shop_heap_t *shop_heap_create(long fail_after);
shop_arena_t *shop_heap_arena(shop_heap_t *heap);
void shop_heap_destroy(shop_heap_t *heap);


/* --- growing text (buf.c): failure is sticky, look once at the end --- */

typedef struct {
    shop_arena_t *arena;
    unsigned char *data;
    size_t len;
    size_t capacity;
    size_t limit; /* 0: none */
    shop_status_t status;
} shop_buf_t;

void shop_buf_init(shop_buf_t *buf, shop_arena_t *arena, size_t limit);
void shop_buf_add(shop_buf_t *buf, shop_str_t s);
void shop_buf_add_char(shop_buf_t *buf, unsigned char c);
void shop_buf_add_int(shop_buf_t *buf, int64_t n);
void shop_buf_add_html(shop_buf_t *buf, shop_str_t s);    /* escapes & < > " ' */
void shop_buf_add_percent(shop_buf_t *buf, shop_str_t s); /* RFC 3986 unreserved kept */
shop_str_t shop_buf_str(const shop_buf_t *buf);


/* --- card numbers (card_number.c) --- */

/* Somewhere in the text stands what could be the full number of a payment card. */
bool shop_has_card_number(shop_str_t text);


/* --- codings (coding.c). Decoders are strict: alphabet, length and padding are checked --- */

SHOP_MUST_USE shop_status_t shop_hex_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
SHOP_MUST_USE shop_status_t shop_hex_decode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
SHOP_MUST_USE shop_status_t shop_base64_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
SHOP_MUST_USE shop_status_t shop_base64_decode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
/* base64url without padding */
SHOP_MUST_USE shop_status_t shop_base64url_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
SHOP_MUST_USE shop_status_t shop_base64url_decode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
/* A-Z 2-7, no padding */
SHOP_MUST_USE shop_status_t shop_base32_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
SHOP_MUST_USE shop_status_t shop_percent_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out);
/* Windows-1252 to UTF-8 (windows1252.c): every byte is a character, some the replacement. */
SHOP_MUST_USE shop_status_t shop_windows1252_decode(shop_arena_t *arena, shop_str_t in,
                                                    shop_str_t *out);


/* --- digests (digest.c, OpenSSL) --- */

#define SHOP_SHA1_SIZE 20
#define SHOP_SHA256_SIZE 32
#define SHOP_SHA512_SIZE 64

SHOP_MUST_USE shop_status_t shop_sha1(shop_str_t message, unsigned char out[SHOP_SHA1_SIZE]);
SHOP_MUST_USE shop_status_t shop_sha256(shop_str_t message, unsigned char out[SHOP_SHA256_SIZE]);
SHOP_MUST_USE shop_status_t shop_sha512(shop_str_t message, unsigned char out[SHOP_SHA512_SIZE]);
/* The same as 64 and as 43 characters. */
SHOP_MUST_USE shop_status_t shop_sha256_hex(shop_arena_t *a, shop_str_t message, shop_str_t *hex);
SHOP_MUST_USE shop_status_t shop_sha256_base64url(shop_arena_t *a, shop_str_t message,
                                                  shop_str_t *text);
SHOP_MUST_USE shop_status_t shop_hmac_sha256(shop_str_t key, shop_str_t message,
                                             unsigned char out[SHOP_SHA256_SIZE]);
SHOP_MUST_USE shop_status_t shop_hmac_sha1(shop_str_t key, shop_str_t message,
                                           unsigned char out[SHOP_SHA1_SIZE]);
/* CRC-32 as zlib's (crc32.c): finds mistakes, stops nobody. */
uint32_t shop_crc32(shop_str_t message);
/* Equal bytes, in a time that depends on the length only; false at once when lengths differ. */
bool shop_secret_eq(shop_str_t a, shop_str_t b);


/* --- RS256 (rs256.c, OpenSSL; RFC 7518, 3.3) --- */

/* `n` and `e`: modulus (2048 bits at least) and exponent, as bytes, the highest first. */
bool shop_rs256_valid(shop_str_t n, shop_str_t e, shop_str_t message, shop_str_t signature);


/* --- Blowfish in ECB mode (blowfish.c, OpenSSL's legacy provider): no integrity --- */

#define SHOP_BLOWFISH_KEY 16
#define SHOP_BLOWFISH_BLOCK 8

bool shop_blowfish_available(void); /* this machine's OpenSSL has the legacy provider */
/* Padded with zero bytes to whole blocks. SHOP_MALFORMED: a key of another length, or nothing to
 * encrypt; SHOP_NOT_FOUND: not available. */
SHOP_MUST_USE shop_status_t shop_blowfish_encrypt(shop_arena_t *arena, shop_str_t key,
                                                  shop_str_t plain, shop_str_t *out);
/* With its padding; SHOP_MALFORMED as well when `in` is not whole blocks. */
SHOP_MUST_USE shop_status_t shop_blowfish_decrypt(shop_arena_t *arena, shop_str_t key,
                                                  shop_str_t in, shop_str_t *plain);


/* --- sealing (seal.c, OpenSSL) --- */

#define SHOP_SEAL_KEY 32
#define SHOP_SEAL_IV 16
#define SHOP_SEAL_MAX (1024 * 1024)

/* iv (fresh random bytes for each call), ciphertext, HMAC-SHA-256 of both. */
SHOP_MUST_USE shop_status_t shop_seal(shop_arena_t *a, shop_str_t key, shop_str_t iv,
                                      shop_str_t plain, shop_str_t *sealed);


/* --- signatures (ed25519.c, OpenSSL; RFC 8032) --- */

#define SHOP_ED25519_KEY_SIZE 32
#define SHOP_ED25519_SIGNATURE_SIZE 64

typedef struct {
    unsigned char private[SHOP_ED25519_KEY_SIZE];
    unsigned char public[SHOP_ED25519_KEY_SIZE];
} shop_ed25519_t;

/* A private key in PEM (PKCS #8), not encrypted. SHOP_MALFORMED: anything else. */
SHOP_MUST_USE shop_status_t shop_ed25519_read(shop_str_t pem, shop_ed25519_t *key);
SHOP_MUST_USE shop_status_t shop_ed25519_sign(const shop_ed25519_t *key, shop_str_t message,
                                              unsigned char out[SHOP_ED25519_SIGNATURE_SIZE]);


/* --- certificates (x509.c, OpenSSL) --- */

typedef struct {
    shop_str_t common_name;
    shop_str_t public_key; /* DER */
} shop_x509_t;

/* The first certificate of a PEM text, the others being its way to one of `roots` (PEM; empty:
 * those of the system). SHOP_MALFORMED: no certificate; SHOP_REFUSED: nobody trusts it at this
 * time. */
SHOP_MUST_USE shop_status_t shop_x509_read(shop_arena_t *arena, shop_str_t pem, shop_str_t roots,
                                           int64_t now, shop_x509_t *out);
/* RSA PKCS #1 v1.5 with SHA-256; SHOP_REFUSED: not made with this key. */
SHOP_MUST_USE shop_status_t shop_rsa_sha256_verify(shop_str_t public_key, shop_str_t message,
                                                   shop_str_t signature);


/* --- forms (form.c): application/x-www-form-urlencoded, payments.md 1.9 --- */

typedef struct {
    shop_str_t name;
    shop_str_t value; /* decoded bytes, charset unchecked; data is never NULL */
} shop_pair_t;

typedef struct {
    shop_pair_t *pairs; /* in order of arrival */
    size_t count;
    bool duplicate; /* some name stands twice */
} shop_form_t;

/* SHOP_MALFORMED: bad percent-encoding or a NUL byte; SHOP_LIMIT: more than `max_pairs`. */
SHOP_MUST_USE shop_status_t shop_form_parse(shop_arena_t *arena, shop_str_t body, size_t max_pairs,
                                            shop_form_t *form);
const shop_str_t *shop_form_find(const shop_form_t *form,
                                 shop_str_t name); /* first; NULL: absent */
/* The value trimmed, or the empty string. */
shop_str_t shop_form_text(const shop_form_t *form, const char *name);
/* RFC 6265 Cookie header: the value of `name`, a view; false when absent. */
bool shop_cookie_find(shop_str_t header, shop_str_t name, shop_str_t *value);


/* --- money (money.c). objects.md 8.2 ---
 *
 * shop_money_t: amounts as stored and shown, 4 fractional digits. shop_dec_t: intermediate results
 * (taxed unit prices, formulas), 12 fractional digits. Rounding: half away from zero.
 */

typedef struct {
    int64_t e4;
} shop_money_t;

/* nginx's pools align to 8 bytes, the compiler would assume 16. */
typedef __int128 shop_e12_t __attribute__((aligned(8)));

typedef struct {
    shop_e12_t e12;
} shop_dec_t;

#define SHOP_MONEY_ZERO ((shop_money_t){0})

SHOP_MUST_USE shop_status_t shop_money_add(shop_money_t a, shop_money_t b, shop_money_t *sum);
SHOP_MUST_USE shop_status_t shop_money_sub(shop_money_t a, shop_money_t b,
                                           shop_money_t *difference);
/* "12", "-12.3", "12.3456": optional sign, digits, at most 4 digits after the dot. */
SHOP_MUST_USE shop_status_t shop_money_parse(shop_str_t text, shop_money_t *money);
/* Exactly `decimals` digits after the dot (0: no dot), rounding when it holds more. */
SHOP_MUST_USE shop_status_t shop_money_print(shop_arena_t *a, shop_money_t m, unsigned decimals,
                                             shop_str_t *text);
/* For people: "1 234,50 €" (fr, narrow no-break spaces), "€1,234.50" (en). `lang` is ISO 639-1. */
SHOP_MUST_USE shop_status_t shop_money_format(shop_arena_t *a, shop_money_t m, const char *currency,
                                              const char *lang, shop_str_t *text);
/* A unit price: the currency's decimals, three when the third is not zero (objects.md 8.2). */
SHOP_MUST_USE shop_status_t shop_money_format_unit(shop_arena_t *a, shop_money_t m,
                                                   const char *currency, const char *lang,
                                                   shop_str_t *text);
/* To and from the ISO 4217 minor unit of a currency; inexact conversions are SHOP_MALFORMED. */
SHOP_MUST_USE shop_status_t shop_money_to_minor(shop_money_t m, unsigned exponent, int64_t *minor);
SHOP_MUST_USE shop_status_t shop_money_from_minor(int64_t minor, unsigned exponent,
                                                  shop_money_t *m);

shop_dec_t shop_dec_from_money(shop_money_t m);
shop_dec_t shop_dec_from_int(int64_t n);
SHOP_MUST_USE shop_status_t shop_dec_add(shop_dec_t a, shop_dec_t b, shop_dec_t *sum);
SHOP_MUST_USE shop_status_t shop_dec_sub(shop_dec_t a, shop_dec_t b, shop_dec_t *difference);
SHOP_MUST_USE shop_status_t shop_dec_mul(shop_dec_t a, shop_dec_t b, shop_dec_t *product);
SHOP_MUST_USE shop_status_t shop_dec_div(shop_dec_t a, shop_dec_t b, shop_dec_t *quotient);
SHOP_MUST_USE shop_status_t shop_dec_parse(shop_str_t text, shop_dec_t *d); /* <= 12 digits */
/* Digits without sign, at most `scale` of them behind the point, as an integer of that scale. */
SHOP_MUST_USE shop_status_t shop_dec_scan(shop_str_t text, unsigned scale, __int128 *scaled);
/* Square root, natural logarithm and power, to the precision of the decimals where they are exact
 * (roots, whole exponents), else of the machine's extended reals. */
SHOP_MUST_USE shop_status_t shop_dec_sqrt(shop_dec_t a, shop_dec_t *root);
SHOP_MUST_USE shop_status_t shop_dec_log(shop_dec_t a, shop_dec_t *logarithm);
SHOP_MUST_USE shop_status_t shop_dec_pow(shop_dec_t a, shop_dec_t b, shop_dec_t *power);
int shop_dec_cmp(shop_dec_t a, shop_dec_t b);
/* Round half away from zero to `decimals` (0..4) digits. */
SHOP_MUST_USE shop_status_t shop_dec_round(shop_dec_t d, unsigned decimals, shop_money_t *rounded);


/* --- currencies (currency.c): payments.md 1.5, objects.md 1.1 --- */

typedef struct {
    const char *code; /* ISO 4217 alpha-3 */
    const char *numeric;
    const char *symbol;
    unsigned exponent;
} shop_currency_t;

const shop_currency_t *shop_currency_find(shop_str_t code); /* NULL: not in our table, refuse */


/* --- formulas (formula.c): objects.md 6.2; parsed once, evaluated without allocation --- */

typedef struct shop_formula_s shop_formula_t;

typedef struct {
    const char *name; /* without the dollar sign, lower case */
    shop_dec_t value;
} shop_formula_var_t;

/* On failure *error is a short English reason (static text). An empty text compiles to
 * "output = input of the same evaluation named first". */
SHOP_MUST_USE shop_status_t shop_formula_compile(shop_arena_t *arena, shop_str_t text,
                                                 shop_formula_t **formula, const char **error);
/* Gives the variable `output` after all statements; SHOP_REFUSED: unknown variable, missing or
 * negative output; SHOP_OVERFLOW; SHOP_LIMIT: over 1,000 operations. */
SHOP_MUST_USE shop_status_t shop_formula_eval(const shop_formula_t *formula,
                                              const shop_formula_var_t *vars, size_t count,
                                              const char *output, shop_dec_t *result);


/* --- time (time.c): Unix seconds, UTC --- */

/* "YYYYMMDDHHMMSS" */
void shop_time_compact(int64_t seconds, char out[15]);
/* "YYYY-MM-DDTHH:MM:SSZ" */
void shop_time_iso(int64_t seconds, char out[21]);
/* The day for people, "24 novembre 2026" (fr) or "24 November 2026"; `utc_offset` in seconds. */
SHOP_MUST_USE shop_status_t shop_time_date(shop_arena_t *a, int64_t seconds, int32_t utc_offset,
                                           const char *lang, shop_str_t *text);
SHOP_MUST_USE shop_status_t shop_time_parse(shop_str_t text, int64_t *seconds); /* ISO forms */


/* --- JSON (json.c, jansson): bounded parsing, readers that never fail --- */

/* SHOP_LIMIT beyond `max_bytes`; duplicates, NUL characters and depth over 32 are SHOP_MALFORMED.
 * The caller owns *json (json_decref). */
SHOP_MUST_USE shop_status_t shop_json_parse(shop_str_t text, size_t max_bytes, json_t **json);
SHOP_MUST_USE shop_status_t shop_json_dump(shop_arena_t *a, const json_t *json, shop_str_t *text);
/* Views into `object`, valid as long as it; a missing or other typed member gives the default. */
shop_str_t shop_json_text(const json_t *object, const char *key);    /* "" */
shop_str_t shop_json_string(const json_t *value);                    /* "" */
int64_t shop_json_int(const json_t *object, const char *key);        /* 0 */
bool shop_json_bool(const json_t *object, const char *key);          /* false */
shop_money_t shop_json_money(const json_t *object, const char *key); /* text or number; 0 */
json_t *shop_json_str(shop_str_t s); /* new reference; NULL for invalid UTF-8 or no memory */
/* object[key] = text; false when it could not be set */
bool shop_json_set_text(json_t *object, const char *key, shop_str_t s);


/* --- JSON written without a tree (json_write.c): compact, as shop_json_dump() writes it --- */

/* Begin with {&buf, false}. Failures are the buffer's: a text that is no UTF-8, or with a NUL,
 * which could not be read again, is SHOP_MALFORMED. Whoever calls closes what he opened. */
typedef struct {
    shop_buf_t *buf;
    bool comma; /* before the next member or entry */
} shop_json_out_t;

void shop_json_out_open(shop_json_out_t *out, char bracket); /* { or [ */
void shop_json_out_close(shop_json_out_t *out, char bracket);
/* A constant with nothing to escape; a value must follow. */
void shop_json_out_name(shop_json_out_t *out, const char *name);
void shop_json_out_text(shop_json_out_t *out, shop_str_t text);
void shop_json_out_int(shop_json_out_t *out, int64_t number);
void shop_json_out_true(shop_json_out_t *out);

#endif
