/*
 * The entry of libFuzzer and the only assertion of the drivers.
 */

#ifndef SHOP_FUZZ_H
#define SHOP_FUZZ_H

#include "base/base.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static inline void must(bool law)
{
    if (!law) {
        abort();
    }
}

#endif
