"""Speech never takes the processor from the calls: lowered priority and capped threads for the worker's process."""

import os

CAPS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def be_background(nice: int, threads: int) -> int:
    """Call first thing in the worker's process, before a model is loaded; returns the threads to give the engine.

    `nice` 0 to 19 is what the process will have (never less than now); `threads` 0: half of the cores.
    """
    count = threads or default_threads()
    for name in CAPS:
        os.environ[name] = str(count)
    os.setpriority(os.PRIO_PROCESS, 0, max(nice, os.getpriority(os.PRIO_PROCESS, 0)))
    return count


def default_threads() -> int:
    """Half of the cores that this process may use, at least one."""
    return max(1, len(os.sched_getaffinity(0)) // 2)
