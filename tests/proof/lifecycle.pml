/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The life of a driver, its workers and its requests, after loader-c/mgmt/.
 *
 * What the code does under the driver's lock is one atomic step here, named
 * after the function that does it; between two of them anything else may
 * happen. States have the names that they have in loader-c/mgmt/state.h, and
 * move in one place each, which asserts that there is such an arrow. Time is left
 * out: a deadline may pass at any moment. Each kind of trouble has a budget, so
 * that every run is finite: a call that does not end is a deadlock, or a cycle.
 *
 * Here all calls are of one user, and a Handler is for all of them: users.pml has
 * the rest, and loading.pml how a driver gets its Loader.
 *
 * -DBUG_... plants a bug that the checks must find; tests/src/proof/spin.rs
 * names them, and the budgets.
 */

#ifndef CALLERS
#define CALLERS 2
#endif
#ifndef CALLS
#define CALLS 1			/* by each caller */
#endif
#ifndef MAX_WORKERS
#define MAX_WORKERS 2
#endif
#ifndef SLOTS
#define SLOTS 2			/* workers that are not freed yet */
#endif
#ifndef KILLS
#define KILLS 0			/* Handlers that somebody kills */
#endif
#ifndef STOPS
#define STOPS 0			/* Handlers that somebody stops (SIGSTOP) */
#endif
#ifndef FAULTS
#define FAULTS 0		/* crashes, violations, and failures to start */
#endif
#ifndef HANGS
#define HANGS 0			/* Handlers that neither read nor reply */
#endif
#ifndef LATE
#define LATE 0			/* deadlines that pass without a hang */
#endif
#ifndef SIGNALS
#define SIGNALS 0		/* callers that are killed */
#endif
#ifndef IDEMPOTENT
#define IDEMPOTENT 0
#endif
#ifndef START_LIMIT
#define START_LIMIT 2
#endif

#define REQUESTS (CALLERS + 1)
#define HELLO CALLERS		/* the request of umd_worker_hello() */
#define NONE 255

mtype = { UMD_BINARY_ABSENT, UMD_BINARY_LOADED, UMD_BINARY_UNLOADING };
mtype = { UMD_REQUEST_NEW, UMD_REQUEST_WAITING, UMD_REQUEST_COPYING,
	  UMD_REQUEST_READ, UMD_REQUEST_ENDING, UMD_REQUEST_OVER };
mtype = { UMD_WORKER_FREE, UMD_WORKER_STARTING, UMD_WORKER_READY,
	  UMD_WORKER_ENDED };
mtype = { UMD_WORKER_IDLE, UMD_WORKER_CALLED, UMD_WORKER_BUSY };
mtype = { UMD_END_EXIT, UMD_END_VIOLATION, UMD_END_START, UMD_END_OUTSIDE,
	  UMD_END_TRACED, UMD_END_TIMEOUT, UMD_END_UNLOAD, UMD_END_STOPPED,
	  UMD_END_ABORTED, UMD_END_IDLE };
mtype = { SUCCESS, EPROTO, EPIPE, ETIMEDOUT, ESHUTDOWN, ECANCELED, EPERM,
	  EHOSTDOWN, EINTR, ENOPROTOOPT, ESPAWN };
mtype = { UMD_STARTED, UMD_NOT_STARTED, UMD_KILLED_OUTSIDE, UMD_ENDED_BY_US };
mtype = { ABSENT, COMING, LIVE, GOING };	/* the Loader's module */

typedef umd_request {
	mtype state = UMD_REQUEST_NEW;
	byte worker = NONE;
	bool retried;
	mtype error;
	/* The rest is not in the code: the checks need it. */
	bool calls;		/* umd_mgmt_call() runs */
	bool alive;		/* the request and its buffers exist */
	bool replied;		/* there is a whole reply in its buffer */
	bool saw_stop;
	bool saw_abort;
	bool saw_unload;
	bool saw_failure;	/* a Handler or a start has failed */
}

typedef umd_worker {
	mtype state = UMD_WORKER_FREE;
	mtype duty = UMD_WORKER_IDLE;
	mtype end;
	mtype error;
	byte refs;
	bool has_read;
	byte sent = NONE;	/* instead of an id: NONE once its caller left */
	byte request = NONE;
	byte direct = NONE;
	bool wake;
	bool has_pid;
	/* Of the process. */
	bool runs;
	bool killed;
	bool held;
	bool hangs;
}

umd_request R[REQUESTS];
umd_worker W[SLOTS];

