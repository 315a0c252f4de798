// SPDX-License-Identifier: MIT OR Apache-2.0

//! GnuPG with a home folder of its own.

use crate::command;
use crate::setup::{self, Program};
use anyhow::{Context, Result, ensure};
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// GnuPG, and its agent, without which it makes no key.
pub(crate) const PROGRAMS: [Program; 2] = [("gpg", "gnupg"), ("gpg-agent", "gpg-agent")];

/// GnuPG with keys without a passphrase.
#[derive(Debug)]
pub struct Gpg {
    home: TempDir,
}

/// A key as `gpg --with-colons` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Whether this is a primary key, not a subkey.
    pub is_primary: bool,
    /// `r` for revoked, `e` for expired, or another letter of GnuPG's.
    pub validity: String,
    /// Bits of the modulus or of the curve.
    pub bits: u32,
    /// Public key algorithm.
    pub algorithm: u8,
    /// In hexadecimal digits.
    pub key_id: String,
    /// Seconds since 1970.
    pub created: u64,
    /// Seconds since 1970; zero for never.
    pub expires: u64,
    /// The uses of the key, such as `s`; a primary key also lists, in capitals,
    /// the uses of all keys of its certificate.
    pub capabilities: String,
    /// In hexadecimal digits.
    pub fingerprint: String,
    /// The user ids of the certificate.
    pub user_ids: Vec<String>,
}

impl Gpg {
    /// Makes an empty home folder, and installs GnuPG if it is missing.
    ///
    /// # Errors
    ///
    /// GnuPG cannot be installed.
    pub fn new() -> Result<Self> {
        setup::install(&PROGRAMS)?;
        // The paths of the agent's sockets must be short.
        let home = tempfile::Builder::new()
            .prefix("gpg-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in("/tmp")?;
        Ok(Self { home })
    }

    /// Returns the home folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs `gpg` with these arguments and this standard input, and returns its
    /// standard output.
    ///
    /// # Errors
    ///
    /// `gpg` fails.
    pub fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        let mut gpg = self.program("gpg");
        gpg.args(["--batch", "--quiet", "--yes", "--no-tty"])
            .args(["--pinentry-mode", "loopback", "--passphrase", ""])
            .args(["--trust-model", "always", "--no-auto-check-trustdb"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = gpg.spawn().context("gpg")?;
        let mut stdin = child.stdin.take().context("gpg has no input")?;
        let output = std::thread::scope(|scope| {
            // gpg may exit before it has read all of its input.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output()
        })?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "gpg {arguments:?}: {said}");
        Ok(output.stdout)
    }

    fn program(&self, name: &str) -> Command {
        let mut program = Command::new(name);
        program
            .env("GNUPGHOME", self.home())
            .env("LC_ALL", "C.UTF-8");
        program
    }

    /// Ends the agent and removes the home folder. Dropping does the same; this
    /// is for a `Gpg` that is never dropped.
    pub fn remove(&self) {
        let _ = command::finished(self.program("gpgconf").args(["--kill", "all"]));
        let _ = fs::remove_dir_all(self.home());
    }

    /// Writes `content` to a file in the home folder.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn file(&self, name: &str, content: &[u8]) -> Result<PathBuf> {
        let path = self.home().join(name);
        fs::write(&path, content)?;
        Ok(path)
    }

    /// Returns the keys of the keyring, or those in `file`, in their order.
    ///
    /// # Errors
    ///
    /// `gpg` fails.
    pub fn list(&self, file: Option<&Path>) -> Result<Vec<Listed>> {
        let mut arguments = vec!["--with-colons", "--fixed-list-mode"];
        match file {
            Some(file) => arguments.extend(["--show-keys", file.to_str().context("name")?]),
            None => arguments.extend(["--with-subkey-fingerprint", "--list-keys"]),
        }
        let text = String::from_utf8(self.run(&arguments, b"")?)?;
        parse(&text)
    }

    /// Returns the keys in `file` as they were at a time, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// `gpg` fails.
    pub fn list_at(&self, file: &Path, time: u64) -> Result<Vec<Listed>> {
        let time = time.to_string();
        let file = file.to_str().context("name")?;
        let arguments = [
            "--with-colons",
            "--fixed-list-mode",
            "--with-subkey-fingerprint",
            "--faked-system-time",
            &time,
            "--show-keys",
            file,
        ];
        // Old user ids are of any character set.
        parse(&String::from_utf8_lossy(&self.run(&arguments, b"")?))
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Parses the format of GnuPG's `doc/DETAILS`.
fn parse(text: &str) -> Result<Vec<Listed>> {
    let mut keys: Vec<Listed> = Vec::new();
    let mut user_ids: Vec<String> = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let number = |at: usize| fields[at].parse::<u64>().unwrap_or_default();
        match fields[0] {
            kind @ ("pub" | "sub") => keys.push(Listed {
                is_primary: kind == "pub",
                validity: fields[1].to_owned(),
                bits: u32::try_from(number(2))?,
                algorithm: u8::try_from(number(3))?,
                key_id: fields[4].to_owned(),
                created: number(5),
                expires: number(6),
                capabilities: fields[11].to_owned(),
                fingerprint: String::new(),
                user_ids: Vec::new(),
            }),
            "fpr" => {
                let key = keys.last_mut().context("a fingerprint of nothing")?;
                fields[9].clone_into(&mut key.fingerprint);
            }
            "uid" => {
                let key = keys.last_mut().context("a user id of nothing")?;
                key.user_ids.push(fields[9].replace("\\x3a", ":"));
            }
            _ => {}
        }
    }
    // Subkeys follow the user ids of their certificate, and get them too.
    for key in &mut keys {
        if key.is_primary {
            user_ids.clone_from(&key.user_ids);
        }
        key.user_ids.clone_from(&user_ids);
    }
    Ok(keys)
}
