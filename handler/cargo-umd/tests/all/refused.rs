// SPDX-License-Identifier: MIT OR Apache-2.0

//! Ways to build a Handler wrongly: each is refused at the earliest point, or changes no
//! byte.

use crate::common::{Driver, driver, fails, fails_in_a_line, said, succeeds};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use umd_abi::{Status, UMD_EXIT_PANIC, UMD_OP_DRIVER};
use umd_manager::{Ending, Error, Limits, Manager};

/// A configuration as somebody has it in a folder above.
const CONFIGURATION: &str = r#"
[build]
rustflags = ["-Ctarget-cpu=native", "-Coverflow-checks=on"]
rustc-wrapper = "/nonexistent/wrapper"

[target.x86_64-unknown-linux-gnu]
linker = "cc"
rustflags = ["-Clink-arg=-fuse-ld=bfd", "-Cforce-frame-pointers=yes"]

[profile.release]
overflow-checks = true
debug-assertions = true
debug = true
strip = true
panic = "unwind"
lto = false

[profile.handler]
inherits = "dev"
opt-level = 3
"#;

pub(crate) fn nothing_outside_of_the_driver_changes_its_file() {
    let driver = driver();
    succeeds(&mut driver.umd(&["build"]));
    let expected = fs::read(driver.handler()).unwrap();

    let folder = driver.above().join(".cargo");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), CONFIGURATION).unwrap();
    let elsewhere = driver.above().join("elsewhere");
    let built = driver
        .umd(&["build"])
        .env("CARGO_TARGET_DIR", &elsewhere)
        .env("RUSTFLAGS", "-Cdebug-assertions -Coverflow-checks")
        .env("CARGO_PROFILE_HANDLER_OPT_LEVEL", "0")
        .env("RUSTC_WRAPPER", "/nonexistent/wrapper")
        .output();
    fs::remove_dir_all(&folder).unwrap();
    let built = built.unwrap();
    assert!(built.status.success(), "{}", said(&built));
    assert!(fs::read(elsewhere.join("handlers/acme_umh")).unwrap() == expected);
}

pub(crate) fn flags_by_hand_are_refused() {
    let driver = driver();
    for arguments in [&["build"][..], &["build", "--release"]] {
        let mut cargo = driver.cargo(arguments);
        cargo.env("RUSTFLAGS", "--cfg=umd_elf");
        fails(&mut cargo, "a Handler is built by `cargo umd build`");
    }
    // Even with that level: the linker's flags are not there.
    let mut cargo = driver.cargo(&["build", "--release", "--target=x86_64-unknown-linux-gnu"]);
    cargo.env("RUSTFLAGS", "--cfg=umd_elf");
    fails(cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"), "error");
}

pub(crate) fn a_crate_without_its_build_script_does_not_compile() {
    let driver = driver();
    let script = driver.root().join("acme/build.rs");
    let text = fs::read_to_string(&script).unwrap();
    fs::write(&script, "fn main() {}\n").unwrap();
    let mut umd = driver.umd(&["build"]);
    let output = umd.output();
    fs::write(&script, text).unwrap();
    let told = said(&output.unwrap());
    assert!(
        told.contains("build.rs must call umd_build::link()"),
        "{told}"
    );
}

/// Replaces text in a file of the driver, as long as the value lives.
struct Edited(PathBuf, String);

impl Edited {
    #[track_caller]
    fn new(path: PathBuf, from: &str, to: &str) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{}", path.display());
        fs::write(&path, text.replace(from, to)).unwrap();
        Self(path, text)
    }
}

impl Drop for Edited {
    fn drop(&mut self) {
        fs::write(&self.0, &self.1).unwrap();
    }
}

/// Makes a request of fewer than 16 bytes reach a panic.
fn with_a_panic(driver: &Driver) -> Edited {
    let functions = driver.root().join("acme/src/elf.rs");
    Edited::new(functions, "parse(request)?", "parse(&request[16..])?")
}

pub(crate) fn a_panic_does_not_link() {
    let driver = driver();
    let _edited = with_a_panic(&driver);
    let expected = "a_panic_can_be_reached_use_get_instead_of_indexing";
    fails(&mut driver.umd(&["build"]), expected);
}

