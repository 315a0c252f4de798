// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sample driver's handler behind the serve loop.

#![forbid(unsafe_code)]

use umd_abi::Status;
use umd_fuzz::serve::{self, Scenario};
use umd_handler::{Buffer, buffer_size};
use umd_sample::Sample;
use umd_sample::UMD_OP_SAMPLE_SET;

/// What it must answer.
fn answer(op: u16, request: &[u8]) -> Result<Vec<u8>, Status> {
    if op != UMD_OP_SAMPLE_SET {
        return Err(Status::EOPNOTSUPP);
    }
    let offset = request.try_into().map_err(|_| Status::EINVAL)?;
    let mut reply = vec![0; 131_072];
    let byte = reply.get_mut(u32::from_ne_bytes(offset) as usize);
    *byte.ok_or(Status::ERANGE)? = 1;
    Ok(reply)
}

/// Checks the sample driver's handler with any scenario.
///
/// # Panics
///
/// See [`serve::check`].
pub fn check(scenario: &Scenario) {
    let mut buffer = Box::new(Buffer::<{ buffer_size::<Sample>() }>::new());
    serve::check(&mut Sample::new(), answer, &mut buffer, scenario);
}