/* struct umd_driver */
mtype binary = UMD_BINARY_ABSENT;
bool due;			/* the unlock has something to do */
bool stopped, start_wanted, started;
mtype start_error;
byte start_failures;
bool start_pending, start_running;	/* start_work */
mtype module = ABSENT;

byte kills = KILLS, stops = STOPS, faults = FAULTS, hangs = HANGS, late = LATE,
     signals = SIGNALS;

/* Of use within one step only. */
hidden byte i_runs, i_short, i_end, i_queue, i_all, i_saw, t_left, t_live;
hidden byte t_runs, t_short, t_starting, t_goes_on;

#define loaded (binary == UMD_BINARY_LOADED)
#define unloading (binary == UMD_BINARY_UNLOADING)
#define blocks_start (start_failures >= START_LIMIT)
#define is_outside(end) (end == UMD_END_OUTSIDE || end == UMD_END_TRACED)
#ifdef BUG_STOP_IS_REPORTED_LATE
#define is_withdrawn(end) false
#else
#define is_withdrawn(end) (end == UMD_END_STOPPED || end == UMD_END_UNLOAD)
#endif
#define is_own(end) (end == UMD_END_EXIT || end == UMD_END_VIOLATION)

#define queued_by(r) (r < CALLERS && R[r].state == UMD_REQUEST_WAITING)
#define has_queued (queued_by(0) || queued_by(1) || queued_by(2))
/* umd_driver_wants_loader() */
#define wants_loader (binary == UMD_BINARY_ABSENT && has_queued && !stopped)

/* Notes for each call in progress that something has happened. */
#define everybody(saw) \
	for (i_saw : 0 .. CALLERS - 1) { \
		R[i_saw].saw = R[i_saw].saw || R[i_saw].calls; \
	} \
	i_saw = 0

/* ---- queue.c ---- */

/* The arrows between the states: from where a request may come to each. */
#define may_wait(r) (R[r].state == UMD_REQUEST_NEW || \
		     R[r].state == UMD_REQUEST_READ)
#define may_copy(r) (R[r].state == UMD_REQUEST_WAITING || \
		     R[r].state == UMD_REQUEST_READ)
#define may_be_read(r) (R[r].state == UMD_REQUEST_COPYING)
#define may_be_over(r) (R[r].state != UMD_REQUEST_NEW && \
			R[r].state != UMD_REQUEST_COPYING && \
			R[r].state != UMD_REQUEST_OVER)

inline umd_request_move(r, may, to)
{
	assert(may);
	R[r].state = to
}

inline umd_request_detach(r)
{
	if
	:: R[r].worker != NONE ->
		if
		:: W[R[r].worker].direct == r -> W[R[r].worker].direct = NONE
		:: else
		fi;
		if
		:: W[R[r].worker].request == r -> W[R[r].worker].request = NONE
		:: else
		fi;
		R[r].worker = NONE
	:: else
	fi
}

inline umd_request_let_go(r)
{
	umd_request_detach(r);
	assert(R[r].alive);
#ifdef BUG_COPY_IGNORED
	R[r].state = UMD_REQUEST_OVER
#else
	umd_request_move(r, may_be_over(r), UMD_REQUEST_OVER)
#endif
}

inline umd_request_end(r, err)
{
	if
#ifndef BUG_ENDS_TWICE
	:: R[r].state == UMD_REQUEST_ENDING || R[r].state == UMD_REQUEST_OVER
#endif
#ifndef BUG_COPY_IGNORED
	:: R[r].state == UMD_REQUEST_COPYING ->
		R[r].error = err;
		R[r].state = UMD_REQUEST_ENDING
#endif
	:: else ->
		R[r].error = err;
		umd_request_let_go(r)
	fi
}

/* Sets t_goes_on. */
inline umd_request_copied(r)
{
	t_goes_on = R[r].state != UMD_REQUEST_ENDING;
	if
	:: t_goes_on -> umd_request_move(r, may_be_read(r), UMD_REQUEST_READ)
	:: else -> umd_request_let_go(r)
	fi
}

inline umd_request_put_back(r)
{
#ifndef BUG_PUT_BACK_KEEPS_WORKER
	umd_request_detach(r);
#endif
	umd_request_move(r, may_wait(r), UMD_REQUEST_WAITING)
}

inline umd_request_take(r, w)
{
	umd_request_move(r, may_copy(r), UMD_REQUEST_COPYING);
	W[w].direct = NONE;
	W[w].request = r;
	R[r].worker = w
}

