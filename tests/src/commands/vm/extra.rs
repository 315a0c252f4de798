// SPDX-License-Identifier: MIT OR Apache-2.0

//! The user's own kernel arguments, modules and files in a guest.

use super::Args;
use crate::vm::{Contents, Extra, File};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use walkdir::WalkDir;

/// Folders that the guest's first process mounts something over.
const MOUNTED: [&str; 5] = ["dev", "proc", "run", "sys", "tmp"];

/// A file of this machine, and its path in the guest without the first slash.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    host: PathBuf,
    guest: String,
}

/// Reads `HOST=GUEST`.
pub(super) fn pair(text: &str) -> Result<Pair, String> {
    let (host, guest) = text
        .split_once('=')
        .filter(|(host, _)| !host.is_empty())
        .ok_or("write HOST=GUEST: a file of this machine and its path in the guest")?;
    let guest = guest.trim_start_matches('/');
    let is_plain = |part: Component| matches!(part, Component::Normal(_));
    if guest.is_empty() || guest.ends_with('/') || !Path::new(guest).components().all(is_plain) {
        return Err("GUEST is the whole path of a file, without . and ..".to_owned());
    }
    let top = guest.split('/').next().unwrap_or_default();
    if MOUNTED.contains(&top) {
        return Err(format!(
            "the guest mounts a file system over /{top}: use another folder"
        ));
    }
    Ok(Pair {
        host: host.into(),
        guest: guest.to_owned(),
    })
}

/// The user's additions, all of which are there.
pub(super) fn of(args: &Args) -> Result<Extra> {
    let mut extra = Extra {
        kernel_arguments: args.append.join(" "),
        debugger: args.gdb,
        ..Extra::default()
    };
    for folder in &args.modules {
        extra.modules.extend(modules(folder)?);
    }
    for pair in &args.file {
        extra.files.extend(files(pair)?);
    }
    Ok(extra)
}

fn modules(folder: &Path) -> Result<Vec<PathBuf>> {
    let shown = folder.display();
    let mut modules = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("--modules: cannot read {shown}"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ko") {
            modules.push(path);
        }
    }
    ensure!(
        !modules.is_empty(),
        "--modules: no module (*.ko) in {shown}: build the modules first"
    );
    modules.sort();
    Ok(modules)
}

fn files(pair: &Pair) -> Result<Vec<File>> {
    let host = &pair.host;
    ensure!(host.exists(), "--file: there is no {}", host.display());
    let mut files = Vec::new();
    for entry in WalkDir::new(host).follow_links(true).sort_by_file_name() {
        let entry = entry.with_context(|| format!("--file: cannot read {}", host.display()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        if !entry.file_type().is_file() {
            bail!("--file: {} is no file", entry.path().display());
        }
        let below = entry.path().strip_prefix(host)?;
        let guest = Path::new(&pair.guest).join(below);
        let guest = guest.to_string_lossy();
        files.push(File {
            name: guest.trim_end_matches('/').to_owned(),
            mode: entry.metadata()?.permissions().mode() & 0o7777,
            contents: Contents::Copy(entry.into_path()),
        });
    }
    ensure!(
        !files.is_empty(),
        "--file: {} has no file: empty folders are not copied",
        host.display()
    );
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_that_cannot_be_is_refused() {
        for (text, message) in [
            ("file", "write HOST=GUEST"),
            ("=/etc/file", "write HOST=GUEST"),
            ("file=", "GUEST is the whole path"),
            ("file=/", "GUEST is the whole path"),
            ("file=/etc/", "GUEST is the whole path"),
            ("file=/etc/../file", "GUEST is the whole path"),
            ("file=/tmp/file", "over /tmp: use another folder"),
        ] {
            let error = pair(text).err().unwrap_or_default();
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn a_folder_is_copied_with_its_modes() -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("sub"))?;
        for (name, mode) in [("one", 0o640), ("sub/two", 0o755)] {
            let path = folder.path().join(name);
            fs::write(&path, name)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        }
        let found = |pair: Pair| -> Result<Vec<(String, u32)>> {
            let files = files(&pair)?.into_iter();
            Ok(files.map(|file| (file.name, file.mode)).collect())
        };
        let pair = |host: PathBuf| Pair {
            host,
            guest: "opt/own".to_owned(),
        };
        let whole = [("opt/own/one", 0o640), ("opt/own/sub/two", 0o755)];
        let whole = whole.map(|(name, mode)| (name.to_owned(), mode));
        assert_eq!(found(pair(folder.path().to_owned()))?, whole);
        let single = [("opt/own".to_owned(), 0o640)];
        assert_eq!(found(pair(folder.path().join("one")))?, single);
        assert!(found(pair(folder.path().join("none"))).is_err());
        assert!(modules(folder.path()).is_err());
        Ok(())
    }
}
