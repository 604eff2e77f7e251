/*
 * Names of hosts that buyers choose for a site of their own (handlers.md 9.15).
 */

#ifndef SHOP_HOST_H
#define SHOP_HOST_H

#include "base/base.h"

/* NULL, or the key of what is wrong: "host_malformed", "host_reserved". */
const char *shop_host_check(shop_str_t name);

#endif
