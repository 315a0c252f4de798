// SPDX-License-Identifier: MIT OR Apache-2.0

//! The folder of a Debian system that is not running.

use super::{KERNEL, Release, as_root};
use crate::{cache, command, repo};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// How large the file system is, in MiB: most of it has no blocks.
const SIZE: u32 = 4096;

/// A system's folder, which is removed when this is dropped.
#[derive(Debug)]
pub struct Root {
    release: Release,
    folder: TempDir,
}

impl Root {
    /// Unpacks a system of that release.
    ///
    /// # Errors
    ///
    /// See [`Release::archive`].
    pub fn new(release: Release) -> Result<Self> {
        let archive = release.archive()?;
        let folder = tempfile::tempdir_in(cache::open()?.folder())?;
        let root = Self { release, folder };
        fs::create_dir(root.path(""))?;
        let mut unpack = as_root("tar")?;
        unpack.args(["--extract", "--numeric-owner", "--xattrs", "--file"]);
        unpack.arg(archive).arg("--directory").arg(root.path(""));
        command::output(&mut unpack)?;
        let own = repo::root().join("tests/debian");
        for (from, to) in [
            ("umd-guest.service", "etc/systemd/system/umd-guest.service"),
            ("run.sh", "umd/run.sh"),
        ] {
            root.write(to, &fs::read_to_string(own.join(from))?)?;
        }
        root.run(&["systemctl", "enable", "umd-guest.service"])?;
        Ok(root)
    }

    /// The path of one of the system's files.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("root").join(name)
    }

    /// Runs a program of the system.
    ///
    /// # Errors
    ///
    /// The program fails.
    pub fn run(&self, words: &[&str]) -> Result<String> {
        Ok(command::output(&mut self.command(words)?)?)
    }

    /// Runs a program of the system, be it to success or failure.
    ///
    /// # Errors
    ///
    /// The program cannot be started.
    pub fn finished(&self, words: &[&str]) -> Result<Output> {
        Ok(command::finished(&mut self.command(words)?)?)
    }

    /// The program finds /proc, and no other file system of this machine: the mount is
    /// in a namespace of its own.
    fn command(&self, words: &[&str]) -> Result<Command> {
        let mut run = as_root("unshare")?;
        run.args(["--mount", "--pid", "--fork", "--kill-child", "--"]);
        run.args(["env", "--ignore-environment", "LC_ALL=C.UTF-8"]);
        run.args(["PATH=/usr/sbin:/usr/bin", "DEBIAN_FRONTEND=noninteractive"]);
        let script = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";
        run.args(["sh", "-c", script]).arg(self.path(""));
        run.args(words);
        Ok(run)
    }

    /// Writes a file of the system.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let file = self.folder.path().join("file");
        fs::write(&file, text)?;
        self.copy(&file, name)
    }

    /// Copies a file of this machine into the system.
    ///
    /// # Errors
    ///
    /// The file cannot be copied.
    pub fn copy(&self, from: &Path, name: &str) -> Result<()> {
        let mut install = as_root("install")?;
        install.args(["-D", "--mode=644"]);
        install.arg(from).arg(self.path(name));
        command::output(&mut install).with_context(|| name.to_owned())?;
        Ok(())
    }

    /// Has apt install packages that are files of this machine.
    ///
    /// # Errors
    ///
    /// Apt fails.
    pub fn install(&self, packages: &[PathBuf]) -> Result<String> {
        let mut names = Vec::new();
        for package in packages {
            let name = package.file_name().context("it is a file")?;
            let name = format!("root/{}", name.to_string_lossy());
            self.copy(package, &name)?;
            names.push(format!("/{name}"));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.apt(&[&["install"][..], &names].concat())
    }

    /// Runs apt.
    ///
    /// # Errors
    ///
    /// Apt fails.
    pub fn apt(&self, words: &[&str]) -> Result<String> {
        let options = ["apt-get", "--quiet", "--yes", "--option", "Dpkg::Use-Pty=0"];
        self.run(&[&options[..], words].concat())
    }

    /// Installs the newer kernel, which has been downloaded.
    ///
    /// # Errors
    ///
    /// Apt fails.
    pub fn upgrade_kernel(&self) -> Result<String> {
        let from = ["--no-download", "--target-release", self.release.backports];
        self.apt(&[&from[..], &["install"], &KERNEL].concat())
    }

    /// The releases of the kernels that are installed, oldest first.
    ///
    /// # Errors
    ///
    /// The system cannot be looked at.
    pub fn kernels(&self) -> Result<Vec<String>> {
        let list = self.run(&["linux-version", "list"])?;
        let sorted = self.run(&[&["linux-version", "sort"][..], &words(&list)].concat())?;
        Ok(sorted.lines().map(str::to_owned).collect())
    }

    /// Makes an image of the system's disk.
    ///
    /// # Errors
    ///
    /// The image cannot be made.
    pub fn image(&self, file: &Path) -> Result<()> {
        let mut make = as_root("mke2fs")?;
        make.args(["-q", "-F", "-t", "ext4", "-d"])
            .arg(self.path(""));
        make.arg(file).arg(format!("{SIZE}M"));
        command::output(&mut make)?;
        Ok(())
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

impl Drop for Root {
    fn drop(&mut self) {
        // The folder itself is ours.
        if let Ok(mut remove) = as_root("rm") {
            let _ = remove.arg("-rf").arg(self.path("")).status();
        }
    }
}
