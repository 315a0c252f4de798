# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the Kbuild of each driver, with umd-handler set: the Handler that
# its loader.o carries. A changed Handler rebuilds it.

$(if $(umd-handler),,$(error $(src)/Kbuild does not set umd-handler))

# An ordinary program, as cargo build makes one, names the dynamic linker.
umd-is-handler = readelf -lW $(1) 2>/dev/null | grep -q LOAD && \
	! readelf -lW $(1) | grep -q INTERP || { \
	echo "$(1) is no Handler, but another file: build it by cargo umd build or cargo handlers" >&2; \
	false; }

CFLAGS_loader.o := -Wa,-I$(HANDLERS) -DUMD_LOADER_HANDLER=$(umd-handler)
$(obj)/loader.o: $(HANDLERS)/$(umd-handler) $(obj)/.handler.d
$(obj)/.handler.d: $(HANDLERS)/$(umd-handler)
	@$(call umd-is-handler,$<)
	@touch $@

$(HANDLERS)/%:
	@echo "$@ does not exist: run cargo umd build or cargo handlers first" >&2; false
