/*
 * Formulas of taxes and shipping: evaluation without allocation, in decimals, with a bound on the
 * number of operations.
 */

#include "base/formula_internal.h"


typedef struct {
    const shop_formula_t *formula;
    shop_dec_t values[FORMULA_SLOTS];
    bool known[FORMULA_SLOTS];
    unsigned operations;
} machine_t;


static shop_status_t eval(machine_t *m, uint16_t index, shop_dec_t *result);


static shop_status_t compare(node_kind_e kind, shop_dec_t a, shop_dec_t b, shop_dec_t *result)
{
    int order = shop_dec_cmp(a, b);
    bool truth = (kind == NODE_LT && order < 0) || (kind == NODE_LE && order <= 0) ||
                 (kind == NODE_GT && order > 0) || (kind == NODE_GE && order >= 0) ||
                 (kind == NODE_EQ && order == 0) || (kind == NODE_NE && order != 0);

    *result = shop_dec_from_int(truth);

    return SHOP_OK;
}


/* Rounds down for FLOOR, up for CEIL. */
static shop_status_t to_whole(node_kind_e kind, shop_dec_t a, shop_dec_t *result)
{
    __int128 one = shop_dec_from_int(1).e12;
    __int128 rest = a.e12 % one;

    result->e12 = a.e12 - rest;

    if (kind == NODE_FLOOR && rest < 0) {
        return shop_dec_sub(*result, (shop_dec_t){one}, result);
    }

    if (kind == NODE_CEIL && rest > 0) {
        return shop_dec_add(*result, (shop_dec_t){one}, result);
    }

    return SHOP_OK;
}


static shop_status_t round_to(shop_dec_t a, shop_dec_t digits, shop_dec_t *result)
{
    __int128 one = shop_dec_from_int(1).e12, unit = one, rest;

    if (digits.e12 < 0 || digits.e12 > 12 * one || digits.e12 % one != 0) {
        return SHOP_OVERFLOW;
    }

    for (__int128 n = digits.e12; n > 0; n -= one) {
        unit /= 10;
    }

    rest = a.e12 % unit;
    result->e12 = a.e12 - rest;

    if (rest > 0 && rest >= unit - rest) {
        return shop_dec_add(*result, (shop_dec_t){unit}, result);
    }

    if (rest < 0 && -rest >= unit + rest) {
        return shop_dec_sub(*result, (shop_dec_t){unit}, result);
    }

    return SHOP_OK;
}


static shop_status_t modulo(shop_dec_t a, shop_dec_t b, shop_dec_t *result)
{
    if (b.e12 == 0) {
        return SHOP_OVERFLOW;
    }

    /* The smallest number divided by -1 has no quotient, though its remainder is 0. */
    result->e12 = b.e12 == -1 ? 0 : a.e12 % b.e12;

    return SHOP_OK;
}


static shop_status_t apply_one(node_kind_e kind, shop_dec_t a, shop_dec_t *result)
{
    switch (kind) {
    case NODE_NEGATE:
        return shop_dec_sub(shop_dec_from_int(0), a, result);

    case NODE_FLOOR:
    case NODE_CEIL:
        return to_whole(kind, a, result);

    case NODE_ABS:
        if (a.e12 < 0) {
            return shop_dec_sub(shop_dec_from_int(0), a, result);
        }
        *result = a;
        return SHOP_OK;

    case NODE_SQRT:
        return shop_dec_sqrt(a, result);

    case NODE_LOG:
        return shop_dec_log(a, result);

    default:
        return round_to(a, shop_dec_from_int(0), result);
    }
}


