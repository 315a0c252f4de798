// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * A Handler that tries the seal from inside. The request's offset selects the
 * attempt. If the attempt fails, the reply has the negative errno as status.
 * If the attempt succeeds, or the offset is PROBES or more, the reply is that
 * of the sample Handler.
 *
 * Almost all attempts make system calls. The library must therefore be built
 * without seccomp (UMD_TEST_NO_SECCOMP=1): else any of the calls kills.
 *
 * The user id, which the module parameter uid_base sets, selects attempts
 * before the first request: see START_.
 */
#include <linux/auxvec.h>

#define MAX_PAYLOAD UMD_SAMPLE_SIZE
#include "sample/umd_sample_abi.h"
#include "crash.h"
#include "handler.h"

#define KIB 1024UL
#define MIB (1024 * KIB)

/* Waits until a test sets hold: before the first read, and in HELLO. */
#define START_HOLD 1900000001
/* Makes the attempts of try_at_start(). */
#define START_TRY 1900000002

#define AT_START 4

static unsigned int own_uid;
static long at_start[AT_START];

/* Set from outside, by /proc/PID/mem. */
static volatile unsigned char hold __attribute__((section(".hold"))) = 0;

/* Each probe returns zero if the attempt succeeds. */

static long truth(int true)
{
	return true ? 0 : -EDOM;
}

/*
 * All allowed descriptors are in use. This function closes descriptor 1, which
 * the probe can open, and restores it in the end.
 */
static long with_a_free_descriptor(probe *probe)
{
	long ret;

	SYS(close, 1, 0, 0);
	ret = probe();
	dup2_(0, 1);
	return ret < 0 ? ret : 0;
}

#define OPENS(name, path, flags)					\
	static long name##_(void) { return open_(path, flags, 0600); } \
	static long name(void) { return with_a_free_descriptor(name##_); }

OPENS(open_passwd, "/etc/passwd", O_RDONLY)
OPENS(open_above, "../../../../etc/passwd", O_RDONLY)
OPENS(open_proc, "/proc/self/status", O_RDONLY)
OPENS(open_device, "/dev/null", O_RDWR)
OPENS(open_itself, "/sample_umh", O_RDONLY)
OPENS(open_new, "/new", O_WRONLY | O_CREAT)
OPENS(open_unnamed, "/", O_WRONLY | 020000000 | O_DIRECTORY)
OPENS(open_root, "/", O_RDONLY | O_DIRECTORY)

static long list_root_(void)
{
	char entries[512];
	long size;

	if (open_("/", O_RDONLY | O_DIRECTORY, 0) != 1)
		return -EBADF;
	/* Two entries of 24 bytes each: "." and "..". */
	size = SYS(getdents64, 1, entries, sizeof(entries));
	return size < 0 ? size : truth(size == 48);
}
static long list_root(void) { return with_a_free_descriptor(list_root_); }

static long make_folder(void) { return SYS(mkdirat, AT_FDCWD, "/new", 0700); }
static long make_device(void) { return SYS4(mknodat, AT_FDCWD, "/new", 020600, 0x103); }
static long make_link(void) { return SYS(symlinkat, "/", AT_FDCWD, "/new"); }
static long change_mode(void) { return SYS(fchmodat, AT_FDCWD, "/", 0777); }
static long mount_tmpfs(void) { return SYS4(mount, "t", "/", "tmpfs", 0); }
static long unmount(void) { return SYS(umount2, "/", MNT_DETACH_, 0); }
static long change_root(void) { return SYS(chroot, "/", 0, 0); }

static long set_uid(void) { return SYS(setuid, 0, 0, 0); }
static long set_gid(void) { return SYS(setgid, 0, 0, 0); }
static long set_reuid(void) { return SYS(setreuid, 0, 0, 0); }
static long set_regid(void) { return SYS(setregid, 0, 0, 0); }
static long set_resuid(void) { return SYS(setresuid, -1, -1, 0); }
static long set_resgid(void) { return SYS(setresgid, -1, -1, 0); }
static long set_groups(void) { return SYS(setgroups, 0, 0, 0); }
static long set_fsuid(void)
{
	SYS(setfsuid, 0, 0, 0);
	return SYS(setfsuid, -1, 0, 0) == own_uid ? -EPERM : 0;
}
static long raise_capability(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 1, 1, 1 }, { 0, 0, 0 } };

	return SYS(capset, &header, data, 0);
}
static long raise_ambient(void)
{
	return SYS4(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0);
}
static long bounding_set(void)
{
	int bit = 0;
	long is;

	while ((is = SYS(prctl, PR_CAPBSET_READ, bit, 0)) == 0)
		bit++;
	/* The first capability that this kernel does not know. */
	return truth(is == -EINVAL && bit > CAP_CHECKPOINT_RESTORE);
}
static long loosen_securebits(void) { return SYS(prctl, PR_SET_SECUREBITS, 0, 0); }
static long securebits(void)
{
	long all = SECURE_ALL_BITS | SECURE_ALL_LOCKS;

	/* Newer kernels have more bits. */
	return truth((SYS(prctl, PR_GET_SECUREBITS, 0, 0) & all) ==
		     (all & ~issecure_mask(SECURE_KEEP_CAPS)));
}
static long no_new_privs(void)
{
	return truth(SYS(prctl, PR_GET_NO_NEW_PRIVS, 0, 0) == 1);
}
static long dumpable(void) { return truth(SYS(prctl, PR_GET_DUMPABLE, 0, 0) == 0); }
static long become_dumpable(void) { return SYS(prctl, PR_SET_DUMPABLE, 1, 0); }
static long set_personality(void)
{
	long old = SYS(personality, 0xffffffff, 0, 0);

	return old ? -EDOM : SYS(personality, 0, 0, 0);
}

