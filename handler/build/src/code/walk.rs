// SPDX-License-Identifier: MIT OR Apache-2.0

//! A walk through the code of an x86-64 program: every path from the entry, with
//! what is known of the registers on all of them.

use anyhow::{Result, bail, ensure};
use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpAccess, OpKind, Register,
};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The number of the system call after which nothing runs.
pub(super) const EXIT: u64 = 60;

/// The registers that a function restores, which a check of its own verifies for
/// all functions.
pub(super) const KEPT: [Register; 6] = [
    Register::RBX,
    Register::RBP,
    Register::R12,
    Register::R13,
    Register::R14,
    Register::R15,
];

/// The known values before one instruction.
#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    /// The known values of 64-bit registers.
    registers: BTreeMap<Register, u64>,
    /// The top of the stack, if the previous instruction has pushed it.
    pushed: Option<u64>,
}

impl State {
    /// Keeps only what `other` knows too. Returns whether anything was dropped.
    fn join(&mut self, other: &Self) -> bool {
        let before = self.clone();
        self.registers
            .retain(|register, value| other.registers.get(register) == Some(value));
        if self.pushed != other.pushed {
            self.pushed = None;
        }
        *self != before
    }

    /// Returns the value of an operand: an immediate, or a register of 32 or 64
    /// bits.
    fn value(&self, instruction: &Instruction, operand: u32) -> Option<u64> {
        let value = match instruction.op_kind(operand) {
            OpKind::Register => {
                let register = instruction.op_register(operand);
                *self.registers.get(&register.full_register())?
            }
            _ => instruction.try_immediate(operand).ok()?,
        };
        let is_half =
            instruction.op_kind(0) == OpKind::Register && instruction.op_register(0).is_gpr32();
        Some(if is_half {
            value & u64::from(u32::MAX)
        } else {
            value
        })
    }

    /// Returns the result of an instruction, if it is known.
    fn result(&self, instruction: &Instruction) -> Option<u64> {
        let first = instruction.op0_register();
        let is_whole = first.is_gpr32() || first.is_gpr64();
        match instruction.mnemonic() {
            Mnemonic::Mov if is_whole => self.value(instruction, 1),
            Mnemonic::Xor if is_whole && first == instruction.op1_register() => Some(0),
            Mnemonic::Pop if is_whole => self.pushed,
            _ => None,
        }
    }

    /// Returns what is still known after a call returns.
    fn kept_by_functions(&self) -> Self {
        let mut registers = self.registers.clone();
        registers.retain(|register, _| KEPT.contains(register));
        Self {
            registers,
            pushed: None,
        }
    }

    /// Updates the known values to those after the instruction.
    fn step(&mut self, instruction: &Instruction, info: &mut InstructionInfoFactory) {
        let result = self.result(instruction);
        let pushed = match instruction.mnemonic() {
            Mnemonic::Push => self.value(instruction, 0),
            Mnemonic::Jmp => self.pushed,
            _ => None,
        };
        for used in info.info(instruction).used_registers() {
            let is_read = matches!(used.access(), OpAccess::Read | OpAccess::CondRead);
            if !is_read {
                self.registers.remove(&used.register().full_register());
            }
        }
        if let Some(value) = result {
            let register = instruction.op0_register().full_register();
            self.registers.insert(register, value);
        }
        self.pushed = pushed;
    }
}

/// A system call, as far as it is the same on every path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Call {
    /// The number, in rax.
    pub(super) number: Option<u64>,
    /// The first argument, in rdi.
    pub(super) first: Option<u64>,
}

/// All code that can run.
#[derive(Debug)]
pub(super) struct Walk {
    /// The instructions by address.
    pub(super) instructions: BTreeMap<u64, Instruction>,
    /// The system calls by address.
    pub(super) calls: BTreeMap<u64, Call>,
}

/// A place in the code, and what is known there.
type Place = (u64, State);

impl Walk {
    /// Takes in an instruction, and returns where the path goes on: `before` and `after`
    /// are what is known on both sides of the instruction.
    ///
    /// # Errors
    ///
    /// The target is not known.
    fn follow(
        &mut self,
        instruction: &Instruction,
        before: &State,
        after: State,
    ) -> Result<Vec<Place>> {
        let address = instruction.ip();
        let next = instruction.next_ip();
        let target = instruction.near_branch_target();
        Ok(match instruction.flow_control() {
            FlowControl::Next => vec![(next, after)],
            FlowControl::UnconditionalBranch => vec![(target, after)],
            FlowControl::ConditionalBranch => vec![(target, after.clone()), (next, after)],
            FlowControl::Call if instruction.code() == Code::Syscall => {
                let value = |register| before.registers.get(&register).copied();
                let call = Call {
                    number: value(Register::RAX),
                    first: value(Register::RDI),
                };
                self.calls.insert(address, call);
                if call.number == Some(EXIT) {
                    Vec::new()
                } else {
                    vec![(next, after)]
                }
            }
            FlowControl::Call if instruction.is_call_near() => {
                let kept = after.kept_by_functions();
                vec![(target, after), (next, kept)]
            }
            FlowControl::Return => Vec::new(),
            // Interrupts, other entries to the kernel, and indirect jumps,
            // which might lead to the kernel's own page at a fixed address.
            other => bail!("{address:#x}: {other:?}, {:?}", instruction.mnemonic()),
        })
    }
}

