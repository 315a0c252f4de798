// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packages of any Debian release through the machine's own mirror.
//!
//! Apt itself resolves, downloads and checks signatures, but with a
//! configuration, lists and a package cache of its own below the cache folder:
//! the system is not touched and root is not needed.

use crate::cache::{self, Cache};
use crate::error::bail;
use crate::sources::{self, Archive};
use crate::{Arch, Result, command, file, progress::Step};
use anyhow::Context;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The folders whose lists this process has fetched: once is enough.
static FETCHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Apt with a configuration for some suites.
#[derive(Debug)]
pub struct Apt {
    cache: Cache,
    config: PathBuf,
    suites: String,
    /// The complaint of `apt-get update`; shown when a package is missing.
    complaint: String,
}

/// A package at a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    depends: String,
    /// What its files take when they are unpacked, in bytes.
    installed: u64,
}

impl Package {
    /// The version as the name of a folder: make cannot work in a folder with a colon
    /// in its name.
    #[must_use]
    pub fn folder_name(&self) -> String {
        self.version.replace(':', "_")
    }

    /// The names that the package depends on, without versions and without
    /// those that have alternatives.
    pub fn depends(&self) -> impl Iterator<Item = &str> {
        self.depends
            .split(',')
            .filter(|one| !one.contains('|'))
            .filter_map(|one| one.split_whitespace().next())
    }
}

impl Apt {
    /// Sets apt up for `suites` and fetches their package lists.
    ///
    /// # Errors
    ///
    /// The machine has no Debian package sources, or the cache cannot be
    /// written. A suite that cannot be fetched is not an error yet: the
    /// packages may all be in the others.
    pub fn update(cache: &Cache, suites: &[&str]) -> Result<Self> {
        Self::update_for(cache, suites, Arch::host())
    }

    /// As [`Apt::update`], with the packages for another kind of processor, too. A name
    /// without `:ARCH` means this machine's package where both kinds have it.
    ///
    /// # Errors
    ///
    /// As [`Apt::update`].
    pub fn update_for(cache: &Cache, suites: &[&str], arch: &Arch) -> Result<Self> {
        cache.ensure_writable()?;
        let folder = cache.folder().join("apt");
        let folder = folder.join(arch.add_to_name(&suites.join("+")));
        for name in ["lists/partial", "cache/archives/partial"] {
            let folder = folder.join(name);
            fs::create_dir_all(&folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))
                .map_err(|error| cache.explain(error.into()))?;
        }
        let _lock = cache::lock(&folder.join("lock"), "another set-up")?;
        write_configuration(&folder, &sources::debian()?, suites, arch)
            .map_err(|error| cache.explain(error))?;
        let mut apt = Self {
            cache: cache.clone(),
            config: folder.join("apt.conf"),
            suites: suites.join(", "),
            complaint: String::new(),
        };
        let mut fetched = FETCHED.lock().unwrap_or_else(PoisonError::into_inner);
        if !fetched.insert(folder) {
            return Ok(apt);
        }
        let step = Step::start(format!("fetching package lists of {}", apt.suites));
        let mut update = apt.command("apt-get");
        update.args(["--quiet", "update"]);
        let output = command::finished(&mut update)?;
        let said = String::from_utf8_lossy(&output.stderr);
        // Half of the lists would only make packages seem to be missing.
        if cache::says_full(&said) {
            return Err(cache.full());
        }
        apt.complaint = complaint(&said).unwrap_or_default();
        step.done();
        Ok(apt)
    }

    /// The file with the package sources of the suites, in the format of
    /// `/etc/apt/sources.list.d/*.sources`.
    #[must_use]
    pub fn sources(&self) -> PathBuf {
        self.config.with_file_name("debian.sources")
    }

    /// A folder with the files `Release` and `Release.gpg` of a suite. Missing files
    /// are downloaded.
    ///
    /// # Errors
    ///
    /// Apt cannot fetch them.
    pub fn release(cache: &Cache, suite: &str) -> Result<PathBuf> {
        let entry = format!("release/{suite}");
        if let Some(folder) = cache.current(&entry) {
            return Ok(folder);
        }
        let apt = Self::update(cache, &[suite])?;
        let folder = sources::release_folder(&sources::debian()?, suite)
            .with_context(|| format!("no package source has {suite}"))?;
        cache.publish(&entry, "files", |root, _| {
            let step = Step::start(format!("downloading what signs {suite}"));
            for name in ["Release", "Release.gpg"] {
                let mut helper = apt.command("/usr/lib/apt/apt-helper");
                helper.arg("download-file");
                helper.arg(format!("{folder}/{name}")).arg(root.join(name));
                command::output(&mut helper)?;
            }
            step.done();
            Ok(())
        })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("-c").arg(&self.config).env("LC_ALL", "C");
        command
    }

    /// The newest version of `name` in the suites.
    ///
    /// # Errors
    ///
    /// No suite has the package.
    pub fn newest(&self, name: &str) -> Result<Package> {
        let mut show = self.command("apt-cache");
        show.args(["--no-all-versions", "show", name]);
        let output = command::finished(&mut show)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let field = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
        };
        let Some(version) = field("Version") else {
            bail!(
                "package {name} is not in {}: check the network and the package sources in /etc/apt{}",
                self.suites,
                self.complaint
            );
        };
        Ok(Package {
            name: name.to_owned(),
            version: version.to_owned(),
            depends: ["Pre-Depends", "Depends"]
                .into_iter()
                .filter_map(field)
                .collect::<Vec<_>>()
                .join(","),
            installed: field("Installed-Size")
                .and_then(|kibibytes| kibibytes.parse::<u64>().ok())
                .map_or(0, |kibibytes| kibibytes.saturating_mul(1024)),
        })
    }

    /// The package `name` and all that it depends on whose names `wanted`
    /// accepts.
    ///
    /// # Errors
    ///
    /// A package is missing.
    pub fn closure(&self, name: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<Package>> {
        let mut found: BTreeSet<Package> = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            if found.iter().any(|package| package.name == name) {
                continue;
            }
            let package = self.newest(&name)?;
            open.extend(package.depends().filter(|n| wanted(n)).map(str::to_owned));
            found.insert(package);
        }
        Ok(found.into_iter().collect())
    }

    /// Downloads packages and unpacks them into `root`, a folder in the cache.
    ///
    /// # Errors
    ///
    /// Apt cannot fetch a package, a signature or checksum is wrong, or the disk is too
    /// small.
    pub fn unpack(&self, packages: &[Package], what: &str, root: &Path) -> Result<()> {
        let names: Vec<String> = packages
            .iter()
            .map(|package| format!("{}={}", package.name, package.version))
            .collect();
        let mut sizes = self.command("apt-get");
        sizes.args(["download", "--print-uris"]).args(&names);
        let total = total_size(&command::output(&mut sizes)?);
        let unpacked: u64 = packages.iter().map(|package| package.installed).sum();
        self.cache.ensure_room(what, total + unpacked)?;

        // What an interrupted download leaves is removed with the folder that is being
        // filled.
        fs::create_dir_all(root)?;
        let downloads = tempfile::tempdir_in(root)?;
        self.download(&names, what, total, downloads.path())?;
        let step = Step::start(format!("unpacking {what}"));
        for package in fs::read_dir(downloads.path())? {
            let mut unpack = Command::new("dpkg-deb");
            unpack.arg("-x").arg(package?.path()).arg(root);
            command::output(&mut unpack)
                .context("cannot unpack a package")
                .map_err(|error| self.cache.explain(error.into()))?;
        }
        step.done();
        Ok(())
    }

    fn download(&self, names: &[String], what: &str, total: u64, folder: &Path) -> Result<()> {
        let step = Step::start_bytes(format!("downloading {what}"), total);
        // Without this process nobody would wait for the download, nor remove it.
        let apt_get = self.command("apt-get");
        let mut download = Command::new("setpriv");
        download.args(["--pdeathsig", "KILL"]);
        download.arg(apt_get.get_program()).args(apt_get.get_args());
        download.env("LC_ALL", "C");
        download.args(["--quiet", "download"]).args(names);
        download.current_dir(folder);
        let output = std::thread::scope(|scope| {
            let worker = scope.spawn(|| command::finished(&mut download));
            while !worker.is_finished() {
                std::thread::sleep(Duration::from_millis(100));
                step.reached(folder_size(folder));
            }
            worker.join()
        })
        .map_err(|_| anyhow::anyhow!("the download's thread panicked"))??;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            if cache::says_full(&said) {
                return Err(self.cache.full());
            }
            let complaint = complaint(&said).unwrap_or_default();
            bail!(
                "cannot download {what}: check the network and the package sources in /etc/apt{complaint}"
            );
        }
        step.done();
        Ok(())
    }
}

