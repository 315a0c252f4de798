// SPDX-License-Identifier: MIT OR Apache-2.0

//! The forms of RISC-V instructions (The RISC-V Instruction Set Manual, Volume I:
//! RV32I, RV64I and "C" for compressed ones, with their listings) that a walk needs.

use super::fixed::{Effect, Flow, Processor, Registers, Step, signed};
use anyhow::{Context, Result, bail};

pub(super) const PROCESSOR: Processor = Processor {
    decode,
    number: 17,
    first: 10,
    exit: 93,
};

/// The registers that keep where a call came from: the return address, and another one
/// for functions that the compiler has made of pieces that occur more than once.
const LINKS: [u32; 2] = [1, 5];

/// Decodes the instruction at the start of `code`, which is at `address`.
fn decode(code: &[u8], address: u64, known: &Registers) -> Result<Step> {
    let (half, _) = code.split_first_chunk().context("no instruction")?;
    let half = u32::from(u16::from_le_bytes(*half));
    if half & 3 != 3 {
        return compressed(half, address, known);
    }
    let (word, _) = code.split_first_chunk().context("no instruction")?;
    whole(u32::from_le_bytes(*word), address, known)
}

/// The value of a register; register 0 is zero.
fn value(known: &Registers, register: u32) -> Option<u64> {
    if register == 0 {
        Some(0)
    } else {
        known[register as usize]
    }
}

/// A register gets a value, or one that is not known. Register 0 stays zero.
const fn sets(register: u32, value: Option<u64>) -> Effect {
    match value {
        _ if register == 0 => Effect::Changes(0),
        Some(value) => Effect::Sets(register, value),
        None => Effect::Changes(1 << register),
    }
}

/// A jump, which is a call if the register `to` keeps its place.
fn jump(len: u64, to: u32, target: u64) -> Result<Step> {
    Ok(match to {
        0 => Step::to(len, Flow::Jump(target)),
        _ if LINKS.contains(&to) => Step {
            effect: sets(to, None),
            ..Step::to(len, Flow::Call(target))
        },
        _ => bail!("a jump that keeps its place in x{to}"),
    })
}

/// A jump to where a register points. Where that is not known, it is the end of a
/// function, if the register is one of those that calls have set.
fn indirect(len: u64, to: u32, from: u32, offset: u64, known: &Registers) -> Result<Step> {
    match value(known, from) {
        Some(base) => jump(len, to, base.wrapping_add(offset) & !1),
        None if to == 0 && offset == 0 && LINKS.contains(&from) => Ok(Step::to(len, Flow::Return)),
        None => bail!("an indirect jump"),
    }
}

fn whole(word: u32, address: u64, known: &Registers) -> Result<Step> {
    const LEN: u64 = 4;
    let to = word >> 7 & 0x1f;
    let from = word >> 15 & 0x1f;
    let function = word >> 12 & 7;
    let immediate = signed(word >> 20, 12);
    let upper = signed(word >> 12, 20) << 12;
    let at = |offset: u64| address.wrapping_add(offset);
    let next = |effect| Ok(Step::next(LEN, effect));
    match word & 0x7f {
        // AUIPC, LUI.
        0x17 => next(sets(to, Some(at(upper)))),
        0x37 => next(sets(to, Some(upper))),
        // ADDI.
        0x13 if function == 0 => {
            let from = value(known, from);
            next(sets(to, from.map(|from| from.wrapping_add(immediate))))
        }
        // JAL.
        0x6f => {
            let offset = (word >> 31) << 20
                | (word >> 12 & 0xff) << 12
                | (word >> 20 & 1) << 11
                | (word >> 21 & 0x3ff) << 1;
            jump(LEN, to, at(signed(offset, 21)))
        }
        // JALR.
        0x67 if function == 0 => indirect(LEN, to, from, immediate, known),
        // Conditional branches.
        0x63 => {
            let offset = (word >> 31) << 12
                | (word >> 7 & 1) << 11
                | (word >> 25 & 0x3f) << 5
                | (word >> 8 & 0xf) << 1;
            Ok(Step::to(LEN, Flow::Branch(at(signed(offset, 13)))))
        }
        0x73 => match word {
            // ECALL.
            0x0000_0073 => Ok(Step::to(LEN, Flow::Kernel)),
            // EBREAK, and the unimp of assemblers, a write of the cycle counter.
            0x0010_0073 | 0xc000_1073 => Ok(Step::to(LEN, Flow::End)),
            _ => bail!("{word:#010x}: a register of the system"),
        },
        // Loads, stores, fences, arithmetic, atomics, floating point: at most the register
        // in this field changes.
        0x03 | 0x07 | 0x0f | 0x13 | 0x1b | 0x23 | 0x27 | 0x2f | 0x33 | 0x3b | 0x43 | 0x47
        | 0x4b | 0x4f | 0x53 => next(sets(to, None)),
        _ => bail!("{word:#010x} is no instruction"),
    }
}

