// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The peers of the benchmark's comparisons, and the stopwatch:
 *
 * peers ask COMMAND		a command of umd_test.ko
 * peers pipes IN OUT COUNT	this process asks another over pipes
 * peers kernel IN OUT COUNT	the kernel (umd_test.ko) asks over pipes
 * peers seqpacket IN OUT COUNT	the same over a socket pair with whole messages
 * peers eventfd IN OUT COUNT	this process asks another by shared memory and eventfds
 * peers futex IN OUT COUNT	the same by a futex
 * peers fuse OUT COUNT		this process reads a file that another process
 *				serves, past the page cache
 *
 * The program prints `ns N`, the time of all, and `switches N`, the number of
 * task switches of the machine meanwhile. IN and OUT are the lengths of a
 * request and a reply.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONTROL "/sys/kernel/debug/umd_test/control"
#define MAX_PAYLOAD (128 * 1024)
#define MOUNT "/tmp/fuse"
#define FILE_ID 2

static char buffer[MAX_PAYLOAD + 4096];

/* Returns the number of task switches of the machine. */
static long switches(void)
{
	static char text[65536];
	int file = open("/proc/stat", O_RDONLY);
	ssize_t size = 0, ret;
	char *line;

	if (file < 0)
		err(1, "/proc/stat");
	while ((ret = read(file, text + size, sizeof(text) - 1 - size)) > 0)
		size += ret;
	close(file);
	text[size] = '\0';
	line = strstr(text, "\nctxt ");
	if (!line)
		errx(1, "/proc/stat has no ctxt");
	return atol(line + strlen("\nctxt "));
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long began_switches;
static long long began;

static void begin(void)
{
	began_switches = switches();
	began = now();
}

static void end(void)
{
	long long ns = now() - began;

	printf("ns %lld\nswitches %ld\n", ns, switches() - began_switches);
}

/* Starts a process that ends with this one. */
static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#include "shared.h"

/* Transfers all data, however little a pipe holds. False: it is closed. */
static int transfer(int file, size_t size, int is_write)
{
	size_t done = 0;
	ssize_t ret;

	while (done < size) {
		ret = is_write ? write(file, buffer + done, size - done) :
				 read(file, buffer + done, size - done);
		if (ret < 0)
			err(1, "pipe");
		if (!ret)
			return 0;
		done += ret;
	}
	return 1;
}

/* Starts a process that answers, and returns the ends of the pipes to it. */
static pid_t start_server(size_t in, size_t out, int *to, int *from)
{
	int request[2], reply[2];
	pid_t pid;

	if (pipe2(request, O_CLOEXEC) || pipe2(reply, O_CLOEXEC))
		err(1, "pipe");
	pid = start_child();
	if (!pid) {
		close(request[1]);
		close(reply[0]);
		while (transfer(request[0], in, 0))
			transfer(reply[1], out, 1);
		_exit(0);
	}
	close(request[0]);
	close(reply[1]);
	*to = request[1];
	*from = reply[0];
	return pid;
}

static void over_pipes(size_t in, size_t out, long count)
{
	int to, from;
	pid_t pid = start_server(in, out, &to, &from);

	begin();
	while (count--) {
		transfer(to, in, 1);
		if (!transfer(from, out, 0))
			errx(1, "the other process has ended");
	}
	end();
	close(to);
	waitpid(pid, NULL, 0);
}

/* Passes a command to umd_test.ko and prints the answer. */
static void ask(const char *command)
{
	int file = open(CONTROL, O_RDWR);
	char answer[4096];
	long before;
	ssize_t size;

	if (file < 0)
		err(1, CONTROL);
	before = switches();
	if (write(file, command, strlen(command)) < 0)
		err(1, "%s", command);
	before = switches() - before;
	size = read(file, answer, sizeof(answer) - 1);
	if (size < 0)
		err(1, CONTROL);
	answer[size] = '\0';
	if (!strstr(answer, "error 0\n"))
		errx(1, "%s: %s", command, answer);
	printf("%sswitches %ld\n", answer, before);
	close(file);
}

static void over_pipes_from_the_kernel(size_t in, size_t out, long count)
{
	char command[200];
	int to, from;
	pid_t pid = start_server(in, out, &to, &from);

	snprintf(command, sizeof(command),
		 "pipes uma in=%zu out=%zu requests=%ld to=%d from=%d", in, out,
		 count, to, from);
	ask(command);
	close(to);
	waitpid(pid, NULL, 0);
}

/* Sends a message. Nobody can wait for one without a byte. */
static void put(int file, size_t size)
{
	size = size ? size : 1;
	if (send(file, buffer, size, 0) != (ssize_t)size)
		err(1, "send");
}

static void get(int file)
{
	if (recv(file, buffer, sizeof(buffer), 0) <= 0)
		err(1, "recv");
}

static void over_seqpacket(size_t in, size_t out, long count)
{
	const int room = 4 * MAX_PAYLOAD;
	int ends[2], i;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		err(1, "socketpair");
	for (i = 0; i < 2; i++)
		if (setsockopt(ends[i], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
			err(1, "SO_SNDBUFFORCE");
	pid = start_child();
	while (!pid) {
		get(ends[1]);
		put(ends[1], out);
	}
	begin();
	while (count--) {
		put(ends[0], in);
		get(ends[0]);
	}
	end();
	end_child(pid);
}

static void fuse_reply(int device, const struct fuse_in_header *request,
		       int error, const void *data, size_t size)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + size,
		.error = error,
		.unique = request->unique,
	};
	struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ (void *)data, size },
	};

	if (writev(device, parts, size ? 2 : 1) < 0 && errno != ENOENT)
		err(1, "/dev/fuse");
}

