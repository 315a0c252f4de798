// SPDX-License-Identifier: MIT OR Apache-2.0

//! The limits under which a Handler runs here: the part of the kernel's seal
//! that an ordinary process can set for its child.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::ffi::{CStr, CString, c_char};
use std::io::{self, PipeWriter, Write};

/// A program to start, and the filter that lets it start and nothing more.
pub(crate) struct SealedExec {
    path: CString,
    argv: [*const c_char; 2],
    envp: [*const c_char; 1],
    /// The string that `argv` points to.
    _name: CString,
    filter: BpfProgram,
    /// Takes the errno of an execve that failed.
    failure: PipeWriter,
}

// SAFETY: the pointers are to heap memory that this value owns and that
// nothing changes.
unsafe impl Send for SealedExec {}
// SAFETY: as above.
unsafe impl Sync for SealedExec {}

impl SealedExec {
    /// For the program at `path`, with `name` as its only argument and no
    /// environment. The value must stay where it is from now on, since the
    /// filter knows its address: hence the box.
    ///
    /// Under the filter a failed [`exec`](Self::exec) can report nothing to its
    /// parent but the four bytes of the errno, written to `failure`.
    pub(crate) fn new(path: CString, name: CString, failure: PipeWriter) -> io::Result<Box<Self>> {
        let mut exec = Box::new(Self {
            argv: [name.as_ptr(), std::ptr::null()],
            envp: [std::ptr::null()],
            path,
            _name: name,
            filter: BpfProgram::new(),
            failure,
        });
        let pointers = [
            exec.path.as_ptr().addr(),
            exec.argv.as_ptr().addr(),
            exec.envp.as_ptr().addr(),
        ];
        exec.filter = filter(pointers).map_err(io::Error::other)?;
        Ok(exec)
    }

    /// Replaces this process by the program, with the file descriptors 0 and 1
    /// and no others. Returns only when that failed.
    ///
    /// Allocates nothing, so that it may run between fork and exec.
    pub(crate) fn exec(&self) -> io::Error {
        // SAFETY: marks descriptors, nothing else; none of this process is
        // used after a successful exec.
        let marked = unsafe {
            libc::close_range(
                2,
                libc::c_uint::MAX,
                libc::CLOSE_RANGE_CLOEXEC.cast_signed(),
            )
        };
        if marked != 0 {
            return io::Error::last_os_error();
        }
        // This also sets no_new_privs.
        if seccompiler::apply_filter(&self.filter).is_err() {
            return io::Error::last_os_error();
        }
        let path: &CStr = &self.path;
        // SAFETY: a string and two lists that end in a null pointer, all of
        // which `self` keeps alive.
        unsafe { libc::execve(path.as_ptr(), self.argv.as_ptr(), self.envp.as_ptr()) };
        let error = io::Error::last_os_error();
        let errno = error.raw_os_error().unwrap_or_default();
        match (&self.failure).write_all(&errno.to_ne_bytes()) {
            Ok(()) => error,
            Err(error) => error,
        }
    }
}

/// The system calls of seccomp's strict mode; any other kills the process.
///
/// The filter must be in place before the program's first instruction, so the
/// filter has to pass the execve that starts the program: the call with these
/// three pointers. All three lead into the memory of the process before exec. The
/// program itself has no memory there and no system call to map any.
fn filter(execve: [usize; 3]) -> seccompiler::Result<BpfProgram> {
    let mut conditions = Vec::new();
    for (argument, pointer) in (0..).zip(execve) {
        conditions.push(SeccompCondition::new(
            argument,
            SeccompCmpArgLen::Qword,
            SeccompCmpOp::Eq,
            u64::try_from(pointer).unwrap_or_default(),
        )?);
    }
    let rules = [
        (libc::SYS_read, vec![]),
        (libc::SYS_write, vec![]),
        (libc::SYS_exit, vec![]),
        (libc::SYS_rt_sigreturn, vec![]),
        (libc::SYS_execve, vec![SeccompRule::new(conditions)?]),
    ];
    let filter = SeccompFilter::new(
        rules.into_iter().collect(),
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?;
    Ok(filter.try_into()?)
}
