// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tools for tests of the OpenPGP driver: GnuPG, OpenSSL, which makes what GnuPG
//! does not, and the packets of a ring.

mod cases;
mod gpg;
pub mod guest;
mod maker;
pub(crate) mod packet;
pub mod rings;
pub mod rivals;

pub use gpg::{Gpg, Listed};
pub use packet::split;
