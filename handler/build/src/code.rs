// SPDX-License-Identifier: MIT OR Apache-2.0

//! The abilities of the code in a handler's final file, by disassembly: its system
//! calls, its functions, and its strings.

mod aarch64;
mod fixed;
mod riscv64;
mod walk;

use crate::budget::{self, Budget};
use crate::elf::Header;
use crate::handlers::HandlerElf;
use crate::{shape, why};
use anyhow::{Context, Result, bail, ensure};
use iced_x86::{FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, Register};
use object::read::elf::FileHeader;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use walk::{Call, KEPT};

/// What is special of a kind of processor.
#[derive(Debug)]
struct Processor {
    /// The numbers of the system calls that a handler may make: read, write and exit.
    calls: [u64; 3],
    /// Instructions with which functions may end, and which are not reached: they do
    /// nothing, or kill the process.
    fillers: &'static [&'static [u8]],
}

const X86_64: Processor = Processor {
    calls: [0, 1, walk::EXIT],
    fillers: &[&[0x90]],
};
const AARCH64: Processor = Processor {
    calls: [63, 64, aarch64::PROCESSOR.exit],
    fillers: &[&[0x1f, 0x20, 0x03, 0xd5]],
};
const RISCV64: Processor = Processor {
    calls: [63, 64, riscv64::PROCESSOR.exit],
    fillers: &[&[0x01, 0x00], &[0x00, 0x00]],
};

/// The functions of `umd-handler` whose names do not tell.
const OURS: [&str; 6] = ["_start", "bcmp", "memcmp", "memcpy", "memmove", "memset"];

/// A function that the compiler has made of instructions that occur more than once.
const OUTLINED: &str = "OUTLINED_FUNCTION_";

/// A run of so many letters is a string.
const STRING: usize = 4;

/// Checks all that is to be known of a handler but its size: its shape and its code.
/// Returns its budget.
///
/// # Errors
///
/// The first rule that the handler breaks.
pub fn check_all(handler: &HandlerElf) -> Result<Budget> {
    let budget = budget::of(handler)?;
    shape::check(handler, &budget)?;
    let code = Code::read(handler)?;
    code.check_system_calls(&budget)?;
    code.check_registers()?;
    code.check_reach()?;
    code.check_functions(&budget)?;
    code.check_strings(&budget)?;
    Ok(budget)
}

/// The code of one handler. Each check fails with the first place that breaks its
/// rule.
#[derive(Debug)]
pub struct Code<'a> {
    handler: &'a HandlerElf,
    processor: &'static Processor,
    elf: Vec<u8>,
    /// Names and addresses.
    functions: Vec<(String, Range<u64>)>,
    /// The end of each instruction that can run, by address.
    spans: BTreeMap<u64, u64>,
    /// The system calls by address.
    calls: BTreeMap<u64, Call>,
    /// Of x86-64, whose walk relies on what functions restore; else none.
    instructions: BTreeMap<u64, Instruction>,
}

impl<'a> Code<'a> {
    /// Follows every path through the code of `handler`.
    ///
    /// # Errors
    ///
    /// A file of the handler is gone, its processor is not known here, or a path
    /// cannot be followed.
    pub fn read(handler: &'a HandlerElf) -> Result<Self> {
        let elf = fs::read(&handler.path)?;
        let debug = fs::read(handler.debug_path())?;
        let header = Header::parse(&*elf)?;
        let entry = header.e_entry(header.endian()?);
        let fixed = |processor| fixed::walk(&elf, entry, processor);
        let mut instructions = BTreeMap::new();
        let (processor, walk) = match handler.target.arch {
            "x86_64" => {
                let walk = walk::walk(&elf, entry).with_context(|| handler.name.clone())?;
                instructions = walk.instructions;
                let spans = instructions.iter().map(|(at, one)| (*at, one.next_ip()));
                let spans = spans.collect();
                let calls = walk.calls;
                (&X86_64, Ok(fixed::Walk { spans, calls }))
            }
            "aarch64" => (&AARCH64, fixed(&aarch64::PROCESSOR)),
            "riscv64" => (&RISCV64, fixed(&riscv64::PROCESSOR)),
            arch => bail!("the code of {arch} cannot be read"),
        };
        let fixed::Walk { spans, calls } = walk.with_context(|| handler.name.clone())?;
        Ok(Self {
            functions: why::functions(&debug)?,
            handler,
            processor,
            elf,
            spans,
            calls,
            instructions,
        })
    }

