# The pure rooms without nginx, under AddressSanitizer and UBSan: one library, and one program for each
# t/unit/<room>/<file>.c. `make unit` builds them, `prove t/unit` runs them.

UNIT_CC ?= gcc
PANGO_CFLAGS := $(shell pkg-config --cflags pangocairo 2>/dev/null | sed 's/-I/-isystem /g')
PANGO_LIBS := $(shell pkg-config --libs pangocairo fontconfig 2>/dev/null)
UNIT_CFLAGS = -std=gnu11 -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
              -fno-sanitize-recover=undefined -Wall -Wextra -Wshadow -Wstrict-prototypes \
              -Wmissing-prototypes -Wformat=2 -Wvla -Werror -Isrc -It/lib -MMD -MP $(PANGO_CFLAGS)
UNIT_LIBS = -ljansson -lqrencode -lcrypto -lm $(PANGO_LIBS)

PURE_DIRS = src/base src/shop src/shop/discount src/pay src/produce src/view
PURE_SRCS := $(shell grep -L 'ngx_' $(wildcard $(addsuffix /*.c,$(PURE_DIRS))) /dev/null 2>/dev/null)
PURE_OBJS := $(PURE_SRCS:%.c=build/pure/%.o)

UNIT_SRCS := $(wildcard t/unit/*/*.c)
UNIT_PROGRAMS := $(UNIT_SRCS:t/unit/%.c=build/t/unit/%)

.PHONY: unit
unit: $(UNIT_PROGRAMS) build/t/step build/t/render build/t/mustache-spec build/t/payment-vectors \
      build/t/price-cases build/t/price-random

build/libshop.a: $(PURE_OBJS)
	@rm -f $@
	@ar rcs $@ $^

build/pure/%.o: %.c
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) -c $< -o $@

build/t/unit/%: build/pure/t/unit/%.o build/libshop.a
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $< build/libshop.a $(UNIT_LIBS) -o $@

build/t/render: build/pure/t/tools/render.o build/pure/t/tools/theme.o build/libshop.a
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $(filter %.o,$^) build/libshop.a $(UNIT_LIBS) -o $@

build/t/step: build/pure/t/tools/step.o build/libshop.a
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $(filter %.o,$^) build/libshop.a $(UNIT_LIBS) -o $@

build/t/mustache-spec: build/pure/t/view/mustache_spec.o build/libshop.a
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $< build/libshop.a $(UNIT_LIBS) -o $@

build/t/payment-vectors: $(patsubst %.c,build/pure/%.o,$(wildcard t/vectors/*.c)) build/libshop.a
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $(filter %.o,$^) build/libshop.a $(UNIT_LIBS) -o $@

PRICE_OBJS := $(patsubst %,build/pure/t/price/%.o,world scene result)

build/t/price-cases: build/pure/t/price/cases.o $(PRICE_OBJS) build/libshop.a
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $(filter %.o,$^) build/libshop.a $(UNIT_LIBS) -o $@

build/t/price-random: build/pure/t/price/random.o $(PRICE_OBJS) build/libshop.a
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $(filter %.o,$^) build/libshop.a $(UNIT_LIBS) -o $@

# What is measured is built as it is sold: optimized, without sanitizers.
BENCH_SRCS := t/bench/price.c $(patsubst %,t/price/%.c,world scene) $(PURE_SRCS)

build/t/bench-price: $(BENCH_SRCS:%.c=build/fast/%.o)
	@mkdir -p $(@D)
	@$(UNIT_CC) $^ $(UNIT_LIBS) -o $@

build/fast/%.o: %.c
	@mkdir -p $(@D)
	@$(UNIT_CC) -std=gnu11 -g -O2 -Wall -Wextra -Werror -Isrc -It/lib -MMD -MP $(PANGO_CFLAGS) -c $< -o $@

.SECONDARY:

-include $(shell find build/pure build/fast -name '*.d' 2>/dev/null)
