// SPDX-License-Identifier: MIT OR Apache-2.0

//! Debian's own tools that make an initramfs, in a root folder of their own: the
//! machine may have others, or none.

use crate::kernel::{self, Kernel};
use crate::{cache, command, repo};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use umd_vm::apt::{Apt, Package};

/// What the scripts need that no package of theirs depends on, since every Debian
/// system has it.
const ESSENTIAL: [&str; 11] = [
    "bash",
    "coreutils",
    "dash",
    "debianutils",
    "dpkg",
    "findutils",
    "grep",
    "gzip",
    "libc-bin",
    "sed",
    "util-linux",
];

/// What packages depend on only where a system is booted.
const UNUSED: [&str; 2] = ["base-files", "udev"];

/// A tool that makes an initramfs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Debian's default.
    InitramfsTools,
    /// Other distributions' default.
    Dracut,
}

/// The packages of the tools.
const PACKAGES: [&str; 2] = ["initramfs-tools-core", "dracut-core"];

/// The hooks: files in `loader-c/initramfs/`, and where they are to be installed.
const HOOKS: [(&str, &str); 2] = [
    ("initramfs-tools", "usr/share/initramfs-tools/hooks/umd"),
    (
        "dracut/module-setup.sh",
        "usr/lib/dracut/modules.d/90umd/module-setup.sh",
    ),
];

/// A system with the tools, a kernel and our modules.
#[derive(Debug)]
pub struct System {
    root: TempDir,
    release: String,
    has_hooks: bool,
}

