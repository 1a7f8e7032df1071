# Forage: build, test, measure, install. `make help` lists the targets.

PREFIX   ?= /usr/local
CC        = gcc
SANITIZE ?=
OPT      ?= -O2

comma    := ,
KIND     := $(if $(SANITIZE),$(subst $(comma),-,$(SANITIZE)),plain)
B        := build/$(KIND)
PROGRAM  := $(if $(SANITIZE),$(B)/forage,build/forage)

VERSION  := 0.1.0
WERROR   ?= $(if $(filter check check-% test-%,$(MAKECMDGOALS)),-Werror)
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wformat=2
HARDEN   := $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE
CPPFLAGS += -I. -isystem /usr/include/libxml2 -D_GNU_SOURCE -include base/banned.h \
            -DFORAGE_VERSION='"$(VERSION)"'
CFLAGS   += -std=c17 $(OPT) -g -pthread $(HARDEN) $(WARNINGS) $(WERROR) \
            $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
LDFLAGS  += -pthread -pie -Wl,-z,relro,-z,now $(if $(SANITIZE),-fsanitize=$(SANITIZE))
LIBS     := -lcurl -lxml2 -ldb -lpcre2-8 -lcares -lidn2 -lunistring -lpsl -lzstd -ldeflate \
            -lbrotlidec -lz -lxxhash -lcrypto -lm
TESTLIBS := -lcheck_pic -lsubunit -lrt -ljansson -lssl -lz -lnghttp2 -lm

ROOMS    := base config store store/export robots frontier crawler/fetch crawler/parse \
            crawler/engine crawler/control crawler/cli
SOURCES  := $(foreach room,$(ROOMS),$(wildcard $(room)/*.c))
OBJECTS  := $(SOURCES:%.c=$(B)/%.o)
LIBRARY  := $(B)/libforage.a
UNIT     := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
SYSTEM   := tests/system/program tests/system/run tests/system/leaks tests/system/kill \
            tests/system/hostile tests/system/guard tests/system/database
PEERS    := tests/peers/run
POLITE   := tests/politeness/test_judge tests/politeness/run tests/politeness/loopback
FUZZ     := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
SERVER   := $(B)/tests/server/site_server
FUZZERS  := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
LATER    := $(B)/tests/system/later.so
SIMULATE := $(B)/tests/politeness/simulate
CONFORM  := $(B)/tests/conformance/conformance
BENCH    := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAM) ## Build build/forage.

$(PROGRAM): $(B)/crawler/main.o $(LIBRARY)
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(B)/%.o: %.c Makefile | build/.deps-build
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(patsubst %.c,$(B)/%.d,$(SOURCES) $(wildcard crawler/*.c tests/*/*.c))

# What Debian 12 packages each target needs. A missing one is installed where the goal allows it.

BUILD_PACKAGES := gcc libc6-dev libcurl4-openssl-dev libxml2-dev libdb5.3-dev libpcre2-dev \
                  libc-ares-dev libidn2-dev libunistring-dev libpsl-dev libzstd-dev \
                  libdeflate-dev libbrotli-dev libxxhash-dev libssl-dev zlib1g-dev \
                  ca-certificates publicsuffix
CHECK_PACKAGES := check libjansson-dev libnghttp2-dev python3 openssl nginx-light apache2-bin squid dante-server \
                  microsocks vsftpd lighttpd lighttpd-mod-deflate lighttpd-mod-openssl varnish python3-httpbin \
                  db5.3-util
LONG_PACKAGES  := nginx-light openssh-server openssh-client caddy krb5-kdc krb5-admin-server krb5-user \
                  libapache2-mod-auth-gssapi gss-ntlmssp wget2 python3-doc postgresql-doc-15
BENCH_PACKAGES := nginx-light python3 cppreference-doc-en-html postgresql-doc-15 python3-doc
FUZZ_PACKAGES  := clang libclang-rt-dev llvm
MAY_INSTALL    := $(filter deps crawl check check-all check-peers conformance fuzz bench bench-quick bench-polite bench-revalidate bench-frontier bench-micro,$(MAKECMDGOALS))

