/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The users of a driver and its workers, after loader-c/mgmt/: who may have how
 * many workers, whose request is read, and which workers are called, started and
 * replaced. How a request and a worker end is in lifecycle.pml: here a worker that
 * ends is gone at once.
 *
 * Steps, names and budgets are as there. User 0 makes one honest request at a
 * time. The other callers belong to the other users, in turn.
 */

#ifndef USERS
#define USERS 2
#endif
#ifndef CALLERS
#define CALLERS 3
#endif
#ifndef CALLS
#define CALLS 1			/* by each caller */
#endif
#ifndef MAX_WORKERS
#define MAX_WORKERS 2
#endif
#ifndef ISOLATION
#define ISOLATION UMD_SHARED
#endif
#ifndef SPARE
#define SPARE 0
#endif
#ifndef CRASHES
#define CRASHES 0		/* requests of the other users that crash */
#endif
#ifndef HANG
#define HANG 0			/* users of whom each request hangs, without a deadline */
#endif
#ifndef HANGS
#define HANGS 0			/* requests of the others that hang up to the deadline */
#endif
#ifndef FAULTS
#define FAULTS 0		/* starts that fail */
#endif
#ifndef RESOURCES
#define RESOURCES 0		/* starts for which there are no resources */
#endif
#ifndef SIGNALS
#define SIGNALS 0		/* callers that are killed */
#endif
#ifndef LOOKS
#define LOOKS 0			/* Handlers that a signal has look at the queue */
#endif
#ifndef CRASH_LIMIT
#define CRASH_LIMIT 1
#endif
#ifndef START_LIMIT
#define START_LIMIT 1
#endif
/* FLOOD: the others have requests in the queue at all times. */
/* PRESENT: each user has called just before the start, and stays. */

#ifdef FLOOD
#define floods(u) ((u) > 0)
#else
#define floods(u) false
#endif

#define NONE 255
#define owner(r) ((r) == 0 -> 0 : 1 + ((r) - 1) % (USERS - 1))

mtype = { UMD_SHARED, UMD_PER_USER, UMD_PER_REQUEST };
mtype = { UMD_REQUEST_NEW, UMD_REQUEST_WAITING, UMD_REQUEST_READ,
	  UMD_REQUEST_OVER };
mtype = { UMD_WORKER_FREE, UMD_WORKER_STARTING, UMD_WORKER_READY };
mtype = { UMD_WORKER_IDLE, UMD_WORKER_CALLED, UMD_WORKER_BUSY };
mtype = { SUCCESS, EPIPE, EHOSTDOWN, EINTR, ESPAWN };

typedef umd_user {
	bool known;		/* in the driver's list */
	bool present;
	byte running;
	byte crashes;
	byte work;		/* only an order: who was served last has most */
}

typedef umd_request {
	mtype state = UMD_REQUEST_NEW;
	mtype error;
}

typedef umd_worker {
	mtype state = UMD_WORKER_FREE;
	mtype duty = UMD_WORKER_IDLE;
	bool wake;		/* looks at the queue */
	byte request = NONE;
	byte user = NONE;
	byte read_uid = NONE;	/* also: has_read */
	bool hangs;
}

umd_user U[USERS];
umd_request R[CALLERS];
umd_worker W[MAX_WORKERS];

/* struct umd_driver */
bool due, due_rest, spare_due;
bool watched;			/* the watchdog will come */
bool moved = true;		/* since the watchdog came last */
bool start_pending;
byte start_failures;
bool start_pause;
bool replied;
byte passed;			/* requests that were read before that of user 0 */

byte crashes = CRASHES, hangs = HANGS, faults = FAULTS,
     resources = RESOURCES, signals = SIGNALS, looks = LOOKS;

/* Of use within one step only. */
hidden byte i_user, i_other, i_work, i_req, i_queue;
hidden byte t_room, t_left, t_queued, t_running, t_mine, t_bound, t_live,
	t_idle, t_ready, t_oldest, t_known, t_user;
