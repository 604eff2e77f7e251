/*
 * Formulas of taxes and shipping: from text to nodes, by recursive descent (objects.md 6.2).
 *
 *   program := stmt { ';' stmt } [ ';' ]      stmt  := var '=' expr
 *   expr    := cmp [ '?' expr ':' expr ]      cmp   := sum [ ( < <= > >= == != ) sum ]
 *   sum     := term { (+|-) term }            term  := unary { (*|/|%) unary }
 *   unary   := [-|+] atom
 *   atom    := number | var | func '(' expr { ',' expr } ')' | '(' expr ')'
 */

#include "base/formula_internal.h"

#include <string.h>


typedef struct {
    shop_arena_t *arena;
    shop_formula_t *formula;
    shop_str_t rest;
    unsigned depth;
    const char *error;
    shop_status_t status;
} parser_t;


static bool parse_expr(parser_t *p, uint16_t *root);


static const struct {
    const char *name;
    node_kind_e kind;
    unsigned least;
    unsigned most; /* arguments */
} functions[] = {
    {"round", NODE_ROUND, 1, 2}, {"floor", NODE_FLOOR, 1, 1}, {"ceil", NODE_CEIL, 1, 1},
    {"abs", NODE_ABS, 1, 1},     {"min", NODE_MIN, 1, 16},    {"max", NODE_MAX, 1, 16},
    {"sqrt", NODE_SQRT, 1, 1},   {"log", NODE_LOG, 1, 1},     {"pow", NODE_POW, 2, 2},
};


static bool fail(parser_t *p, const char *error)
{
    if (p->error == NULL) {
        p->error = error;
        p->status = SHOP_MALFORMED;
    }

    return false;
}


static void skip_blanks(parser_t *p)
{
    while (p->rest.len > 0 && strchr(" \t\r\n", p->rest.data[0]) != NULL &&
           p->rest.data[0] != '\0') {
        p->rest.data++;
        p->rest.len--;
    }
}


static bool take(parser_t *p, const char *token)
{
    size_t len = strlen(token);

    skip_blanks(p);

    if (p->rest.len < len || memcmp(p->rest.data, token, len) != 0) {
        return false;
    }

    p->rest.data += len;
    p->rest.len -= len;

    return true;
}


static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}


static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}


static shop_str_t take_word(parser_t *p)
{
    shop_str_t word = {0, p->rest.data};

    while (word.len < p->rest.len &&
           (is_letter(word.data[word.len]) ||
            (word.len > 0 && (is_digit(word.data[word.len]) || word.data[word.len] == '_')))) {
        word.len++;
    }

    p->rest.data += word.len;
    p->rest.len -= word.len;

    return word;
}


static bool add_node(parser_t *p, node_t node, uint16_t *index)
{
    shop_formula_t *f = p->formula;

    if (f->node_count == f->node_max) {
        return fail(p, "the formula is too long");
    }

    *index = (uint16_t) f->node_count;
    f->nodes[f->node_count++] = node;

    return true;
}


static bool add_pair(parser_t *p, node_kind_e kind, uint16_t a, uint16_t b, uint16_t *index)
{
    return add_node(p, (node_t){.kind = kind, .a = a, .b = b}, index);
}


static bool find_slot(parser_t *p, uint16_t *slot)
{
    shop_formula_t *f = p->formula;
    shop_str_t name = take_word(p), copy;

    if (name.len == 0 || name.len > 32) {
        return fail(p, "a variable is a dollar sign and at most 32 letters, digits or _");
    }

    for (size_t i = 0; i < f->slot_count; i++) {
        if (shop_str_eq_nocase(f->names[i], name)) {
            *slot = (uint16_t) i;
            return true;
        }
    }

    if (f->slot_count == FORMULA_SLOTS) {
        return fail(p, "the formula has too many variables");
    }

    if (shop_arena_copy(p->arena, name, &copy) != SHOP_OK) {
        p->status = SHOP_NO_MEMORY;
        p->error = "no memory";
        return false;
    }

    for (size_t i = 0; i < copy.len; i++) {
        copy.data[i] =
            (unsigned char) (is_letter(copy.data[i]) ? copy.data[i] | 0x20 : copy.data[i]);
    }

    *slot = (uint16_t) f->slot_count;
    f->names[f->slot_count++] = copy;

    return true;
}


