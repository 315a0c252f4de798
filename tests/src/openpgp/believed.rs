// SPDX-License-Identifier: MIT OR Apache-2.0

//! `loader-c/pgp/reply.c` and `material.c` on the host: what the Manager
//! believes of a reply.

use crate::{command, repo};
use anyhow::{Context, Result, ensure};
use std::io::{Seek, Write};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The checks, as a program.
#[derive(Debug)]
pub struct Checks {
    folder: TempDir,
}

/// One reply.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// A `UMD_OP_PGP_` constant.
    pub op: u16,
    /// That of the request.
    pub index: u32,
    /// The request's data.
    pub data: &'a [u8],
    /// The reply's payload.
    pub reply: Vec<u8>,
}

impl Checks {
    /// Compiles them, with undefined behaviour and wrong addresses reported.
    ///
    /// # Errors
    ///
    /// They do not compile without a warning.
    pub fn compile() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = repo::root();
        let mut gcc = Command::new("gcc");
        gcc.args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic",
            "-O1",
        ])
        .args(["-fsanitize=undefined,address", "-fno-sanitize-recover"])
        .arg("-I")
        .arg(root.join("loader-c/include"))
        .arg("-I")
        .arg(root.join("loader-c/pgp"))
        .args(["-o", "checks"])
        .arg(root.join("loader-c/pgp/reply.c"))
        .arg(root.join("loader-c/pgp/material.c"))
        .arg(root.join("tests/c/pgp_reply.c"))
        .current_dir(folder.path());
        command::output(&mut gcc)?;
        Ok(Self { folder })
    }

    /// What is wrong with each of these, `None` for nothing.
    ///
    /// # Errors
    ///
    /// The program fails.
    pub fn verdicts(&self, all: &[Said<'_>]) -> Result<Vec<Option<String>>> {
        let mut input = tempfile::tempfile()?;
        for said in all {
            let lengths = [said.data.len(), said.reply.len()];
            let [data, reply] = lengths.map(u32::try_from);
            for number in [said.op.into(), said.index, data?, reply?] {
                input.write_all(&number.to_ne_bytes())?;
            }
            input.write_all(said.data)?;
            input.write_all(&said.reply)?;
        }
        input.rewind()?;
        let mut checks = Command::new(self.folder.path().join("checks"));
        checks.stdin(Stdio::from(input));
        let output = checks.output().context("the checks")?;
        ensure!(
            output.status.success(),
            "{}",
            command::failure(&checks, &output)
        );
        let text = String::from_utf8(output.stdout)?;
        let verdict = |line: &str| (line != "-").then(|| line.to_owned());
        let verdicts: Vec<_> = text.lines().map(verdict).collect();
        ensure!(verdicts.len() == all.len(), "{text}");
        Ok(verdicts)
    }
}
