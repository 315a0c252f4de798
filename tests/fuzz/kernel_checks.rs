// SPDX-License-Identifier: MIT OR Apache-2.0

// For build scripts of fuzzers, which include this file: compiles checks of
// `loader-c/` as fuzzers need them.

/// Compiles the checks with undefined behaviour trapped. With clang, libFuzzer
/// sees their coverage.
#[cfg(feature = "libfuzzer")]
fn compile_checks(loader: &std::path::Path, folder: &str, files: &[&str]) {
    println!("cargo::rerun-if-changed={}", loader.display());
    let mut build = cc::Build::new();
    build
        .files(files.iter().map(|file| loader.join(folder).join(file)))
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
    build.compile(&format!("{folder}_checks"));
}