static bool parse_number(parser_t *p, uint16_t *root)
{
    shop_str_t text = {0, p->rest.data};
    node_t node = {.kind = NODE_NUMBER};

    while (text.len < p->rest.len &&
           (is_digit(text.data[text.len]) || text.data[text.len] == '.')) {
        text.len++;
    }

    if (shop_dec_parse(text, &node.number) != SHOP_OK) {
        return fail(p, "a number is not readable");
    }

    p->rest.data += text.len;
    p->rest.len -= text.len;

    return add_node(p, node, root);
}


/* min and max of many are pairs of pairs. */
static bool make_call(parser_t *p, size_t f, const uint16_t *args, unsigned count, uint16_t *root)
{
    node_kind_e kind = functions[f].kind;

    if (count < functions[f].least || count > functions[f].most) {
        return fail(p, "a function has a wrong number of arguments");
    }

    if (kind != NODE_MIN && kind != NODE_MAX) {
        node_t node = {.kind = kind, .a = args[0], .b = count > 1 ? args[1] : UINT16_MAX};

        return add_node(p, node, root);
    }

    *root = args[0];
    for (unsigned i = 1; i < count; i++) {
        if (!add_pair(p, kind, *root, args[i], root)) {
            return false;
        }
    }

    return true;
}


static bool parse_call(parser_t *p, uint16_t *root)
{
    shop_str_t name = take_word(p);
    uint16_t args[16];
    unsigned count = 0;
    size_t f;

    for (f = 0; f < sizeof(functions) / sizeof(functions[0]); f++) {
        if (shop_str_eq_nocase(name, shop_str(functions[f].name))) {
            break;
        }
    }

    if (f == sizeof(functions) / sizeof(functions[0])) {
        return fail(p, "an unknown function, or a variable without its dollar sign");
    }

    if (!take(p, "(")) {
        return fail(p, "a function needs its arguments in parentheses");
    }

    do {
        if (count == sizeof(args) / sizeof(args[0])) {
            return fail(p, "a function has too many arguments");
        }

        if (!parse_expr(p, &args[count++])) {
            return false;
        }
    } while (take(p, ","));

    if (!take(p, ")")) {
        return fail(p, "a parenthesis is not closed");
    }

    return make_call(p, f, args, count, root);
}


static bool parse_atom(parser_t *p, uint16_t *root)
{
    node_t node = {.kind = NODE_VAR};

    *root = 0;

    if (take(p, "(")) {
        if (!parse_expr(p, root)) {
            return false;
        }

        return take(p, ")") || fail(p, "a parenthesis is not closed");
    }

    if (take(p, "$")) {
        return find_slot(p, &node.slot) && add_node(p, node, root);
    }

    if (p->rest.len > 0 && is_digit(p->rest.data[0])) {
        return parse_number(p, root);
    }

    if (p->rest.len > 0 && is_letter(p->rest.data[0])) {
        return parse_call(p, root);
    }

    return fail(p, "a number, a variable or a parenthesis is missing");
}


static bool parse_unary(parser_t *p, uint16_t *root)
{
    if (take(p, "-")) {
        return parse_atom(p, root) && add_pair(p, NODE_NEGATE, *root, 0, root);
    }

    (void) take(p, "+");

    return parse_atom(p, root);
}


static bool parse_term(parser_t *p, uint16_t *root)
{
    node_kind_e kind;
    uint16_t right = 0;

    if (!parse_unary(p, root)) {
        return false;
    }

    for (;;) {
        if (take(p, "*")) {
            kind = NODE_MUL;
        } else if (take(p, "/")) {
            kind = NODE_DIV;
        } else if (take(p, "%")) {
            kind = NODE_MOD;
        } else {
            return true;
        }

        if (!parse_unary(p, &right) || !add_pair(p, kind, *root, right, root)) {
            return false;
        }
    }
}


