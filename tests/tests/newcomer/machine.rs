// SPDX-License-Identifier: MIT OR Apache-2.0

//! A newcomer's machine: this one, but for mounts, users and networks of its own in
//! namespaces, which need no privilege.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use umd_tests::setup;
use umd_vm::Arch;
use umd_vm::debian::needed_programs;
use umd_vm::kernel::Platform;

/// The machine. Its cache is empty at first.
pub(crate) struct Machine {
    folder: TempDir,
    mounts: String,
    has_network: bool,
    is_root: bool,
    variables: Vec<(String, PathBuf)>,
}

impl Machine {
    /// A machine whose package source is the archive at `address`, signed with the key
    /// in the file `key`.
    pub(crate) fn new(address: &str, key: &Path) -> Self {
        // What is missing here would be installed there, in vain.
        setup::install(&needed_programs(Platform::Qemu(Arch::host()))).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let etc = folder.path().join("apt");
        for name in ["sources.list.d", "apt.conf.d", "trusted.gpg.d"] {
            fs::create_dir_all(etc.join(name)).unwrap();
        }
        let source = format!(
            "Types: deb\nURIs: {address}\nSuites: stable\nComponents: main\nSigned-By: {}\n",
            key.display()
        );
        fs::write(etc.join("sources.list.d/debian.sources"), source).unwrap();
        let cache = folder.path().join("cache");
        fs::create_dir(&cache).unwrap();
        Self {
            mounts: format!("mount --bind '{}' /etc/apt\n", etc.display()),
            folder,
            has_network: true,
            is_root: true,
            variables: vec![("UMD_CACHE_DIR".to_owned(), cache)],
        }
    }

    /// The cache folder.
    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// A folder of the machine, which is made.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Has an empty file system, with these options, as the cache.
    pub(crate) fn cache_is(mut self, options: &str) -> Self {
        let cache = self.cache();
        self.mounts += &format!("mount -t tmpfs -o {options} tmpfs '{}'\n", cache.display());
        self
    }

    /// Takes all networks away.
    pub(crate) fn without_network(mut self) -> Self {
        self.has_network = false;
        self
    }

    /// Has the commands started by a user who is not root and may not become root, on
    /// a machine without this program.
    pub(crate) fn without_root_and(mut self, missing: &str) -> Self {
        self.is_root = false;
        let programs = self.folder("bin");
        for folder in ["/usr/bin", "/bin"] {
            for program in fs::read_dir(folder).unwrap().flatten() {
                let name = program.file_name();
                if name != missing && name != "sudo" && !programs.join(&name).exists() {
                    let _ = symlink(program.path(), programs.join(&name));
                }
            }
        }
        self.set("PATH", programs)
    }

    /// Sets a variable of the environment.
    pub(crate) fn set(mut self, name: &str, value: PathBuf) -> Self {
        self.variables.push((name.to_owned(), value));
        self
    }

    /// A command of the repository on this machine.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount"]);
        if !self.has_network {
            command.arg("--net");
        }
        let user = match self.is_root {
            true => "",
            false => "unshare --user --map-user=1000 --map-group=1000 ",
        };
        let script = format!("set -e\n{}exec {user}\"$0\" \"$@\"", self.mounts);
        command.args(["sh", "-c", &script, env!("CARGO_BIN_EXE_umd")]);
        command.args(arguments);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        for proxy in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command
                .env_remove(proxy)
                .env_remove(proxy.to_ascii_uppercase());
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !said.starts_with("unshare: ") && !said.starts_with("mount: "),
            "this test needs namespaces, by root or for all users \
             (kernel.unprivileged_userns_clone): {said}"
        );
        output
    }

    /// Runs a command that must fail, and returns the lines that the user sees.
    pub(crate) fn refusal(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
        lines(&output)
    }
}

/// The lines of standard error, with each time taken replaced.
pub(crate) fn lines(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = said.lines().map(|line| match line.rsplit_once(": ") {
        Some((step, time)) if time.ends_with(" s") => format!("{step}: T"),
        _ => line.to_owned(),
    });
    lines.collect()
}
