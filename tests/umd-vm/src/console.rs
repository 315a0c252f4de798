// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds in a kernel's console log what must not be there.

/// How the messages begin by which the kernel says that it found something
/// wrong with itself. Each stands at the start of a message.
const REPORTS: [&str; 34] = [
    "WARNING: ",
    "BUG: ",
    // Lockdep's, of what may not be waited for.
    "[ BUG: ",
    // SLUB's checks.
    "BUG ",
    "kernel BUG at ",
    "Oops: ",
    "Oops [",
    "general protection fault",
    "stack segment",
    "invalid opcode: ",
    "double fault: ",
    "traps: PANIC: ",
    "divide error: ",
    "Unable to handle kernel",
    "unregister_netdevice: waiting",
    "rcu: INFO: rcu_",
    "INFO: rcu_",
    "INFO: task ",
    "INFO: lockdep ",
    "INFO: trying to register non-static key",
    "UBSAN: ",
    "KASAN: ",
    "KCSAN: ",
    "kmemleak: ",
    // A guest's own list of leaks, copied to the log.
    "unreferenced object ",
    "ODEBUG: ",
    "watchdog: BUG: ",
    "NMI watchdog: Watchdog detected ",
    "list_add corruption",
    "list_del corruption",
    // Two things of one name, as Linux 6.1 and newer ones say it.
    "debugfs: Directory '",
    "debugfs: File '",
    "debugfs: '",
    "sysfs: cannot create duplicate filename",
];

/// Messages that begin as a report does and are none.
const HARMLESS: [&str; 3] = [
    "kmemleak: Kernel memory leak detector initialized",
    "kmemleak: Automatic memory scanning thread",
    // Injected faults hit it as well; this one only makes it look at more.
    "kmemleak: Cannot allocate a scan area, scanning the full object",
];

/// The lines of a console log that report a fault of the kernel: warnings,
/// bugs, oopses, stalls, and what sanitizers and lock checkers find.
#[must_use]
pub fn splats(log: &str) -> Vec<String> {
    log.lines()
        .map(message)
        .filter(|line| REPORTS.iter().any(|report| line.starts_with(report)))
        .filter(|line| !HARMLESS.iter().any(|report| line.starts_with(report)))
        .map(str::to_owned)
        .collect()
}

/// The fault that the kernel's taint flags name, whatever the log has. The other
/// flags only say that modules are unsigned or from outside of the tree.
#[must_use]
pub fn taint(flags: u32) -> Option<String> {
    const FAULTS: [(u32, &str); 5] = [
        (4, "a machine check"),
        (5, "a bad page"),
        (7, "an oops or BUG"),
        (9, "a warning"),
        (14, "a soft lockup"),
    ];
    FAULTS
        .iter()
        .find(|(bit, _)| flags & (1 << bit) != 0)
        .map(|(_, fault)| format!("{fault} (taint flags {flags})"))
}

/// Why the kernel panicked, if it did.
#[must_use]
pub fn panic(log: &str) -> Option<String> {
    log.lines()
        .map(message)
        .find(|line| line.starts_with("Kernel panic - "))
        .map(str::to_owned)
}

/// A console line without its time (and, on debug kernels, its caller).
pub(crate) fn message(line: &str) -> &str {
    let mut rest = line.trim_end();
    for _ in 0..2 {
        let bracketed = rest.strip_prefix('[').and_then(|r| r.split_once(']'));
        match bracketed {
            Some((inside, after)) if is_prefix(inside) => rest = after.trim_start(),
            _ => break,
        }
    }
    rest
}

/// `    1.234567`, or `T42` or `C1`, the caller.
fn is_prefix(inside: &str) -> bool {
    let inside = inside.trim().trim_start_matches(['T', 'C']);
    !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_found_behind_any_prefix() {
        let log = "[    1.000000] ordinary\n\
                   [   12.345678] WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2\r\n\
                   [   12.345678][   T42] BUG: KASAN: use-after-free in f\n\
                   BUG: scheduling while atomic: sh/1/0x00000002\n\
                   [    1.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n\
                   [  242.1] INFO: task sh:1 blocked for more than 120 seconds.\n\
                   [    1.0] Oops: 0002 [#1] PREEMPT SMP\n";
        assert_eq!(splats(log).len(), 6);
        assert!(panic(log).is_none());
    }

    /// As Linux 6.1 with all checkers on has them.
    #[test]
    fn each_checker_is_heard() {
        for report in [
            "BUG: KASAN: use-after-free in f+0x7e/0xa0 [planted]",
            "BUG: KASAN: vmalloc-out-of-bounds in f+0x57/0x70 [planted]",
            "BUG: KCSAN: data-race in f / g",
            "UBSAN: shift-out-of-bounds in a/b.c:110:12",
            "WARNING: possible circular locking dependency detected",
            "WARNING: possible recursive locking detected",
            "WARNING: inconsistent lock state",
            "WARNING: suspicious RCU usage",
            "WARNING: bad unlock balance detected!",
            "WARNING: held lock freed!",
            "WARNING: lock held when returning to user space!",
            "[ BUG: Invalid wait context ]",
            "BUG: MAX_LOCKDEP_CHAINS too low!",
            "BUG: sleeping function called from invalid context at a/b.c:86",
            "BUG: scheduling while atomic: sh/1/0x00000002",
            "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!",
            "kmemleak: 16 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
            "kmemleak: Kernel memory leak detector disabled",
            "unreferenced object 0xffff888005590000 (size 1024):",
            "ODEBUG: free active (active state 0) object type: timer_list hint: f+0x0/0x10",
            "ODEBUG: Out of memory. ODEBUG disabled",
            "BUG kmalloc-64 (Tainted: G    B      O     ): Poison overwritten",
            "list_add corruption. prev->next should be next (1), but was 2. (prev=3).",
            "debugfs: Directory 'a' with parent 'b' already present!",
            "debugfs: 'a' already exists in 'b'",
            "sysfs: cannot create duplicate filename '/kernel/x'",
        ] {
            let log = format!("[   26.165523][    T1] {report}\r\n");
            assert_eq!(splats(&log), [report]);
        }
    }

    #[test]
    fn faults_that_are_injected_are_no_reports() {
        let log = "[    1.0][   T99] FAULT_INJECTION: forcing a failure.\n\
                   [    1.0][   T99] name failslab, interval 1, probability 0, space 0, times 0\n\
                   [    1.0][   T99] CPU: 0 PID: 99 Comm: sh Tainted: G           O\n\
                   [    1.0][    T1] kmemleak: Kernel memory leak detector initialized (mem pool available: 62995)\n";
        assert_eq!(splats(log), [""; 0]);
    }

    #[test]
    fn faults_of_processes_and_talk_of_faults_are_no_reports() {
        let log = "[    1.0] traps: program[99] general protection fault ip:1 sp:2 error:0\n\
                   [    1.0] program[99]: segfault at 0 ip 1 sp 2 error 4\n\
                   [    1.0] sample: loading out-of-tree module taints kernel.\n\
                   [    1.0] kmemleak: Automatic memory scanning thread started\n\
                   [    1.0] kmemleak: Cannot allocate a scan area, scanning the full object\n\
                   [    1.0] sample: the WARNING: inside a line\n";
        assert_eq!(splats(log), [""; 0]);
    }

    #[test]
    fn a_panic_gives_its_reason() {
        let log = "[    2.0] sysrq: Trigger a crash\n\
                   [    2.1] Kernel panic - not syncing: sysrq triggered crash\n";
        assert_eq!(
            panic(log).as_deref(),
            Some("Kernel panic - not syncing: sysrq triggered crash")
        );
    }
}
