// SPDX-License-Identifier: MIT OR Apache-2.0

//! A kernel with what `loader-c/umd.config` names, and nothing else: the modules build
//! for it, and it has all that they import.

use crate::common::trial;
use libtest_mimic::Trial;
use umd_tests::kernel::Update;
use umd_tests::modules::{self, Which};
use umd_tests::setup;

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("the_kconfig_fragment_is_enough", || {
        let kernel = setup::ensure(Some("minimal"), Update::Missing)?.kernel;
        modules::build(&kernel, None, Which::Users)?;
        Ok(())
    })]
}