static long signal_init(void) { return SYS(kill, 1, 0, 0); }
static long trace_init(void) { return SYS4(ptrace, PTRACE_ATTACH, 1, 0, 0); }
static long be_traced(void) { return SYS4(ptrace, PTRACE_TRACEME, 0, 0, 0); }
static long new_user_namespace(void) { return SYS(unshare, CLONE_NEWUSER, 0, 0); }
static long new_mount_namespace(void) { return SYS(unshare, CLONE_NEWNS, 0, 0); }

/*
 * System calls for root only, which fail before the kernel looks at an
 * argument. A small kernel has only some of the calls.
 */
static long privileged(void)
{
	static const long calls[] = {
		__NR_sethostname, __NR_acct, __NR_init_module,
#ifdef __NR_iopl
		__NR_iopl,
#endif
		__NR_delete_module, __NR_swapon, __NR_vhangup, __NR_kexec_load,
	};
	unsigned long i;
	long ret;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		ret = call6(calls[i], 3, 0, 0, 0, 0, 0);
		if (ret != -EPERM && ret != -ENOSYS)
			return ret < 0 ? -EDOM : 0;
	}
	return call6(__NR_sethostname, 3, 0, 0, 0, 0, 0);
}

static long exec(const char *path)
{
	const char *none[] = { 0 };

	return SYS(execve, path, none, none);
}
static long exec_itself(void) { return exec("/sample_umh"); }
static long exec_busybox(void) { return exec("/bin/busybox"); }
static long exec_channel(void)
{
	return call6(__NR_execveat, 0, (long)"", 0, 0, AT_EMPTY_PATH, 0);
}

