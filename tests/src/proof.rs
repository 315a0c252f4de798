// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is proved where tests only sample, in `tests/proof/`: Frama-C on the
//! check of replies, Spin on the life of drivers, workers and requests.
//!
//! Each also gets something to prove that is wrong, and must not prove it.

pub mod frama_c;
pub mod spin;
