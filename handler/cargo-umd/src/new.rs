// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo umd new`: the template with another name, licence and source of the umd
//! crates.

use crate::carried::{self, CRATES, TEMPLATE};
use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use umd_vm::modules::ensure_without_space;

/// The name of the template's driver, which is replaced.
const TEMPLATE_NAME: &str = "acme";

/// The longest name: the process is called `NAME_umh`, and a process's name has at most
/// 15 bytes.
const NAME_LEN: usize = 11;

/// The licence of the template's files that are not the kernel's.
const TEMPLATE_LICENSE: &str = "MIT OR Apache-2.0";

/// Arguments of `cargo umd new`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Name of the driver, and of its folder: small letters, digits and _, at most 11
    #[arg(value_parser = name)]
    name: String,
    /// Where the umd crates come from: `installed` (a copy in the folder umd, needs no
    /// network), `path=DIR` (a clone), `git=URL`, `registry`
    #[arg(long, value_name = "SOURCE", default_value = "installed")]
    source: Source,
    /// Licence of all but the kernel modules, which are GPL-2.0-only
    #[arg(long, value_enum, default_value = "MIT OR Apache-2.0")]
    license: License,
}

/// The licence of a driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum License {
    #[value(name = "MIT OR Apache-2.0")]
    MitOrApache,
    #[value(name = "MIT")]
    Mit,
    #[value(name = "Apache-2.0")]
    Apache,
    #[value(name = "GPL-2.0-only")]
    Gpl,
}

impl License {
    /// The expression, and the repository's files with the texts.
    fn parts(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::MitOrApache => (TEMPLATE_LICENSE, &["LICENSE-MIT", "LICENSE-APACHE"]),
            Self::Mit => ("MIT", &["LICENSE-MIT"]),
            Self::Apache => ("Apache-2.0", &["LICENSE-APACHE"]),
            Self::Gpl => ("GPL-2.0-only", &[]),
        }
    }
}

/// Where the umd crates come from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Installed,
    Path(PathBuf),
    Git(String),
    Registry,
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "installed" => Ok(Self::Installed),
            None if text == "registry" => Ok(Self::Registry),
            Some(("path", folder)) if !folder.is_empty() => Ok(Self::Path(folder.into())),
            Some(("git", url)) if !url.is_empty() => Ok(Self::Git(url.to_owned())),
            _ => Err("write installed, path=DIR, git=URL or registry".to_owned()),
        }
    }
}

/// Reads a name.
fn name(text: &str) -> Result<String, String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
    if !begins || !text.chars().all(is_part) || text.len() > NAME_LEN {
        return Err(format!(
            "a name begins with a small letter, has small letters, digits and _, and at most \
             {NAME_LEN} of them"
        ));
    }
    if ["mgmt", "umd"].contains(&text) {
        return Err("the library has that name: use another one".to_owned());
    }
    Ok(text.to_owned())
}

/// Makes the driver's folder in the current one.
pub(crate) fn run(args: &Args) -> Result<()> {
    let folder = std::env::current_dir()?.join(&args.name);
    let shown = folder.display();
    ensure!(
        !folder.exists(),
        "{shown} is there already: use another name"
    );
    ensure_without_space(&folder)?;
    let dependencies = dependencies(&args.source)?;
    let (license, texts) = args.license.parts();
    for (path, contents) in carried::files(&TEMPLATE) {
        let path = named(&path.to_string_lossy(), &args.name);
        let text = std::str::from_utf8(contents)?.replace(TEMPLATE_LICENSE, license);
        let mut text = named(&text, &args.name);
        if path == "Cargo.toml" {
            text = with_dependencies(&text, &dependencies);
        }
        carried::write(&folder.join(&path), text.as_bytes())?;
    }
    for name in texts {
        copy_of_repository(name, &folder.join(name))?;
    }
    copy_of_repository("loader-c/LICENSE", &folder.join("loader-c/LICENSE"))?;
    if args.source == Source::Installed {
        carried::unpack_repository(&folder.join("umd"))?;
    }
    carried::write(&folder.join("Cargo.lock"), carried::lock_file()?)?;
    fit_lock_file(&folder)?;
    crate::handlers::write_headers(&folder)?;
    println!(
        "{} is ready: cd {0} && cargo umd test && cargo umd vm --run test.sh",
        args.name
    );
    Ok(())
}

