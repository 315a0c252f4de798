// SPDX-License-Identifier: MIT OR Apache-2.0

//! The parts of a freestanding handler that are specific to riscv64: its first
//! and last instructions, and the loops for [`crate::mem`], which the compiler would
//! turn into calls of the functions that they implement.

#![allow(unsafe_code)]

use core::arch::asm;

/// The first instruction of the process. As on x86-64, the buffer's address is passed.
/// The global pointer stays unset: nothing of a handler is near one.
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
        "lla a0, {buffer}",
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
            "ecall",
            // The kernel looks at all of the register.
            in("a7") linux_raw_sys::general::__NR_exit as usize,
            in("a0") code,
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
    // SAFETY: writes the `len` bytes at `to`, which the caller vouches for.
    unsafe {
        asm!(
            "j 3f",
            "2: lb {byte}, 0({from})",
            "sb {byte}, 0({to})",
            "addi {from}, {from}, 1",
            "addi {to}, {to}, 1",
            "addi {len}, {len}, -1",
            "3: bnez {len}, 2b",
            byte = out(reg) _,
            len = inout(reg) len => _,
            to = inout(reg) to => _,
            from = inout(reg) from => _,
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
    // SAFETY: writes the `len` bytes at `to`, which the caller vouches for.
    unsafe {
        asm!(
            "j 3f",
            "2: addi {from}, {from}, -1",
            "addi {to}, {to}, -1",
            "lb {byte}, 0({from})",
            "sb {byte}, 0({to})",
            "addi {len}, {len}, -1",
            "3: bnez {len}, 2b",
            byte = out(reg) _,
            len = inout(reg) len => _,
            to = inout(reg) to.wrapping_add(len) => _,
            from = inout(reg) from.wrapping_add(len) => _,
            options(nostack, preserves_flags),
        );
    }
}

/// Sets `len` bytes to `byte`.
///
/// # Safety
///
/// `to` is valid for writes of `len` bytes.
pub(crate) unsafe fn fill(to: *mut u8, byte: u8, len: usize) {
    // SAFETY: writes the `len` bytes at `to`, which the caller vouches for.
    unsafe {
        asm!(
            "j 3f",
            "2: sb {byte}, 0({to})",
            "addi {to}, {to}, 1",
            "addi {len}, {len}, -1",
            "3: bnez {len}, 2b",
            byte = in(reg) u32::from(byte),
            len = inout(reg) len => _,
            to = inout(reg) to => _,
            options(nostack, preserves_flags),
        );
    }
}
