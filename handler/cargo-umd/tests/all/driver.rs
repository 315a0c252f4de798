// SPDX-License-Identifier: MIT OR Apache-2.0

//! A driver of the template: it is small, builds, and answers.

use crate::common::{driver, fails, fails_in_a_line, succeeds, umd};
use std::fs;
use std::path::Path;

/// The lines of a file that say something: neither comments nor empty ones.
fn lines(file: &Path) -> usize {
    let text = fs::read_to_string(file).unwrap();
    let is_comment = |line: &str| {
        let starts = ["//", "/*", " *", "# ", "#!/"];
        line.is_empty() || starts.iter().any(|start| line.starts_with(start))
    };
    text.lines()
        .filter(|line| !is_comment(line.trim_end()))
        .count()
}

pub(crate) fn a_drivers_own_code_is_twenty_lines_of_rust_and_forty_of_c() {
    let driver = driver();
    let count = |files: &[&str]| -> usize {
        files
            .iter()
            .map(|file| lines(&driver.root().join(file)))
            .sum()
    };
    let rust = count(&[
        "acme/src/lib.rs",
        "acme/src/bin/acme_umh.rs",
        "acme/build.rs",
    ]);
    let c = count(&[
        "loader-c/acme/acme_mgr.c",
        "loader-c/acme/loader.c",
        "loader-c/acme/Kbuild",
    ]);
    assert!(rust <= 20, "{rust} lines of Rust");
    assert!(c <= 40, "{c} lines of C");
    println!("{rust} lines of Rust, {c} lines of C");
}

pub(crate) fn it_builds_and_answers() {
    let driver = driver();
    let printed = String::from_utf8(succeeds(&mut driver.umd(&["build"]))).unwrap();
    assert!(
        printed.starts_with("acme_umh: ") && printed.contains(" bytes, "),
        "{printed}"
    );
    succeeds(&mut driver.umd(&["header", "--check"]));

    let handler = driver.handler();
    let handler = handler.to_str().unwrap();
    let run = ["run", "--request", handler, "--hex", "--repeat", "100"];
    let printed = String::from_utf8(succeeds(&mut driver.umd(&run))).unwrap();
    let reply: Vec<&str> = printed.split_whitespace().collect();
    assert_eq!(reply.len(), 40, "{printed}");
    assert_eq!(reply[24..28], ["03", "00", "3e", "00"], "type and machine");
    assert_eq!(reply[36..], ["40", "01", "00", "00"], "bits and order");

    let text = driver.root().join("README.md");
    let text = text.to_str().unwrap();
    fails(
        &mut driver.umd(&["run", "--request", text]),
        "acme_umh: status -74 (Bad message), 0 bytes",
    );
    fails(
        &mut driver.umd(&["run", "--op", "999"]),
        "acme_umh: status -95 (Operation not supported), 0 bytes",
    );
    fails(&mut driver.umd(&["run"]), "the request was empty");
    let large = driver.above().join("large");
    fs::write(&large, vec![0; 65_537]).unwrap();
    let large = large.to_str().unwrap();
    fails_in_a_line(
        &mut driver.umd(&["run", "--request", large]),
        "too large: the kernel would return -EMSGSIZE",
    );
    fails_in_a_line(
        &mut driver.umd(&["run", "--request", "none"]),
        "cannot read none",
    );
}

pub(crate) fn the_bytes_of_its_file_are_told() {
    let driver = driver();
    let printed = String::from_utf8(succeeds(&mut driver.umd(&["size", "--why"]))).unwrap();
    let mut numbers = printed.lines().map(|line| {
        let words = line.split_whitespace().map(|word| word.parse::<u64>().ok());
        words.flatten().next().unwrap()
    });
    let whole = numbers.next().unwrap();
    assert_eq!(numbers.sum::<u64>(), whole, "{printed}");
    assert!(printed.contains("umd_acme::elf::"), "{printed}");
    assert!(
        !printed.contains("_ZN"),
        "a name is not in words: {printed}"
    );
}

pub(crate) fn its_own_tests_pass() {
    let driver = driver();
    let printed = String::from_utf8(succeeds(&mut driver.umd(&["test"]))).unwrap();
    for test in ["it_parses_itself", "nothing_ends_it", "each_field_is_read"] {
        assert!(printed.contains(&format!("{test} ... ok")), "{printed}");
    }
}

pub(crate) fn a_header_that_is_out_of_date_is_told() {
    let driver = driver();
    let header = driver.root().join("loader-c/acme/umd_acme_abi.h");
    let text = fs::read_to_string(&header).unwrap();
    fs::write(&header, text.replace("phnum", "number")).unwrap();
    fails_in_a_line(
        &mut driver.umd(&["header", "--check"]),
        "run cargo umd header",
    );
    fails_in_a_line(&mut driver.umd(&["modules"]), "run cargo umd header");
    succeeds(&mut driver.umd(&["header"]));
    assert_eq!(fs::read_to_string(&header).unwrap(), text);
}

pub(crate) fn names_and_folders_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fails(&mut umd(folder.path(), &["new", "Acme"]), "a small letter");
    fs::create_dir(folder.path().join("acme")).unwrap();
    fails_in_a_line(
        &mut umd(folder.path(), &["new", "acme"]),
        "use another name",
    );
    let spaced = folder.path().join("a b");
    fs::create_dir(&spaced).unwrap();
    fails_in_a_line(&mut umd(&spaced, &["new", "acme"]), "a space");
    assert!(!spaced.join("acme").exists());
    fails(
        &mut umd(folder.path(), &["new", "a", "--source", "x"]),
        "write installed",
    );
    fails_in_a_line(
        &mut umd(folder.path(), &["new", "a", "--source", "path=acme"]),
        "is no clone of the umd repository",
    );
    fails(&mut umd(folder.path(), &["build"]), "Cargo.toml");
}

pub(crate) fn the_licence_is_chosen() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(&mut umd(folder.path(), &["new", "own", "--license", "MIT"]));
    let read = |file: &str| fs::read_to_string(folder.path().join("own").join(file));
    assert!(
        read("own/src/lib.rs")
            .unwrap()
            .starts_with("// SPDX-License-Identifier: MIT\n")
    );
    assert!(
        read("own/Cargo.toml")
            .unwrap()
            .contains("license = \"MIT\"\n")
    );
    let manager = read("loader-c/own/own_mgr.c").unwrap();
    assert!(manager.starts_with("// SPDX-License-Identifier: GPL-2.0-only\n"));
    assert!(read("LICENSE-MIT").is_ok() && read("LICENSE-APACHE").is_err());
    assert!(
        read("loader-c/LICENSE")
            .unwrap()
            .contains("GNU GENERAL PUBLIC LICENSE")
    );
}

pub(crate) fn its_fuzzer_finds_its_way() {
    let driver = driver();
    succeeds(&mut driver.umd(&["fuzz", "--seconds", "5"]));
    // Without what libFuzzer needs of the compiler, and without a seed, no input is kept
    // beside the first.
    let found = fs::read_dir(driver.root().join("target/fuzz/acme")).unwrap();
    let found = found.count();
    assert!(found > 4, "{found} inputs");
}
