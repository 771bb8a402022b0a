# Sluice's front door for people: `make run` serves the shipped example, `make test` runs every test.
# Each target sets up what it needs by itself and says what it does. `make help` lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test build check format lint clean setup

# What the build and the tests need beyond a Swift toolchain: the Debian packages that carry it, and the commands and libraries by
# which `setup` sees that they are there. On other systems the packages have other names; `setup` then says what is missing.
PACKAGES := git ca-certificates pkg-config curl openssl python3 libpcre2-dev libssl-dev zlib1g-dev libnghttp2-dev libbrotli-dev libmaxminddb-dev
COMMANDS := git pkg-config curl openssl python3
LIBRARIES := libpcre2-8 openssl zlib libnghttp2 libbrotlienc libmaxminddb

TEST_OPTIONS := --skip-build --quiet --disable-xctest

SLUICE := .build/release/sluice
CERTIFICATE := certs/localhost/chain.pem
# Package.swift is laid out by hand, as a table; nested packages keep their dependencies in a .build of their own.
SWIFT_FILES = $(shell find Sources Tests -name .build -prune -o -name '*.swift' -print)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build $(CERTIFICATE) ## build in release mode, then serve the shipped Routes against the built-in sample origin
	@echo "==> $(SLUICE) demo"
	@exec $(SLUICE) demo

# The rooms' tests one at a time: side by side, the busy ones keep the others from their threads for longer than a test may
# wait. The scenarios, which mostly wait for the binary, side by side.
test: setup ## run every test, the scenarios against the real binary among them
	@echo "==> swift build, with the tests (the first run compiles everything: several minutes)"
	@swift build --quiet --build-tests
	@echo "==> swift test: the rooms, then the scenarios"
	@failed=; \
	swift test $(TEST_OPTIONS) --no-parallel --skip ScenarioTests || failed=yes; \
	swift test $(TEST_OPTIONS) --filter ScenarioTests || failed=yes; \
	test -z "$$failed"

# With the Swift runtime inside, the binary runs where no toolchain is, and calls into the runtime cost less.
build: setup ## build the sluice binary in release mode
	@echo "==> swift build in release mode (the first run compiles everything: several minutes)"
	@swift build --configuration release --static-swift-stdlib --product sluice

check: build $(CERTIFICATE) ## validate Routes/ and Templates/
	@echo "==> $(SLUICE) check --config Routes/gateway.yaml"
	@$(SLUICE) check --config Routes/gateway.yaml

# The shipped example speaks HTTPS, too.
$(CERTIFICATE): | build
	@echo "==> $(SLUICE) cert localhost 127.0.0.1 ::1"
	@$(SLUICE) cert localhost 127.0.0.1 ::1

format: ## lay out every Swift file by .swift-format
	@echo "==> swift format"
	@swift format --in-place --parallel $(SWIFT_FILES)

lint: ## fail where a Swift file is not laid out by .swift-format
	@echo "==> swift format lint"
	@swift format lint --strict --parallel $(SWIFT_FILES)

clean: ## remove what was built
	@echo "==> removing .build"
	@rm -rf .build

setup:
	@command -v swift > /dev/null || { \
	  echo "Sluice needs a Swift toolchain, 6.2 or newer, on the PATH: https://www.swift.org/install/linux/" >&2; exit 1; }
	@if type -P $(COMMANDS) > /dev/null && pkg-config --exists $(LIBRARIES); then exit 0; fi; \
	if ! command -v apt-get > /dev/null; then \
	  echo "Sluice needs these commands: $(COMMANDS); and the development files of: $(LIBRARIES)" >&2; exit 1; fi; \
	as_root=; \
	if [ "$$(id -u)" -ne 0 ]; then \
	  command -v sudo > /dev/null || { echo "Run once as root: apt-get install $(PACKAGES)" >&2; exit 1; }; \
	  as_root=sudo; fi; \
	echo "==> installing the system packages that the build needs: $(PACKAGES)"; \
	$$as_root apt-get update -qq && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) > /dev/null
