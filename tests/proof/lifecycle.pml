/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The life of a driver, its workers and its requests, after loader-c/mgmt/.
 *
 * What the code does under the driver's lock is one atomic step here, named
 * after the function that does it; between two of them anything else may
 * happen. Time is left out: what is late may be so at any moment. Each kind of
 * trouble has a budget, so that every run is finite: a call that does not end
 * is a deadlock, or a cycle.
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
#define LOAD_TRIES 2		/* of UMD_LOAD_TRIES, and of those of a Loader */

mtype = { UMD_WORKER_FREE, UMD_WORKER_STARTING, UMD_WORKER_READY,
	  UMD_WORKER_ENDED };
mtype = { UMD_END_EXIT, UMD_END_VIOLATION, UMD_END_START, UMD_END_OUTSIDE,
	  UMD_END_TRACED, UMD_END_TIMEOUT, UMD_END_UNLOAD, UMD_END_STOPPED,
	  UMD_END_ABORTED, UMD_END_IDLE };
mtype = { SUCCESS, EPROTO, EPIPE, ETIMEDOUT, ESHUTDOWN, ECANCELED, EPERM,
	  EHOSTDOWN, EINTR, ENOPROTOOPT, EEXIST, ESPAWN, UMD_NOT_LOADED,
	  UMD_KILLED_OUTSIDE, UMD_ENDED_BY_US };
mtype = { ABSENT, COMING, LIVE, GOING };	/* the Loader's module */

typedef umd_request {
	bool queued;
	byte worker = NONE;
	bool retried;
	bool copying;
	bool ended;
	mtype error;
	bool over;
	/* What follows is not in the code: it is what the checks need. */
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
	mtype end;
	mtype error;
	byte refs;
	bool has_read;
	bool busy;
	byte sent = NONE;	/* instead of an id: NONE once its caller left */
	bool due;
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
bool blob, unloading, stopped, start_wanted, started;
mtype start_error;
byte start_failures;
bool start_pending, start_running;	/* start_work */
mtype loader = ABSENT;
mtype load_error = SUCCESS;

byte kills = KILLS, stops = STOPS, faults = FAULTS, hangs = HANGS, late = LATE,
     signals = SIGNALS;

/* Of use within one step only. */
hidden byte i_runs, i_short, i_end, i_queue, i_all, i_saw, t_left, t_live;
hidden byte t_runs, t_short, t_starting, t_goes_on;

#define loaded (blob && !unloading)
#define blocks_start (start_failures >= START_LIMIT)
#define is_outside(end) (end == UMD_END_OUTSIDE || end == UMD_END_TRACED)
#ifdef BUG_STOP_IS_TOLD_LATE
#define is_withdrawn(end) false
#else
#define is_withdrawn(end) (end == UMD_END_STOPPED || end == UMD_END_UNLOAD)
#endif
#define is_own(end) (end == UMD_END_EXIT || end == UMD_END_VIOLATION)

/* Notes for each call in progress that something has happened. */
#define everybody(saw) \
	for (i_saw : 0 .. CALLERS - 1) { \
		R[i_saw].saw = R[i_saw].saw || R[i_saw].calls; \
	} \
	i_saw = 0

/* ---- request.c ---- */

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
	assert(!R[r].over);
	R[r].over = true
}

inline umd_request_end(r, err)
{
	if
#ifdef BUG_ENDS_TWICE
	:: true ->
#else
	:: !R[r].ended ->
#endif
		R[r].queued = false;
		R[r].ended = true;
		R[r].error = err;
		if
#ifdef BUG_COPY_IGNORED
		:: true ->
#else
		:: !R[r].copying ->
#endif
			umd_request_let_go(r)
		:: else
		fi
	:: else
	fi
}

/* Sets t_goes_on. */
inline umd_request_copied(r)
{
	R[r].copying = false;
	t_goes_on = !R[r].ended;
	if
	:: !t_goes_on -> umd_request_let_go(r)
	:: else
	fi
}

inline umd_request_put_back(r)
{
#ifndef BUG_PUT_BACK_KEEPS_WORKER
	umd_request_detach(r);
#endif
	R[r].queued = true
}

inline umd_request_take(r, w)
{
	R[r].queued = false;
	W[w].direct = NONE;
	W[w].request = r;
	W[w].busy = true;
	W[w].sent = r;
	W[w].due = true;
	R[r].worker = w;
	R[r].copying = true
}

inline umd_queue_end(err)
{
	for (i_queue : 0 .. CALLERS - 1) {
		if
		:: R[i_queue].queued -> umd_request_end(i_queue, err)
		:: else
		fi
	}
	i_queue = 0
}

