// SPDX-License-Identifier: MIT OR Apache-2.0

//! The proofs of `tests/proof/`, for properties that tests only sample: Frama-C
//! on code that looks at hostile bytes, Spin on the life cycle of drivers, workers and
//! requests.
//!
//! Each also gets something wrong to prove, and must fail to prove it.

pub mod frama_c;
pub mod spin;