define need_packages
	@missing=$$(for p in $(1); do \
	    [ "$$(dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null)" = installed ] || echo $$p; \
	done); \
	if [ -n "$$missing" ]; then \
	    if [ -z "$(MAY_INSTALL)" ]; then \
	        echo "missing packages:" $$missing; echo "type: make deps"; exit 1; fi; \
	    echo "installing:" $$missing; \
	    tests/install-packages $$missing || exit 1; \
	fi
	@mkdir -p $(@D) && touch $@
endef

build/.deps-build: Makefile
	$(call need_packages,$(BUILD_PACKAGES))

build/.deps-check: Makefile | build/.deps-build
	$(call need_packages,$(CHECK_PACKAGES))

build/.deps-long: Makefile | build/.deps-check
	$(call need_packages,$(LONG_PACKAGES))

build/.deps-bench: Makefile | build/.deps-build
	$(call need_packages,$(BENCH_PACKAGES))

build/.deps-fuzz: Makefile | build/.deps-build
	$(call need_packages,$(FUZZ_PACKAGES))

deps: build/.deps-build ## Install the Debian packages that the build needs.

# A crawl by one command. It asks for what is missing before anything is installed or built.

ifneq ($(filter crawl,$(MAKECMDGOALS)),)
ifneq ($(SEED),)
CONTACT := $(or $(CONTACT),$(shell config/samples/ask-contact.sh))
ifeq ($(CONTACT),)
$(error no contact for webmasters (exit 78 config); type: make crawl SEED=$(SEED) CONTACT=you@example.org)
endif
endif
export SEED CONTACT DIR
endif

crawl: $(PROGRAM) $(if $(SEED),,$(B)/tests/server/site_server) ## Crawl SEED as CONTACT into DIR (crawl); without SEED, a sample site.
	@config/samples/crawl.sh $(PROGRAM) $(if $(SEED),,$(B)/tests/server/site_server tests/site)

# Installation. The program writes its own manual, completions and sample configuration.

SHARE    := $(DESTDIR)$(PREFIX)/share
SAMPLES  := build/docs/forage.conf build/docs/forage.service config/samples/forage.cron \
            config/samples/forage.timer

build/docs/forage.1: $(PROGRAM)
	@mkdir -p $(@D)
	@$(PROGRAM) help --mdoc >$@

build/docs/forage.bash build/docs/forage.zsh build/docs/forage.fish: build/docs/forage.%: $(PROGRAM)
	@mkdir -p $(@D)
	@$(PROGRAM) help --completion $* >$@

build/docs/forage.conf: $(PROGRAM)
	@mkdir -p $(@D)
	@$(PROGRAM) config sample >$@

# The unit names the program where it is installed, so it is made anew each time.
build/docs/forage.service: config/samples/forage.service FORCE
	@mkdir -p $(@D)
	@sed 's|/usr/local/bin/|$(PREFIX)/bin/|' $< >$@

install: $(PROGRAM) $(SAMPLES) build/docs/forage.1 build/docs/forage.bash build/docs/forage.zsh build/docs/forage.fish ## Install below DESTDIR into PREFIX (/usr/local): program, manual, completions, samples.
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/forage
	install -D -m 644 build/docs/forage.1 $(SHARE)/man/man1/forage.1
	install -D -m 644 build/docs/forage.bash $(SHARE)/bash-completion/completions/forage
	install -D -m 644 build/docs/forage.zsh $(SHARE)/zsh/site-functions/_forage
	install -D -m 644 build/docs/forage.fish $(SHARE)/fish/vendor_completions.d/forage.fish
	install -d $(SHARE)/doc/forage
	install -m 644 LICENSE $(wildcard README.md) $(SAMPLES) $(SHARE)/doc/forage

# Tests. Each program is one suite; tests/run adds them up.

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(LIBRARY) | build/.deps-check
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(TESTLIBS)