hidden byte t_short, t_runs, t_starting, t_may[USERS];

#define blocks_start (start_failures >= START_LIMIT || start_pause)
#define blocks_user(u) (CRASHES + HANGS > 0 && U[u].crashes >= CRASH_LIMIT)
#define is_bound(w) (ISOLATION == UMD_PER_USER && W[w].read_uid != NONE)
#define is_for(w, u) (!is_bound(w) || W[w].read_uid == (u))
#define hangs_always(u) (1 <= (u) && (u) <= HANG)
#define is_late(w) (W[w].hangs && !hangs_always(W[w].user))
#define has_work(w) (W[w].state == UMD_WORKER_READY && \
		     W[w].duty == UMD_WORKER_BUSY)

/* ---- user.c ---- */

/* Sets t_running: workers that have read a request of a user. */
inline count_running()
{
	t_running = 0;
	for (i_other : 0 .. USERS - 1) {
		t_running = t_running + U[i_other].running
	}
	i_other = 0
}

/* Sets t_room. */
inline umd_user_room(u)
{
	count_running();
	t_room = (t_running < MAX_WORKERS -> MAX_WORKERS - t_running : 0);
#ifndef BUG_NO_ROOM
	for (i_other : 0 .. USERS - 1) {
		if
		:: t_room && i_other != u && U[i_other].present &&
		   !U[i_other].running -> t_room--
		:: else
		fi
	}
	i_other = 0;
#endif
	if
	:: !t_room && !U[u].running -> t_room = 1
	:: else
	fi
}

/* umd_users_trim(), umd_user_create() */
inline umd_user_get(u)
{
	if
	:: !U[u].known ->
		for (i_user : 0 .. USERS - 1) {
			count_queued_of(i_user);
			if
			:: U[i_user].known && !U[i_user].present &&
			   !U[i_user].running && !t_mine &&
			   !U[i_user].crashes -> U[i_user].known = false
			:: else
			fi
		}
		i_user = 0;
		t_mine = 0;
		U[u].known = true
	:: else
	fi
}

inline umd_user_leave(w)
{
	if
	:: W[w].user != NONE ->
		U[W[w].user].running--;
		for (i_user : 0 .. USERS - 1) {
			if
			:: U[i_user].work > U[W[w].user].work ->
				U[i_user].work--
			:: else
			fi
		}
		i_user = 0;
		U[W[w].user].work = USERS - 1;
		W[w].user = NONE
	:: else
	fi
}

/* ---- queue.c ---- */

/* Sets t_mine. */
inline count_queued_of(u)
{
	t_mine = 0;
	for (i_req : 0 .. CALLERS - 1) {
		t_mine = t_mine + (R[i_req].state == UMD_REQUEST_WAITING &&
				   owner(i_req) == u)
	}
	i_req = 0
}

/* Sets t_queued. */
inline count_queued()
{
	t_queued = 0;
	for (i_req : 0 .. CALLERS - 1) {
		t_queued = t_queued + (R[i_req].state == UMD_REQUEST_WAITING)
	}
	i_req = 0
}

/* Sets t_mine: how many requests of a user may be read. */
inline count_readable_of(u)
{
	count_queued_of(u);
	umd_user_room(u);
	t_mine = (t_mine < t_room -> t_mine : t_room)
}

/* Sets t_left. */
inline umd_queue_readable()
{
	t_left = 0;
	for (i_user : 0 .. USERS - 1) {
		count_readable_of(i_user);
		t_left = t_left + (t_left < MAX_WORKERS -> t_mine : 0)
	}
	i_user = 0
}

inline umd_queue_end(err)
{
	for (i_queue : 0 .. CALLERS - 1) {
		if
		:: R[i_queue].state == UMD_REQUEST_WAITING ->
			R[i_queue].error = err;
			R[i_queue].state = UMD_REQUEST_OVER
		:: else
		fi
	}
	i_queue = 0
}

