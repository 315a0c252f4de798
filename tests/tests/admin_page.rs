// SPDX-License-Identifier: MIT OR Apache-2.0

//! The page for administrators, `loader-c/ADMIN.md`, against the sources.

#![forbid(unsafe_code)]

use umd_tests::log_lines::{self, Page};

#[test]
fn each_line_of_the_log_is_explained_and_exists() {
    let formats = log_lines::formats().unwrap();
    let page = Page::read().unwrap();
    assert!(formats.len() > 20, "{formats:#?}");
    let missing: Vec<_> = formats.difference(&page.ours).collect();
    assert!(missing.is_empty(), "ADMIN.md lacks {missing:#?}");
    let gone: Vec<_> = page.ours.difference(&formats).collect();
    assert!(gone.is_empty(), "no module logs {gone:#?}");
}
