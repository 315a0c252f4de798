/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * How a driver gets its binary, after loader-c/mgmt/loader.c and load.c: calls wait
 * in the queue, and one thread asks modprobe for the Loader. How requests and workers
 * end is in lifecycle.pml: here a Handler starts or not, and then answers all.
 *
 * Steps, names and budgets are as there.
 */

#ifndef CALLERS
#define CALLERS 2
#endif
#ifndef CALLS
#define CALLS 1			/* by each caller */
#endif
#ifndef FAILS
#define FAILS 0			/* modprobes that fail */
#endif
#ifndef NOTHING
#define NOTHING 0			/* modprobes that succeed and load nothing */
#endif
#ifndef HANGS
#define HANGS 0			/* modprobes that hang for ever */
#endif
#ifndef FAULTS
#define FAULTS 0		/* starts that fail */
#endif
#ifndef LATE
#define LATE 0			/* deadlines that pass while no modprobe hangs */
#endif
#ifndef SIGNALS
#define SIGNALS 0		/* callers that are killed */
#endif
/* STOP: an administrator stops the driver, and lets it go on. */
/* ABORT: likewise. UNLOAD: rmmod of the Loader. SUSPEND: and back. */
/* STAYS: it stays stopped, and is not unregistered. */
/* HAND: somebody loads another Loader, and UNLOAD removes that, too. */

#define MODPROBES 2		/* at a time */
#define TRIES 1			/* of those for as long as a Loader goes away */
#define NONE 255

mtype = { UMD_BINARY_ABSENT, UMD_BINARY_LOADED, UMD_BINARY_UNLOADING };
mtype = { UMD_REQUEST_NEW, UMD_REQUEST_WAITING, UMD_REQUEST_OVER };
mtype = { SUCCESS, ESPAWN, ETIMEDOUT, ESHUTDOWN, ECANCELED, EPERM, EINTR,
	  ENOPROTOOPT, EEXIST, EXIT };
mtype = { ABSENT, COMING, LIVE, GOING };	/* the Loader's module */
mtype = { FREE, RUNS, HUNG, DONE };		/* a modprobe */

typedef umd_request {
	mtype state = UMD_REQUEST_NEW;
	mtype error;
	/* The rest is not in the code: the checks need it. */
	bool absent;		/* it came when there was no binary */
	bool saw_stop;
	bool saw_abort;
	bool saw_unload;
}

typedef modprobe_of {
	mtype state = FREE;
	mtype result;
	bool waits;		/* the loader waits for its end */
}

umd_request R[CALLERS];
modprobe_of M[MODPROBES];

/* struct umd_driver */
mtype binary = UMD_BINARY_ABSENT;
bool stopped, near;
bool start_wanted, started;
mtype start_error = SUCCESS;
bool runs;			/* there is a Handler */
bool loading, sleeps, signalled, should_stop, loader_over;
byte load_count;
mtype load_error = SUCCESS;
bool unloaded;			/* just now, or the binary is unloading */

mtype module = ABSENT;
byte calling = CALLERS;		/* callers that are not done */

byte fails = FAILS, nothing = NOTHING, hangs = HANGS, faults = FAULTS, late = LATE,
     signals = SIGNALS;

hidden byte i_queue, i_saw, t_queued;

#define loaded (binary == UMD_BINARY_LOADED)
#define waits(r) (R[r].state == UMD_REQUEST_WAITING)
#define is_queued (waits(0) || waits(CALLERS - 1))
#define wants_loader (binary == UMD_BINARY_ABSENT && is_queued && !stopped)
#define is_hung (M[0].state == HUNG || M[1].state == HUNG)

#define everybody(saw) \
	for (i_saw : 0 .. CALLERS - 1) { \
		R[i_saw].saw = R[i_saw].saw || R[i_saw].state != UMD_REQUEST_NEW; \
	} \
	i_saw = 0

inline umd_queue_end(err)
{
	for (i_queue : 0 .. CALLERS - 1) {
		if
		:: waits(i_queue) ->
			R[i_queue].error = err;
			R[i_queue].state = UMD_REQUEST_OVER
		:: else
		fi
	}
	i_queue = 0
}