static long map(unsigned long size, long flags, int fd)
{
	long all = MAP_PRIVATE | flags;

	return call6(__NR_mmap, 0, size, PROT_READ | PROT_WRITE, all, fd, 0);
}
static long map_much(void) { return map(17 * MIB, MAP_ANONYMOUS, -1); }
static long map_some(void)
{
	long at = map(4 * MIB, MAP_ANONYMOUS, -1);

	return at < 0 && at > -4096 ? at : SYS(munmap, at, 4 * MIB, 0);
}
static long map_locked(void) { return map(4096, MAP_ANONYMOUS | MAP_LOCKED, -1); }
static long map_channel(void) { return map(4096, 0, 0); }
static long lock_page(void) { return SYS(mlock, &frame, 4096, 0); }
static long lock_all(void) { return SYS(mlockall, MCL_CURRENT_, 0, 0); }
static long use_much_stack(void)
{
	volatile unsigned char *at = (unsigned char *)&at;
	unsigned long i;

	for (i = 0; i < 512 * KIB; i += 4096)
		at[-(long)i] = 1;
	return 0;
}
static long raise_limit(void)
{
	static const unsigned long files[2] = { 16, 16 };

	return SYS(setrlimit, RLIMIT_NOFILE_, files, 0);
}
static long raise_priority(void) { return SYS(setpriority, 0, 0, -1); }
static long be_real_time(void)
{
	static const int priority = 1;

	return SYS(sched_setscheduler, 0, 1, &priority);
}
static long make_timer(void)
{
	int id;

	return SYS(timer_create, 0, 0, &id);
}

static long duplicate(void) { return SYS(dup, 0, 0, 0); }
static long duplicate_to_2(void) { return dup2_(0, 2); }
static long open_third(void) { return open_("/", O_RDONLY, 0); }
static long make_pipe(void)
{
	int ends[2];

	return SYS(pipe2, ends, 0, 0);
}
static long socket_third(void) { return SYS(socket, AF_UNIX_, SOCK_STREAM_, 0); }
static long make_socket(void) { return with_a_free_descriptor(socket_third); }
static long fill_memory_file_(void)
{
	unsigned long blocked = 1UL << (SIGXFSZ_ - 1);
	long fd = SYS(memfd_create, "", 0, 0);

	if (fd < 0)
		return fd;
	SYS4(rt_sigprocmask, 0, &blocked, 0, sizeof(blocked));
	return SYS(write, fd, &frame, 4096);
}
static long fill_memory_file(void) { return with_a_free_descriptor(fill_memory_file_); }

static long control(void) { return SYS(ioctl, 0, 0x541b, &frame); }
static long seek(void) { return SYS(lseek, 0, 0, SEEK_END_); }
static long read_at(void) { return SYS4(pread64, 0, &frame, 32, 0); }
static long truncate(void) { return SYS(ftruncate, 0, 0, 0); }
static long change_folder(void) { return SYS(fchdir, 0, 0, 0); }
static long change_channel_mode(void)
{
	long ret = SYS(fchmod, 0, 0777, 0);

	/* In 6.17 and later, nobody can change the mode. */
	return ret == -EOPNOTSUPP ? -EPERM : ret;
}
static long splice(void) { return call6(__NR_splice, 0, 0, 1, 0, 32, 0); }
static long send_file(void) { return SYS4(sendfile, 1, 0, 0, 32); }
static long is_always_ready(void)
{
	struct pollfd fd = { 0, POLLIN | POLLOUT, 0 };
	long count = poll_(&fd);

	return truth(count == 1 && fd.revents == (POLLIN | POLLOUT));
}
static long duplicate_by_control(void) { return SYS(fcntl, 0, F_DUPFD, 0); }
static long closed_0_reads(void)
{
	long ret;

	SYS(close, 0, 0, 0);
	ret = SYS(read, 0, &frame, sizeof(frame));
	dup2_(1, 0);
	return ret;
}

static long nothing(void) { return 0; }
static long read_channel(void) { return SYS(read, 0, &frame, sizeof(frame)); }
static long write_channel(void)
{
	return SYS(write, 1, &frame, HEADER + UMD_SAMPLE_SIZE);
}
static long make_child(void) { return in_a_child(nothing); }
static long child_reads(void) { return in_a_child(read_channel); }
static long child_writes(void) { return in_a_child(write_channel); }

static void stay(void)
{
	for (;;)
		pause_();
}
/* Leaves a child with the descriptors, in a table that @flags selects. */
static long die_before_child(unsigned long flags)
{
	long pid = SYS(clone, flags | SIGCHLD_, 0, 0);

	if (!pid)
		stay();
	if (pid > 0)
		leave(0);
	return pid;
}
static long die_before_copy(void) { return die_before_child(0); }
static long die_before_sharer(void) { return die_before_child(CLONE_FILES); }