fn compressed(half: u32, address: u64, known: &Registers) -> Result<Step> {
    const LEN: u64 = 2;
    let to = half >> 7 & 0x1f;
    let second = half >> 2 & 0x1f;
    let immediate = signed((half >> 12 & 1) << 5 | second, 6);
    let at = |offset: u64| address.wrapping_add(offset);
    let next = |effect| Ok(Step::next(LEN, effect));
    // Fields of three bits name the registers from 8 on.
    let short = |low: u32| 8 + (half >> low & 7);
    match (half & 3, half >> 13) {
        // All zero is no instruction.
        (0, 0) if half == 0 => Ok(Step::to(LEN, Flow::End)),
        // C.ADDI4SPN, loads.
        (0, 0..=3) => next(sets(short(2), None)),
        // Stores, also behind the stack pointer.
        (0 | 2, 5..=7) => next(Effect::Changes(0)),
        // C.ADDI.
        (1, 0) => {
            let from = value(known, to);
            next(sets(to, from.map(|from| from.wrapping_add(immediate))))
        }
        // C.LI.
        (1, 2) => next(sets(to, Some(immediate))),
        // C.ADDIW, C.LUI, C.ADDI16SP.
        (1, 1 | 3) => next(sets(to, None)),
        // Arithmetic.
        (1, 4) => next(sets(short(7), None)),
        // C.J.
        (1, 5) => {
            let offset = (half >> 12 & 1) << 11
                | (half >> 8 & 1) << 10
                | (half >> 9 & 3) << 8
                | (half >> 6 & 1) << 7
                | (half >> 7 & 1) << 6
                | (half >> 2 & 1) << 5
                | (half >> 11 & 1) << 4
                | (half >> 3 & 7) << 1;
            Ok(Step::to(LEN, Flow::Jump(at(signed(offset, 12)))))
        }
        // C.BEQZ, C.BNEZ.
        (1, 6 | 7) => {
            let offset = (half >> 12 & 1) << 8
                | (half >> 5 & 3) << 6
                | (half >> 2 & 1) << 5
                | (half >> 10 & 3) << 3
                | (half >> 3 & 3) << 1;
            Ok(Step::to(LEN, Flow::Branch(at(signed(offset, 9)))))
        }
        // C.SLLI, loads behind the stack pointer.
        (2, 0..=3) => next(sets(to, None)),
        (2, 4) => match (half >> 12 & 1, to, second) {
            // C.JR, C.MV, C.EBREAK, C.JALR, C.ADD.
            (0, _, 0) => indirect(LEN, 0, to, 0, known),
            (0, ..) => next(sets(to, value(known, second))),
            (_, 0, 0) => Ok(Step::to(LEN, Flow::End)),
            (_, _, 0) => indirect(LEN, LINKS[0], to, 0, known),
            _ => next(sets(to, None)),
        },
        _ => bail!("{half:#06x} is no instruction"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixed::tests as fixed;
    use super::*;

    fn calls(code: &[u8]) -> Vec<(u64, Option<u64>, Option<u64>)> {
        fixed::calls(code, &PROCESSOR)
    }

    const ECALL: &[u8] = b"\x73\0\0\0";
    const RET: &[u8] = b"\x82\x80";

    #[test]
    fn number_of_a_call_is_computed() {
        // addi a7, zero, 64; ecall; addi a7, zero, 93; c.li a0, 0; ecall
        let code = [
            &b"\x93\x08\0\x04"[..],
            ECALL,
            b"\x93\x08\xd0\x05",
            b"\x01\x45",
            ECALL,
        ]
        .concat();
        assert_eq!(calls(&code), [(4, Some(64), None), (14, Some(93), Some(0))]);
        // c.li a0, -1; c.mv a7, a0; c.addi a7, 5; ecall; ret
        let code = [&b"\x7d\x55\xaa\x88\x95\x08"[..], ECALL, RET].concat();
        assert_eq!(calls(&code), [(6, Some(4), Some(u64::MAX))]);
    }

    #[test]
    fn number_that_may_have_changed_is_not_known() {
        // addi a7, zero, 63; ld a7, 0(a0); ecall; ret
        let code = [&b"\x93\x08\xf0\x03\x83\x38\x05\0"[..], ECALL, RET].concat();
        assert_eq!(calls(&code), [(8, None, None)]);
        // c.beqz a0, over; addi a7, zero, 63; over: ecall; ret
        let code = [&b"\x19\xc1\x93\x08\xf0\x03"[..], ECALL, RET].concat();
        assert_eq!(calls(&code), [(6, None, None)]);
    }

    #[test]
    fn paths_are_followed() {
        let visited = |code: &[u8]| fixed::visited(code, &PROCESSOR);
        // auipc ra, 0; jalr ra, ra, 12; c.ebreak; nothing; ret
        let code = b"\x97\0\0\0\xe7\x80\xc0\0\x02\x90\0\0\x82\x80";
        assert_eq!(visited(code), [0, 4, 8, 12]);
        // jal t0, over; c.ebreak; over: c.jr t0
        assert_eq!(visited(b"\xef\x02\x60\0\x02\x90\x82\x82"), [0, 4, 6]);
        // c.j over; nothing; over: beq a0, a1, back; jal zero, over
        let code = b"\x11\xa0\0\0\xe3\x0e\xb5\xfe\x6f\xf0\xdf\xff";
        assert_eq!(visited(code), [0, 4, 8]);
    }

    #[test]
    fn path_that_cannot_be_followed_is_refused() {
        let error = |code: &[u8]| fixed::refusal(code, &PROCESSOR);
        // c.jr a0; c.jalr a0; jalr t0, 0(a0); jal a0, 4; rdcycle a0; a reserved form
        assert!(error(b"\x02\x85").contains("indirect"));
        assert!(error(b"\x02\x95").contains("indirect"));
        assert!(error(b"\xe7\x02\x05\0").contains("indirect"));
        assert!(error(b"\x6f\x05\x40\0").contains("in x10"));
        assert!(error(b"\x73\x25\0\xc0").contains("system"));
        assert!(error(b"\0\x80").contains("no instruction"));
        // c.nop, and nothing behind.
        assert!(error(b"\x01\0").contains("0x2: no instruction"));
    }
}
