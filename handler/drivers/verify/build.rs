// SPDX-License-Identifier: MIT OR Apache-2.0

//! Makes the binaries of this package freestanding where `cargo handlers` builds
//! them.

fn main() {
    umd_build::link();
}