    /// Checks that the system calls are read, write and exit. Each occurs once, so
    /// that all of its callers pass one place. A handler that may panic exits at one
    /// place more, with the code of `budget`.
    ///
    /// # Errors
    ///
    /// Another instruction enters the kernel, or a number or code is not always the
    /// same.
    pub fn check_system_calls(&self, budget: &Budget) -> Result<()> {
        let name = &self.handler.name;
        let calls = &self.calls;
        let numbers = calls.values().map(|call| call.number);
        let numbers: Option<Vec<u64>> = numbers.collect();
        let numbers = numbers
            .with_context(|| format!("{name}: a system call has no fixed number: {calls:x?}"))?;
        let expected: Vec<_> = match budget.panics {
            None => self.processor.calls.to_vec(),
            Some(_) => [&self.processor.calls[..], &[self.exit()]].concat(),
        };
        ensure!(
            numbers.len() == expected.len(),
            "{name} enters the kernel at other places than one for each of read, write and exit, \
             and for a panic if it has one: {calls:x?}"
        );
        let sorted = |mut numbers: Vec<u64>| {
            numbers.sort_unstable();
            numbers
        };
        ensure!(
            sorted(numbers) == expected,
            "{name} makes other system calls than read, write and exit: {calls:x?}"
        );
        budget.panics.map_or(Ok(()), |code| self.check_panic(code))
    }

    /// The number of exit.
    const fn exit(&self) -> u64 {
        let [_, _, exit] = self.processor.calls;
        exit
    }

    /// Checks that a panic exits with `code`.
    fn check_panic(&self, code: u64) -> Result<()> {
        let name = &self.handler.name;
        let mut functions = self.functions.iter();
        let panic = functions.find(|(function, _)| function == shape::PANIC);
        let (_, addresses) = panic.with_context(|| format!("{name} cannot panic"))?;
        let mut calls = self.calls.range(addresses.clone());
        ensure!(
            calls.any(|(_, call)| call.number == Some(self.exit()) && call.first == Some(code)),
            "{name} does not exit with {code} when it panics: {:x?}",
            self.calls
        );
        Ok(())
    }

    /// Checks what the walk relies on for x86-64, and the code shows plainly: the compiler
    /// pushes a register before its first change, and pops it afterwards. For other
    /// processors nothing is known behind a call.
    ///
    /// # Errors
    ///
    /// A function does not.
    pub fn check_registers(&self) -> Result<()> {
        let mut info = InstructionInfoFactory::new();
        for (function, addresses) in &self.functions {
            let code = self.instructions.range(addresses.clone());
            let code: Vec<_> = code.map(|(_, instruction)| instruction).collect();
            // A function that never returns has nothing to restore.
            if !code.iter().any(|i| i.flow_control() == FlowControl::Return) {
                continue;
            }
            for register in KEPT {
                ensure!(
                    is_restored(&code, register, &mut info),
                    "{}: {function} changes {register:?} and does not restore it",
                    self.handler.name
                );
            }
        }
        Ok(())
    }

