// SPDX-License-Identifier: MIT OR Apache-2.0

//! The options of `cargo vm` for a developer's own guest, by the program itself.

use crate::chosen_kernel;
use anyhow::{Context, Result, ensure};
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use umd_tests::kernel::{Platform, Update};
use umd_tests::modules::{self, Which};
use umd_tests::{repo, setup};

/// Long enough for a busy machine. No guest of these tests needs it.
const LIMIT: Duration = Duration::from_mins(4);

/// `cargo vm` with a script.
fn vm(script: &str, arguments: &[&str]) -> Result<Child> {
    let mut vm = Command::new(env!("CARGO_BIN_EXE_umd"));
    vm.arg("vm").args(arguments).args(["--run", "-"]);
    if let Some(kernel) = chosen_kernel() {
        vm.args(["--kernel", &kernel]);
    }
    vm.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = vm.stderr(Stdio::piped()).spawn()?;
    let stdin = child.stdin.take().context("no standard input")?;
    { stdin }.write_all(script.as_bytes())?;
    Ok(child)
}

/// All three in one boot. The module is the sample's, in a file of another name.
pub(crate) fn additions() -> Result<()> {
    let kernel = setup::ensure(chosen_kernel().as_deref(), Update::Missing)?.kernel;
    let folder = tempfile::tempdir()?;
    let built = modules::build(&kernel, None, Which::Tests)?;
    let is_sample = |path: &&std::path::PathBuf| path.ends_with("sample_mgr.ko");
    let sample = built.iter().find(is_sample).context("no sample_mgr.ko")?;
    fs::copy(sample, folder.path().join("own.ko"))?;
    let program = folder.path().join("program");
    fs::write(&program, "#!/bin/sh\necho \"$0 runs\"\n")?;
    fs::set_permissions(&program, Permissions::from_mode(0o750))?;
    let script = "stat -c %a /opt/own/program && /opt/own/program || exit
        modprobe own && [ -d /sys/module/sample_mgr ] && echo own.ko is sample_mgr
        grep -o ' own_a=1 own_b=2$' /proc/cmdline";
    let file = format!("{}=/opt/own/program", program.display());
    let modules = folder.path().to_string_lossy();
    let arguments = ["--append", "own_a=1 own_b=2", "--modules", &modules];
    let child = vm(script, &[&arguments[..], &["--file", &file]].concat())?;
    let outcome = child.wait_with_output()?;
    let printed = String::from_utf8_lossy(&outcome.stdout);
    let expected = "750\n/opt/own/program runs\nown.ko is sample_mgr\n own_a=1 own_b=2\n";
    ensure!(
        outcome.status.success() && printed == expected,
        "{printed}{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    Ok(())
}

/// gdb, started as the message says, is interrupted once the library is loaded. gdb
/// then has the function's address that the guest's kernel has, and ends the script
/// by the number that it writes to a variable.
pub(crate) fn symbols() -> Result<()> {
    let kernel = setup::ensure(chosen_kernel().as_deref(), Update::Missing)?.kernel;
    if kernel.platform == Platform::UserMode {
        return Ok(());
    }
    setup::install(&[("gdb", "gdb")])?;
    let script = "modprobe umd_mgmt && grep ' umd_mgmt_unregister[^.]' /proc/kallsyms || exit
        until [ \"$(cat /sys/module/umd_mgmt/parameters/start_limit)\" = 77 ]; do
            usleep 100000
        done";
    let limit = LIMIT.as_secs().to_string();
    let mut vm = vm(script, &["--gdb", "--timeout", &limit])?;
    let mut messages = BufReader::new(vm.stderr.take().context("no messages")?).lines();
    let command = messages
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.strip_prefix("the guest waits for: ")?.to_owned()))
        .context("the guest does not wait")?;
    // A full pipe would stop the guest's program.
    std::thread::spawn(move || messages.by_ref().count());
    let steps = [
        "continue",
        "print/x &umd_mgmt_unregister",
        "set {unsigned int}&start_limit = 77",
        "detach",
    ];
    let steps = steps.map(|step| format!("-ex '{step}'")).join(" ");
    let mut gdb = Command::new("sh");
    gdb.arg("-c")
        .arg(format!("exec {command} -nx -batch {steps}"));
    gdb.stdin(Stdio::null()).stdout(Stdio::piped());
    let gdb = gdb.stderr(Stdio::piped()).spawn()?;
    let sections = repo::target_dir()?.join("vm/last/sections");
    wait_for(&sections, "umd_mgmt .text ")?;
    let interrupt = Command::new("kill")
        .args(["-INT", &gdb.id().to_string()])
        .status()?;
    ensure!(interrupt.success(), "gdb has ended");
    let gdb = gdb.wait_with_output()?;
    let mut printed = String::new();
    let stdout = vm.stdout.as_mut().context("no output")?;
    stdout.read_to_string(&mut printed)?;
    ensure!(vm.wait()?.success(), "{printed}{gdb:?}");
    let address = printed.split_whitespace().next().context("no address")?;
    let said = String::from_utf8_lossy(&gdb.stdout);
    ensure!(
        said.contains(&format!(" = 0x{address}\n")),
        "{address}: {gdb:?}"
    );
    Ok(())
}

fn wait_for(file: &Path, text: &str) -> Result<()> {
    let started = Instant::now();
    while !fs::read_to_string(file).is_ok_and(|all| all.contains(text)) {
        ensure!(
            started.elapsed() < LIMIT,
            "no {text:?} in {}",
            file.display()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