pub(crate) fn a_panic_that_is_allowed_ends_the_process_by_its_exit_code() {
    let driver = driver();
    let program = driver.root().join("acme/src/bin/acme_umh.rs");
    let _allowed = Edited::new(program, "umd_acme::Acme);", "umd_acme::Acme, panics);");
    let budget = driver.root().join("acme/budget.toml");
    let with = |panics| Edited::new(budget.clone(), "reply = 40", panics);

    let nothing_panics = with("reply = 40\npanics = \"exit 70\"");
    fails(&mut driver.umd(&["build"]), "no panic can be reached, but");
    drop(nothing_panics);

    let _edited = with_a_panic(&driver);
    let expected = "a panic can be reached, as the word panics in handler_main! allows, but";
    fails(&mut driver.umd(&["build"]), expected);
    let other_code = with("reply = 40\npanics = \"exit 71\"");
    let expected = "acme_umh does not exit with 71 when it panics";
    fails(&mut driver.umd(&["build"]), expected);
    drop(other_code);

    let _budget = with("reply = 40\npanics = \"exit 70\"");
    let built = said(&driver.umd(&["build"]).output().unwrap());
    assert!(!built.contains("panic"), "{built}");
    let limits = Limits {
        max_request: 65_536,
        max_reply: 40,
    };
    let mut manager = Manager::new(driver.handler(), limits);
    let limit = Duration::from_secs(20);
    let served = manager.call(UMD_OP_DRIVER, &[0; 16], limit).unwrap();
    assert_eq!(served.status, Status::EBADMSG);
    let died = manager.call(UMD_OP_DRIVER, &[0; 15], limit).unwrap_err();
    let exited = matches!(died, Error::Died(Ending::Exited(UMD_EXIT_PANIC)));
    assert!(exited, "{died}");
}

/// The rule of `loader.mk` that looks at a Handler, for the file of that name in `folder`.
fn loaders_look(library: &Path, folder: &Path) -> Command {
    let makefile = folder.join("Makefile");
    let text = format!(
        "src := .\nobj := {0}\nHANDLERS := {0}\numd-handler := acme_umh\nall: $(obj)/.handler.d\n\
         include {1}/loader.mk\n",
        folder.display(),
        library.display()
    );
    fs::write(&makefile, text).unwrap();
    let mut make = Command::new("make");
    make.arg("-f").arg(makefile).arg("all");
    make
}

pub(crate) fn an_ordinary_program_does_not_get_into_a_loader() {
    let driver = driver();
    succeeds(&mut driver.umd(&["build"]));
    succeeds(&mut driver.cargo(&["build"]));
    let library = driver.root().join("umd/loader-c");
    let folder = driver.above().join("loader");
    fs::create_dir_all(&folder).unwrap();
    fails(
        &mut loaders_look(&library, &folder),
        "does not exist: run cargo umd build",
    );
    let program = driver.root().join("target/debug/acme_umh");
    fs::copy(&program, folder.join("acme_umh")).unwrap();
    fails(&mut loaders_look(&library, &folder), "is no Handler");
    fs::write(folder.join("acme_umh"), "a text").unwrap();
    fails(&mut loaders_look(&library, &folder), "is no Handler");
    fs::copy(driver.handler(), folder.join("acme_umh")).unwrap();
    succeeds(&mut loaders_look(&library, &folder));
}

pub(crate) fn a_folder_that_kbuild_cannot_have_is_refused_at_once() {
    let driver = driver();
    let target = driver.above().join("a b");
    for command in [&["modules"][..], &["vm", "--run", "test.sh"]] {
        let mut umd = driver.umd(command);
        umd.env("CARGO_TARGET_DIR", &target);
        // No network, no cache and no kernel are asked for.
        umd.env("UMD_CACHE_DIR", "/dev/null/none");
        fails_in_a_line(&mut umd, "Kbuild cannot build in a folder with a space");
    }
    assert!(!target.exists());
}

pub(crate) fn a_processor_that_cannot_be_is_refused() {
    let driver = driver();
    let mut other = driver.umd(&["build", "--arch", "sparc"]);
    fails(&mut other, "use x86_64, aarch64, riscv64");
    let mut two = driver.umd(&["modules", "--kernel", "6.12-riscv64", "--arch", "aarch64"]);
    fails_in_a_line(
        &mut two,
        "the kernel 6.12-riscv64 is for riscv64, not for aarch64",
    );
    let mut none = driver.umd(&["vm", "--kernel", "6.1", "--arch", "riscv64", "--run", "-"]);
    fails_in_a_line(&mut none, "no kernel '6.1': use 6.12, latest");
}