/* The kernel refuses both as long as there are two threads. */
static long two_threads(void) { return with_a_thread(read_channel, write_channel); }

static long wait_for_signal(void)
{
	unsigned long set = 1UL << (SIGUSR1_ - 1);

	SYS4(rt_sigprocmask, 0, &set, 0, sizeof(set));
	return truth(SYS4(rt_sigtimedwait, &set, 0, 0, sizeof(set)) == SIGUSR1_);
}

/* These probes make no system call. */
static long wait_for_hold(void)
{
	while (!hold)
		PASS_TIME();
	hold = 0;
	return 0;
}
static long crash(void)
{
	fault();
	return 0;
}

static long start_write(void) { return at_start[0]; }
static long start_open(void) { return at_start[1]; }
static long start_new(void) { return at_start[2]; }
static long start_third(void) { return at_start[3]; }

static probe *const probes[] = {
	wait_for_hold, crash, wait_for_signal, nothing,			/* 0 */
	start_write, start_open, start_new, start_third,		/* 4 */
	open_passwd, open_above, open_proc, open_device,		/* 8 */
	open_itself, open_new, open_unnamed, open_root,			/* 12 */
	list_root, make_folder, make_device, make_link,			/* 16 */
	change_mode, mount_tmpfs, unmount, change_root,			/* 20 */
	set_uid, set_gid, set_reuid, set_regid,				/* 24 */
	set_resuid, set_resgid, set_groups, set_fsuid,			/* 28 */
	raise_capability, raise_ambient, bounding_set, loosen_securebits, /* 32 */
	securebits, no_new_privs, dumpable, become_dumpable,		/* 36 */
	set_personality, signal_init, trace_init, be_traced,		/* 40 */
	new_user_namespace, new_mount_namespace, privileged, exec_itself, /* 44 */
	exec_busybox, exec_channel, map_much, map_some,			/* 48 */
	map_locked, map_channel, lock_page, lock_all,			/* 52 */
	use_much_stack, raise_limit, raise_priority, be_real_time,	/* 56 */
	make_timer, duplicate, duplicate_to_2, open_third,		/* 60 */
	make_pipe, socket_third, make_socket, fill_memory_file,		/* 64 */
	control, seek, read_at, truncate,				/* 68 */
	change_folder, change_channel_mode, splice, send_file,		/* 72 */
	is_always_ready, duplicate_by_control, closed_0_reads, make_child, /* 76 */
	child_reads, child_writes, die_before_copy, die_before_sharer,	/* 80 */
	two_threads,							/* 84 */
};
#define PROBES (sizeof(probes) / sizeof(probes[0]))

static void answer(void)
{
	unsigned int offset = ((struct umd_sample_request *)frame.payload)->offset;

	if (frame.header.op == UMD_OP_HELLO && own_uid == START_HOLD)
		wait_for_hold();
	if (frame.header.op != UMD_OP_SAMPLE_SET) {
		send();
		return;
	}
	if (offset < PROBES)
		frame.header.status = probes[offset]();
	frame.header.len = frame.header.status ? 0 : UMD_SAMPLE_SIZE;
	clear(frame.payload, UMD_SAMPLE_SIZE);
	frame.payload[offset] = 1;
	send();
}

static void try_at_start(void)
{
	at_start[0] = write_channel();
	at_start[1] = open_passwd();
	at_start[2] = open_new();
	at_start[3] = duplicate();
}

/* The kernel's auxiliary vector is above the arguments and variables. */
static unsigned int uid_of(const long *stack)
{
	const long *at = stack + 1 + stack[0] + 1;

	while (*at++)
		;
	while (at[0] != AT_NULL && at[0] != AT_EUID)
		at += 2;
	return at[1];
}

static void begin(const long *stack)
{
	own_uid = uid_of(stack);
	if (own_uid == START_HOLD)
		wait_for_hold();
	if (own_uid == START_TRY)
		try_at_start();
}
