// SPDX-License-Identifier: MIT OR Apache-2.0

//! The parts of a freestanding handler that are specific to x86-64: its first
//! and last instructions, and the string instructions for [`crate::mem`].

#![allow(unsafe_code)]

use core::arch::asm;

/// The first instruction of the process.
///
/// The kernel enters with a stack pointer that is a multiple of 16. A compiled
/// function expects that only before the `call` to it, so this function is
/// written in assembly.
///
/// The buffer's address is passed although it is a constant: the compiler keeps
/// an address that it does not know in a register, and each use of the buffer
/// is up to 4 bytes shorter.
#[cfg(umd_elf)]
#[unsafe(naked)]
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    // `handler_main!` defines both.
    unsafe extern "C" {
        fn umd_handler_main() -> !;
        static mut UMD_HANDLER_BUFFER: u8;
    }
    core::arch::naked_asm!(
        "lea rdi, [rip + {buffer}]",
        "call {main}",
        buffer = sym UMD_HANDLER_BUFFER,
        main = sym umd_handler_main,
    )
}

/// Ends the process by `exit`: strict seccomp kills a process that calls
/// `exit_group`.
#[cfg(umd_elf)]
pub fn exit(code: i32) -> ! {
    // SAFETY: the system call does not return and touches no memory.
    unsafe {
        asm!(
            "syscall",
            in("eax") linux_raw_sys::general::__NR_exit,
            in("edi") code,
            options(noreturn, nostack),
        );
    }
}

/// Copies `len` bytes, the first one first.
///
/// # Safety
///
/// `from` is valid for reads and `to` for writes of `len` bytes; where they
/// overlap, `to` is not above `from`.
pub(crate) unsafe fn copy_first_to_last(to: *mut u8, from: *const u8, len: usize) {
    // SAFETY: writes the `len` bytes at `to`, which the caller vouches for; the
    // ABI has the direction flag clear.
    unsafe {
        asm!(
            "rep movsb",
            inout("rcx") len => _, inout("rdi") to => _, inout("rsi") from => _,
            options(nostack, preserves_flags),
        );
    }
}

/// Copies `len` bytes, the last one first.
///
/// # Safety
///
/// `from` is valid for reads and `to` for writes of `len` bytes; where they
/// overlap, `to` is not below `from`.
pub(crate) unsafe fn copy_last_to_first(to: *mut u8, from: *const u8, len: usize) {
    // SAFETY: writes the `len` bytes at `to`, which the caller vouches for, and
    // leaves the direction flag clear again.
    unsafe {
        asm!(
            "std",
            "rep movsb",
            "cld",
            inout("rcx") len => _,
            inout("rdi") to.wrapping_add(len).wrapping_sub(1) => _,
            inout("rsi") from.wrapping_add(len).wrapping_sub(1) => _,
            options(nostack),
        );
    }
}

/// Sets `len` bytes to `byte`.
///
/// # Safety
///
/// `to` is valid for writes of `len` bytes.
pub(crate) unsafe fn fill(to: *mut u8, byte: u8, len: usize) {
    // SAFETY: writes the `len` bytes at `to`, which the caller vouches for; the
    // ABI has the direction flag clear.
    unsafe {
        asm!(
            "rep stosb",
            inout("rcx") len => _, inout("rdi") to => _, in("al") byte,
            options(nostack, preserves_flags),
        );
    }
}
