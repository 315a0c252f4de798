// SPDX-License-Identifier: MIT OR Apache-2.0

//! The forms of A64 instructions (Arm Architecture Reference Manual for A-profile,
//! C4.1, "A64 instruction set encoding") that a walk needs.

use super::fixed::{Effect, Flow, Processor, Registers, Step, signed};
use anyhow::{Context, Result, bail};

pub(super) const PROCESSOR: Processor = Processor {
    decode,
    number: 8,
    first: 0,
    exit: 93,
};

/// The register number that reads as zero.
const ZERO: u32 = 31;

const LEN: u64 = 4;

/// Decodes the instruction at the start of `code`, which is at `address`.
fn decode(code: &[u8], address: u64, known: &Registers) -> Result<Step> {
    let (word, _) = code.split_first_chunk().context("no instruction")?;
    let word = u32::from_le_bytes(*word);
    if let Some(flow) = branch(word, address)? {
        return Ok(Step::to(LEN, flow));
    }
    // Reserved, unallocated, and of vectors of any length.
    if word >> 25 & 0xf < 4 {
        bail!("{word:#010x} is no instruction");
    }
    Ok(Step::next(LEN, effect(word, known)))
}

/// Where a branch, an exception or an instruction of the system goes on (C4.1, "Branches,
/// Exception Generating and System instructions").
fn branch(word: u32, address: u64) -> Result<Option<Flow>> {
    let target = |low: u32, bits: u32| address.wrapping_add(signed(word >> low, bits) << 2);
    Ok(Some(match word >> 24 {
        // B, BL.
        0x14..=0x17 => Flow::Jump(target(0, 26)),
        0x94..=0x97 => Flow::Call(target(0, 26)),
        // B.cond and BC.cond; CBZ and CBNZ of both sizes.
        0x54 | 0x34 | 0x35 | 0xb4 | 0xb5 => Flow::Branch(target(5, 19)),
        // TBZ and TBNZ, of both halves.
        0x36 | 0x37 | 0xb6 | 0xb7 => Flow::Branch(target(5, 14)),
        // UDF.
        0x00 if word >> 16 == 0 => Flow::End,
        0xd4 => match word {
            // SVC #0.
            0xd400_0001 => Flow::Kernel,
            // BRK.
            _ if word & 0xffe0_001f == 0xd420_0000 => Flow::End,
            _ => bail!("{word:#010x}: an exception"),
        },
        // Hints, of which NOP is one; barriers.
        0xd5 if word & 0xffff_f01f == 0xd503_201f || word & 0xffff_f000 == 0xd503_3000 => {
            return Ok(None);
        }
        0xd5 => bail!("{word:#010x}: a register of the system"),
        // RET by x30.
        0xd6 if word == 0xd65f_03c0 => Flow::Return,
        0xd6 | 0xd7 => bail!("{word:#010x}: an indirect branch"),
        _ => return Ok(None),
    }))
}

/// What a constant is moved into, or which registers the fields of any other instruction
/// may name: the one that it writes, the second of a pair, a base that it changes.
fn effect(word: u32, known: &Registers) -> Effect {
    let register = |low: u32| word >> low & 0x1f;
    let is_64 = word >> 31 != 0;
    let size = |value: u64| {
        if is_64 {
            value
        } else {
            value & u64::from(u32::MAX)
        }
    };
    let to = register(0);
    let others = [5, 10, 16].map(register);
    let changes = others.into_iter().chain([to]);
    let changes = changes.filter(|register| *register != ZERO);
    let changes = Effect::Changes(changes.fold(0, |all, register| all | 1 << register));
    if to == ZERO {
        return changes;
    }
    let immediate = u64::from(word >> 5 & 0xffff) << (16 * (word >> 21 & 3));
    match word & 0x7f80_0000 {
        // MOVN, MOVZ (C4.1, "Move wide (immediate)").
        0x1280_0000 => Effect::Sets(to, size(!immediate)),
        0x5280_0000 => Effect::Sets(to, size(immediate)),
        _ if word & 0x7fe0_ffe0 == 0x2a00_03e0 => {
            // MOV, an ORR with zero (C6.2, "MOV (register)").
            let from = register(16);
            let value = if from == ZERO {
                Some(0)
            } else {
                known[from as usize]
            };
            value.map_or(changes, |value| Effect::Sets(to, size(value)))
        }
        _ => changes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixed::tests as fixed;
    use super::*;

    /// The code of these words.
    fn code(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn calls(words: &[u32]) -> Vec<(u64, Option<u64>, Option<u64>)> {
        fixed::calls(&code(words), &PROCESSOR)
    }

    #[test]
    fn number_of_a_call_is_computed() {
        // mov w8, #64; svc #0; mov x1, #93; mov w8, w1; mov w0, wzr; svc #0
        let words = [
            0x5280_0808,
            0xd400_0001,
            0xd280_0ba1,
            0x2a01_03e8,
            0x2a1f_03e0,
            0xd400_0001,
        ];
        assert_eq!(
            calls(&words),
            [(4, Some(64), None), (20, Some(93), Some(0))]
        );
    }

    #[test]
    fn number_that_may_have_changed_is_not_known() {
        let ret = 0xd65f_03c0;
        // mov w8, #63; ldr x8, [x1]; svc #0; ret
        assert_eq!(
            calls(&[0x5280_07e8, 0xf940_0028, 0xd400_0001, ret]),
            [(8, None, None)]
        );
        // mov w8, #63; ldp x0, x8, [x1]; svc #0; ret
        assert_eq!(
            calls(&[0x5280_07e8, 0xa940_2020, 0xd400_0001, ret]),
            [(8, None, None)]
        );
        // cbz x0, over; mov w8, #63; over: svc #0; ret
        assert_eq!(
            calls(&[0xb400_0040, 0x5280_07e8, 0xd400_0001, ret]),
            [(8, None, None)]
        );
        // mov w8, #63; bl over; svc #0; ret; over: ret
        assert_eq!(
            calls(&[0x5280_07e8, 0x9400_0003, 0xd400_0001, ret, ret]),
            [(8, None, None)]
        );
    }

    #[test]
    fn paths_are_followed() {
        let visited = |words: &[u32]| fixed::visited(&code(words), &PROCESSOR);
        // b over; brk #1; over: tbnz w0, #3, back; udf #0
        assert_eq!(
            visited(&[0x1400_0002, 0xd420_0020, 0x371f_ffe0, 0]),
            [0, 4, 8, 12]
        );
        // b.eq over; udf #0; over: nop; dmb ish; ret
        assert_eq!(
            visited(&[0x5400_0040, 0, 0xd503_201f, 0xd503_3bbf, 0xd65f_03c0]),
            [0, 4, 8, 12, 16]
        );
    }

    #[test]
    fn path_that_cannot_be_followed_is_refused() {
        let error = |word: u32| fixed::refusal(&code(&[word]), &PROCESSOR);
        // br x1; ret x1; svc #1; hvc #0; mrs x0, tpidr_el0
        assert!(error(0xd61f_0020).contains("indirect"));
        assert!(error(0xd65f_0020).contains("indirect"));
        assert!(error(0xd400_0021).contains("exception"));
        assert!(error(0xd400_0002).contains("exception"));
        assert!(error(0xd53b_d040).contains("system"));
        assert!(error(0x0100_0000).contains("no instruction"));
        // nop, and nothing behind.
        assert!(error(0xd503_201f).contains("0x4: no instruction"));
    }
}
