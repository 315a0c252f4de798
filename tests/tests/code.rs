// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the code of the final ELF files can do, found by disassembly: every
//! path from the entry is followed, and the numbers of the system calls on it
//! are computed.

use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpAccess, OpKind, Register,
};
use object::Endianness;
use object::read::elf::FileHeader;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use umd_tests::elf::Header;
use umd_tests::{handlers, why};

/// What is known at one instruction.
#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    /// The values of 64-bit registers; those that may differ are missing.
    registers: BTreeMap<Register, u64>,
    /// What is on top of the stack, if the instruction before has put it there.
    pushed: Option<u64>,
}

impl State {
    /// Keeps what `other` knows too. Returns whether that is less than before.
    fn join(&mut self, other: &Self) -> bool {
        let before = self.clone();
        self.registers
            .retain(|register, value| other.registers.get(register) == Some(value));
        if self.pushed != other.pushed {
            self.pushed = None;
        }
        *self != before
    }

    /// The value of an operand: an immediate, or a register of 32 or 64 bits.
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

    /// Whether the instruction gives the register a value that is known.
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

    /// What is known behind the instruction.
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

/// All that can run.
struct Walk {
    /// The instructions by address.
    instructions: BTreeMap<u64, Instruction>,
    /// What is in rax at each system call, where it is always the same.
    calls: BTreeMap<u64, Option<u64>>,
}

/// Follows every path from `entry` through `elf`, which is mapped at address 0.
fn walk(elf: &[u8], entry: u64) -> Walk {
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
        let instruction = decode(elf, address);
        walk.instructions.insert(address, instruction);
        let mut after = known.clone();
        after.step(&instruction, &mut info);
        let next = instruction.next_ip();
        match instruction.flow_control() {
            FlowControl::Next => to_do.push((next, after)),
            FlowControl::UnconditionalBranch => {
                to_do.push((instruction.near_branch_target(), after));
            }
            FlowControl::ConditionalBranch => {
                to_do.push((instruction.near_branch_target(), after.clone()));
                to_do.push((next, after));
            }
            FlowControl::Call if instruction.code() == Code::Syscall => {
                let number = known.registers.get(&Register::RAX).copied();
                walk.calls.insert(address, number);
                if number != Some(libc::SYS_exit.cast_unsigned()) {
                    to_do.push((next, after));
                }
            }
            FlowControl::Call if instruction.is_call_near() => {
                to_do.push((instruction.near_branch_target(), after));
                // It may change anything before it comes back.
                to_do.push((next, State::default()));
            }
            FlowControl::Return => {}
            // Interrupts, other ways into the kernel, and jumps to where a
            // register says, be it the kernel's own page at a fixed address.
            other => panic!("{address:#x}: {other:?}, {:?}", instruction.mnemonic()),
        }
    }
    walk
}

fn decode(elf: &[u8], address: u64) -> Instruction {
    let from = usize::try_from(address).unwrap();
    let code = elf.get(from..).unwrap_or_default();
    let instruction = Decoder::with_ip(64, code, address, DecoderOptions::NONE).decode();
    assert!(!instruction.is_invalid(), "{address:#x}: no instruction");
    instruction
}

/// Calls `check` with the name, bytes, entry and functions of each handler.
fn each_handler(check: impl Fn(&str, &[u8], u64, &[(String, Range<u64>)])) {
    for handler in handlers::build_all().unwrap() {
        let elf = fs::read(&handler.path).unwrap();
        let functions = why::functions(&fs::read(handler.debug_path()).unwrap()).unwrap();
        let header = Header::parse(&*elf).unwrap();
        check(
            &handler.name,
            &elf,
            header.e_entry(Endianness::Little),
            &functions,
        );
    }
}

#[test]
fn only_read_write_and_exit_enter_the_kernel() {
    each_handler(|name, elf, entry, _| {
        let calls = walk(elf, entry).calls;
        let numbers: Vec<_> = calls.values().flatten().copied().collect();
        assert_eq!(
            numbers.len(),
            calls.len(),
            "{name}: rax is not always the same: {calls:x?}"
        );
        let allowed = [libc::SYS_read, libc::SYS_write, libc::SYS_exit];
        // Each of them once: every way to it is checked in one place.
        let allowed: Vec<_> = allowed
            .iter()
            .map(|number| number.cast_unsigned())
            .collect();
        assert_eq!(numbers.len(), allowed.len(), "{name}: {calls:x?}");
        let numbers: BTreeSet<_> = numbers.into_iter().collect();
        assert_eq!(numbers, allowed.into_iter().collect(), "{name}");
    });
}

#[test]
fn all_code_is_of_the_functions_and_all_functions_can_run() {
    each_handler(|name, elf, entry, functions| {
        let walk = walk(elf, entry);
        let walked: BTreeSet<u64> = walk
            .instructions
            .values()
            .flat_map(|instruction| instruction.ip()..instruction.next_ip())
            .collect();
        let linked: BTreeSet<u64> = functions
            .iter()
            .flat_map(|(_, addresses)| addresses.clone())
            .collect();
        let differ: Vec<_> = walked.symmetric_difference(&linked).collect();
        assert!(differ.is_empty(), "{name}: {differ:x?}");
    });
}

#[test]
fn there_are_no_strings_and_nothing_formats_them() {
    each_handler(|name, elf, entry, functions| {
        for (function, _) in functions {
            let is_ours = function == "_start" || function.contains("umd_");
            assert!(is_ours, "{name} has the function {function}");
        }
        let code: BTreeSet<u64> = walk(elf, entry)
            .instructions
            .values()
            .flat_map(|instruction| instruction.ip()..instruction.next_ip())
            .collect();
        // Immediate values, such as the magic number, are part of the code.
        let not_code = (0..).zip(elf).filter(|(at, _)| !code.contains(at));
        let bytes: Vec<u8> = not_code.map(|(_, byte)| *byte).collect();
        let strings: Vec<_> = bytes
            .split(|byte| !byte.is_ascii_graphic())
            .filter(|run| run.len() >= 4)
            .collect();
        assert!(strings.is_empty(), "{name}: {strings:?}");
    });
}
