# Fuzz targets: every t/fuzz/*.c becomes build/t/fuzz/<driver>. `make fuzz SECONDS=60` divides the
# seconds among them; `prove t/fuzz` replays the corpus of each.

FUZZ_CC ?= clang
FUZZ_CFLAGS = -std=gnu11 -g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined \
              -fno-sanitize-recover=undefined -Wall -Wextra -Wshadow -Werror -Isrc -It/fuzz $(PANGO_CFLAGS)
FUZZ_DRIVERS := $(patsubst t/fuzz/%.c,build/t/fuzz/%,$(wildcard t/fuzz/*.c))
FUZZ_OBJS := $(PURE_SRCS:%.c=build/fuzz/%.o)

.PHONY: fuzz fuzz-drivers

fuzz-drivers: $(FUZZ_DRIVERS)

fuzz: fuzz-drivers
	@t/tools/fuzz.sh $(SECONDS)

build/fuzz/%.o: %.c
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(subst fuzzer$(comma),fuzzer-no-link$(comma),$(FUZZ_CFLAGS)) -MMD -MP -c $< -o $@

build/libshop-fuzz.a: $(FUZZ_OBJS)
	@rm -f $@
	@ar rcs $@ $^

build/t/fuzz/%: t/fuzz/%.c t/fuzz/fuzz.h t/fuzz/fuzz_pay.h build/libshop-fuzz.a
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(FUZZ_CFLAGS) $< build/libshop-fuzz.a $(UNIT_LIBS) -o $@

comma := ,

-include $(FUZZ_OBJS:.o=.d)