inline umd_queue_end(err)
{
	for (i_queue : 0 .. CALLERS - 1) {
		if
		:: R[i_queue].state == UMD_REQUEST_WAITING ->
			umd_request_end(i_queue, err)
		:: else
		fi
	}
	i_queue = 0
}

/* ---- worker.c ---- */

inline umd_worker_move(w, to)
{
	assert(W[w].state == UMD_WORKER_STARTING ||
	       (W[w].state == UMD_WORKER_READY && to == UMD_WORKER_ENDED));
	W[w].state = to
}

inline umd_worker_set_duty(w, to)
{
	assert(to == UMD_WORKER_IDLE || W[w].duty != to);
	W[w].duty = to
}

inline umd_worker_expect(w)
{
	if
	:: W[w].duty == UMD_WORKER_IDLE ->
		umd_worker_set_duty(w, UMD_WORKER_CALLED)
	:: else
	fi
}

inline umd_worker_take(w, r)
{
	umd_request_take(r, w);
	umd_worker_set_duty(w, UMD_WORKER_BUSY);
	W[w].sent = r
}

inline umd_worker_done(w)
{
	umd_worker_set_duty(w, UMD_WORKER_IDLE);
	W[w].sent = NONE;
	due = true
}

/* Sets t_runs. */
inline umd_driver_runs()
{
	t_runs = false;
	for (i_runs : 0 .. SLOTS - 1) {
		t_runs = t_runs || W[i_runs].state == UMD_WORKER_STARTING ||
			 W[i_runs].state == UMD_WORKER_READY
	}
	i_runs = 0
}

/* ---- failure.c ---- */

inline umd_failure_of_start()
{
	everybody(saw_failure);
	if
	:: start_failures < START_LIMIT -> start_failures++
	:: else
	fi
}

/* ---- worker.c ---- */

/* As umd_worker_end(), for a step that is one anyway. */
inline umd_worker_ends(w, why, err)
{
	if
	:: W[w].state != UMD_WORKER_ENDED && W[w].state != UMD_WORKER_FREE ->
		W[w].end = why;
		W[w].error = err;
		everybody(saw_failure);
		if
		:: W[w].state == UMD_WORKER_READY && !W[w].has_read &&
		   (is_own(why) || (why == UMD_END_TIMEOUT && W[w].hangs)) ->
			/* umd_worker_charge() */
			umd_worker_move(w, UMD_WORKER_ENDED);
			umd_failure_of_start();
			umd_driver_runs();
			if
			:: !t_runs -> umd_queue_end(err)
			:: else
			fi
		:: else -> umd_worker_move(w, UMD_WORKER_ENDED)
		fi;
		if
		:: W[w].direct != NONE ->
			i_end = W[w].direct;
			umd_request_end(i_end, err);
			i_end = 0
		:: else
		fi;
		if
		:: W[w].request == NONE
		:: W[w].request != NONE ->
			if
			/* umd_request_retry() */
			:: IDEMPOTENT && W[w].request != HELLO &&
			   !R[W[w].request].retried &&
			   R[W[w].request].state == UMD_REQUEST_READ &&
			   is_outside(why) ->
				R[W[w].request].retried = true;
				i_end = W[w].request;
				umd_request_put_back(i_end);
				i_end = 0
			:: else ->
				i_end = W[w].request;
				umd_request_end(i_end, err);
				i_end = 0
			fi
		fi;
		W[w].killed = W[w].killed || W[w].has_pid;
		W[w].wake = true;
#ifndef BUG_NO_KICK
		due = true
#endif
	:: else
	fi
}

inline umd_worker_end(w, why, err)
{
	d_step { umd_worker_ends(w, why, err) }
}

inline umd_worker_put(w)
{
	W[w].refs--;
	if
	:: W[w].refs == 0 ->
		/* umd_worker_free() */
		assert(W[w].request == NONE && W[w].direct == NONE);
		assert(!W[w].runs);
		W[w].state = UMD_WORKER_FREE;
		W[w].end = 0;
		W[w].error = 0;
		W[w].has_read = false;
		W[w].duty = UMD_WORKER_IDLE;
		W[w].sent = NONE;
		W[w].wake = false;
		W[w].has_pid = false;
		W[w].killed = false;
		W[w].held = false;
		W[w].hangs = false
	:: else
	fi
}

/* ---- schedule.c ---- */