$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay.o $(LIBRARY)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(CONFORM): $(patsubst %.c,$(B)/%.o,$(wildcard tests/conformance/*.c)) $(LIBRARY)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(TESTLIBS)

$(SERVER): $(patsubst %.c,$(B)/%.o,$(wildcard tests/server/*.c)) $(LIBRARY)
	@$(CC) $(LDFLAGS) -o $@ $^ -lz

# Its own clock and network come before the library's.
$(SIMULATE): $(patsubst %.c,$(B)/%.o,$(wildcard tests/politeness/*.c)) $(LIBRARY) | build/.deps-check
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(LATER): tests/system/later.c | build/.deps-build
	@mkdir -p $(@D)
	@$(CC) -std=c17 -D_GNU_SOURCE $(WARNINGS) $(WERROR) -O2 -shared -fPIC -o $@ $<

$(B)/tests/%.o: CFLAGS += -Wno-pedantic
$(UNIT:%=%.o): | build/.deps-check
$(B)/tests/conformance/%.o: | build/.deps-check

$(B)/tests/bench/%: $(B)/tests/bench/%.o $(LIBRARY)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# A sanitizer makes all slower: the tests wait so much longer.
export TEST_SLOW ?= $(if $(SANITIZE),3,1)

TESTED   := $(PROGRAM) $(UNIT) $(FUZZ) $(SERVER) $(LATER) $(SIMULATE)

check: check-layers check-headers $(TESTED) build/.deps-check ## All tests that need no heavy package; at most 10 minutes.
	@tests/run $(B) $(UNIT) $(FUZZ) $(POLITE) $(SYSTEM) $(PEERS)

# The kill test with and without DB_INIT_LOCK, and the main job on the manuals of Debian packages.

check-all: check-layers check-headers $(TESTED) build/.deps-long ## The same and the long loops: 30 kills, 1,000,000 judged requests, real pages; needs more packages.
	@tests/run $(B) $(UNIT) $(FUZZ) $(POLITE) $(SYSTEM) "$(PEERS) --long" "tests/politeness/run --long" \
	    "tests/system/kill -n 30" "tests/system/kill -n 30 -o db_locks=yes" tests/system/docs

check-system: $(PROGRAM) $(SERVER) $(LATER) ## The system tests alone.
	@tests/run $(B) $(SYSTEM)

check-peers: $(PROGRAM) $(SERVER) $(LATER) build/.deps-check ## The tests against real servers alone.
	@tests/run $(B) $(PEERS)

check-unit: $(UNIT) ## The unit tests alone.
	@tests/run $(B) $(UNIT)

# Leaks are LeakSanitizer's business (SANITIZE=address): here they would be counted in children that end on
# purpose. Unit tests run unforked.

VALGRIND := valgrind -q --error-exitcode=99 --suppressions=$(CURDIR)/tests/valgrind.supp

check-valgrind: $(UNIT) $(PROGRAM) $(SERVER) $(LATER) ## Unit and system tests under valgrind: long.
	@CK_FORK=no TEST_SLOW=20 TEST_WRAP="$(VALGRIND)" \
	    tests/run $(B) $(UNIT:%="$(VALGRIND) %") tests/system/run

# Public suites of the standards, where their data is at hand. SUITES="url robots" runs those alone.

CASES ?= ../shared/conformance

conformance: $(CONFORM) ## Public test suites in the folders of CASES (../shared/conformance).
	@$(CONFORM) tests/conformance/exceptions $(CASES) $(SUITES)

check-layers: ## Includes go down the layers only, and each library has one door.
	@tests/check-layers

check-headers: build/.deps-build ## Every header compiles alone.
	@for header in $$(find $(ROOMS) -maxdepth 1 -name '*.h'); do \
	    $(CC) $(CPPFLAGS) $(CFLAGS) -fsyntax-only -x c $$header || exit 1; done

# libFuzzer looks for inputs that crash a target, hang it or fill the memory. What the libraries do inside is
# not seen: they are Debian's own builds.

NAME  ?= $(FUZZERS:build/fuzz/fuzz_%=%)
TIME  ?= 60
JOBS  ?= $(shell nproc)

FUZZ_CFLAGS := -std=c17 -O1 -g -pthread -fno-omit-frame-pointer -fsanitize=address,undefined \
               -fno-sanitize-recover=all

build/fuzz/%.o: %.c Makefile | build/.deps-fuzz
	@mkdir -p $(@D)
	clang $(CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

build/fuzz/libforage.a: $(SOURCES:%.c=build/fuzz/%.o)
	@rm -f $@
	@ar rcs $@ $^

build/fuzz/fuzz_%: build/fuzz/tests/fuzz/fuzz_%.o build/fuzz/libforage.a
	clang $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

-include $(patsubst %.c,build/fuzz/%.d,$(SOURCES) $(wildcard tests/fuzz/fuzz_*.c))

fuzz: $(NAME:%=build/fuzz/fuzz_%) ## Look for crashes: NAME=url (all) for TIME=60 seconds each; keeps them in build/fuzz/crashes.
	@tests/fuzz/run -j $(JOBS) build/fuzz $(TIME) $(NAME)

# RUNS=5 measures each five times; BENCH_OPTIONS are those of tests/bench/run.

RUNS ?= 3

bench: $(PROGRAM) $(BENCH) | build/.deps-bench ## Measure: what each step of a page costs, and other crawlers beside ours.
	@tests/bench/run --runs $(RUNS) --cases $(CASES) $(BENCH_OPTIONS) $(B)

bench-quick: $(PROGRAM) $(BENCH) | build/.deps-bench ## One crawl of ours and one of wget2, in under a minute.
	@tests/bench/run --quick $(BENCH_OPTIONS) $(B)

bench-polite: $(PROGRAM) $(BENCH) $(SERVER) $(LATER) | build/.deps-bench ## What a polite crawl keeps of its rate: with short delays, and in bad company.
	@tests/bench/run --polite --runs $(RUNS) $(BENCH_OPTIONS) $(B)
	@tests/bench/crowd --runs $(RUNS) $(B)

bench-revalidate: $(PROGRAM) $(BENCH) | build/.deps-bench ## What a page costs that is asked for again and has not changed.
	@tests/bench/run --revalidate $(BENCH_OPTIONS) $(B)

bench-frontier: $(PROGRAM) $(BENCH) $(SERVER) $(LATER) | build/.deps-bench ## 30 million URLs filled and drained, and restarts with 10 million; half an hour.
	@mkdir -p build/bench && rm -rf build/bench/frontier && mkdir build/bench/frontier
	@$(B)/tests/bench/frontier build/bench/frontier; rm -rf build/bench/frontier
	@mkdir build/bench/frontier && $(B)/tests/bench/rows build/bench/frontier; rm -rf build/bench/frontier
	@tests/bench/restart --runs $(RUNS) $(B)

bench-micro: $(BENCH) | build/.deps-bench ## Links, robots.txt and the scheduler alone, in under a minute.
	@tests/bench/run --micro --cases $(CASES) $(BENCH_OPTIONS) $(B)

format: ## Lay out all sources by .clang-format.
	@find base config store robots frontier crawler tests -name '*.[ch]' -print0 | \
	    xargs -0 clang-format -i

clean: ## Remove what was built.
	rm -rf build

help: ## This list.
	@echo "usage: make [TARGET] [NAME=VALUE]..."
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | \
	    expand -t 16
	@echo "with:"
	@echo "  SEED=URL CONTACT=MAIL DIR=FOLDER     crawl: what, as whom, where to"
	@echo "  CASES=FOLDER SUITES=                 conformance: where the data is; some suites alone"
	@echo "  NAME='url robots' TIME=60 JOBS=2     fuzz: which targets, how long each, how many at once"
	@echo "  RUNS=3 BENCH_OPTIONS=                bench: of each so many; options of tests/bench/run"
	@echo "  PREFIX=/usr/local DESTDIR=FOLDER     install: where to"
	@echo "  SANITIZE=address,undefined OPT=-O1   all, check: another kind of build, in build/<kind>"

.PHONY: FORCE all deps crawl install check check-all check-unit check-system check-peers check-valgrind check-layers check-headers \
        conformance fuzz bench bench-quick bench-polite bench-revalidate bench-frontier bench-micro format clean help
