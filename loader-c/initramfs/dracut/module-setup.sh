#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A module of dracut, to be installed as
# /usr/lib/dracut/modules.d/90umd/module-setup.sh: the initramfs gets the UMD
# Loaders of the UMD Managers that it has. A Manager names its Loader by
# UMD_MGMT_LOADER().

# Managers need the library, so that modules.dep has them all.
umd_managers() {
	sed -n 's,^\([^:]*\):.*[ /]umd_mgmt\.ko.*,\1,p' "$srcmods/modules.dep"
}

check() {
	[[ -n $(umd_managers) ]]
}

# dracut adds these drivers behind all modules' own.
umd_is_wanted() {
	local name=${1##*/} asked

	[[ -e $initdir/lib/modules/$kernel/$1 ]] && return 0
	for asked in $drivers $add_drivers $force_drivers; do
		[[ ${asked//-/_} == "${name%%.ko*}" ]] && return 0
	done
	return 1
}

installkernel() {
	local manager loader again=yes
	local -A handled

	# With a Loader come the modules that its Manager needs, which may be Managers.
	while [[ $again ]]; do
		again=
		for manager in $(umd_managers); do
			[[ ${handled[$manager]} ]] && continue
			umd_is_wanted "$manager" || continue
			handled[$manager]=yes
			again=yes
			for loader in $(modinfo -F weakdep "$srcmods/$manager"); do
				hostonly='' instmods "$loader"
			done
		done
	done
}