/* Sets t_left. */
inline umd_schedule_workers()
{
	t_left = 0;
	for (i_short : 0 .. CALLERS - 1) {
		t_left = t_left + (R[i_short].state == UMD_REQUEST_WAITING)
	}
	for (i_short : 0 .. SLOTS - 1) {
		if
		:: t_left && W[i_short].state == UMD_WORKER_READY &&
		   W[i_short].duty != UMD_WORKER_BUSY && W[i_short].held ->
			/* umd_worker_call() */
			umd_worker_ends(i_short, UMD_END_TRACED, EPIPE)
		:: t_left && W[i_short].state == UMD_WORKER_READY &&
		   W[i_short].duty != UMD_WORKER_BUSY && !W[i_short].held ->
			umd_worker_expect(i_short);
#ifndef BUG_NO_WAKE
			W[i_short].wake = true;
#endif
			/* A worker that does not come back counts no more. */
			t_left = t_left - !W[i_short].hangs
		:: else
		fi
	}
	i_short = 0
}

/* Of t_left; sets t_short. */
inline umd_driver_is_short()
{
	t_live = 0;
	t_starting = false;
	for (i_short : 0 .. SLOTS - 1) {
		t_starting = t_starting ||
			     W[i_short].state == UMD_WORKER_STARTING;
		t_live = t_live + (W[i_short].state == UMD_WORKER_STARTING ||
				   W[i_short].state == UMD_WORKER_READY)
	}
	i_short = 0;
	if
	:: blocks_start -> t_left = 0
	:: else
	fi;
	t_short = (t_left || start_wanted) && !t_starting &&
		  t_live < MAX_WORKERS
}

inline umd_schedule_queue()
{
	if
	:: loaded ->
		umd_schedule_workers();
		umd_driver_is_short();
		start_pending = start_pending || t_short;
#ifndef BUG_QUEUE_LEFT_IN_BACKOFF
		/* Nobody would come for the requests that wait. */
		umd_driver_runs();
		if
		:: blocks_start && !t_runs -> umd_queue_end(EHOSTDOWN)
		:: else
		fi
#endif
	:: else
	fi
}

/* The end of each step that has changed something. */
inline umd_driver_unlock()
{
	d_step {
		do
		:: due -> due = false; umd_schedule_queue()
		:: else -> break
		od;
		i_short = 0
	}
}

inline umd_driver_started(err)
{
	if
	:: start_wanted ->
		start_wanted = false;
		start_error = err;
		started = true
	:: else
	fi
}

/* ---- A Handler's process, and channel.c ---- */

#define has_next(w) \
	((W[w].state == UMD_WORKER_STARTING && W[w].direct != NONE) || \
	 (W[w].state == UMD_WORKER_READY && has_queued))

