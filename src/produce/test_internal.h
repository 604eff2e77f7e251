/*
 * Private to the test of a product: test.c (declarations), test_goods.c (price, tax, place),
 * test_moodle.c and test_quiz.c (what is looked up), and what handlers add of their own.
 */

#ifndef SHOP_PRODUCE_TEST_INTERNAL_H
#define SHOP_PRODUCE_TEST_INTERNAL_H

#include "produce/produce_internal.h"
#include "produce/test.h"

/* One more message; `value` "": none. */
void shop_test_say(json_t *run, const char *level, const char *check, const char *param,
                   shop_str_t value);
shop_str_t shop_test_value(const shop_test_t *test, const char *param); /* trimmed; "" */
bool shop_test_flag(const shop_test_t *test, const char *param);        /* as shop_param_bool() */
bool shop_test_asks(const shop_test_t *test, const char *field);        /* of the buyer */
bool shop_test_declares(const shop_handler_t *handler, const char *param);
/* The mode that the product asks for, or the usual one; "" when there is only one. */
shop_str_t shop_test_mode(const shop_test_t *test, const shop_handler_t *handler);

/* What is wrong with it as goods, whatever is produced. */
void shop_test_goods(const shop_test_t *test, const shop_handler_t *handler, json_t *run);

/* --- questions: {what, param, value, function, arguments}; `arguments` is taken over --- */

void shop_test_ask(json_t *run, const char *what, const char *param, shop_str_t value,
                   const char *function, json_t *arguments);
void shop_test_ask_course(json_t *run, const char *what, const char *param, const char *field,
                          shop_str_t value);
/* All that a handler's parameters name in Moodle becomes questions. */
void shop_test_ask_all(const shop_test_t *test, const shop_handler_t *handler, json_t *run);
/* What the parameters name in the product's course. */
void shop_test_ask_inside(const shop_test_t *test, json_t *run, int64_t course);
/* The completion criteria of the product's course are looked up once it is known. */
void shop_test_want_criteria(json_t *run);

/* Whether the provisioner of whole sites is there. */
void shop_test_ask_provisioner(json_t *run);

typedef void (*shop_test_read_pt)(const shop_test_t *test, json_t *run, const json_t *question,
                                  const shop_answer_t *answer);

/* --- quizzes (test_quiz.c) --- */

void shop_test_quizzes_of(const shop_test_t *test, json_t *run, int64_t course);
void shop_test_read_quizzes(const shop_test_t *test, json_t *run, const json_t *question,
                            const shop_answer_t *answer);
void shop_test_read_quiz_module(const shop_test_t *test, json_t *run, const json_t *question,
                                const shop_answer_t *answer);
void shop_test_read_quiz_number(const shop_test_t *test, json_t *run, const json_t *question,
                                const shop_answer_t *answer);

#endif
