/*
 * The vector program's table of checks: one function per interface, kind and algorithm.
 */

#ifndef SHOP_T_VECTORS_H
#define SHOP_T_VECTORS_H

#include "pay/pay.h"

typedef struct {
    shop_arena_t *arena; /* of this vector alone */
    const json_t *vector;
    const json_t *input;
    const json_t *expected;
    shop_str_t key;
    shop_str_t algorithm;
    char reason[512]; /* why it failed */
} vector_t;

typedef struct {
    const char *interface;
    const char *kind;
    const char *algorithm; /* NULL: any */
    bool (*check)(vector_t *v);
} vector_check_t;

/* Tables end with a NULL interface. */
extern const vector_check_t vectors_systempay[];
extern const vector_check_t vectors_transfer[];
extern const vector_check_t vectors_amount[];
extern const vector_check_t vectors_sips[];
extern const vector_check_t vectors_ogone[];
extern const vector_check_t vectors_axepta[];
extern const vector_check_t vectors_stripe[];
extern const vector_check_t vectors_worldline[];
extern const vector_check_t vectors_paypal[];

/* false, with the reason */
bool vector_fails(vector_t *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Compares a text with what is expected, by value. */
bool vector_same(vector_t *v, const char *what, shop_str_t got, shop_str_t expected);
/* The outcome of a check of a signature. */
bool vector_authentic(vector_t *v, shop_status_t status);
/* The outcome is {"verdict": name}. */
bool vector_verdict(vector_t *v, const char *name);

/* --- outcome.c --- */

/* An object of texts as pairs; arena memory. */
shop_form_t vector_pairs(vector_t *v, const json_t *fields);
/* A configuration of this mode; NULL: the vector has failed. */
shop_pay_config_t *vector_config_of(vector_t *v, const char *interface, const char *mode,
                                    const shop_pay_setting_t *settings, size_t count);
/* The same in mode test. */
shop_pay_config_t *vector_config(vector_t *v, const char *interface,
                                 const shop_pay_setting_t *settings, size_t count);
/* A `decide` vector: the request through the pipeline, its verdict, answer and state afterwards. */
bool vector_decide(vector_t *v, const shop_pay_config_t *config, const shop_pay_request_t *request);
/* A `map` vector: what is not known is kept for confirmation. */
bool vector_state(vector_t *v, shop_pay_state_t state);

#endif