inline umd_queue_end_user(u, err)
{
	for (i_queue : 0 .. CALLERS - 1) {
		if
		:: R[i_queue].state == UMD_REQUEST_WAITING &&
		   owner(i_queue) == u ->
			R[i_queue].error = err;
			R[i_queue].state = UMD_REQUEST_OVER
		:: else
		fi
	}
	i_queue = 0
}

/*
 * umd_queue_next(), umd_queue_turn(): sets t_may, for whom a worker may work now.
 * Where not the order counts but what may happen at all, any of them is next.
 */
inline umd_queue_turn(w)
{
	t_known = 0;
	t_oldest = NONE;
	for (i_user : 0 .. USERS - 1) {
		t_known = t_known + U[i_user].known
	}
	for (i_user : 0 .. USERS - 1) {
		count_readable_of(i_user);
#ifdef BUG_ALONE_IS_FOR_ALL
		t_may[i_user] = t_mine && (t_known == 1 || is_for(w, i_user));
#else
		t_may[i_user] = t_mine && is_for(w, i_user);
#endif
#ifdef FLOOD
		if
		:: t_may[i_user] && t_oldest != NONE &&
		   U[t_oldest].work < U[i_user].work -> t_may[i_user] = false
		:: t_may[i_user] && t_oldest != NONE &&
		   U[t_oldest].work >= U[i_user].work ->
			t_may[t_oldest] = false;
			t_oldest = i_user
		:: t_may[i_user] && t_oldest == NONE -> t_oldest = i_user
		:: else
		fi
#endif
	}
	i_user = 0
}

/* ---- worker.c ---- */

/* Sets t_runs. */
inline umd_driver_runs()
{
	t_runs = false;
	for (i_work : 0 .. MAX_WORKERS - 1) {
		t_runs = t_runs || W[i_work].state != UMD_WORKER_FREE
	}
	i_work = 0
}

/* umd_worker_end(), of a worker that is not charged to anybody */
inline umd_worker_ends(w, err)
{
	if
	:: W[w].request != NONE ->
		R[W[w].request].error = err;
		R[W[w].request].state = UMD_REQUEST_OVER;
		W[w].request = NONE
	:: else
	fi;
	umd_user_leave(w);
	W[w].state = UMD_WORKER_FREE;
	W[w].duty = UMD_WORKER_IDLE;
	W[w].wake = false;
	W[w].read_uid = NONE;
	W[w].hangs = false;
	due = true
}

/* The same, and umd_worker_charge() */
inline worker_fails(w)
{
	t_user = W[w].user;
	assert(t_user != NONE);
	U[t_user].crashes++;
	assert(U[t_user].crashes <= CRASH_LIMIT - 1 + MAX_WORKERS);
#ifndef BUG_LIMIT_LEAVES_QUEUE
	if
	:: blocks_user(t_user) -> umd_queue_end_user(t_user, EHOSTDOWN)
	:: else
	fi;
#endif
	t_user = 0;
	umd_worker_ends(w, EPIPE)
}

inline umd_worker_call(w)
{
	if
	:: W[w].duty == UMD_WORKER_IDLE -> W[w].duty = UMD_WORKER_CALLED
	:: else
	fi;
	W[w].wake = true
}

/* ---- schedule.c ---- */

/* Calls workers for t_mine requests of a user. */
inline call_bound_of(u)
{
	for (i_work : 0 .. MAX_WORKERS - 1) {
		if
		:: t_mine && W[i_work].state == UMD_WORKER_READY &&
		   W[i_work].duty != UMD_WORKER_BUSY && is_bound(i_work) &&
		   W[i_work].read_uid == u ->
			umd_worker_call(i_work);
			t_mine--
		:: else
		fi
	}
	i_work = 0
}

