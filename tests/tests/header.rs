// SPDX-License-Identifier: MIT OR Apache-2.0

//! The C header is up to date, compiles everywhere, and means the same as in
//! Rust.

use std::fmt::Write;
use std::process::Command;
use umd_abi::*;
use umd_build::header;
use umd_sample::*;
use umd_tests::{c_program, repo};
use zerocopy::{FromZeros, IntoBytes};

#[test]
fn headers_are_up_to_date() {
    for header in header::all(&repo::workspace().unwrap()).unwrap() {
        let path = header.path.display();
        assert!(
            header.is_up_to_date(),
            "{path} is out of date: run cargo header"
        );
    }
}

#[test]
fn core_and_each_driver_have_a_header() {
    let headers = header::all(&repo::workspace().unwrap()).unwrap();
    let has = |name: &str| headers.iter().any(|header| header.path.ends_with(name));
    for name in [
        "loader-c/include/umd_abi.h",
        "loader-c/pgp/umd_pgp_abi.h",
        "loader-c/verify/umd_verify_abi.h",
        "loader-c/sample/umd_sample_abi.h",
    ] {
        assert!(has(name), "{name}");
    }
}

#[test]
fn headers_show_nothing_of_rust() {
    for header in header::all(&repo::workspace().unwrap()).unwrap() {
        for word in [
            "struct Status",
            "crate",
            "[`",
            "`]",
            "::",
            "umd_status",
            "size_t",
        ] {
            assert!(!header.text.contains(word), "{word}");
        }
    }
}

/// Returns whether `compiler` is on this machine, and prints when it is not.
fn is_present(compiler: &str) -> bool {
    let found = Command::new(compiler).arg("--version").output().is_ok();
    if !found {
        println!("{compiler} is not installed: not tested with it");
    }
    found
}

/// Returns every C and C++ compiler of the machine; gcc is required.
fn compilers() -> Vec<(&'static str, [&'static str; 3])> {
    let c = ["-std=c11", "-x", "c"];
    let cxx = ["-std=c++17", "-x", "c++"];
    assert!(is_present("gcc"), "install gcc");
    [("gcc", c), ("clang", c), ("g++", cxx), ("clang++", cxx)]
        .into_iter()
        .filter(|(compiler, _)| is_present(compiler))
        .collect()
}

/// Returns the expected output of `tests/c/golden.c`.
fn golden() -> String {
    let id = 0x1122_3344_5566_7788;
    let request = FrameHeader::request(UMD_OP_SAMPLE_SET, id, 4);
    let mut reply_to_hello = FrameHeader::request(UMD_OP_HELLO, id, 16);
    reply_to_hello.status = UMD_STATUS_MIN;
    let hello = Hello::new(4, UMD_SAMPLE_SIZE);
    let distinct = FrameHeader {
        magic: 0x0102_0304,
        version: 0x0506,
        op: 0x0708,
        id: 0x090a_0b0c_0d0e_0f10,
        len: 0x1112_1314,
        status: 0x1516_1718,
        flags: 0x191a_1b1c,
        reserved: 0x1d1e_1f20,
    };
    let mut reply = SampleReply::new_box_zeroed().unwrap();
    reply.bytes[131_071] = 1;
    let frames: [&[u8]; 6] = [
        request.as_bytes(),
        SampleRequest { offset: 131_071 }.as_bytes(),
        reply_to_hello.as_bytes(),
        hello.as_bytes(),
        distinct.as_bytes(),
        reply.as_bytes(),
    ];
    let mut text = String::new();
    for frame in frames {
        for byte in frame {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    text + "32 1048576 1 256 256 1\n0 1 2 3 4\n"
}

#[test]
fn both_languages_make_the_same_frames() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("golden");
    let expected = golden();
    for (compiler, arguments) in compilers() {
        c_program::compile(compiler, &arguments, "c/golden.c", &program).unwrap();
        let output = Command::new(&program).output().unwrap();
        assert!(output.status.success());
        assert!(
            String::from_utf8(output.stdout).unwrap() == expected,
            "{compiler} and Rust make different frames"
        );
    }
}