proctype handler(byte w)
{
	byte r = NONE;
	mtype cause;

end_no_process:
	atomic { W[w].runs -> cause = UMD_END_OUTSIDE };

read:	/* umd_channel_take() */
	atomic {
		if
		:: W[w].state == UMD_WORKER_ENDED || W[w].killed -> goto dies
		:: else
		fi;
		if
		:: W[w].duty == UMD_WORKER_BUSY ->
			umd_worker_end(w, UMD_END_VIOLATION, EPROTO);
			umd_driver_unlock();
			goto dies
		:: W[w].duty != UMD_WORKER_BUSY && !has_next(w) ->
			/* umd_worker_rest() */
			umd_worker_set_duty(w, UMD_WORKER_IDLE);
#ifndef BUG_WAKE_STAYS
			W[w].wake = false;
#endif
			goto end_waits
		:: W[w].duty != UMD_WORKER_BUSY &&
		   W[w].state == UMD_WORKER_STARTING && has_next(w) ->
			r = W[w].direct
		:: W[w].duty != UMD_WORKER_BUSY &&
		   W[w].state == UMD_WORKER_READY && queued_by(0) -> r = 0
		:: W[w].duty != UMD_WORKER_BUSY &&
		   W[w].state == UMD_WORKER_READY && queued_by(1) -> r = 1
		:: W[w].duty != UMD_WORKER_BUSY &&
		   W[w].state == UMD_WORKER_READY && queued_by(2) -> r = 2
		fi;
		umd_worker_take(w, r)
	}
	/* umd_channel_copy_request() */
	assert(R[r].alive);
	/* umd_channel_handed_over(), umd_worker_copied() */
	atomic {
		umd_request_copied(r);
		if
		:: t_goes_on && W[w].killed && r != HELLO ->
			umd_request_put_back(r);
			umd_worker_set_duty(w, UMD_WORKER_CALLED)
		:: else ->
			W[w].has_read = W[w].has_read || r != HELLO
		fi;
		r = NONE;
		if
		:: W[w].killed ->
			umd_worker_end(w, UMD_END_OUTSIDE, EPIPE);
			umd_driver_unlock();
			goto dies
		:: else
		fi
	}
	goto works;

end_waits:	/* umd_channel_wait(): it looked, and waits under the same lock. */
	do
	:: W[w].killed -> goto dies
	:: W[w].wake && !W[w].held -> goto read
	:: atomic { hangs && !W[w].held -> hangs--; W[w].hangs = true };
	   goto end_hung
	:: atomic { faults && !W[w].held -> faults-- };
	   cause = UMD_END_EXIT;
	   goto dies
	od;

works:	/* In user mode. */
	do
	:: W[w].killed -> goto dies
	:: !W[w].held -> goto writes
	:: atomic { faults && !W[w].held -> faults-- };
	   cause = UMD_END_EXIT;
	   goto dies
	:: atomic { faults && !W[w].held -> faults-- };
	   goto read		/* before it replies */
	:: atomic { hangs && !W[w].held -> hangs--; W[w].hangs = true };
	   goto end_hung
	od;

writes:	/* umd_channel_check(), umd_channel_accept() */
	atomic {
		if
		:: W[w].state == UMD_WORKER_ENDED -> goto dies
		:: else
		fi;
		if
		:: faults ->
			faults--;
			umd_worker_end(w, UMD_END_VIOLATION, EPROTO);
			umd_driver_unlock();
			goto dies
		:: true
		fi;
		r = W[w].request;
		if
		:: r == NONE ->
			umd_worker_done(w);
			umd_driver_unlock();
			goto read
		:: else
		fi;
		/* The reply has the id that was sent, and goes to the caller. */
		assert(W[w].sent == r && R[r].worker == w);
		assert(!R[r].replied);
		/* umd_request_fill() */
		umd_request_move(r, may_copy(r), UMD_REQUEST_COPYING)
	}
	assert(R[r].alive);
	/* umd_channel_replied() */
	atomic {
		umd_request_copied(r);
		if
		:: W[w].killed ->	/* The copy may have failed. */
			r = NONE;
			umd_worker_end(w, UMD_END_OUTSIDE, EPIPE);
			umd_driver_unlock();
			goto dies
		:: true
		fi;
		if
		:: t_goes_on ->
			/* umd_request_reply() */
			R[r].replied = true;
			umd_request_end(r, SUCCESS)
		:: else
		fi;
		r = NONE;
		umd_worker_done(w);
		umd_driver_unlock()
	}
	goto read;

end_hung:
	W[w].killed;

dies:	/* umd_channel_flush() */
	atomic {
		umd_worker_end(w, cause, EPIPE);
		umd_driver_unlock();
		r = NONE
	};
	/* umd_channel_release() */
	atomic {
		W[w].runs = false;
		cause = 0;
		umd_worker_put(w)
	}
	goto end_no_process
}

/* The caller's stack goes away. */
inline request_returns(r)
{
	assert(R[r].state == UMD_REQUEST_OVER);
	assert(R[r].worker == NONE);
	assert((R[r].error == SUCCESS) == R[r].replied);
	R[r].state = UMD_REQUEST_NEW;
	R[r].retried = false;
	R[r].error = 0;
	R[r].alive = false;
	for (i_all : 0 .. SLOTS - 1) {
		if
		:: W[i_all].sent == r -> W[i_all].sent = NONE
		:: else
		fi
	}
	i_all = 0;
	R[r].replied = false
}

/* ---- umd_driver_start() and umd_worker_start() ---- */

inline umd_driver_start_failed(err)
{
	d_step {
		if
		:: loaded && !stopped -> umd_failure_of_start()
		:: else
		fi;
		umd_driver_started(err);
		umd_driver_runs();
		if
		:: !t_runs -> umd_queue_end(err)
		:: else
		fi
	}
	umd_driver_unlock()
}