static bool parse_sum(parser_t *p, uint16_t *root)
{
    node_kind_e kind;
    uint16_t right = 0;

    if (!parse_term(p, root)) {
        return false;
    }

    for (;;) {
        if (take(p, "+")) {
            kind = NODE_ADD;
        } else if (take(p, "-")) {
            kind = NODE_SUB;
        } else {
            return true;
        }

        if (!parse_term(p, &right) || !add_pair(p, kind, *root, right, root)) {
            return false;
        }
    }
}


static bool parse_comparison(parser_t *p, uint16_t *root)
{
    static const struct {
        const char *token;
        node_kind_e kind;
    } operators[] = {{"<=", NODE_LE}, {">=", NODE_GE}, {"==", NODE_EQ},
                     {"!=", NODE_NE}, {"<", NODE_LT},  {">", NODE_GT}};

    uint16_t right = 0;

    if (!parse_sum(p, root)) {
        return false;
    }

    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (take(p, operators[i].token)) {
            return parse_sum(p, &right) && add_pair(p, operators[i].kind, *root, right, root);
        }
    }

    return true;
}


static bool parse_expr(parser_t *p, uint16_t *root)
{
    node_t node = {.kind = NODE_CHOOSE};
    bool done;

    if (++p->depth > FORMULA_DEPTH) {
        return fail(p, "the formula is nested too deeply");
    }

    done = parse_comparison(p, root);

    if (done && take(p, "?")) {
        node.a = *root;
        done = parse_expr(p, &node.b) && (take(p, ":") || fail(p, "a \"?\" has no \":\"")) &&
               parse_expr(p, &node.c) && add_node(p, node, root);
    }

    p->depth--;

    return done;
}


static bool parse_statement(parser_t *p)
{
    shop_formula_t *f = p->formula;
    statement_t *s = &f->statements[f->statement_count];

    if (f->statement_count == FORMULA_STATEMENTS) {
        return fail(p, "the formula has too many statements");
    }

    if (!take(p, "$") || !find_slot(p, &s->slot) || !take(p, "=")) {
        return fail(p, "a statement begins with a variable and \"=\"");
    }

    if (!parse_expr(p, &s->root)) {
        return false;
    }

    f->statement_count++;

    return true;
}


static bool parse_program(parser_t *p)
{
    for (;;) {
        skip_blanks(p);

        if (p->rest.len == 0) {
            return true;
        }

        if (!parse_statement(p)) {
            return false;
        }

        if (!take(p, ";")) {
            skip_blanks(p);
            return p->rest.len == 0 || fail(p, "something stands behind the end of a statement");
        }
    }
}


shop_status_t shop_formula_compile(shop_arena_t *arena, shop_str_t text, shop_formula_t **formula,
                                   const char **error)
{
    parser_t p = {.arena = arena, .rest = text, .status = SHOP_OK};
    shop_formula_t *f = shop_arena_calloc(arena, sizeof(shop_formula_t));

    *error = "";

    if (f == NULL) {
        return SHOP_NO_MEMORY;
    }

    p.formula = f;
    /* Each node takes at least one character of the text. */
    f->node_max = text.len < FORMULA_NODES ? text.len : FORMULA_NODES;
    f->nodes = shop_arena_alloc(arena, f->node_max * sizeof(node_t));
    f->statements = shop_arena_alloc(arena, (FORMULA_STATEMENTS + 1) * sizeof(statement_t));
    f->names = shop_arena_alloc(arena, FORMULA_SLOTS * sizeof(shop_str_t));

    if (f->nodes == NULL || f->statements == NULL || f->names == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (!parse_program(&p)) {
        *error = p.error;
        return p.status;
    }

    *formula = f;

    return SHOP_OK;
}