/* umd_schedule_queue(), at the unlock */
inline umd_driver_unlock()
{
	if
	:: wants_loader -> sleeps = false
	:: else
	fi
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

inline umd_driver_end_loading()
{
	signalled = signalled || loading
}

/* ---- load.c: umd_mgmt_load(), umd_mgmt_unload() ---- */

inline umd_driver_unload()
{
	atomic {
		assert(loaded);
		binary = UMD_BINARY_UNLOADING;
		unloaded = true;
		everybody(saw_unload);
		umd_driver_started(ESHUTDOWN);
		umd_queue_end(ESHUTDOWN);
		runs = false
	}
	atomic {
		binary = UMD_BINARY_ABSENT;
#ifndef BUG_UNLOAD_IS_QUIET
		umd_driver_unlock()
#endif
	}
}

inline umd_mgmt_load(err)
{
	/* umd_driver_give() */
	atomic {
		if
		:: stopped -> err = EPERM
		:: !stopped && binary != UMD_BINARY_ABSENT -> err = EEXIST
		:: else ->
			err = SUCCESS;
			binary = UMD_BINARY_LOADED;
			started = false;
			start_wanted = true;
			if
			:: near -> umd_driver_started(SUCCESS)
			:: else
			fi;
			sleeps = false
		fi
	}
	if
	:: err == SUCCESS ->
		/* umd_driver_wait_start() */
		started;
		err = start_error;
		if
		:: err != SUCCESS -> umd_driver_unload()
		:: else
		fi
	:: else
	fi;
	/* umd_driver_load_ended() */
	atomic {
		if
		:: err == EEXIST
#ifndef BUG_STOPPED_LOAD_COUNTS
		/* A stop says nothing of the Loader, whose module goes now. */
		:: err == EPERM -> unloaded = true
#else
		:: err == EPERM -> load_count++; load_error = err
#endif
		:: else -> load_count++; load_error = err
		fi
	}
}

/* ---- modprobe, and somebody who loads by hand ---- */

proctype modprobe(byte m)
{
	mtype err;

end_no_process:
	do
	:: atomic { M[m].state == RUNS ->
		if
		:: fails -> fails--; M[m].result = EXIT; goto done
		:: nothing -> nothing--; M[m].result = SUCCESS; goto done
		:: hangs -> hangs--; M[m].state = HUNG; goto end_hung
		:: module == ABSENT -> module = COMING
		:: module == LIVE || module == COMING ->
			M[m].result = SUCCESS;
			goto done
		/* The kernel waits for the end of the other load. */
		:: module == COMING ->
			goto other
		:: module == GOING -> M[m].result = EXIT; goto done
		fi };
	   umd_mgmt_load(err);
	   atomic {
		module = (err == SUCCESS -> LIVE : ABSENT);
		M[m].result = (err == SUCCESS -> SUCCESS : EXIT);
		err = 0
	   };
	   goto done;
other:	   atomic { module != COMING ->
		M[m].result = (module == LIVE -> SUCCESS : EXIT) };
done:	   atomic {
		M[m].state = (M[m].waits -> DONE : FREE);
		if
		:: M[m].state == FREE -> M[m].result = 0
		:: else
		fi
	   }
	od;
end_hung:
	false
}

#ifdef HAND
proctype by_hand()
{
	mtype err;

	umd_mgmt_load(err);
#ifdef UNLOAD
	if
	:: err == SUCCESS -> umd_driver_unload()
	:: else
	fi
#endif
}
#endif

#ifdef UNLOAD
proctype rmmod()
{
end_rmmod:
	atomic { module == LIVE -> module = GOING };
	if
	:: loaded -> umd_driver_unload()
	:: !loaded
	fi;
	module = ABSENT
}
#endif

/* ---- start.c, and a Handler ---- */

proctype handler()
{
end_handler:
	do
	:: atomic { loaded && !stopped && !runs && (start_wanted || is_queued) ->
		if
		:: runs = true; umd_driver_started(SUCCESS)
		:: faults ->
			faults--;
			umd_driver_started(ESPAWN);
			umd_queue_end(ESPAWN)
		fi }
	:: atomic { runs && is_queued -> umd_queue_end(SUCCESS) }
	od
}

/* ---- loader.c ---- */

/* umd_loader_is_wanted(); sets wanted. */
inline umd_loader_is_wanted()
{
	atomic {
		wanted = wants_loader;
		loading = wanted
	}
}

proctype loader()
{
	bool wanted, ended;
	byte tries, retries, count, m = NONE;
	mtype asked, err;

looks:
#ifndef BUG_SLEEPS_LATE
	sleeps = true;		/* set_current_state() */
#endif
	umd_loader_is_wanted();
	if
	:: should_stop -> goto over
	:: !should_stop && wanted -> sleeps = false; goto load
	:: !should_stop && !wanted ->
#ifdef BUG_SLEEPS_LATE
		sleeps = true;
#endif
		skip
	fi;
end_sleeps:
	!sleeps;		/* schedule() */
	goto looks;

load:	/* umd_loader_load() */
#ifndef BUG_FLUSHES_LATE
	signalled = false;	/* flush_signals() */
#endif
	umd_loader_is_wanted();
	if
	:: !wanted -> goto leaves
	:: else
	fi;
#ifdef BUG_FLUSHES_LATE
	signalled = false;
#endif
	/* umd_loader_ask() */
	count = load_count;
#ifdef SUSPEND
	/* What matters there is that the kernel does not wait. */
end_all_hang:
#endif
	atomic {
		if
		:: signalled -> asked = EINTR
		:: !signalled && M[0].state == FREE -> m = 0
		:: !signalled && M[0].state != FREE && M[1].state == FREE -> m = 1
		fi;
		if
		:: m != NONE ->
			M[m].state = RUNS;
			M[m].waits = !near;
			asked = SUCCESS
		:: else
		fi
	}
	if
	:: m != NONE && M[m].waits ->
#ifdef SUSPEND
end_hangs:
#endif
		if
		:: atomic { M[m].state == DONE ->
			asked = M[m].result;
			M[m].result = 0;
			M[m].waits = false;
			M[m].state = FREE }
		:: atomic { signalled && M[m].state != DONE ->
			asked = EINTR;
			M[m].waits = false }
		fi
	:: else
	fi;
	m = NONE;
	/* umd_loader_look() */
	atomic {
		ended = load_count != count;
		err = load_error;
		count = 0;
		if
		:: loaded || signalled -> goto again
		:: else
		fi;
		if
		:: ended && err != SUCCESS -> goto failed
		:: else
		fi
	}
	if
	:: near ->
		/* umd_loader_wait_thaw() polls. */
		!near || !wants_loader || signalled;
		goto again
	:: else
	fi;
	/* umd_loader_may_retry() */
	atomic {
		if
		:: asked == SUCCESS && !unloaded && tries < 1 ->
			tries++;
			goto again
		:: unloaded && retries < TRIES -> retries++; goto again
		:: unloaded && retries == TRIES -> unloaded = false
		:: else
		fi;
		err = ENOPROTOOPT
	}
	goto failed;
again:	atomic { asked = 0; err = 0; ended = false; wanted = false };
	goto load;

failed:
	atomic {
#ifndef BUG_FAILS_LATE
		if
		:: wants_loader ->
#else
		if
		:: true ->
#endif
			for (i_queue : 0 .. CALLERS - 1) {
				assert(!waits(i_queue) || R[i_queue].absent)
			}
			umd_queue_end(err)
		:: else
		fi;
		i_queue = 0;
		loading = false
	};
leaves:	atomic {
		asked = 0;
		err = 0;
		ended = false;
		wanted = false;
		tries = 0;
		retries = 0
	};
	goto looks;

over:	atomic { wanted = false; loader_over = true }
}

/* ---- Callers ---- */

proctype caller(byte r)
{
	byte calls;

	for (calls : 1 .. CALLS) {
		atomic {
			R[r].saw_stop = stopped;
			R[r].saw_unload = binary == UMD_BINARY_UNLOADING;
			if
			:: stopped ->
				R[r].error = EPERM;
				R[r].state = UMD_REQUEST_OVER
			:: else ->
				R[r].absent = !loaded;
				R[r].state = UMD_REQUEST_WAITING;
				umd_driver_unlock()
			fi
		}
		do
		:: atomic { R[r].state == UMD_REQUEST_OVER -> break }
		:: atomic { late && waits(r) && !is_hung ->
			late--;
			R[r].error = ETIMEDOUT;
			R[r].state = UMD_REQUEST_OVER }
		:: atomic { waits(r) && is_hung ->
			R[r].error = ETIMEDOUT;
			R[r].state = UMD_REQUEST_OVER }
		:: atomic { signals && waits(r) ->
			signals--;
			R[r].error = EINTR;
			R[r].state = UMD_REQUEST_OVER }
		od;
		/* A call returns only an error that it has met. */
		atomic {
			assert(R[r].error != EPERM || R[r].saw_stop);
			assert(R[r].error != ECANCELED || R[r].saw_abort);
			assert(R[r].error != ESHUTDOWN || R[r].saw_unload);
			assert(R[r].error != ESPAWN || FAULTS);
			R[r].error = 0;
			R[r].absent = false;
			R[r].saw_stop = false;
			R[r].saw_abort = false;
			R[r].saw_unload = false;
			R[r].state = UMD_REQUEST_NEW
		}
	}
	calling--
}

/* ---- The rest of the world ---- */

#ifdef STOP
/* umd_driver_stop(), and back. */
proctype administrator()
{
#ifdef BUG_SIGNAL_COMES_FIRST
	umd_driver_end_loading();
#endif
	atomic {
		stopped = true;
		everybody(saw_stop);
		umd_driver_started(EPERM);
		umd_queue_end(EPERM);
		runs = false;
#ifndef BUG_SIGNAL_COMES_FIRST
		umd_driver_end_loading()
#endif
	}
#ifndef STAYS
	stopped = false
#endif
}
#endif

#ifdef ABORT
/* umd_driver_abort(): the load goes on, for the next caller. */
proctype aborter()
{
	atomic {
		everybody(saw_abort);
		umd_queue_end(ECANCELED)
	}
}
#endif

#ifdef SUSPEND
/* umd_power_freeze(), usermodehelper_disable(), umd_power_thaw() */
proctype suspend()
{
#ifdef BUG_SIGNAL_COMES_FIRST
	umd_driver_end_loading();
	near = true;
#else
	near = true;
	umd_driver_end_loading();
#endif
	umd_driver_started(SUCCESS);
	/* The kernel waits for helpers for which somebody waits. */
	!M[0].waits && !M[1].waits;
	near = false;
	atomic { umd_driver_unlock() }
}
#endif

#ifndef STAYS
/* umd_mgmt_unregister(), once nobody calls any more. */
proctype unregister()
{
	calling == 0;
	/* umd_loader_destroy() */
	umd_driver_end_loading();
	atomic { should_stop = true; sleeps = false };
	loader_over
}
#endif

/* A Loader that has gone is no reason to ask again for ever. */
proctype time()
{
end_time:
	do
	:: atomic { unloaded && binary != UMD_BINARY_UNLOADING ->
		    unloaded = false }
	od
}

init {
	atomic {
		run modprobe(0);
		run modprobe(1);
		run handler();
		run loader();
		run time();
		run caller(0);
		run caller(CALLERS - 1);
#ifdef HAND
		run by_hand();
#endif
#ifdef UNLOAD
		run rmmod();
#endif
#ifdef STOP
		run administrator();
#endif
#ifdef ABORT
		run aborter();
#endif
#ifdef SUSPEND
		run suspend();
#endif
#ifndef STAYS
		run unregister()
#endif
	}
}
