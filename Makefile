# SPDX-License-Identifier: Apache-2.0
# The front door: every target sets up what it needs. The build itself is Meson's.
BUILD ?= build
MESON  = meson setup
JOBS  ?= $(shell nproc)

.PHONY: all demo check deps test-deps test lint fuzz torture hard tsan bench install uninstall deb release rootfs dist docs clean help

all: deps
	@test -f $(BUILD)/build.ninja || $(MESON) $(BUILD) $(MESON_OPTIONS)
	@ninja -C $(BUILD) -j $(JOBS)

## demo: install what is missing, build, and scan the sample cluster
demo: all
	@echo
	@$(BUILD)/src/bulwark scan examples/shop; [ $$? -le 1 ]
	@echo
	@echo "That was: $(BUILD)/src/bulwark scan examples/shop   (more: $(BUILD)/src/bulwark help)"

## check: install what is missing, build, and run all tests; ends with "N passed, N failed"
check: test-deps
	@tools/check

deps:
	@tools/install-deps build

test-deps:
	@tools/install-deps test

## test: the tests of the release build only, quickly
test: all
	meson test -C $(BUILD) --print-errorlogs

## lint: layers, headers, forbidden words, sizes, stale generated files
lint: all
	meson test -C $(BUILD) --suite lint --print-errorlogs

## fuzz: each fuzz target for FUZZ_SECONDS (60)
fuzz: test-deps
	@tools/fuzz $(or $(FUZZ_SECONDS),60) $(FUZZ_TARGETS)

## torture: every allocation, open and read fails in turn, completely
torture: test-deps
	@test -f build-fault/build.ninja || $(MESON) build-fault -Dfault=true -Dbuildtype=debugoptimized -Db_sanitize=address,undefined
	@ninja -C build-fault -j $(JOBS)
	TORTURE=full meson test -C build-fault --suite fault --timeout-multiplier 20 --print-errorlogs

## hard: tests with tiny arena blocks
hard: test-deps
	@test -f build-hard/build.ninja || $(MESON) build-hard -Dhard=true -Dbuildtype=debugoptimized -Db_sanitize=address,undefined
	@ninja -C build-hard -j $(JOBS)
	meson test -C build-hard --print-errorlogs

## tsan: tests under ThreadSanitizer
tsan: test-deps
	@test -f build-tsan/build.ninja || CC=clang CXX=clang++ $(MESON) build-tsan -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false
	@ninja -C build-tsan -j $(JOBS)
	meson test -C build-tsan --suite scan --suite os --print-errorlogs

## bench: ratios against a baseline in the same run
bench: all
	@bench/run $(BUILD)

## docs: regenerate docs/generated from the tables in the source
docs: all
	@tools/gen-docs $(BUILD)/src/bulwark docs/generated

## install: the program, man pages, completions and kubectl's names (PREFIX and DESTDIR as usual)
install: all
	@[ -z "$(PREFIX)" ] || meson configure $(BUILD) --prefix $(PREFIX)
	meson install -C $(BUILD)

uninstall:
	ninja -C $(BUILD) uninstall

## deb: a Debian package, dist/bulwark_VERSION_ARCHITECTURE.deb
deb: deps
	@JOBS=$(JOBS) packaging/deb/build

## release: an archive that runs where it is unpacked, with its checksum, in dist/
release: deps
	@JOBS=$(JOBS) packaging/release/build

## rootfs: what a container needs, in dist/rootfs (packaging/container/Containerfile does the same)
rootfs: all
	@rm -rf dist/rootfs
	@packaging/gather root $(BUILD)/src/bulwark dist/rootfs
	@echo dist/rootfs

## dist: a source archive
dist: all
	meson dist -C $(BUILD) --no-tests --include-subprojects --allow-dirty

clean:
	rm -rf build build-asan build-fault build-hard build-tsan build-fuzz build-clang build-deb build-release dist

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