proctype start_work()
{
	byte w = NONE;
	mtype start, err;

end_idle:
	atomic { start_pending -> start_pending = false; start_running = true };
again:	/* umd_driver_wants_worker() */
	atomic {
		t_short = false;
		if
		:: loaded && !stopped ->
			d_step { umd_schedule_workers(); umd_driver_is_short() }
		:: else
		fi;
		start = (t_short -> UMD_STARTED : 0);
		umd_driver_unlock();
		if
		:: start == 0 -> goto over
		:: else -> start = 0
		fi
	}
	/* umd_worker_create(), once there is a slot in this model */
	atomic {
		if
		:: W[0].state == UMD_WORKER_FREE -> w = 0
		:: SLOTS > 1 && W[0].state != UMD_WORKER_FREE &&
		   W[1].state == UMD_WORKER_FREE -> w = 1
		:: SLOTS > 2 && W[0].state != UMD_WORKER_FREE &&
		   W[1].state != UMD_WORKER_FREE &&
		   W[SLOTS - 1].state == UMD_WORKER_FREE -> w = SLOTS - 1
		fi;
		W[w].state = UMD_WORKER_STARTING;
		W[w].refs = 1;
		if
		:: unloading -> umd_worker_end(w, UMD_END_UNLOAD, ESHUTDOWN)
		:: !unloading && stopped ->
			umd_worker_end(w, UMD_END_STOPPED, EPERM)
		:: else
		fi;
		umd_driver_unlock()
	}
	/* umd_spawn_init(), then exec */
	atomic {
		err = SUCCESS;
		if
		:: W[w].state == UMD_WORKER_ENDED -> err = W[w].error
		:: W[w].state != UMD_WORKER_ENDED && faults ->
			faults--;
			err = ESPAWN
		:: W[w].state != UMD_WORKER_ENDED ->
			assert(binary != UMD_BINARY_ABSENT);
			W[w].has_pid = true;
			W[w].refs++;
			W[w].runs = true
		fi
	}
	/* umd_worker_hello() */
	if
	:: err == SUCCESS ->
		atomic {
			if
			:: W[w].state == UMD_WORKER_ENDED -> err = W[w].error
			:: else ->
				/* umd_worker_ask(), umd_request_direct() */
				R[HELLO].alive = true;
				umd_request_move(HELLO, may_wait(HELLO), UMD_REQUEST_WAITING);
				R[HELLO].worker = w;
				W[w].direct = HELLO;
				umd_worker_expect(w);
				W[w].wake = true
			fi
		}
		if
		:: err == SUCCESS ->
			R[HELLO].state == UMD_REQUEST_OVER;
			atomic {
				err = R[HELLO].error;
				request_returns(HELLO);
				if
				:: err == SUCCESS && faults ->
					faults--;
					err = EPROTO
				:: true
				fi
			}
		:: else
		fi
	:: else
	fi;
	/* umd_worker_started(), umd_worker_ended() */
	atomic {
		if
		:: W[w].state == UMD_WORKER_ENDED && is_outside(W[w].end) ->
			start = UMD_KILLED_OUTSIDE
#ifndef BUG_STOP_IS_REPORTED_LATE
		/* The task that ended it has notified all whom that concerns. */
		:: W[w].state == UMD_WORKER_ENDED && is_withdrawn(W[w].end) ->
			start = UMD_ENDED_BY_US
#endif
		:: W[w].state == UMD_WORKER_ENDED && !is_outside(W[w].end) &&
		   !is_withdrawn(W[w].end) ->
			start = UMD_NOT_STARTED;
			if
			:: err != SUCCESS && is_own(W[w].end)
			:: else -> err = W[w].error
			fi
		:: W[w].state != UMD_WORKER_ENDED && err != SUCCESS ->
			start = UMD_NOT_STARTED;
			umd_worker_end(w, UMD_END_START, err)
		:: else ->
			start = UMD_STARTED;
			/* umd_worker_ready() */
			umd_worker_move(w, UMD_WORKER_READY);
			if
			:: W[w].duty != UMD_WORKER_BUSY ->
				umd_worker_set_duty(w, UMD_WORKER_IDLE)
			:: else
			fi;
			umd_driver_started(SUCCESS);
			due = true
		fi;
		umd_driver_unlock();
		umd_worker_put(w);
		w = NONE;
		if
		:: start != UMD_NOT_STARTED -> start = 0; err = 0; goto again
		:: else -> start = 0
		fi
	}
	umd_driver_start_failed(err);
over:	atomic { w = NONE; err = 0; start_running = false };
	goto end_idle
}

/* ---- load.c ---- */