/* ---- driver.c ---- */

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

/* Sets t_left. */
inline umd_driver_call_workers()
{
	t_left = 0;
	for (i_short : 0 .. CALLERS - 1) {
		t_left = t_left + R[i_short].queued
	}
	for (i_short : 0 .. SLOTS - 1) {
		if
		:: t_left && W[i_short].state == UMD_WORKER_READY &&
		   !W[i_short].busy && W[i_short].held ->
			/* umd_worker_call() */
			umd_worker_end_quietly(i_short, UMD_END_TRACED, EPIPE)
		:: t_left && W[i_short].state == UMD_WORKER_READY &&
		   !W[i_short].busy && !W[i_short].held ->
			W[i_short].due = true;
#ifndef BUG_NO_WAKE
			W[i_short].wake = true;
#endif
			/* One that does not come back counts no more. */
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

inline umd_driver_kicks()
{
	if
	:: loaded ->
		umd_driver_call_workers();
		umd_driver_is_short();
		start_pending = start_pending || t_short;
#ifndef BUG_QUEUE_LEFT_IN_BACKOFF
		/* Nobody would come for those that wait. */
		umd_driver_runs();
		if
		:: blocks_start && !t_runs -> umd_queue_end(EHOSTDOWN)
		:: else
		fi
#endif
	:: else
	fi
}

inline umd_driver_kick()
{
	d_step { umd_driver_kicks() }
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

inline umd_failure_of_start()
{
	everybody(saw_failure);
	if
	:: start_failures < START_LIMIT -> start_failures++
	:: else
	fi
}

/* ---- worker.c ---- */

/* __umd_worker_end() */
inline umd_worker_end_quietly(w, why, err)
{
	if
	:: W[w].state != UMD_WORKER_ENDED && W[w].state != UMD_WORKER_FREE ->
		W[w].end = why;
		W[w].error = err;
		everybody(saw_failure);
		if
		:: W[w].state == UMD_WORKER_READY && !W[w].has_read &&
		   (is_own(why) || (why == UMD_END_TIMEOUT && W[w].hangs)) ->
			/* umd_worker_blame() */
			W[w].state = UMD_WORKER_ENDED;
			umd_failure_of_start();
			umd_driver_runs();
			if
			:: !t_runs -> umd_queue_end(err)
			:: else
			fi
		:: else -> W[w].state = UMD_WORKER_ENDED
		fi;
		if
		:: W[w].direct != NONE ->
			i_end = W[w].direct;
			umd_request_end(i_end, err);
			i_end = 0
		:: else
		fi;
		/* umd_worker_end_request() */
		if
		:: W[w].request == NONE
		:: W[w].request != NONE ->
			if
			:: IDEMPOTENT && W[w].request != HELLO &&
			   !R[W[w].request].retried &&
			   !R[W[w].request].copying && is_outside(why) ->
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
		W[w].wake = true
	:: else
	fi
}

inline umd_worker_end(w, why, err)
{
	d_step {
		umd_worker_end_quietly(w, why, err);
#ifndef BUG_NO_KICK
		umd_driver_kicks()
#endif
	}
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
		W[w].busy = false;
		W[w].sent = NONE;
		W[w].due = false;
		W[w].wake = false;
		W[w].has_pid = false;
		W[w].killed = false;
		W[w].held = false;
		W[w].hangs = false
	:: else
	fi
}

/* ---- A Handler's process, and channel.c ---- */

#define queued_by(r) (r < CALLERS && R[r].queued)
#define has_queued (queued_by(0) || queued_by(1) || queued_by(2))
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
		:: W[w].busy ->
			umd_worker_end(w, UMD_END_VIOLATION, EPROTO);
			goto dies
		:: !W[w].busy && !has_next(w) ->
			W[w].due = false;
#ifndef BUG_WAKE_STAYS
			W[w].wake = false;
#endif
			goto end_waits
		:: !W[w].busy && W[w].state == UMD_WORKER_STARTING &&
		   has_next(w) -> r = W[w].direct
		:: !W[w].busy && W[w].state == UMD_WORKER_READY &&
		   queued_by(0) -> r = 0
		:: !W[w].busy && W[w].state == UMD_WORKER_READY &&
		   queued_by(1) -> r = 1
		:: !W[w].busy && W[w].state == UMD_WORKER_READY &&
		   queued_by(2) -> r = 2
		fi;
		umd_request_take(r, w)
	}
	/* umd_channel_copy_request() */
	assert(R[r].alive);
	/* umd_channel_handed_over() */
	atomic {
		umd_request_copied(r);
		if
		:: t_goes_on && W[w].killed && r != HELLO ->
			umd_request_put_back(r)
		:: else ->
			W[w].has_read = W[w].has_read || r != HELLO
		fi;
		r = NONE;
		if
		:: W[w].killed ->
			umd_worker_end(w, UMD_END_OUTSIDE, EPIPE);
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
			goto dies
		:: true
		fi;
		r = W[w].request;
		if
		:: r == NONE ->
			W[w].busy = false;
			W[w].sent = NONE;
			W[w].due = false;
			umd_driver_kick();
			goto read
		:: else
		fi;
		/* The reply has the id that was sent, and goes to the caller. */
		assert(W[w].sent == r && R[r].worker == w);
		assert(!R[r].replied);
		R[r].copying = true
	}
	assert(R[r].alive);
	/* umd_channel_replied() */
	atomic {
		umd_request_copied(r);
		if
		:: W[w].killed ->	/* The copy may have failed. */
			r = NONE;
			umd_worker_end(w, UMD_END_OUTSIDE, EPIPE);
			goto dies
		:: true
		fi;
		if
		:: t_goes_on ->
			R[r].replied = true;
			umd_request_end(r, SUCCESS)
		:: else
		fi;
		r = NONE;
		W[w].busy = false;
		W[w].sent = NONE;
		W[w].due = false;
		umd_driver_kick()
	}
	goto read;

end_hung:
	W[w].killed;

dies:	/* umd_channel_flush() */
	atomic { umd_worker_end(w, cause, EPIPE); r = NONE };
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
	assert(R[r].ended && !R[r].queued && !R[r].copying);
	assert(R[r].worker == NONE);
	assert((R[r].error == SUCCESS) == R[r].replied);
	R[r].retried = false;
	R[r].ended = false;
	R[r].error = 0;
	R[r].over = false;
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
}

proctype start_work()
{
	byte w = NONE;
	mtype err;

end_idle:
	atomic { start_pending -> start_pending = false; start_running = true };
again:	/* umd_driver_wants_worker() */
	atomic {
		t_short = false;
		if
		:: loaded && !stopped ->
			umd_driver_call_workers();
			umd_driver_is_short()
		:: else
		fi;
		if
		:: !t_short -> goto over
		:: else
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
		fi
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
			assert(blob);
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
				R[HELLO].worker = w;
				R[HELLO].alive = true;
				W[w].direct = HELLO;
				W[w].due = true;
				W[w].wake = true
			fi
		}
		if
		:: err == SUCCESS ->
			R[HELLO].over;
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
	/* umd_worker_started() */
	atomic {
		if
		:: W[w].state == UMD_WORKER_ENDED && is_outside(W[w].end) ->
			err = UMD_KILLED_OUTSIDE
#ifndef BUG_STOP_IS_TOLD_LATE
		/* Whoever is concerned has been told when it was ended. */
		:: W[w].state == UMD_WORKER_ENDED && is_withdrawn(W[w].end) ->
			err = UMD_ENDED_BY_US
#endif
		:: W[w].state == UMD_WORKER_ENDED && !is_outside(W[w].end) &&
		   !is_withdrawn(W[w].end) ->
			if
			:: err != SUCCESS && is_own(W[w].end)
			:: else -> err = W[w].error
			fi
		:: W[w].state != UMD_WORKER_ENDED && err != SUCCESS ->
			umd_worker_end(w, UMD_END_START, err)
		:: else ->
			W[w].state = UMD_WORKER_READY;
			W[w].due = false;
			umd_driver_started(SUCCESS);
			umd_driver_kick()
		fi;
		umd_worker_put(w);
		w = NONE;
		if
		:: err == SUCCESS || err == UMD_KILLED_OUTSIDE ||
		   err == UMD_ENDED_BY_US -> goto again
		:: else
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
			unloading = true;
			everybody(saw_unload);
			umd_driver_started(ESHUTDOWN);
			umd_queue_end(ESHUTDOWN);
			for (i_all : 0 .. SLOTS - 1) {
				umd_worker_end(i_all, UMD_END_UNLOAD, ESHUTDOWN)
			}
			i_all = 0;
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
		atomic { blob = false; unloading = false };
		unloads = false
	:: else
	fi
}

/* request_module(): the Loader's init function runs umd_mgmt_load(). */
inline request_module(err)
{
	atomic {
		err = SUCCESS;
		if
		:: loader == ABSENT -> loader = COMING; loads = true
		:: loader == COMING || loader == LIVE -> loads = false
		:: loader == GOING -> loads = false; err = ENOPROTOOPT
		fi
	}
	if
	:: loads ->
		/* umd_driver_load() */
		atomic {
			if
			:: stopped -> err = EPERM
			:: !stopped && blob -> err = EEXIST
			:: else ->
				blob = true;
				started = false;
				start_wanted = true;
				umd_driver_kick()
			fi
		}
		if
		:: err == SUCCESS ->
			/* umd_driver_wait_start() */
			if
			:: started -> err = start_error
			:: atomic { signals && !started -> signals--;
				    start_wanted = false;
				    err = EINTR }
			fi;
			if
			:: err != SUCCESS -> umd_mgmt_unload()
			:: else
			fi
		:: else
		fi;
		atomic {
			load_error = err;
			loader = (err == SUCCESS -> LIVE : ABSENT);
			loads = false
		}
	:: else
	fi
}

/* ---- Callers ---- */

proctype caller(byte r)
{
	byte tries, calls;
	mtype err;
	bool loads, unloads;

	for (calls : 1 .. CALLS) {
		/* umd_driver_call() */
		atomic {
			R[r].calls = true;
			R[r].saw_stop = stopped;
			R[r].saw_unload = unloading;
			R[r].saw_failure = start_failures > 0;
			tries = 0
		}
post:		/* umd_request_post(), umd_queue_admits() */
		atomic {
			umd_driver_runs();
			if
			:: stopped -> err = EPERM
			:: !stopped && blocks_start && !t_runs ->
				err = EHOSTDOWN
			:: !stopped && !(blocks_start && !t_runs) && !loaded ->
				err = UMD_NOT_LOADED
			:: else ->
				err = SUCCESS;
				R[r].alive = true;
				R[r].queued = true;
				umd_driver_kick()
			fi
		}
		if
		:: err == SUCCESS ->
			/* umd_request_wait() */
			if
			:: R[r].over
			:: atomic { signals -> signals--;
				    umd_request_end(r, EINTR) };
			   R[r].over
			fi;
			atomic {
				err = R[r].error;
				request_returns(r)
			}
		:: err == UMD_NOT_LOADED && tries < LOAD_TRIES ->
			tries++;
			request_module(err);
			/* A Loader that failed has said why. */
			if
			:: err == SUCCESS || err == ENOPROTOOPT || err == EEXIST
			   -> goto post
			:: else
			fi
		:: err == UMD_NOT_LOADED && tries == LOAD_TRIES ->
			err = ENOPROTOOPT
		:: else
		fi;
		/* Each error is told only to those whom it has met. */
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
			err = 0;
			tries = 0
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
inline umd_watch_request(r)
{
	atomic { late && R[r].alive && !R[r].ended ->
		late--;
		umd_request_end(r, ETIMEDOUT) }
}

inline umd_watch_worker(w)
{
	atomic { W[w].due && (late || W[w].hangs || W[w].held) &&
		 (W[w].state == UMD_WORKER_STARTING ||
		  W[w].state == UMD_WORKER_READY) ->
		if
		:: W[w].hangs || W[w].held
		:: else -> late--
		fi;
		umd_worker_end(w, UMD_END_TIMEOUT, ETIMEDOUT) }
}

inline umd_watch_away(w)
{
	atomic { W[w].hangs && W[w].state == UMD_WORKER_READY && !W[w].due &&
		 !W[w].busy ->
		umd_worker_end(w, UMD_END_TIMEOUT, ETIMEDOUT) }
}

inline umd_watch_idle(w)
{
	atomic { late && W[w].state == UMD_WORKER_READY && !W[w].due &&
		 !W[w].busy ->
		late--;
		umd_worker_end(w, UMD_END_IDLE, ESHUTDOWN) }
}

proctype watchdog()
{
end_watchdog:
	do
	:: umd_watch_request(0)
	:: umd_watch_request(1)
	:: umd_watch_request(HELLO)
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
		i_all = 0
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
			:: W[i_all].busy && W[i_all].state == UMD_WORKER_READY ->
				umd_worker_end(i_all, UMD_END_ABORTED, ECANCELED)
			:: else
			fi
		}
		i_all = 0
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
	atomic { loader == LIVE -> loader = GOING };
	umd_mgmt_unload();
	loader = ABSENT
}
#endif

init {
	byte n;

	atomic {
		for (n : 0 .. SLOTS - 1) {
			run handler(n)
		}
		run start_work();
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
