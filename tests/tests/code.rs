// SPDX-License-Identifier: MIT OR Apache-2.0

//! The abilities of the code in the final ELF files, by disassembly. The walk
//! follows every path from the entry, and computes the numbers of the system
//! calls on it.

use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpAccess, OpKind, Register,
};
use object::read::elf::{ElfFile64, FileHeader};
use object::{Endianness, Object, ObjectSymbol, SymbolKind};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use umd_build::budget::{self, Budget};
use umd_build::elf::Header;
use umd_build::handlers::HandlerElf;
use umd_build::why;
use umd_tests::handlers;

/// The registers that a function restores, which a test of its own verifies for
/// all functions.
const KEPT: [Register; 6] = [
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

/// All code that can run.
struct Walk {
    /// The instructions by address.
    instructions: BTreeMap<u64, Instruction>,
    /// The value of rax at each system call, if it is the same on every path.
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
                let kept = after.kept_by_functions();
                to_do.push((instruction.near_branch_target(), after));
                to_do.push((next, kept));
            }
            FlowControl::Return => {}
            // Interrupts, other entries to the kernel, and indirect jumps,
            // which might lead to the kernel's own page at a fixed address.
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
fn each_handler(mut check: impl FnMut(&str, &[u8], u64, &[(String, Range<u64>)])) {
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
        // Each occurs once, so that all of its callers pass one place.
        let allowed: Vec<_> = allowed
            .iter()
            .map(|number| number.cast_unsigned())
            .collect();
        assert_eq!(numbers.len(), allowed.len(), "{name}: {calls:x?}");
        let numbers: BTreeSet<_> = numbers.into_iter().collect();
        assert_eq!(numbers, allowed.into_iter().collect(), "{name}");
    });
}

/// Checks what the code shows plainly: the compiler pushes a register before
/// its first change, and pops it afterwards.
#[test]
fn functions_give_registers_back_as_they_were() {
    let mut info = InstructionInfoFactory::new();
    each_handler(|name, elf, entry, functions| {
        let walk = walk(elf, entry);
        for (function, addresses) in functions {
            let code = walk.instructions.range(addresses.clone());
            let code: Vec<_> = code.map(|(_, instruction)| instruction).collect();
            // A function that never returns has nothing to restore.
            if !code.iter().any(|i| i.flow_control() == FlowControl::Return) {
                continue;
            }
            for register in KEPT {
                let is = |instruction: &Instruction, mnemonic| {
                    instruction.mnemonic() == mnemonic && instruction.op0_register() == register
                };
                let Some(first_change) = code.iter().position(|instruction| {
                    let used = info.info(instruction).used_registers();
                    used.iter().any(|used| {
                        let is_read = matches!(used.access(), OpAccess::Read | OpAccess::CondRead);
                        used.register().full_register() == register && !is_read
                    })
                }) else {
                    continue;
                };
                let (before, behind) = code.split_at(first_change);
                let is_put_away = before.iter().any(|i| is(i, Mnemonic::Push));
                let is_taken_back = behind.iter().any(|i| is(i, Mnemonic::Pop));
                assert!(
                    is_put_away && is_taken_back,
                    "{name}: {function} changes {register:?}"
                );
            }
        }
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
    for handler in handlers::build_all().unwrap() {
        let budget = budget::of(&handler).unwrap();
        let debug = fs::read(handler.debug_path()).unwrap();
        check_functions(&handler, &budget, &debug);
        check_strings(&handler, &budget, &debug);
    }
}

fn check_functions(handler: &HandlerElf, budget: &Budget, debug: &[u8]) {
    let crates: Vec<_> = budget
        .crates
        .iter()
        .map(|name| format!("{name}::"))
        .collect();
    for (function, _) in why::functions(debug).unwrap() {
        let readable = format!("{:#}", rustc_demangle::demangle(&function));
        let is_ours = function == "_start" || readable.contains("umd_");
        let is_known = readable.contains("core::")
            || crates.iter().any(|name| readable.contains(name.as_str()));
        let formats = ["fmt", "panic", "Display", "Debug"]
            .iter()
            .any(|word| readable.contains(word));
        // Generic functions of core do not name their crate.
        let is_generic = readable.starts_with('<');
        assert!(
            (is_ours || is_known || is_generic) && !formats,
            "{} has the function {readable}",
            handler.name
        );
    }
}

fn check_strings(handler: &HandlerElf, budget: &Budget, debug: &[u8]) {
    let elf = fs::read(&handler.path).unwrap();
    let header = Header::parse(&*elf).unwrap();
    let code: BTreeSet<u64> = walk(&elf, header.e_entry(Endianness::Little))
        .instructions
        .values()
        .flat_map(|instruction| instruction.ip()..instruction.next_ip())
        .collect();
    // Immediate values, such as the magic number, are part of the code. In
    // a hash's table, any bytes may look like letters.
    let tables = tables(debug, budget);
    let is_number = |at: &u64| code.contains(at) || tables.iter().any(|table| table.contains(at));
    let text = (0..)
        .zip(&elf)
        .map(|(at, byte)| if is_number(&at) { 0 } else { *byte });
    let mut text: String = text.map(char::from).collect();
    for word in &budget.words {
        text = text.replace(word, "\0");
    }
    let strings: Vec<_> = text
        .split(|letter: char| !letter.is_ascii_graphic())
        .filter(|run| run.len() >= 4)
        .collect();
    assert!(strings.is_empty(), "{}: {strings:?}", handler.name);
}

/// The addresses of the constants that have a name of their own and are of a crate
/// with tables.
fn tables(debug: &[u8], budget: &Budget) -> Vec<Range<u64>> {
    let debug = ElfFile64::<Endianness>::parse(debug).unwrap();
    let tables = debug.symbols().filter(|symbol| {
        let name = symbol.name().unwrap_or_default();
        symbol.kind() == SymbolKind::Data && budget.tables.iter().any(|one| name.contains(one))
    });
    tables
        .map(|symbol| symbol.address()..symbol.address() + symbol.size())
        .collect()
}