    /// Checks that all code is of the functions, and that all functions can run.
    ///
    /// # Errors
    ///
    /// Some bytes differ.
    pub fn check_reach(&self) -> Result<()> {
        let linked: BTreeSet<u64> = self
            .functions
            .iter()
            .flat_map(|(_, addresses)| addresses.clone())
            .collect();
        let walked = self.walked();
        let is_filler = |at: &u64| {
            let Ok(at_index) = usize::try_from(*at) else {
                return false;
            };
            let byte = self.elf.get(at_index);
            let mut fillers = self.processor.fillers.iter();
            !walked.contains(at)
                && fillers.any(|filler| filler.get(at_index % filler.len()) == byte)
        };
        let differ = walked.symmetric_difference(&linked);
        let differ: Vec<_> = differ.filter(|at| !is_filler(at)).collect();
        ensure!(
            differ.is_empty(),
            "{} has code outside of functions, or functions that cannot run, at {differ:x?}",
            self.handler.name
        );
        Ok(())
    }

    /// Checks that all functions are of this project, `core` and the crates of
    /// `budget`, and that no function formats anything or panics, unless the budget
    /// allows panics.
    ///
    /// # Errors
    ///
    /// There is another one.
    pub fn check_functions(&self, budget: &Budget) -> Result<()> {
        let crates: Vec<_> = budget
            .crates
            .iter()
            .map(|name| format!("{name}::"))
            .collect();
        for (function, _) in &self.functions {
            let readable = format!("{:#}", rustc_demangle::demangle(function));
            let is_ours = OURS.contains(&function.as_str())
                || function.starts_with(OUTLINED)
                || readable.contains("umd_");
            let is_known = readable.contains("core::")
                || crates.iter().any(|name| readable.contains(name.as_str()));
            let formats = ["fmt", "panic", "Display", "Debug"]
                .iter()
                .any(|word| readable.contains(word));
            // Functions of panics do nothing but call each other: nobody would read a message.
            let panics = readable.starts_with("core::panicking::")
                || readable.ends_with("::rust_begin_unwind")
                || readable == shape::PANIC;
            if panics && budget.panics.is_some() {
                continue;
            }
            // Generic functions of core do not name their crate.
            let is_generic = readable.starts_with('<');
            ensure!(
                (is_ours || is_known || is_generic) && !formats,
                "{} has the function {readable}",
                self.handler.name
            );
        }
        Ok(())
    }

    /// Checks that there are no strings but the words of `budget`.
    ///
    /// # Errors
    ///
    /// There is another one.
    pub fn check_strings(&self, budget: &Budget) -> Result<()> {
        // Immediate values, such as the magic number, are part of the code. Any bytes
        // of numbers may look like letters; numbers are aligned, strings are not.
        let code = self.walked();
        let constants = why::constants(&fs::read_to_string(self.handler.map_path())?)?;
        let is_number = |at: &u64| {
            let mut numbers = constants.iter().filter(|constant| constant.align > 1);
            code.contains(at) || numbers.any(|constant| constant.addresses.contains(at))
        };
        let text = (0..)
            .zip(&self.elf)
            .map(|(at, byte)| if is_number(&at) { 0 } else { *byte });
        let mut text: String = text.map(char::from).collect();
        for word in &budget.words {
            text = text.replace(word, "\0");
        }
        let strings: Vec<_> = text
            .split(|letter: char| !letter.is_ascii_graphic())
            .filter(|run| run.len() >= STRING)
            .collect();
        ensure!(
            strings.is_empty(),
            "{} has strings that its budget does not name as words: {strings:?}",
            self.handler.name
        );
        Ok(())
    }

    /// The addresses of all instructions' bytes.
    fn walked(&self) -> BTreeSet<u64> {
        self.spans.iter().flat_map(|(at, end)| *at..*end).collect()
    }
}

/// Whether `code`, a function's, leaves `register` as it was.
fn is_restored(
    code: &[&Instruction],
    register: Register,
    info: &mut InstructionInfoFactory,
) -> bool {
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
        return true;
    };
    let (before, behind) = code.split_at(first_change);
    let is_put_away = before.iter().any(|i| is(i, Mnemonic::Push));
    let is_taken_back = behind.iter().any(|i| is(i, Mnemonic::Pop));
    is_put_away && is_taken_back
}
