// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP handler on foreign keys and signatures: those of GnuPG, Sequoia,
//! the distribution, and the authors of RFC 9580.

#![forbid(unsafe_code)]

#[path = "pgp/archive.rs"]
mod archive;
#[path = "pgp/elf.rs"]
mod elf;
#[path = "pgp/keys.rs"]
mod keys;
#[path = "pgp/lifetimes.rs"]
mod lifetimes;
#[path = "pgp/made.rs"]
mod made;
#[path = "pgp/rfc.rs"]
mod rfc;
#[path = "pgp/signatures.rs"]
mod signatures;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// Makes trials of these functions, with their names.
macro_rules! trials {
    ($($module:ident::$test:ident),+ $(,)?) => {
        vec![$(Trial::test(concat!(stringify!($module), "::", stringify!($test)), || {
            $module::$test();
            Ok(())
        })),+]
    };
}

fn main() -> ExitCode {
    let mut trials = trials![
        keys::keys_are_as_gnupg_lists_them,
        keys::material_is_there_for_what_the_kernel_can_use,
        keys::all_signatures_of_keys_are_true,
        keys::a_bit_of_what_is_signed_makes_it_false,
        keys::armor_is_removed_as_gnupg_does,
        keys::secret_keys_are_refused,
        keys::what_is_said_of_keys_is_believed,
        signatures::detached_signatures_are_as_listed_and_true,
        signatures::several_signatures_are_told_apart,
        signatures::clearsigned_documents_are_true_and_canonical,
        lifetimes::expiry_is_that_of_the_newest_self_signature,
        lifetimes::expired_keys_say_when,
        lifetimes::revoked_primary_key_takes_its_subkeys_along,
        lifetimes::revoked_subkey_leaves_the_others,
        lifetimes::revoked_user_id_does_not_count,
        lifetimes::third_parties_change_nothing,
        archive::distribution_keys_are_as_gnupg_lists_them,
        elf::final_file_answers_as_the_function_does,
        rfc::version_6_certificate_is_true,
        rfc::version_6_document_is_true,
        rfc::version_4_signature_is_true,
    ];
    // Later versions of Sequoia take other arguments.
    let has_sequoia_0_27 = umd_vm::os_release("VERSION_ID").as_deref() == Some("12");
    let with_sequoia = trials![archive::sequoia_keys_and_signatures_are_true];
    trials.extend(
        with_sequoia
            .into_iter()
            .map(|trial| trial.with_ignored_flag(!has_sequoia_0_27)),
    );
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    made::clean_up();
    conclusion.exit_code()
}
