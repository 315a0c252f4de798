// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compiles the kernel's checks for the fuzzers `reply`, `pgp` and `pgp-reply`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "libfuzzer")]
    kernel_checks();
}

/// Compiles the checks with undefined behaviour trapped. With clang, libFuzzer
/// sees their coverage.
#[cfg(feature = "libfuzzer")]
fn kernel_checks() {
    let loader = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../loader-c");
    println!("cargo::rerun-if-changed={}", loader.display());
    let mut build = cc::Build::new();
    build
        .files(["mgmt/reply.c", "pgp/reply.c", "pgp/material.c"].map(|file| loader.join(file)))
        .include(loader.join("include"))
        .std("c11")
        .warnings(true)
        .extra_warnings(true)
        .warnings_into_errors(true)
        .flag("-fsanitize=undefined");
    if build.get_compiler().is_like_clang() {
        build
            .flag("-fsanitize-trap=undefined")
            .flag("-fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp");
    } else {
        build.flag("-fsanitize-undefined-trap-on-error");
    }
    // The Rust code that these objects are linked with has the same sanitizer.
    if std::env::var("CARGO_CFG_SANITIZE").is_ok_and(|names| names.contains("address")) {
        build.flag("-fsanitize=address");
    }
    build.compile("reply");
}