inline umd_mgmt_unload()
{
	atomic {
		t_goes_on = loaded;
		if
		:: t_goes_on ->
			binary = UMD_BINARY_UNLOADING;
			everybody(saw_unload);
			umd_driver_started(ESHUTDOWN);
			umd_queue_end(ESHUTDOWN);
			for (i_all : 0 .. SLOTS - 1) {
				umd_worker_end(i_all, UMD_END_UNLOAD, ESHUTDOWN)
			}
			i_all = 0;
			umd_driver_unlock();
#ifndef BUG_NO_CANCEL
			start_pending = false;
#endif
			unloads = true
		:: else -> unloads = false
		fi;
		t_goes_on = false
	}
	if
	:: unloads ->
#ifndef BUG_NO_CANCEL
		/* cancel_work_sync() */
		!start_running;
#endif
		/* umd_worker_wait_exit() may give up at any time. */
		atomic { binary = UMD_BINARY_ABSENT; unloads = false }
	:: else
	fi
}

/* umd_loader(), and modprobe, where the Loader's init function runs umd_mgmt_load() */
proctype umd_loader()
{
	mtype err;
	bool unloads;

end_loader:
	atomic { wants_loader ->
		if
		:: module == ABSENT ->
			/* umd_driver_give() */
			module = COMING;
			binary = UMD_BINARY_LOADED;
			start_wanted = true;
			due = true;
			umd_driver_unlock()
		/* umd_loader_may_retry(), until it gives up. */
		:: module == GOING -> goto retry
		:: module == GOING -> umd_queue_end(ENOPROTOOPT); goto end_loader
		fi
	}
	/* umd_driver_wait_start() */
	if
	:: atomic { started -> err = start_error; started = false }
	:: atomic { signals && !started ->
		signals--;	/* modprobe is killed. */
		start_wanted = false;
		err = EINTR }
	fi;
	atomic {
		start_error = 0;
		if
		:: err == SUCCESS -> module = LIVE; err = 0; goto end_loader
		:: else
		fi
	}
	umd_mgmt_unload();
	atomic {
		module = ABSENT;
		/* Calls that came meanwhile share the error, unless that was a stop. */
		if
		:: wants_loader && err != EPERM ->
			everybody(saw_failure);
			umd_queue_end(err)
		:: else
		fi;
		err = 0;
		goto end_loader
	};
retry:	atomic { module != GOING -> goto end_loader }
}

/* ---- Callers ---- */

proctype caller(byte r)
{
	byte calls;
	mtype err;

	for (calls : 1 .. CALLS) {
		/* umd_driver_call() */
		atomic {
			R[r].calls = true;
			R[r].saw_stop = stopped;
			R[r].saw_unload = unloading;
			R[r].saw_failure = start_failures > 0
		}
		/* umd_call_post(), umd_driver_refuses() */
		atomic {
			err = SUCCESS;
			umd_driver_runs();
			if
			:: stopped -> err = EPERM
			:: !stopped && blocks_start && !t_runs ->
				err = EHOSTDOWN
			:: else ->
				/* umd_queue_add() */
				R[r].alive = true;
				umd_request_move(r, may_wait(r), UMD_REQUEST_WAITING);
				due = true;
				umd_driver_unlock()
			fi
		}
		if
		:: err == SUCCESS ->
			/* umd_request_wait() */
			if
			:: R[r].state == UMD_REQUEST_OVER
			:: atomic { signals -> signals--;
				    umd_request_end(r, EINTR) };
			   R[r].state == UMD_REQUEST_OVER
			fi;
			atomic {
				err = R[r].error;
				request_returns(r)
			}
		:: else
		fi;
		/* A call returns only an error that it has met. */
		atomic {
			assert(err != EPERM || R[r].saw_stop);
			assert(err != ECANCELED || R[r].saw_abort);
			assert(err != ESHUTDOWN || R[r].saw_unload);
			assert(err != EHOSTDOWN || R[r].saw_failure);
			assert(err != EPIPE || R[r].saw_failure);
			assert(err != EPROTO || R[r].saw_failure);
			assert(err != ESPAWN || R[r].saw_failure);
			R[r].calls = false;
			R[r].saw_stop = false;
			R[r].saw_abort = false;
			R[r].saw_unload = false;
			R[r].saw_failure = false;
			err = 0
		}
	}
}

/* ---- The rest of the world ---- */

#define kills_one(w) \
	atomic { kills && W[w].runs && !W[w].killed -> \
		kills--; \
		W[w].killed = true }
#define stops_one(w) \
	atomic { stops && W[w].runs && !W[w].killed && !W[w].held -> \
		stops--; \
		W[w].held = true }

proctype killer()
{
end_killer:
	do
	:: kills_one(0)
	:: kills_one(SLOTS - 1)
	:: stops_one(0)
	:: stops_one(SLOTS - 1)
	od
}

