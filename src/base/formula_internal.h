/*
 * The compiled form of a formula, between its parser and its evaluator.
 */

#ifndef SHOP_FORMULA_INTERNAL_H
#define SHOP_FORMULA_INTERNAL_H

#include "base/base.h"


typedef enum {
    NODE_NUMBER = 0,
    NODE_VAR, /* slot */
    NODE_NEGATE,
    NODE_ADD,
    NODE_SUB,
    NODE_MUL,
    NODE_DIV,
    NODE_MOD,
    NODE_LT,
    NODE_LE,
    NODE_GT,
    NODE_GE,
    NODE_EQ,
    NODE_NE,
    NODE_CHOOSE, /* a ? b : c */
    NODE_ROUND,
    NODE_FLOOR,
    NODE_CEIL,
    NODE_ABS,
    NODE_MIN,
    NODE_MAX,
    NODE_SQRT,
    NODE_LOG,
    NODE_POW
} node_kind_e;

/* Operands are indexes of earlier nodes; min and max of many are chains of pairs. */
typedef struct {
    node_kind_e kind;
    uint16_t a;
    uint16_t b;
    uint16_t c;
    uint16_t slot;
    shop_dec_t number;
} node_t;

typedef struct {
    uint16_t slot;
    uint16_t root;
} statement_t;

#define FORMULA_NODES 1000
#define FORMULA_SLOTS 32
#define FORMULA_STATEMENTS 32
#define FORMULA_DEPTH 64
#define FORMULA_OPERATIONS 1000

struct shop_formula_s {
    node_t *nodes;
    size_t node_count;
    size_t node_max;
    statement_t *statements;
    size_t statement_count;
    shop_str_t *names; /* of the slots, lower case */
    size_t slot_count;
};

#endif
