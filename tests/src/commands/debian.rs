// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo debian`

use crate::debian::packages::{self, Key};
use crate::kernel::{Kernel, Update};
use crate::{repo, setup};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `cargo debian`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder for the packages; default: target/packages
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Also build umd-modules, with modules for this kernel; may be given several times
    #[arg(long = "kernel", value_name = "K")]
    kernels: Vec<String>,
    /// Sign these modules with this private key
    #[arg(long, value_name = "PEM", requires_all = ["kernels", "certificate"])]
    key: Option<PathBuf>,
    /// The certificate of that key
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
}

/// Builds the packages and prints their paths.
///
/// # Errors
///
/// A tool cannot be installed, or something does not build.
pub fn run(args: &Args) -> Result<ExitCode> {
    let kernel = |name: &String| Ok(setup::ensure(Some(name), Update::Missing)?.kernel);
    let kernels: Vec<Kernel> = args.kernels.iter().map(kernel).collect::<Result<_>>()?;
    let key = args.key.as_deref().zip(args.certificate.as_deref());
    let key = key.map(|(key, certificate)| Key { key, certificate });
    let out = match &args.out {
        Some(out) => out.clone(),
        None => repo::target_dir()?.join("packages"),
    };
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let folder = tempfile::tempdir_in(&out)?;
    packages::build(folder.path(), &kernels, key)?;
    for entry in fs::read_dir(folder.path())? {
        let entry = entry?;
        let to = out.join(entry.file_name());
        fs::rename(entry.path(), &to)?;
        println!("{}", to.display());
    }
    Ok(ExitCode::SUCCESS)
}