static void fuse_init(int device, const struct fuse_in_header *request)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096,
	};

	fuse_reply(device, request, 0, &out, sizeof(out));
}

static struct fuse_attr fuse_attributes(uint64_t node)
{
	return (struct fuse_attr) {
		.ino = node,
		.mode = node == FILE_ID ? S_IFREG | 0444 : S_IFDIR | 0555,
		.size = node == FILE_ID ? MAX_PAYLOAD : 0,
		.nlink = 1,
	};
}

/* Serves a folder with one file of any name. */
static void fuse_serve(int device)
{
	static char request[MAX_PAYLOAD];
	const struct fuse_in_header *header = (const void *)request;
	const struct fuse_read_in *wanted = (const void *)(header + 1);
	struct fuse_attr_out attributes = { .attr_valid = 3600 };
	struct fuse_entry_out entry = {
		.nodeid = FILE_ID,
		.attr_valid = 3600,
		.entry_valid = 3600,
		.attr = fuse_attributes(FILE_ID),
	};
	struct fuse_open_out opened = { .open_flags = FOPEN_DIRECT_IO };

	while (read(device, request, sizeof(request)) > 0) {
		switch (header->opcode) {
		case FUSE_INIT:
			fuse_init(device, header);
			break;
		case FUSE_LOOKUP:
			fuse_reply(device, header, 0, &entry, sizeof(entry));
			break;
		case FUSE_GETATTR:
			attributes.attr = fuse_attributes(header->nodeid);
			fuse_reply(device, header, 0, &attributes,
				   sizeof(attributes));
			break;
		case FUSE_OPEN:
			fuse_reply(device, header, 0, &opened, sizeof(opened));
			break;
		case FUSE_READ:
			fuse_reply(device, header, 0, buffer, wanted->size);
			break;
		case FUSE_FLUSH:
		case FUSE_RELEASE:
			fuse_reply(device, header, 0, NULL, 0);
			break;
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
			break;
		default:
			fuse_reply(device, header, -ENOSYS, NULL, 0);
		}
	}
}

static void over_fuse(size_t out, long count)
{
	int device = open("/dev/fuse", O_RDWR | O_CLOEXEC), file;
	char options[100];
	pid_t pid;

	if (device < 0)
		err(1, "/dev/fuse");
	mkdir(MOUNT, 0700);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,max_read=%d",
		 device, MAX_PAYLOAD);
	if (mount("peers", MOUNT, "fuse", 0, options))
		err(1, MOUNT);
	/* There is nothing to read before the mount. */
	pid = start_child();
	if (!pid) {
		fuse_serve(device);
		_exit(0);
	}
	file = open(MOUNT "/file", O_RDONLY);
	if (file < 0)
		err(1, MOUNT "/file");
	begin();
	while (count--) {
		if (pread(file, buffer, out, 0) != (ssize_t)out)
			err(1, "read");
	}
	end();
	close(file);
	umount2(MOUNT, MNT_DETACH);
	end_child(pid);
}

static const struct {
	const char *name;
	void (*ask)(size_t in, size_t out, long count);
} peers[] = {
	{ "pipes", over_pipes },
	{ "kernel", over_pipes_from_the_kernel },
	{ "seqpacket", over_seqpacket },
	{ "eventfd", over_eventfd },
	{ "futex", over_futex },
};

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	size_t i;

	if (argc == 3 && !strcmp(what, "ask")) {
		ask(argv[2]);
	} else if (argc == 4 && !strcmp(what, "fuse")) {
		over_fuse(atol(argv[2]), atol(argv[3]));
	} else {
		for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
			if (argc == 5 && !strcmp(what, peers[i].name)) {
				peers[i].ask(atol(argv[2]), atol(argv[3]), atol(argv[4]));
				return 0;
			}
		}
		errx(2, "ask COMMAND | fuse OUT COUNT | NAME IN OUT COUNT: see peers.c");
	}
	return 0;
}