/* Sets t_left, and t_oldest: the user with the least work of those who lack one. */
inline umd_schedule_bound()
{
	t_left = 0;
	for (i_user : 0 .. USERS - 1) {
		count_readable_of(i_user);
		if
		:: t_mine && t_left < MAX_WORKERS ->
			call_bound_of(i_user);
			t_left = t_left + t_mine;
			if
			:: t_mine && (t_oldest == NONE ||
				      U[i_user].work < U[t_oldest].work) ->
				t_oldest = i_user
			:: else
			fi
		:: else
		fi
	}
	i_user = 0
}

/* Sets t_left, and t_oldest. */
inline umd_schedule_workers()
{
	t_oldest = NONE;
	umd_queue_readable();
	count_queued();
	count_running();
#ifndef BUG_NO_POLL
	watched = watched || (t_left < t_queued && t_running < MAX_WORKERS);
#endif
	if
	:: t_left && ISOLATION == UMD_PER_USER -> umd_schedule_bound()
	:: else
	fi;
	for (i_work : 0 .. MAX_WORKERS - 1) {
		if
		:: t_left && W[i_work].state == UMD_WORKER_READY &&
		   W[i_work].duty != UMD_WORKER_BUSY && !is_bound(i_work) ->
			umd_worker_call(i_work);
			t_left--
		:: else
		fi
	}
	i_work = 0
}

/* Sets t_short. */
inline umd_driver_is_short(left, spare)
{
	t_live = 0;
	t_idle = 0;
	t_starting = false;
	for (i_work : 0 .. MAX_WORKERS - 1) {
		t_starting = t_starting ||
			     W[i_work].state == UMD_WORKER_STARTING;
		t_live = t_live + (W[i_work].state != UMD_WORKER_FREE);
		t_idle = t_idle + (W[i_work].state == UMD_WORKER_READY &&
				   W[i_work].duty == UMD_WORKER_IDLE &&
				   !is_bound(i_work))
	}
	i_work = 0;
	t_short = !t_starting && t_live < MAX_WORKERS && !blocks_start &&
		  (left > 0 || (spare && t_idle <= spare &&
				(t_idle || ISOLATION != UMD_SHARED)))
}

/* Sets t_ready. */
inline count_ready()
{
	t_ready = 0;
	for (i_work : 0 .. MAX_WORKERS - 1) {
#ifdef BUG_START_REPLACES
		t_ready = t_ready + (W[i_work].state != UMD_WORKER_FREE)
#else
		t_ready = t_ready + (W[i_work].state == UMD_WORKER_READY)
#endif
	}
	i_work = 0
}

/*
 * Ends a Handler of some other user, so that another one can be started: one that
 * is idle or, for a user for whom Handlers have worked less, one that is called.
 */
inline umd_schedule_replace()
{
	assert(!t_starting);
	t_mine = NONE;
	for (i_work : 0 .. MAX_WORKERS - 1) {
		if
		:: W[i_work].state == UMD_WORKER_READY &&
		   W[i_work].duty == UMD_WORKER_IDLE && is_bound(i_work) ->
			t_mine = i_work
		:: else
		fi
	}
#ifndef BUG_CALLED_STAYS
	for (i_work : 0 .. MAX_WORKERS - 1) {
		if
		:: t_mine == NONE && W[i_work].state == UMD_WORKER_READY &&
		   W[i_work].duty == UMD_WORKER_CALLED && is_bound(i_work) &&
		   t_oldest != NONE &&
		   U[t_oldest].work < U[W[i_work].read_uid].work ->
			t_mine = i_work
		:: else
		fi
	}
#endif
	i_work = 0;
	if
	:: t_mine != NONE -> umd_worker_ends(t_mine, EPIPE)
	:: else
	fi
}