static shop_status_t apply_two(node_kind_e kind, shop_dec_t a, shop_dec_t b, shop_dec_t *result)
{
    switch (kind) {
    case NODE_ADD:
        return shop_dec_add(a, b, result);

    case NODE_SUB:
        return shop_dec_sub(a, b, result);

    case NODE_MUL:
        return shop_dec_mul(a, b, result);

    case NODE_DIV:
        return shop_dec_div(a, b, result);

    case NODE_MOD:
        return modulo(a, b, result);

    case NODE_MIN:
        *result = shop_dec_cmp(a, b) <= 0 ? a : b;
        return SHOP_OK;

    case NODE_MAX:
        *result = shop_dec_cmp(a, b) >= 0 ? a : b;
        return SHOP_OK;

    case NODE_POW:
        return shop_dec_pow(a, b, result);

    case NODE_ROUND:
        return round_to(a, b, result);

    default:
        return compare(kind, a, b, result);
    }
}


static bool takes_one(const node_t *node)
{
    switch (node->kind) {
    case NODE_NEGATE:
    case NODE_FLOOR:
    case NODE_CEIL:
    case NODE_ABS:
    case NODE_SQRT:
    case NODE_LOG:
        return true;

    case NODE_ROUND:
        return node->b == UINT16_MAX;

    default:
        return false;
    }
}


static shop_status_t eval_leaf(machine_t *m, const node_t *node, shop_dec_t *result)
{
    if (node->kind == NODE_NUMBER) {
        *result = node->number;
        return SHOP_OK;
    }

    if (!m->known[node->slot]) {
        return SHOP_REFUSED;
    }

    *result = m->values[node->slot];

    return SHOP_OK;
}


/* The depth of the nodes is bounded by the parser's and by the length of chains (FORMULA_NODES). */
static shop_status_t eval(machine_t *m, uint16_t index, shop_dec_t *result)
{
    const node_t *node = &m->formula->nodes[index];
    shop_dec_t a, b;
    shop_status_t status;

    if (++m->operations > FORMULA_OPERATIONS) {
        return SHOP_LIMIT;
    }

    if (node->kind == NODE_NUMBER || node->kind == NODE_VAR) {
        return eval_leaf(m, node, result);
    }

    status = eval(m, node->a, &a);
    if (status != SHOP_OK) {
        return status;
    }

    if (node->kind == NODE_CHOOSE) {
        return eval(m, a.e12 != 0 ? node->b : node->c, result);
    }

    if (takes_one(node)) {
        return apply_one(node->kind, a, result);
    }

    status = eval(m, node->b, &b);

    return status == SHOP_OK ? apply_two(node->kind, a, b, result) : status;
}


static void set_inputs(machine_t *m, const shop_formula_var_t *vars, size_t count)
{
    for (size_t slot = 0; slot < m->formula->slot_count; slot++) {
        for (size_t i = 0; i < count; i++) {
            if (shop_str_eq(m->formula->names[slot], shop_str(vars[i].name))) {
                m->values[slot] = vars[i].value;
                m->known[slot] = true;
            }
        }
    }
}


shop_status_t shop_formula_eval(const shop_formula_t *formula, const shop_formula_var_t *vars,
                                size_t count, const char *output, shop_dec_t *result)
{
    machine_t m = {.formula = formula};
    shop_status_t status;

    /* The empty formula changes nothing. */
    if (formula->statement_count == 0) {
        if (count == 0) {
            return SHOP_REFUSED;
        }

        *result = vars[0].value;
        return SHOP_OK;
    }

    set_inputs(&m, vars, count);

    for (size_t i = 0; i < formula->statement_count; i++) {
        const statement_t *s = &formula->statements[i];

        status = eval(&m, s->root, &m.values[s->slot]);
        if (status != SHOP_OK) {
            return status;
        }

        m.known[s->slot] = true;
    }

    for (size_t slot = 0; slot < formula->slot_count; slot++) {
        if (shop_str_eq(formula->names[slot], shop_str(output))) {
            *result = m.values[slot];
            return m.known[slot] && result->e12 >= 0 ? SHOP_OK : SHOP_REFUSED;
        }
    }

    return SHOP_REFUSED;
}
