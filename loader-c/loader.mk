# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the Kbuild of each driver, with umd-handler set: the Handler that
# its loader.o carries. A changed Handler rebuilds it.

$(if $(umd-handler),,$(error $(src)/Kbuild does not set umd-handler))

CFLAGS_loader.o := -Wa,-I$(HANDLERS) -DUMD_LOADER_HANDLER=$(umd-handler)
$(obj)/loader.o: $(HANDLERS)/$(umd-handler)

$(HANDLERS)/%:
	@echo "$@ does not exist: run cargo handlers first" >&2; false