inline umd_schedule_queue()
{
	umd_schedule_workers();
	umd_driver_is_short(t_left, 0);
	count_ready();
	umd_driver_runs();
	if
	:: t_left && t_short -> start_pending = true
	:: t_left && !t_short && ISOLATION == UMD_PER_USER &&
	   t_ready >= MAX_WORKERS -> umd_schedule_replace()
	:: t_left && !t_short && !t_runs -> umd_queue_end(EHOSTDOWN)
#ifndef BUG_OTHERS_COUNT
	/* Handlers of others only, and no start: nobody would come. */
	:: t_left && !t_short && t_runs && !t_starting &&
	   ISOLATION == UMD_PER_USER && t_ready < MAX_WORKERS && blocks_start ->
		give_up()
#endif
	:: else
	fi;
#ifndef BUG_BACKOFF_ENDS_UNSEEN
	watched = watched || (t_left && !t_short && blocks_start)
#endif
}

/* Ends the queues of users who have no Handler, nor will have one. */
inline give_up()
{
	for (i_user : 0 .. USERS - 1) {
		count_readable_of(i_user);
		for (i_work : 0 .. MAX_WORKERS - 1) {
			if
			:: W[i_work].state == UMD_WORKER_READY &&
			   is_for(i_work, i_user) -> t_mine = 0
			:: else
			fi
		}
		if
		:: t_mine -> umd_queue_end_user(i_user, EHOSTDOWN)
		:: else
		fi
	}
	i_user = 0;
	i_work = 0
}

/* Sets t_short. */
inline umd_driver_lacks_spare()
{
	umd_driver_is_short(0, SPARE);
}

inline umd_driver_unlock()
{
	d_step {
		do
		:: due -> due = false; umd_schedule_queue()
		:: !due && due_rest ->
			due_rest = false;
			umd_driver_lacks_spare();
			spare_due = spare_due || t_short;
			watched = watched || t_short
		:: else -> break
		od;
		moved = true
	}
}

/* ---- Processes ---- */

proctype handler(byte w)
{
	byte u = NONE;

end_looks:
	do
	/* umd_channel_take(), umd_worker_take() */
	:: atomic { W[w].state == UMD_WORKER_READY && W[w].wake &&
		    W[w].duty != UMD_WORKER_BUSY ->
		d_step { umd_queue_turn(w) };
		if
		:: t_may[0] -> u = 0
		:: t_may[1] -> u = 1
		:: USERS > 2 && t_may[USERS - 1] -> u = USERS - 1
		:: else
		fi;
		d_step {
			for (i_user : 0 .. USERS - 1) {
				t_may[i_user] = false
			}
			i_user = 0;
			moved = true;
			W[w].wake = false;
			if
			:: u == NONE ->
				/* umd_worker_rest() */
				W[w].duty = UMD_WORKER_IDLE
			:: else ->
				/* What isolation promises. */
				assert(ISOLATION == UMD_SHARED ||
				       W[w].read_uid == NONE ||
				       (ISOLATION == UMD_PER_USER &&
					W[w].read_uid == u));
				assert(!blocks_user(u));
#ifdef FLOOD
				/* No other worker is about to look. */
				t_live = 0;
				for (i_work : 0 .. MAX_WORKERS - 1) {
					t_live = t_live + has_work(i_work)
				}
				i_work = 0;
				if
				:: R[0].state != UMD_REQUEST_WAITING || u == 0 ->
					passed = 0
				:: t_live == MAX_WORKERS - 1 ->
					passed++;
					assert(passed <= USERS)
				:: else
				fi;
				t_live = 0;
#endif
				for (i_req : 0 .. CALLERS - 1) {
					if
					:: R[i_req].state == UMD_REQUEST_WAITING &&
					   owner(i_req) == u &&
					   W[w].request == NONE && !floods(u) ->
						R[i_req].state = UMD_REQUEST_READ;
						W[w].request = i_req
					:: else
					fi
				}
				i_req = 0;
				W[w].duty = UMD_WORKER_BUSY;
				W[w].user = u;
				W[w].read_uid = u;
				U[u].running++;
				W[w].hangs = hangs_always(u)
			fi;
			u = NONE
		} }
	:: atomic { has_work(w) && !W[w].hangs ->
		/* umd_request_reply(), umd_worker_done() */
		d_step {
			if
			:: W[w].request != NONE ->
				R[W[w].request].error = SUCCESS;
				R[W[w].request].state = UMD_REQUEST_OVER;
				W[w].request = NONE
			:: else
			fi;
			umd_user_leave(w);
			W[w].duty = UMD_WORKER_IDLE;
			W[w].wake = true;
			replied = true;
			if
			:: ISOLATION == UMD_PER_REQUEST ->
#ifndef BUG_IS_NOT_USED_UP
				umd_worker_ends(w, EPIPE)
#else
				due = true
#endif
			:: else -> due = true
			fi;
#ifndef BUG_NO_REST
			due_rest = SPARE
#endif
		};
		umd_driver_unlock() }
	:: atomic { has_work(w) && !W[w].hangs && crashes &&
		    W[w].user > 0 ->
		crashes--;
		d_step { worker_fails(w) };
		umd_driver_unlock() }
	:: atomic { has_work(w) && !W[w].hangs && hangs && W[w].user > 0 ->
		hangs--;
		W[w].hangs = true }
	:: atomic { looks && W[w].state == UMD_WORKER_READY && !W[w].wake &&
		    W[w].duty != UMD_WORKER_BUSY ->
		looks--;
		W[w].wake = true }
	od
}

