# Thin: every recipe is one script or one fragment. `make help` lists what a person may ask for.

SHELL := /bin/sh
PORT ?= 8080
SECONDS ?= 60

.PHONY: all build demo stop test test-quick bench asan fuzz lint clean help deps-demo deps-test deps

all: build

build: deps-demo
	@t/tools/module.sh

demo: build
	@conf-examples/demo/demo.sh start $(PORT)

stop:
	@conf-examples/demo/demo.sh stop

test: deps-test
	@t/tools/test.sh all

test-quick: deps-test
	@t/tools/test.sh quick

asan: deps-test
	@t/tools/asan.sh

bench: deps
	@t/tools/bench.sh

lint: deps
	@t/tools/lint.sh

clean: stop
	rm -rf build

help:
	@echo 'make              build the module into build/nginx/'
	@echo 'make demo PORT=n  start a complete demo shop; make stop ends it'
	@echo 'make test         the whole suite; make test-quick only what takes seconds'
	@echo 'make asan         the whole suite under AddressSanitizer and UBSan'
	@echo 'make bench        measure against floors and ceilings'
	@echo 'make fuzz SECONDS=n, make lint, make clean'

deps-demo:
	@t/tools/deps.sh demo

deps-test:
	@t/tools/deps.sh test

deps:
	@t/tools/deps.sh all

-include t/unit/unit.mk
-include t/fuzz/fuzz.mk
