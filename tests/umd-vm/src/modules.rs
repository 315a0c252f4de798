// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds kernel modules from a copy of their sources, so that nothing is written
//! among the sources and each kernel keeps its own objects.

use crate::debian::SERIES;
use crate::error::bail;
use crate::kernel::Kernel;
use crate::{ARCHS, Result, command, file, progress::Step};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The list of what was copied, in the copy.
const COPIED: &str = ".copied";

/// Updates the folder `copy` to the files of each folder of `sources`, which go to the
/// path that stands beside the folder. Build outputs in `copy` stay, so that make
/// builds only what has changed.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn update_copy(sources: &[(&Path, &str)], copy: &Path) -> Result<()> {
    let mut files = BTreeSet::new();
    for (from, to) in sources {
        for entry in WalkDir::new(from).follow_links(true) {
            let entry = entry?;
            let below = entry.path().strip_prefix(from)?;
            let name: PathBuf = Path::new(to).join(below).components().collect();
            let path = copy.join(&name);
            if entry.file_type().is_dir() {
                fs::create_dir_all(&path)?;
            } else if !is_output(&name) {
                // A changed file gets the current time, so that make sees the
                // change even if a checkout gave the source an older time.
                file::write(&path, &fs::read(entry.path())?)?;
                fs::set_permissions(&path, entry.metadata()?.permissions())?;
                files.insert(name);
            }
        }
    }
    remove_gone(copy, &files)
}

