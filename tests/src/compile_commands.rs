// SPDX-License-Identifier: MIT OR Apache-2.0

//! `target/compile_commands.json`, from which clangd learns how Kbuild compiles
//! each file of `loader-c/`. Kbuild leaves the command of each object in a file
//! `.NAME.o.cmd` beside the object.

use crate::{file, repo};
use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// One entry of the database, with the names that clang gives to its fields.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Entry {
    directory: PathBuf,
    command: String,
    file: PathBuf,
}

/// Writes the database for the modules that make has built in `copy`, a copy of
/// `loader-c/`, with the kernel's build folder `kernel`. Headers are those of
/// the sources, not of the copy, so that an editor opens the files that git has.
///
/// # Errors
///
/// A file of Kbuild cannot be read, or the database cannot be written.
pub(crate) fn write(copy: &Path, kernel: &Path) -> Result<()> {
    let sources = repo::root().join("loader-c");
    let mut entries = Vec::new();
    for file in WalkDir::new(copy).sort_by_file_name() {
        let file = file?;
        if file.file_name().to_string_lossy().ends_with(".o.cmd") {
            let text = fs::read_to_string(file.path())
                .with_context(|| file.path().display().to_string())?;
            entries.extend(entry(&text, copy, &sources, kernel));
        }
    }
    let database = repo::target_dir()?.join("compile_commands.json");
    Ok(file::write(
        &database,
        &serde_json::to_vec_pretty(&entries)?,
    )?)
}

/// The entry of one object, if the object was compiled from a C file that the
/// sources have too.
fn entry(text: &str, copy: &Path, sources: &Path, kernel: &Path) -> Option<Entry> {
    let (object, command) = text.lines().next()?.split_once(" := ")?;
    // Behind the compiler, Kbuild lists the tools that the object went through.
    let command = command.split(" ; ").next()?.trim();
    let (_, file) = command.rsplit_once(' ')?;
    // Linux 6.13 and later run the compiler in the modules' folder.
    let object = object.trim_start_matches("saved").strip_prefix("cmd_")?;
    let directory = if Path::new(object).is_absolute() {
        kernel
    } else {
        copy
    };
    let file = sources.join(directory.join(file).strip_prefix(copy).ok()?);
    if file.extension()? != "c" || !file.exists() {
        return None;
    }
    let relocated = command.replace(&*copy.to_string_lossy(), &sources.to_string_lossy());
    Some(Entry {
        directory: directory.to_path_buf(),
        command: relocated,
        file,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Entry> {
        let sources = repo::root().join("loader-c");
        entry(text, Path::new("/copy"), &sources, Path::new("/kernel"))
    }

    #[test]
    fn both_forms_of_kbuild_are_understood() {
        let file = repo::root().join("loader-c/mgmt/main.c");
        let expected = |directory: &str, command: String| {
            Some(Entry {
                directory: directory.into(),
                command,
                file: file.clone(),
            })
        };
        let old = "cmd_/copy/mgmt/main.o :=  gcc -I/copy/include -c -o /copy/mgmt/main.o /copy/mgmt/main.c   ; ./objtool /copy/mgmt/main.o\n\nsource_";
        let root = repo::root().join("loader-c");
        let root = root.display();
        assert_eq!(
            of(old),
            expected(
                "/kernel",
                format!("gcc -I{root}/include -c -o {root}/mgmt/main.o {root}/mgmt/main.c")
            )
        );
        let new = "savedcmd_mgmt/main.o := gcc -c -o mgmt/main.o mgmt/main.c";
        assert_eq!(
            of(new),
            expected("/copy", "gcc -c -o mgmt/main.o mgmt/main.c".to_owned())
        );
    }

    #[test]
    fn what_is_not_compiled_from_the_sources_has_no_entry() {
        assert_eq!(
            of("cmd_/copy/umd_mgmt.o := ld -r -o /copy/umd_mgmt.o @/copy/umd_mgmt.mod"),
            None
        );
        assert_eq!(
            of("cmd_/copy/umd_mgmt.mod.o := gcc -c -o /copy/umd_mgmt.mod.o /copy/umd_mgmt.mod.c"),
            None
        );
        assert_eq!(of(""), None);
    }
}