#if HANGS || LATE || STOPS
/* umd_watchdog() */
inline umd_request_end_late(r)
{
	atomic { late && R[r].state != UMD_REQUEST_NEW &&
		 R[r].state != UMD_REQUEST_ENDING &&
		 R[r].state != UMD_REQUEST_OVER ->
		late--;
		umd_request_end(r, ETIMEDOUT) }
}

inline umd_watch_worker(w)
{
	atomic { W[w].duty != UMD_WORKER_IDLE &&
		 (late || W[w].hangs || W[w].held) &&
		 (W[w].state == UMD_WORKER_STARTING ||
		  W[w].state == UMD_WORKER_READY) ->
		if
		:: W[w].hangs || W[w].held
		:: else -> late--
		fi;
		if
		:: W[w].held && W[w].state == UMD_WORKER_READY ->
			umd_worker_end(w, UMD_END_TRACED, ETIMEDOUT)
		:: else -> umd_worker_end(w, UMD_END_TIMEOUT, ETIMEDOUT)
		fi;
		umd_driver_unlock() }
}

inline umd_watch_away(w)
{
	atomic { W[w].hangs && W[w].state == UMD_WORKER_READY &&
		 W[w].duty == UMD_WORKER_IDLE ->
		umd_worker_end(w, UMD_END_TIMEOUT, ETIMEDOUT);
		umd_driver_unlock() }
}

inline umd_watch_idle(w)
{
	atomic { late && W[w].state == UMD_WORKER_READY &&
		 W[w].duty == UMD_WORKER_IDLE ->
		late--;
		umd_worker_end(w, UMD_END_IDLE, ESHUTDOWN);
		umd_driver_unlock() }
}

proctype watchdog()
{
end_watchdog:
	do
	:: umd_request_end_late(0)
	:: umd_request_end_late(1)
	:: umd_request_end_late(HELLO)
	:: umd_watch_away(0)
	:: umd_watch_away(SLOTS - 1)
	:: umd_watch_worker(0)
	:: umd_watch_worker(SLOTS - 1)
	:: umd_watch_idle(0)
	:: umd_watch_idle(SLOTS - 1)
	od
}
#endif

/* From some moment on there is no more trouble: nothing may depend on it. */
proctype peace()
{
	atomic {
		kills = 0;
		stops = 0;
		faults = 0;
		hangs = 0;
		late = 0;
		signals = 0
	}
}

#ifdef STOP
/* umd_driver_stop(), and back. */
proctype administrator()
{
	if
	:: true
	:: goto out
	fi;
	atomic {
		stopped = true;
		everybody(saw_stop);
		umd_driver_started(EPERM);
		umd_queue_end(EPERM);
		for (i_all : 0 .. SLOTS - 1) {
			umd_worker_end(i_all, UMD_END_STOPPED, EPERM)
		}
		i_all = 0;
		umd_driver_unlock()
	}
	atomic {
		stopped = false;
		start_failures = 0
	}
out:	skip
}
#endif

#ifdef ABORT
/* umd_driver_abort() */
proctype aborter()
{
	if
	:: true
	:: goto out
	fi;
	atomic {
		everybody(saw_abort);
		umd_queue_end(ECANCELED);
		for (i_all : 0 .. SLOTS - 1) {
			if
			:: W[i_all].duty == UMD_WORKER_BUSY &&
			   W[i_all].state == UMD_WORKER_READY ->
				umd_worker_end(i_all, UMD_END_ABORTED, ECANCELED)
			:: else
			fi
		}
		i_all = 0;
		umd_driver_unlock()
	}
out:	skip
}
#endif

#ifdef UNLOAD
/* rmmod of the Loader. */
proctype rmmod()
{
	bool unloads;

end_rmmod:
	atomic { module == LIVE -> module = GOING };
	umd_mgmt_unload();
	module = ABSENT
}
#endif

init {
	byte n;

	atomic {
		for (n : 0 .. SLOTS - 1) {
			run handler(n)
		}
		run start_work();
		run umd_loader();
		run peace();
		for (n : 0 .. CALLERS - 1) {
			run caller(n)
		}
#if KILLS || STOPS
		run killer();
#endif
#if HANGS || LATE || STOPS
		run watchdog();
#endif
#ifdef STOP
		run administrator();
#endif
#ifdef ABORT
		run aborter();
#endif
#ifdef UNLOAD
		run rmmod();
#endif
		n = 0
	}
}