/// Removes all that was built once a source is gone, since Kbuild does not
/// notice.
fn remove_gone(copy: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    let list = copy.join(COPIED);
    let old = fs::read_to_string(&list).unwrap_or_default();
    if old.lines().any(|name| !files.contains(Path::new(name))) {
        for entry in WalkDir::new(copy) {
            let entry = entry?;
            let name = entry.path().strip_prefix(copy)?;
            if !entry.file_type().is_dir() && !files.contains(name) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    let names: Vec<String> = files
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    file::write(&list, names.join("\n").as_bytes())
}

/// Whether a file among the sources is the output of a build there, which kernel
/// developers may run.
#[must_use]
pub fn is_output(name: &Path) -> bool {
    let file = name.file_name().unwrap_or_default().to_string_lossy();
    let extension = name.extension().unwrap_or_default().to_string_lossy();
    matches!(&*extension, "o" | "ko" | "cmd" | "mod" | "a" | "d")
        || file.ends_with(".mod.c")
        || file == "Module.symvers"
        || file == "modules.order"
}

/// Builds the modules of `folder` for `kernel`, with more arguments of make, and
/// returns the warnings about their sources.
///
/// # Errors
///
/// The modules do not build.
pub fn make(kernel: &Kernel, folder: &Path, arguments: &[String]) -> Result<Vec<String>> {
    ensure_without_space(folder)?;
    let step = Step::start(format!("building the modules for {}", kernel.release));
    let mut make = kernel.make();
    make.arg(format!("M={}", folder.display()));
    make.args(arguments).arg("modules");
    let output = command::finished(&mut make)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!(
            "the modules do not build for {}:\n{}",
            kernel.release,
            said.trim_end()
        );
    }
    step.done();
    // Two kinds are not ours: that the tools differ from the kernel's (at the
    // start of a line), and what this compiler thinks of the kernel's headers.
    let headers = shared_headers(&kernel.build_dir);
    let ours = |line: &&str| {
        line.contains("warning: ") && !line.starts_with("warning: ") && !line.contains(&headers)
    };
    Ok(said.lines().filter(ours).map(str::to_owned).collect())
}

/// The characters, beside white space, that make or the shell which it starts takes for
/// something else in the path of a module's folder; each was tried with Linux 6.1.
const MISREAD: &str = ":#$%&'\"()*?;<>\\`|,";

/// Refuses a folder whose modules Kbuild cannot build.
///
/// # Errors
///
/// The path has a space or another character that splits words of make.
pub fn ensure_without_space(folder: &Path) -> Result<()> {
    refuse(folder, "")
}

/// As [`ensure_without_space`], where the user has an alternative to a move.
///
/// # Errors
///
/// See [`ensure_without_space`].
pub fn ensure_without_space_or(folder: &Path, alternative: &str) -> Result<()> {
    refuse(folder, &format!(", or {alternative}"))
}

fn refuse(folder: &Path, alternative: &str) -> Result<()> {
    let path = folder.to_string_lossy();
    if path.contains(|c: char| c.is_whitespace() || MISREAD.contains(c)) {
        bail!(
            "Kbuild cannot build in a folder with a space or one of {MISREAD} in its path: \
             move '{path}'{alternative}"
        );
    }
    Ok(())
}

/// The start of the paths of a kernel's headers. Debian's are in two folders,
/// `linux-headers-V-FLAVOUR-ARCH` or `linux-headers-V-ARCH-FLAVOUR`, and
/// `linux-headers-V-common-FLAVOUR`.
fn shared_headers(build_dir: &Path) -> String {
    let folder = build_dir.to_string_lossy();
    let mut parts: Vec<&str> = folder.split('-').collect();
    let is_of_a_build = |part: &&&str| {
        let flavours = SERIES.iter().filter_map(|series| series.flavour);
        let archs = ARCHS.iter().map(|arch| arch.debian);
        flavours.chain(archs).any(|known| known == **part)
    };
    let count = parts.iter().rev().take_while(is_of_a_build).count();
    if count == 0 {
        return folder.into_owned();
    }
    parts.truncate(parts.len() - count);
    parts.join("-") + "-"
}

/// The modules in `folder` and below it, by name.
///
/// # Errors
///
/// The folder cannot be read.
pub fn built(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|e| e == "ko") {
            modules.push(entry.into_path());
        }
    }
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_kbuild_cannot_have_is_refused() {
        let refused = MISREAD.chars().chain([' ', '\t']);
        for path in refused.map(|c| format!("/a{c}b")) {
            let error = ensure_without_space(Path::new(&path)).err();
            let message = error.map_or_else(String::new, |error| error.to_string());
            assert!(message.ends_with(&format!("move '{path}'")), "{message}");
        }
        assert!(ensure_without_space(Path::new("/a-b_c.d/[x]{y}~=@+!^é")).is_ok());
    }

    #[test]
    fn headers_are_in_two_folders() {
        for (folder, start) in [
            (
                "/s/linux-headers-6.1.0-57-amd64",
                "/s/linux-headers-6.1.0-57-",
            ),
            ("/s/linux-headers-6.1-rt-amd64", "/s/linux-headers-6.1-"),
            ("/s/linux-headers-6.12-arm64-16k", "/s/linux-headers-6.12-"),
            ("/s/linux-headers-6.12-riscv64", "/s/linux-headers-6.12-"),
            ("/home/a-b/linux", "/home/a-b/linux"),
        ] {
            assert_eq!(shared_headers(Path::new(folder)), start);
        }
    }

    #[test]
    fn a_copy_follows_its_sources_and_keeps_what_was_built() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let [library, driver, copy] = ["library", "driver", "copy"].map(|n| folder.path().join(n));
        for (folder, file) in [(&library, "Kbuild"), (&library, "gone.c"), (&driver, "a.c")] {
            fs::create_dir_all(folder)?;
            fs::write(folder.join(file), file)?;
        }
        fs::write(driver.join("a.o"), "output")?;
        let sources: [(&Path, &str); 2] = [(&library, ""), (&driver, "acme")];
        update_copy(&sources, &copy)?;
        assert_eq!(fs::read_to_string(copy.join("acme/a.c"))?, "a.c");
        assert!(!copy.join("acme/a.o").exists());
        fs::write(copy.join("acme/a.o"), "built")?;
        update_copy(&sources, &copy)?;
        assert_eq!(fs::read_to_string(copy.join("acme/a.o"))?, "built");
        fs::remove_file(library.join("gone.c"))?;
        update_copy(&sources, &copy)?;
        assert!(!copy.join("gone.c").exists());
        assert!(!copy.join("acme/a.o").exists(), "all is built anew");
        Ok(())
    }
}