proctype start_work()
{
	byte w = NONE;

end_idle:
	atomic { start_pending -> start_pending = false };
again:	/* umd_driver_wants_worker(), umd_worker_create() */
	atomic {
		d_step {
			umd_schedule_workers();
			umd_driver_is_short(t_left, SPARE);
			w = NONE;
			for (i_work : 0 .. MAX_WORKERS - 1) {
				if
				:: t_short && w == NONE &&
				   W[i_work].state == UMD_WORKER_FREE ->
					w = i_work;
					W[i_work].state = UMD_WORKER_STARTING
				:: else
				fi
			}
			i_work = 0
		}
		umd_driver_unlock();
		if
		:: w == NONE -> goto end_idle
		:: else
		fi
	}
	atomic {
		if
		:: true ->
			/* umd_worker_ready() */
			W[w].state = UMD_WORKER_READY;
			W[w].wake = true;
			due = true;
			w = NONE;
			umd_driver_unlock();
			goto again
		:: faults ->
			faults--;
			d_step { umd_worker_ends(w, ESPAWN) };
			w = NONE;
			umd_driver_unlock()
		:: resources ->
			resources--;
			d_step { umd_worker_ends(w, ESPAWN) };
			w = 0;
			umd_driver_unlock()
		fi
	}
	/* umd_driver_start_failed(); w: NONE, or 0 where there were no resources */
	atomic {
		d_step {
			if
			:: w == NONE -> start_failures++
			:: else ->
				/* umd_failure_of_resources() */
				start_pause = true;
				w = NONE
			fi;
			umd_driver_runs();
			if
			:: !t_runs -> umd_queue_end(ESPAWN)
			:: else
			fi;
#ifndef BUG_OTHERS_COUNT
			due = true
#endif
		}
		umd_driver_unlock()
	}
	goto end_idle
}

proctype watchdog()
{
end_watchdog:
	do
	/* What has not moved since would not move now either. */
	:: atomic { watched && moved ->
		d_step {
			watched = false;
			count_queued();
			due = t_queued > 0
		}
		umd_driver_unlock();
		d_step {
			moved = false;
			/* UMD_DUE_SPARE */
			if
			:: spare_due ->
				umd_driver_lacks_spare();
				start_pending = start_pending || t_short;
				spare_due = false
			:: else
			fi
		} }
	:: atomic { is_late(0) ->
		d_step { worker_fails(0) };
		umd_driver_unlock() }
	:: atomic { is_late(MAX_WORKERS - 1) ->
		d_step { worker_fails(MAX_WORKERS - 1) };
		umd_driver_unlock() }
	od
}

