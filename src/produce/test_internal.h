/*
 * Private to test.c and test_moodle.c.
 */

#ifndef SHOP_PRODUCE_TEST_INTERNAL_H
#define SHOP_PRODUCE_TEST_INTERNAL_H

#include "produce/produce_internal.h"
#include "produce/test.h"

/* One more message; `value` "": none. */
void shop_test_say(json_t *run, const char *level, const char *check, const char *param,
                   shop_str_t value);
shop_str_t shop_test_value(const shop_test_t *test, const char *param); /* trimmed; "" */
/* All that a handler's parameters name in Moodle becomes questions. */
void shop_test_ask_all(const shop_test_t *test, const shop_handler_t *handler, json_t *run);

#endif