impl System {
    /// Makes one of the Debian release that has the kernel, with `modules` in place
    /// and without our hooks.
    ///
    /// # Errors
    ///
    /// Packages cannot be had, or files not be copied.
    pub fn new(kernel: &Kernel, modules: &[PathBuf]) -> Result<Self> {
        let cache = cache::open()?;
        let root = tempfile::tempdir_in(cache.folder())?;
        // Hard links: what runs there only adds files.
        let mut copy = Command::new("cp");
        copy.args(["-al", "-T"]).arg(unpacked(&kernel.name)?);
        command::output(copy.arg(root.path()))?;
        let system = Self {
            root,
            release: kernel.release.clone(),
            has_hooks: false,
        };
        system.add_modules(kernel, modules)?;
        Ok(system)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn add_modules(&self, kernel: &Kernel, modules: &[PathBuf]) -> Result<()> {
        let folder = self.path(&format!("usr/lib/modules/{}", self.release));
        let updates = folder.join("updates");
        fs::create_dir_all(&updates)?;
        for module in modules {
            let name = module.file_name().unwrap_or_default();
            fs::copy(module, updates.join(name))?;
        }
        let of_kernel = kernel.modules.as_ref().context("no modules")?;
        for entry in fs::read_dir(of_kernel)? {
            let entry = entry?;
            if entry.file_type()?.is_file() && entry.file_name() != "vmlinuz" {
                fs::copy(entry.path(), folder.join(entry.file_name()))?;
            }
        }
        let config = self.path(&format!("boot/config-{}", self.release));
        fs::write(config, kernel.config()?)?;
        self.run(&["depmod", &self.release])?;
        // depmod writes modules in the order of their folder, which may be any: a Manager
        // may come before another one that needs it.
        let list = folder.join("modules.dep");
        let mut lines: Vec<_> = fs::read_to_string(&list)?
            .lines()
            .map(str::to_owned)
            .collect();
        lines.sort_by(|one, other| other.cmp(one));
        fs::write(list, lines.join("\n") + "\n")?;
        Ok(())
    }

    /// Installs our hooks.
    ///
    /// # Errors
    ///
    /// A hook cannot be copied.
    pub fn install_hooks(&mut self) -> Result<()> {
        for (from, to) in HOOKS {
            let to = self.path(to);
            fs::create_dir_all(to.parent().context("it is in a folder")?)?;
            fs::copy(repo::root().join("loader-c/initramfs").join(from), to)?;
        }
        self.has_hooks = true;
        Ok(())
    }

    /// Makes an initramfs with the modules `asked` for. Returns the names of all
    /// modules in it.
    ///
    /// # Errors
    ///
    /// The tool fails.
    pub fn modules_for(&self, tool: Tool, asked: &[&str]) -> Result<BTreeSet<String>> {
        match tool {
            Tool::InitramfsTools => self.initramfs_tools(asked)?,
            Tool::Dracut => self.dracut(asked)?,
        }
        let list = self.run(&["sh", "-c", "gzip -dc /initramfs | cpio -t --quiet"])?;
        let names = list.lines().filter_map(|line| {
            let file = line.rsplit('/').next()?;
            Some(file.split_once(".ko")?.0.to_owned())
        });
        Ok(names.collect())
    }

    fn initramfs_tools(&self, asked: &[&str]) -> Result<()> {
        let folder = self.path("etc/initramfs-tools");
        fs::write(folder.join("modules"), asked.join("\n") + "\n")?;
        // Only what is asked for, instead of most of the kernel's.
        let own = folder.join("conf.d/modules");
        fs::write(own, "MODULES=list\nCOMPRESS=gzip\n")?;
        self.run(&["mkinitramfs", "-o", "/initramfs", &self.release])?;
        Ok(())
    }

    fn dracut(&self, asked: &[&str]) -> Result<()> {
        // Without any it fails, and bash is there.
        let parts = if self.has_hooks { "bash umd" } else { "bash" };
        let asked = asked.join(" ");
        let options = ["--force", "--no-hostonly", "--gzip", "--modules", parts];
        let rest = ["--add-drivers", &asked, "/initramfs", &self.release];
        self.run(&[&["dracut"], &options[..], &rest].concat())?;
        Ok(())
    }

    /// Runs a program of the system.
    fn run(&self, words: &[&str]) -> Result<String> {
        // The owner of /proc/self is the effective user.
        let is_root = fs::metadata("/proc/self")?.uid() == 0;
        let mut run = if is_root {
            Command::new("chroot")
        } else {
            let mut unshare = Command::new("unshare");
            unshare.args(["--map-root-user", "chroot"]);
            unshare
        };
        run.arg(self.root.path()).args(words).env_clear();
        run.env("PATH", "/usr/sbin:/usr/bin").env("LC_ALL", "C");
        Ok(command::output(&mut run)?)
    }
}

/// The root folder with the tools and what they need. Missing packages are
/// downloaded.
fn unpacked(kernel: &str) -> Result<PathBuf> {
    let cache = cache::open()?;
    let entry = format!("initramfs-tools/{kernel}");
    if let Some(root) = cache.current(&entry) {
        return Ok(root);
    }
    let apt = Apt::update(&cache, kernel::suites_of(Some(kernel)))?;
    let version = apt.newest(PACKAGES[0])?.folder_name();
    let root = cache.publish(&entry, &version, |root, _| {
        let mut packages: Vec<Package> = Vec::new();
        for name in ESSENTIAL.iter().chain(&PACKAGES) {
            let is_new = |name: &str| packages.iter().all(|package| package.name != name);
            if is_new(name) {
                let wanted = |name: &str| is_new(name) && !UNUSED.contains(&name);
                let more = apt.closure(name, wanted)?;
                packages.extend(more);
            }
        }
        apt.unpack(&packages, "the initramfs tools", root)?;
        for name in ["bin", "lib", "lib64", "sbin"] {
            merge(root, name)?;
        }
        for name in ["boot", "dev", "proc", "tmp", "var/tmp", "etc/modprobe.d"] {
            fs::create_dir_all(root.join(name))?;
        }
        Ok(())
    })?;
    Ok(root)
}

/// Makes `root/name` a link to `root/usr/name`, as the installer does.
fn merge(root: &Path, name: &str) -> Result<()> {
    let folder = root.join(name);
    let merged = root.join("usr").join(name);
    fs::create_dir_all(&merged)?;
    if folder.is_symlink() {
        return Ok(());
    }
    if folder.is_dir() {
        let mut copy = Command::new("cp");
        copy.args(["-al", "-T"]).arg(&folder).arg(&merged);
        command::output(&mut copy)?;
        fs::remove_dir_all(&folder)?;
    }
    symlink(format!("usr/{name}"), folder)?;
    Ok(())
}