/* Who does not call is gone after a while, and the back-off ends: no task notices. */
proctype time()
{
end_time:
	do
	:: atomic { U[0].present -> U[0].present = false; moved = true }
	:: atomic { U[1].present -> U[1].present = false; moved = true }
	:: atomic { U[USERS - 1].present ->
		    U[USERS - 1].present = false; moved = true }
	:: atomic { blocks_start ->
		    start_failures = 0;
		    start_pause = false;
		    moved = true }
	od
}

proctype caller(byte r)
{
	byte calls;

	do
	:: calls < CALLS ->
		calls++;
		/* umd_call_post() */
		atomic {
			d_step {
				umd_user_get(owner(r));
				umd_driver_runs();
				if
				:: blocks_user(owner(r)) ||
				   (blocks_start && !t_runs) ->
					R[r].error = EHOSTDOWN;
					R[r].state = UMD_REQUEST_OVER;
#ifdef BUG_REFUSED_IS_PRESENT
					U[owner(r)].present = true
#endif
				:: else ->
					U[owner(r)].present = true;
					R[r].state = UMD_REQUEST_WAITING;
					due = true
				fi
			}
			umd_driver_unlock()
		}
		/* umd_request_wait() */
		if
		:: hangs_always(owner(r)) || floods(owner(r)) ->
#ifndef PRESENT
			/* Of so many workers there is one for each. */
			R[r].state != UMD_REQUEST_WAITING;
#endif
end_hangs:		R[r].state == UMD_REQUEST_OVER
		:: else ->
			if
			:: R[r].state == UMD_REQUEST_OVER
			:: atomic { signals && R[r].state != UMD_REQUEST_OVER ->
				signals--;
				for (i_work : 0 .. MAX_WORKERS - 1) {
					if
					:: W[i_work].request == r ->
						W[i_work].request = NONE
					:: else
					fi
				}
				i_work = 0;
				moved = true;
				R[r].error = EINTR;
				R[r].state = UMD_REQUEST_OVER }
			fi
		fi;
		atomic {
			assert(r > 0 || R[r].error == SUCCESS || FAULTS ||
			       RESOURCES || R[r].error == EINTR);
			/* Who has made a Handler crash tries again. */
			calls = (R[r].error == EPIPE -> calls - 1 : calls);
			R[r].error = 0;
			R[r].state = UMD_REQUEST_NEW
		}
	:: else -> break
	od
}

#if SPARE
/* When all is quiet, a worker is ready for the next request. */
proctype quiet()
{
	timeout;
	atomic {
		t_idle = 0;
		for (i_work : 0 .. MAX_WORKERS - 1) {
			t_idle = t_idle + (W[i_work].state == UMD_WORKER_READY &&
					   W[i_work].duty == UMD_WORKER_IDLE &&
					   W[i_work].read_uid == NONE)
		}
		i_work = 0;
		assert(t_idle > 0 || !replied || FAULTS);
		t_idle = 0
	}
}
#endif

init {
	byte n;

	atomic {
		for (n : 0 .. USERS - 1) {
			U[n].work = n;
#ifdef PRESENT
			U[n].known = true;
			U[n].present = true
#endif
		}
		for (n : 0 .. MAX_WORKERS - 1) {
			run handler(n)
		}
		run start_work();
		for (n : 0 .. CALLERS - 1) {
			run caller(n)
		}
#ifndef PRESENT
		run time();
#endif
#if !defined(PRESENT) || HANGS || SPARE
		run watchdog();
#endif
#if SPARE
		run quiet();
#endif
		n = 0
	}
}
