// SPDX-License-Identifier: MIT OR Apache-2.0

//! A walk through the code of a processor with few forms of instructions: of each, only
//! where the path goes on, which constant the instruction makes, and which registers
//! may change. A decoder knows the forms; whatever else enters the kernel, or goes on
//! where nobody can see, is refused.

use super::walk::Call;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The known values of the registers, by number.
pub(super) type Registers = [Option<u64>; 32];

/// Where the path goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// At the next instruction.
    Next,
    /// There, and nowhere else.
    Jump(u64),
    /// There or at the next instruction.
    Branch(u64),
    /// At a function, which may return.
    Call(u64),
    /// Where the function was called.
    Return,
    /// In the kernel, then at the next instruction.
    Kernel,
    /// Nowhere: the process is killed here.
    End,
}

/// What becomes of the registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// This one has that value.
    Sets(u32, u64),
    /// No others than these change, a bit for each.
    Changes(u32),
}

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Length in bytes.
    pub(super) len: u64,
    pub(super) flow: Flow,
    pub(super) effect: Effect,
}

impl Step {
    /// An instruction after which the next one runs.
    pub(super) const fn next(len: u64, effect: Effect) -> Self {
        let flow = Flow::Next;
        Self { len, flow, effect }
    }

    /// An instruction that changes no register but, for a call, those of the caller.
    pub(super) const fn to(len: u64, flow: Flow) -> Self {
        let effect = Effect::Changes(0);
        Self { len, flow, effect }
    }
}

/// A kind of processor.
pub(super) struct Processor {
    /// Decodes the instruction at an address.
    pub(super) decode: fn(&[u8], u64, &Registers) -> Result<Step>,
    /// The register with the number of a system call.
    pub(super) number: usize,
    /// The register with its first argument.
    pub(super) first: usize,
    /// The number of the system call after which nothing runs.
    pub(super) exit: u64,
}

/// All code that can run.
#[derive(Debug)]
pub(super) struct Walk {
    /// The end of each instruction, by address.
    pub(super) spans: BTreeMap<u64, u64>,
    /// The system calls by address.
    pub(super) calls: BTreeMap<u64, Call>,
}

/// Follows every path from `entry` through `elf`, which is mapped at address 0.
///
/// # Errors
///
/// A path cannot be followed: there is no instruction, or its target is not known.
pub(super) fn walk(elf: &[u8], entry: u64, processor: &Processor) -> Result<Walk> {
    let mut states: BTreeMap<u64, Registers> = BTreeMap::new();
    let mut walk = Walk {
        spans: BTreeMap::new(),
        calls: BTreeMap::new(),
    };
    let mut to_do = vec![(entry, Registers::default())];
    while let Some((address, state)) = to_do.pop() {
        let known = match states.entry(address) {
            Entry::Vacant(place) => *place.insert(state),
            Entry::Occupied(mut place) => {
                let joined = join(place.get(), &state);
                if joined == *place.get() {
                    continue;
                }
                *place.get_mut() = joined;
                joined
            }
        };
        let code = usize::try_from(address).ok().and_then(|at| elf.get(at..));
        let step = (processor.decode)(code.unwrap_or_default(), address, &known)
            .with_context(|| format!("{address:#x}"))?;
        walk.spans.insert(address, address + step.len);
        if step.flow == Flow::Kernel {
            let call = Call {
                number: known[processor.number],
                first: known[processor.first],
            };
            walk.calls.insert(address, call);
            if call.number == Some(processor.exit) {
                continue;
            }
        }
        to_do.extend(follow(address, step, &known));
    }
    Ok(walk)
}

/// The places where the path goes on, with what is known there. Behind a call of a
/// function or of the kernel, that is nothing.
fn follow(address: u64, step: Step, known: &Registers) -> Vec<(u64, Registers)> {
    let next = address + step.len;
    let after = applied(known, step.effect);
    match step.flow {
        Flow::Next => vec![(next, after)],
        Flow::Jump(target) => vec![(target, after)],
        Flow::Branch(target) => vec![(target, after), (next, after)],
        Flow::Call(target) => vec![(target, after), (next, Registers::default())],
        Flow::Kernel => vec![(next, Registers::default())],
        Flow::Return | Flow::End => Vec::new(),
    }
}

fn applied(known: &Registers, effect: Effect) -> Registers {
    let mut after = *known;
    for (register, value) in (0..).zip(&mut after) {
        match effect {
            Effect::Sets(set, to) if set == register => *value = Some(to),
            Effect::Changes(changed) if changed >> register & 1 != 0 => *value = None,
            _ => {}
        }
    }
    after
}

/// What both know.
fn join(one: &Registers, other: &Registers) -> Registers {
    std::array::from_fn(|at| one[at].filter(|_| one[at] == other[at]))
}

/// The lowest `bits` bits of `value`, with their sign.
#[expect(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "two's complement"
)]
pub(super) const fn signed(value: u32, bits: u32) -> u64 {
    ((value << (32 - bits)) as i32 >> (32 - bits)) as i64 as u64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The system calls of `code`: address, number and first argument.
    pub(in super::super) fn calls(
        code: &[u8],
        processor: &Processor,
    ) -> Vec<(u64, Option<u64>, Option<u64>)> {
        let calls = walk(code, 0, processor).unwrap().calls.into_iter();
        calls
            .map(|(at, call)| (at, call.number, call.first))
            .collect()
    }

    /// The addresses of all instructions of `code` that can run.
    pub(in super::super) fn visited(code: &[u8], processor: &Processor) -> Vec<u64> {
        walk(code, 0, processor)
            .unwrap()
            .spans
            .into_keys()
            .collect()
    }

    /// Why no path through `code` can be followed.
    pub(in super::super) fn refusal(code: &[u8], processor: &Processor) -> String {
        format!("{:#}", walk(code, 0, processor).unwrap_err())
    }

    #[test]
    fn signs_are_extended() {
        assert_eq!(signed(0b0111, 4), 7);
        assert_eq!(signed(0b1000, 4), u64::MAX - 7);
        assert_eq!(signed(0xffff_fff8, 4), u64::MAX - 7);
    }

    #[test]
    fn only_what_all_paths_know_is_known() {
        let mut one = Registers::default();
        one[1] = Some(1);
        one[2] = Some(2);
        let mut other = one;
        other[2] = Some(3);
        let joined = join(&one, &other);
        assert_eq!((joined[1], joined[2], joined[3]), (Some(1), None, None));
    }
}
