// SPDX-License-Identifier: MIT OR Apache-2.0

//! A Debian archive in a folder, with the few packages that `cargo setup` takes of it,
//! signed, and given out by a server on the loopback interface.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use umd_tests::command;
use umd_tests::openpgp::Gpg;

/// The release of the archive's kernel.
pub(crate) const RELEASE: &str = "6.1.0-1-amd64";

/// The archive's version of each package.
pub(crate) const VERSION: &str = "6.1.9-1";

/// Where the archive's packages are.
const PACKAGES: &str = "main/binary-amd64/Packages";

/// The suites that any machine may ask for.
const SUITES: [&str; 3] = ["bookworm", "trixie", "sid"];

/// How many bytes the kernel's image has.
const IMAGE: usize = 8 << 20;

/// The archive.
pub(crate) struct Archive {
    folder: TempDir,
    /// What the archive says that the kernel takes when it is unpacked, in KiB.
    installed: usize,
}

impl Archive {
    /// Makes the archive.
    pub(crate) fn new() -> Self {
        Self::with_size(IMAGE / 1024)
    }

    /// Makes the archive; the kernel's package says that its files take `installed`
    /// KiB.
    pub(crate) fn with_size(installed: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let archive = Self { folder, installed };
        archive.make();
        archive
    }

    /// The folder that `dists` and `pool` are in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The public key. Its name makes the archive one of Debian's.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder().join("debian-archive-test.gpg")
    }

    fn make(&self) {
        let build_dir = format!("usr/src/linux-headers-{RELEASE}");
        let library = "lib/x86_64-linux-gnu/ld-linux-x86-64.so.2";
        let image: Vec<u8> = (0..IMAGE).map(|i| u8::try_from(i % 251).unwrap()).collect();
        let image = [
            (format!("boot/vmlinuz-{RELEASE}"), image),
            (format!("lib/modules/{RELEASE}/kernel/a"), Vec::new()),
        ];
        let headers = [(format!("{build_dir}/Makefile"), b"all:\n".to_vec())];
        let program = |name: &str| [(name.to_owned(), b"\x7fELF".to_vec())];
        let depends = |package: &str| format!("{package}{RELEASE}");
        let mut index = String::new();
        let mut add = |name: &str, depends: &str, files: &[(String, Vec<u8>)]| {
            index.push_str(&self.package(name, depends, files));
        };
        add("linux-image-amd64", &depends("linux-image-"), &[]);
        add(&depends("linux-image-"), "", &image);
        add(&depends("linux-headers-"), "linux-kbuild-6.1", &headers);
        add(
            "linux-kbuild-6.1",
            "",
            &program("usr/lib/linux-kbuild-6.1/modpost"),
        );
        add("libc6", "", &program(library));
        for name in ["libelf1", "zlib1g", "libzstd1"] {
            add(name, "", &[]);
        }
        add("busybox-static", "", &program("bin/busybox"));
        self.sign(&index);
    }

    /// Builds a package, and returns its stanza for the archive's index.
    fn package(&self, name: &str, depends: &str, files: &[(String, Vec<u8>)]) -> String {
        let tree = tempfile::tempdir().unwrap();
        for (path, contents) in files {
            let path = tree.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, contents).unwrap();
            command::output(Command::new("chmod").arg("755").arg(path)).unwrap();
        }
        let installed = if files.is_empty() { 0 } else { self.installed };
        let mut control = format!(
            "Package: {name}\nVersion: {VERSION}\nArchitecture: amd64\nMaintainer: nobody\n\
             Installed-Size: {installed}\nDescription: a test\n"
        );
        if !depends.is_empty() {
            writeln!(control, "Depends: {depends}").unwrap();
        }
        fs::create_dir(tree.path().join("DEBIAN")).unwrap();
        fs::write(tree.path().join("DEBIAN/control"), &control).unwrap();
        let file = format!("pool/{name}.deb");
        fs::create_dir_all(self.folder().join("pool")).unwrap();
        let mut build = Command::new("dpkg-deb");
        build.args(["--build", "--root-owner-group", "-Znone"]);
        build.arg(tree.path()).arg(self.folder().join(&file));
        command::output(&mut build).unwrap();
        let bytes = fs::read(self.folder().join(&file)).unwrap();
        let size = bytes.len();
        let sum = sha256(&bytes);
        format!("{control}Filename: {file}\nSize: {size}\nSHA256: {sum}\n\n")
    }

    fn sign(&self, index: &str) {
        let gpg = Gpg::new().unwrap();
        let identity = "Archive <archive@example.org>";
        gpg.run(&["--quick-gen-key", identity, "ed25519", "sign", "1d"], b"")
            .unwrap();
        let key = gpg.run(&["--export", identity], b"").unwrap();
        fs::write(self.key(), key).unwrap();
        for suite in SUITES {
            let dist = self.folder().join("dists").join(suite);
            fs::create_dir_all(dist.join(PACKAGES).parent().unwrap()).unwrap();
            fs::write(dist.join(PACKAGES), index).unwrap();
            let mut date = Command::new("date");
            date.env("LC_ALL", "C")
                .args(["-u", "+%a, %d %b %Y %H:%M:%S UTC"]);
            let release = format!(
                "Origin: Debian\nSuite: {suite}\nCodename: {suite}\nDate: {}\
                 Architectures: amd64\nComponents: main\nSHA256:\n {} {} {PACKAGES}\n",
                command::output(&mut date).unwrap(),
                sha256(index.as_bytes()),
                index.len()
            );
            let signed = gpg.run(&["--clearsign"], release.as_bytes()).unwrap();
            fs::write(dist.join("InRelease"), signed).unwrap();
        }
        gpg.remove();
    }
}

fn sha256(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}
