// SPDX-License-Identifier: MIT OR Apache-2.0

//! The errors that newcomers meet: each is one line that says what to do, and comes
//! before anything is downloaded or built in vain.

#![forbid(unsafe_code)]

mod archive;
mod machine;
mod server;

use archive::{Archive, RELEASE, VERSION};
use machine::{Machine, lines};
use server::{Event, PATIENCE, Server};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

const SETUP: [&str; 3] = ["setup", "--kernel", "6.1"];

/// The commands that build modules.
const MODULES: [&[&str]; 4] = [
    &SETUP,
    &["modules"],
    &["demo"],
    &["vm", "--run", "/dev/null"],
];

/// Kbuild's own message would come late, and name something else.
const KBUILD: &str = "error: Kbuild cannot build in a folder with a space or one of \
                      :#$%&'\"()*?;<>\\`|, in its path";

/// An archive that nobody can reach, on a machine that asks for it.
fn offline() -> Machine {
    Machine::new(
        "http://archive.example/debian",
        Path::new("/debian-archive-test.gpg"),
    )
    .without_network()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let machine = || offline().cache_is("ro");
    // Before a download, and before a program that is missing would be installed.
    for machine in [machine(), machine().without_root_and("make")] {
        let cache = machine.cache();
        assert_eq!(
            machine.refusal(&SETUP),
            [format!(
                "error: the cache folder {} cannot be written \
                 (Read-only file system (os error 30)): set UMD_CACHE_DIR to another folder",
                cache.display()
            )]
        );
    }
}

#[test]
fn too_little_room_is_told_before_the_download() {
    let archive = Archive::new();
    let server = Server::start(archive.folder());
    // Room for apt's lists and the package of 8 MiB, but not for what is in it.
    let machine = Machine::new(&server.address(), &archive.key()).cache_is("size=14m");
    let cache = machine.cache();
    let said = machine.refusal(&SETUP);
    assert_eq!(
        said[..2],
        [
            "fetching package lists of bookworm, bookworm-security ...".to_owned(),
            "fetching package lists of bookworm, bookworm-security: T".to_owned(),
        ]
    );
    let [error] = &said[2..] else {
        panic!("{said:#?}");
    };
    let begin = format!(
        "error: the cache folder {} has no room for Linux {VERSION}, which takes ",
        cache.display()
    );
    let end = " MB are free: make room, or set UMD_CACHE_DIR to another folder";
    assert!(error.starts_with(&begin) && error.ends_with(end), "{error}");
}

#[test]
fn a_disk_that_runs_full_is_named() {
    // The package says that what is in it takes nothing.
    let archive = Archive::with_size(1);
    let server = Server::start(archive.folder());
    for (size, place) in [("16k", "lists"), ("14m", "packages")] {
        let options = format!("size={size}");
        let machine = Machine::new(&server.address(), &archive.key()).cache_is(&options);
        let cache = machine.cache();
        let said = machine.refusal(&SETUP);
        assert_eq!(
            said.last().unwrap(),
            &format!(
                "error: the cache folder {} is full: make room, or set UMD_CACHE_DIR to another folder",
                cache.display()
            ),
            "{place}: {said:#?}"
        );
        assert_eq!(said.iter().filter(|line| line.contains("error")).count(), 1);
    }
}

#[test]
fn programs_that_cannot_be_installed_are_told_before_any_download() {
    let machine = offline().without_root_and("qemu-system-x86_64");
    assert_eq!(
        machine.refusal(&SETUP),
        [
            "error: missing: qemu-system-x86; run this as root, then try again: apt-get update && \
          apt-get install --no-install-recommends qemu-system-x86"
        ]
    );
    assert_eq!(names(&machine.cache()), set(&["install.lock"]));
}

#[test]
fn a_path_that_make_misreads_is_told_before_anything_is_built() {
    for arguments in MODULES {
        let machine = offline();
        let target = machine.folder("my target");
        let machine = machine.set("CARGO_TARGET_DIR", target.clone());
        assert_eq!(
            machine.refusal(arguments),
            [format!(
                "{KBUILD}: move '{}', or set CARGO_TARGET_DIR to another folder",
                target.display()
            )]
        );
        assert!(names(&target).is_empty());

        let machine = offline();
        let cache = machine.folder("my cache");
        let machine = machine.set("UMD_CACHE_DIR", cache.clone());
        assert_eq!(
            machine.refusal(arguments),
            [format!(
                "{KBUILD}: move '{}', or set UMD_CACHE_DIR to another folder",
                cache.display()
            )]
        );
        assert!(names(&cache).is_empty());
    }
}

#[test]
fn a_missing_network_is_named() {
    assert_eq!(
        offline().refusal(&SETUP),
        [
            "fetching package lists of bookworm, bookworm-security ...",
            "fetching package lists of bookworm, bookworm-security: T",
            "error: package linux-image-amd64 is not in bookworm, bookworm-security: check the \
             network and the package sources in /etc/apt (apt: Failed to fetch \
             http://archive.example/debian/dists/bookworm/InRelease  \
             Temporary failure resolving 'archive.example')",
        ]
    );
}

#[test]
fn a_package_that_cannot_be_downloaded_is_named() {
    let archive = Archive::new();
    fs::remove_file(
        archive
            .folder()
            .join(format!("pool/linux-image-{RELEASE}.deb")),
    )
    .unwrap();
    let server = Server::start(archive.folder());
    let machine = Machine::new(&server.address(), &archive.key());
    let said = machine.refusal(&SETUP);
    let host = server.host();
    assert_eq!(
        said[3..],
        [format!(
            "error: cannot download Linux {VERSION}: check the network and the package sources in \
             /etc/apt (apt: Failed to fetch http://{host}/debian/pool/linux-image-{RELEASE}.deb  \
             404  Not Found [IP: {}])",
            host.replace(':', " ")
        )]
    );
}

#[test]
fn a_download_that_was_killed_leaves_nothing_and_begins_again() {
    let archive = Archive::new();
    let server = Server::start(archive.folder());
    let machine = Machine::new(&server.address(), &archive.key());
    server.stall(true);
    let mut first = machine.command(&SETUP);
    let mut first = first
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(server.events.recv_timeout(PATIENCE), Ok(Event::Half));
    first.kill().unwrap();
    first.wait().unwrap();
    // Nobody downloads on for a command that is no more.
    assert_eq!(server.events.recv_timeout(PATIENCE * 2), Ok(Event::Closed));

    server.stall(false);
    let second = machine.run(&SETUP);
    assert!(second.status.success(), "{:#?}", lines(&second));
    let ready = format!(
        "ready: Linux {RELEASE} (6.1) in {}/kernels/6.1/{VERSION}/usr/src/linux-headers-{RELEASE}\n",
        machine.cache().display()
    );
    assert_eq!(String::from_utf8_lossy(&second.stdout), ready);
    assert_eq!(names(&machine.cache()), set(&["apt", "busybox", "kernels"]));
    let kernel = machine.cache().join("kernels/6.1");
    assert_eq!(names(&kernel), set(&[VERSION, "current", "lock"]));

    // A third run needs neither network nor archive.
    drop(server);
    let third = machine.without_network().run(&SETUP);
    assert_eq!(lines(&third), [""; 0]);
    assert_eq!(String::from_utf8_lossy(&third.stdout), ready);
}
