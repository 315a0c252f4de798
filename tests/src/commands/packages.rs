// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo packages`

use crate::progress::Step;
use crate::publish::{self, CRATES, Unpacked};
use crate::repo;
use anyhow::{Context, Result};
use std::fs;
use std::process::ExitCode;

/// Arguments of `cargo packages`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Also build each crate with the oldest version of each dependency that the crate
    /// allows; downloads those versions
    #[arg(long)]
    oldest: bool,
    /// Also compare the crates' interfaces with those of the last tag vX.Y.Z
    #[arg(long)]
    semver: bool,
}

/// Makes and checks the packages, and prints their sizes.
///
/// # Errors
///
/// A check finds something.
pub fn run(args: &Args) -> Result<ExitCode> {
    let packages = publish::package()?;
    for package in &packages {
        let size = fs::metadata(&package.file)?.len();
        println!("{}: {size} bytes, {}", package.name, package.file.display());
    }
    let folder = tempfile::tempdir()?;
    let unpacked = Unpacked::new(&packages, folder.path())?;
    for (name, _) in CRATES {
        let step = Step::start(format!("building the package of {name}"));
        unpacked.check(name).with_context(|| name)?;
        step.done();
    }
    if args.oldest {
        for (name, _) in CRATES {
            let step = Step::start(format!("building {name} with the oldest dependencies"));
            unpacked.check_with_oldest(name).with_context(|| name)?;
            step.done();
        }
    }
    if args.semver {
        match publish::compare_with_last_release(&repo::root())? {
            Some(tag) => {
                println!("the interfaces are compatible with {tag}, as far as the version says")
            }
            None => println!("{NO_RELEASE}"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// No success may be read out of a comparison that did not take place.
const NO_RELEASE: &str = "\
*******************************************************************************
NOT CHECKED: there is no tag vX.Y.Z to compare the crates' interfaces with.
From the first release on, this step compares them.
*******************************************************************************";