/// The first error that apt printed, or the first warning, for the end of a message.
fn complaint(said: &str) -> Option<String> {
    let first = |kind: &str| said.lines().find_map(|line| line.strip_prefix(kind));
    let text = first("E:").or_else(|| first("W:"))?;
    Some(format!(" (apt: {})", text.trim()))
}

/// Apt's own configuration stays in force (proxies, for one) but for what is
/// set here.
fn write_configuration(
    folder: &Path,
    archives: &[Archive],
    suites: &[&str],
    arch: &Arch,
) -> Result<()> {
    let host = Arch::host().debian;
    let foreign = arch.debian;
    let path = folder
        .to_str()
        .filter(|path| !path.contains('"'))
        .with_context(|| format!("apt cannot use the folder {}", folder.display()))?;
    let config = format!(
        r#"// Hooks of the system's apt are for the system's packages.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
Dir::State "{path}";
Dir::State::lists "{path}/lists";
Dir::State::status "{path}/status";
Dir::Cache "{path}/cache";
Dir::Etc::sourcelist "{path}/debian.sources";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "{path}/preferences";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "{host}";
#clear APT::Architectures;
APT::Architectures {{ "{host}"; "{foreign}"; }};
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
"#
    );
    file::write(&folder.join("apt.conf"), config.as_bytes())?;
    file::write(&folder.join("status"), b"")?;
    // Backports have a low priority otherwise; here the newest wins.
    let preferences = "Package: *\nPin: release *\nPin-Priority: 500\n";
    file::write(&folder.join("preferences"), preferences.as_bytes())?;
    let sources = sources::generate(archives, suites);
    file::write(&folder.join("debian.sources"), sources.as_bytes())
}

/// The sum of the sizes that `--print-uris` lists: URI, file, size, checksum.
fn total_size(listing: &str) -> u64 {
    listing
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2)?.parse::<u64>().ok())
        .sum()
}

fn folder_size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}
