/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM umd

#if !defined(_UMD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _UMD_TRACE_H

#include <linux/tracepoint.h>

#include "state.h"

TRACE_EVENT(umd_spawn,
	TP_PROTO(const struct umd_worker *worker, int error),
	TP_ARGS(worker, error),
	TP_STRUCT__entry(
		__array(char, name, TASK_COMM_LEN)
		__field(int, pid)
		__field(int, error)
	),
	TP_fast_assign(
		strscpy(__entry->name, worker->driver->name, TASK_COMM_LEN);
		__entry->pid = umd_worker_pid(worker);
		__entry->error = error;
	),
	TP_printk("driver=%s pid=%d error=%d", __entry->name, __entry->pid,
		  __entry->error)
);

TRACE_EVENT(umd_request,
	TP_PROTO(const struct umd_driver *driver,
		 const struct umd_request *req),
	TP_ARGS(driver, req),
	TP_STRUCT__entry(
		__array(char, name, TASK_COMM_LEN)
		__field(u64, id)
		__field(u16, op)
		__field(u32, len)
		__field(uid_t, uid)
	),
	TP_fast_assign(
		strscpy(__entry->name, driver->name, TASK_COMM_LEN);
		__entry->id = req->header.id;
		__entry->op = req->header.op;
		__entry->len = req->header.len;
		__entry->uid = from_kuid(&init_user_ns, req->user ?
					 req->user->uid : INVALID_UID);
	),
	TP_printk("driver=%s id=%llu op=%u len=%u uid=%u", __entry->name,
		  __entry->id, __entry->op, __entry->len, __entry->uid)
);

TRACE_EVENT(umd_reply,
	TP_PROTO(const struct umd_worker *worker,
		 const struct umd_frame_header *reply),
	TP_ARGS(worker, reply),
	TP_STRUCT__entry(
		__array(char, name, TASK_COMM_LEN)
		__field(u64, id)
		__field(int, pid)
		__field(int, status)
		__field(u32, len)
	),
	TP_fast_assign(
		strscpy(__entry->name, worker->driver->name, TASK_COMM_LEN);
		__entry->id = reply->id;
		__entry->pid = umd_worker_pid(worker);
		__entry->status = reply->status;
		__entry->len = reply->len;
	),
	TP_printk("driver=%s id=%llu pid=%d status=%d len=%u", __entry->name,
		  __entry->id, __entry->pid, __entry->status, __entry->len)
);

TRACE_EVENT(umd_timeout,
	TP_PROTO(const struct umd_driver *driver,
		 const struct umd_request *req),
	TP_ARGS(driver, req),
	TP_STRUCT__entry(
		__array(char, name, TASK_COMM_LEN)
		__field(u64, id)
		__field(int, pid)
	),
	TP_fast_assign(
		strscpy(__entry->name, driver->name, TASK_COMM_LEN);
		__entry->id = req->header.id;
		/* Nobody has read it: 0. */
		__entry->pid = req->worker ? umd_worker_pid(req->worker) : 0;
	),
	TP_printk("driver=%s id=%llu pid=%d", __entry->name, __entry->id,
		  __entry->pid)
);

TRACE_EVENT(umd_exit,
	TP_PROTO(const struct umd_worker *worker),
	TP_ARGS(worker),
	TP_STRUCT__entry(
		__array(char, name, TASK_COMM_LEN)
		__array(char, end, 16)
		__field(int, pid)
		__field(int, error)
	),
	TP_fast_assign(
		strscpy(__entry->name, worker->driver->name, TASK_COMM_LEN);
		strscpy(__entry->end, umd_ends[worker->end].name, 16);
		__entry->pid = umd_worker_pid(worker);
		__entry->error = worker->error;
	),
	TP_printk("driver=%s pid=%d cause=%s error=%d", __entry->name,
		  __entry->pid, __entry->end, __entry->error)
);

TRACE_EVENT(umd_restart,
	TP_PROTO(const struct umd_driver *driver),
	TP_ARGS(driver),
	TP_STRUCT__entry(
		__array(char, name, TASK_COMM_LEN)
		__field(u64, restarts)
	),
	TP_fast_assign(
		strscpy(__entry->name, driver->name, TASK_COMM_LEN);
		__entry->restarts = driver->statistics.restarts;
	),
	TP_printk("driver=%s restarts=%llu", __entry->name, __entry->restarts)
);

#endif /* _UMD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