/// Follows every path from `entry` through `elf`, which is mapped at address 0.
///
/// # Errors
///
/// A path cannot be followed: there is no instruction, or its target is not known.
pub(super) fn walk(elf: &[u8], entry: u64) -> Result<Walk> {
    let mut info = InstructionInfoFactory::new();
    let mut states: BTreeMap<u64, State> = BTreeMap::new();
    let mut walk = Walk {
        instructions: BTreeMap::new(),
        calls: BTreeMap::new(),
    };
    let mut to_do = vec![(entry, State::default())];
    while let Some((address, state)) = to_do.pop() {
        let known = match states.entry(address) {
            Entry::Vacant(place) => place.insert(state),
            Entry::Occupied(place) => {
                let known = place.into_mut();
                if !known.join(&state) {
                    continue;
                }
                known
            }
        };
        let instruction = decode(elf, address)?;
        // The bytes between two functions, behind a call that does not return. If the
        // call returned, the process would end here.
        if instruction.mnemonic() == Mnemonic::Int3 {
            continue;
        }
        walk.instructions.insert(address, instruction);
        let mut after = known.clone();
        after.step(&instruction, &mut info);
        to_do.extend(walk.follow(&instruction, known, after)?);
    }
    Ok(walk)
}

fn decode(elf: &[u8], address: u64) -> Result<Instruction> {
    let from = usize::try_from(address)?;
    let code = elf.get(from..).unwrap_or_default();
    let instruction = Decoder::with_ip(64, code, address, DecoderOptions::NONE).decode();
    ensure!(!instruction.is_invalid(), "{address:#x}: no instruction");
    Ok(instruction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_calls(code: &[u8], expected: &[(u64, Option<u64>)]) {
        let calls = walk(code, 0).unwrap().calls.into_iter();
        let calls: Vec<_> = calls.map(|(at, call)| (at, call.number)).collect();
        assert_eq!(calls, expected);
    }

    #[test]
    fn exit_code_is_known_where_it_is_always_the_same() {
        let exit_code = |code: &[u8]| walk(code, 0).unwrap().calls[&6].first;
        // push 60; pop rax; push 70; pop rdi; syscall
        assert_eq!(exit_code(b"\x6a\x3c\x58\x6a\x46\x5f\x0f\x05"), Some(70));
        // push 60; pop rax; mov edi, [rdi]; nop; syscall
        assert_eq!(exit_code(b"\x6a\x3c\x58\x8b\x3f\x90\x0f\x05"), None);
    }

    #[test]
    fn path_ends_between_functions() {
        // call over; int3; int3; over: mov eax, 60; syscall
        let code = b"\xe8\x02\0\0\0\xcc\xcc\xb8\x3c\0\0\0\x0f\x05";
        let walk = walk(code, 0).unwrap();
        assert!(walk.instructions.keys().eq(&[0, 7, 12]));
    }

    #[test]
    fn number_of_a_call_is_computed() {
        // mov eax, 1; syscall; mov eax, 60; syscall
        let code = b"\xb8\x01\0\0\0\x0f\x05\xb8\x3c\0\0\0\x0f\x05";
        assert_calls(code, &[(5, Some(1)), (12, Some(EXIT))]);
        // push 1; pop rax; syscall; ret
        assert_calls(b"\x6a\x01\x58\x0f\x05\xc3", &[(3, Some(1))]);
    }

    #[test]
    fn number_that_is_not_always_the_same_is_not_known() {
        // syscall; ret
        assert_calls(b"\x0f\x05\xc3", &[(0, None)]);
        // xor eax, eax; jz over; mov eax, 1; over: syscall; ret
        let code = b"\x31\xc0\x74\x05\xb8\x01\0\0\0\x0f\x05\xc3";
        assert_calls(code, &[(9, None)]);
    }

    #[test]
    fn path_that_cannot_be_followed_is_refused() {
        let error = |code: &[u8]| walk(code, 0).unwrap_err().to_string();
        // jmp rax; int 0x80; nothing
        assert!(error(b"\xff\xe0").contains("IndirectBranch"));
        assert!(error(b"\xcd\x80").contains("Interrupt"));
        assert!(error(b"\x90").contains("0x1: no instruction"));
    }
}