fn copy_of_repository(name: &str, to: &Path) -> Result<()> {
    let file = carried::REPOSITORY.get_file(name);
    let file = file.with_context(|| format!("no {name} is carried"))?;
    carried::write(to, file.contents())
}

/// `text` with the driver's name in place of the template's, in each of its forms.
fn named(text: &str, name: &str) -> String {
    text.replace(TEMPLATE_NAME, name)
        .replace(&TEMPLATE_NAME.to_uppercase(), &name.to_uppercase())
        .replace(&camel_case(TEMPLATE_NAME), &camel_case(name))
}

fn camel_case(name: &str) -> String {
    let mut words = String::new();
    for word in name.split('_') {
        let (first, rest) = word.split_at(word.len().min(1));
        words.push_str(&first.to_uppercase());
        words.push_str(rest);
    }
    words
}

/// The umd crates and what cargo is to be told of each.
fn dependencies(source: &Source) -> Result<Vec<(&'static str, String)>> {
    let version = env!("CARGO_PKG_VERSION");
    let below = |folder: &Path| {
        CRATES.map(|(name, path)| (name, format!("{{ path = {:?} }}", folder.join(path))))
    };
    Ok(match source {
        Source::Installed => below(Path::new("umd")).into(),
        Source::Path(folder) => {
            let folder = std::fs::canonicalize(folder)
                .with_context(|| format!("--source: there is no {}", folder.display()))?;
            ensure!(
                folder.join("abi/Cargo.toml").is_file() && folder.join("loader-c").is_dir(),
                "--source: {} is no clone of the umd repository",
                folder.display()
            );
            below(&folder).into()
        }
        Source::Git(url) => CRATES
            .map(|(name, _)| (name, format!("{{ git = {url:?} }}")))
            .into(),
        Source::Registry => CRATES
            .map(|(name, _)| (name, format!("{version:?}")))
            .into(),
    })
}

/// The template's manifest with other dependencies.
fn with_dependencies(manifest: &str, dependencies: &[(&str, String)]) -> String {
    let line = |line: &str| {
        let name = line.split(' ').next().unwrap_or_default();
        let found = dependencies.iter().find(|(other, _)| *other == name);
        found.map_or_else(
            || format!("{line}\n"),
            |(_, what)| format!("{name} = {what}\n"),
        )
    };
    manifest.lines().map(line).collect()
}

/// Has cargo take what the driver needs of the repository's `Cargo.lock`, without a
/// network where that is possible.
fn fit_lock_file(folder: &Path) -> Result<()> {
    let update = |arguments: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(["update", "--quiet", "--workspace"]);
        cargo.args(arguments).current_dir(folder).output()
    };
    if update(&["--offline"])?.status.success() {
        return Ok(());
    }
    let output = update(&[])?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<_> = said
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        bail!(
            "cargo cannot look up the crates ({}): when it can, run `cargo update --workspace \
             && cargo umd header` in {}",
            said.join("; "),
            folder.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_are_refused() {
        for bad in [
            "",
            "1a",
            "_a",
            "Acme",
            "a-b",
            "a b",
            "twelve_bytes",
            "umd",
            "é",
        ] {
            assert!(name(bad).is_err(), "{bad}");
        }
        for good in ["a", "acme", "elf_64", "eleven_char"] {
            assert_eq!(name(good).as_deref(), Ok(good));
        }
    }

    #[test]
    fn each_form_of_the_name_is_replaced() {
        let text = named("acme_umh ACME_MAX AcmeElf Acme", "gpt_2");
        assert_eq!(text, "gpt_2_umh GPT_2_MAX Gpt2Elf Gpt2");
    }

    #[test]
    fn sources_are_read() {
        assert_eq!("registry".parse(), Ok(Source::Registry));
        assert_eq!("path=a=b".parse(), Ok(Source::Path("a=b".into())));
        for bad in ["", "path=", "git", "git=", "clone=x"] {
            assert!(bad.parse::<Source>().is_err(), "{bad}");
        }
        assert!(dependencies(&Source::Path("/nonexistent".into())).is_err());
    }

    #[test]
    fn dependencies_are_replaced_and_nothing_else() {
        let text = with_dependencies(
            "umd-abi = { path = \"umd/abi\" }\numd-abi-x = 1\n",
            &dependencies(&Source::Registry).unwrap(),
        );
        assert_eq!(text, "umd-abi = \"0.1.0\"\numd-abi-x = 1\n");
    }
}
