// SPDX-License-Identifier: MIT OR Apache-2.0

//! `loader-c/pgp/reply.c` and `material.c`: what the handler replies to the
//! fuzzer's seeds and to some more keys, and lies about it.

mod lies;
mod rules;
mod samples;

use super::{Cases, Checks, Line, Program};
use anyhow::{Result, ensure};

/// The checks of the OpenPGP driver.
pub const CHECKS: Checks = Checks {
    folder: "loader-c/pgp",
    sources: &["reply.c", "material.c"],
    main: "pgp_checks.c",
    cases,
    equivalent: &[
        // Of two equal numbers, either is the smaller.
        "reply.c: told > sizeof(key->user_id) -> told >= sizeof(key->user_id)",
        "reply.c: left < UMD_PGP_PIECE -> left <= UMD_PGP_PIECE",
    ],
};

/// A reply, and the request that it answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The name of the case, for messages.
    pub name: String,
    /// A `UMD_OP_PGP_` constant.
    pub op: u16,
    /// The index in the request.
    pub index: u32,
    /// The request's data.
    pub data: Vec<u8>,
    /// The reply's payload.
    pub reply: Vec<u8>,
}

impl Reply {
    /// Encodes a record for the program. The program flips each bit of the
    /// reply's bytes `lies`, one at a time.
    fn record(&self, lies: &[usize]) -> Result<Vec<u8>> {
        let lengths = [self.data.len(), self.reply.len(), lies.len()];
        let [data, reply, count] = lengths.map(u32::try_from);
        let mut record = Vec::new();
        for number in [self.op.into(), self.index, data?, reply?, count?] {
            record.extend_from_slice(&number.to_ne_bytes());
        }
        for lie in lies {
            record.extend_from_slice(&u32::try_from(*lie)?.to_ne_bytes());
        }
        record.extend_from_slice(&self.data);
        record.extend_from_slice(&self.reply);
        Ok(record)
    }
}

impl Cases {
    /// Adds a reply on which the checks must return exactly this verdict.
    fn say(&mut self, said: &Reply, verdict: &'static str) -> Result<()> {
        self.input.extend_from_slice(&said.record(&[])?);
        self.lines.push(Line {
            case: said.name.clone(),
            verdict: Some(verdict),
        });
        Ok(())
    }

    /// Adds a reply that is accepted, but rejected once any bit in the bytes
    /// `lies` is flipped.
    fn accept(&mut self, said: &Reply, lies: &[usize]) -> Result<()> {
        self.input.extend_from_slice(&said.record(lies)?);
        self.lines.push(Line {
            case: said.name.clone(),
            verdict: Some("-"),
        });
        for at in lies {
            for bit in 0..8 {
                self.lines.push(Line {
                    case: format!("{}, bit {bit} of byte {at}", said.name),
                    verdict: None,
                });
            }
        }
        Ok(())
    }
}

fn cases() -> Result<Cases> {
    let mut cases = Cases::default();
    for said in samples::all()? {
        cases.accept(&said, &lies::of(&said))?;
    }
    for (said, verdict) in rules::all()? {
        cases.say(&said, verdict)?;
    }
    Ok(cases)
}

/// Returns the verdicts on replies; `None` accepts.
///
/// # Errors
///
/// The program fails.
pub fn verdicts(program: &Program, all: &[Reply]) -> Result<Vec<Option<String>>> {
    let records = all.iter().map(|said| said.record(&[]));
    let input = records.collect::<Result<Vec<_>>>()?.concat();
    let lines = program.run(&input)?;
    ensure!(lines.len() == all.len(), "{} lines", lines.len());
    let verdict = |line: String| (line != "-").then_some(line);
    Ok(lines.into_iter().map(verdict).collect())
}
