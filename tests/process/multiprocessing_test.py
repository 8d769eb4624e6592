#!/usr/bin/env python3
"""Python's multiprocessing with the fork start method, over a libveda.so.1 that ctypes has loaded.

usage: multiprocessing_test.py <folder of hello.py>; VEDA_LIBRARY names the library. Exits with 77 where
this Python lacks what the test needs.
"""
import ctypes
import os
import signal
import sys
import threading

try:
    import multiprocessing
    processes = multiprocessing.get_context("fork")
except (ImportError, ValueError) as missing:
    print(f"skipped: no multiprocessing by fork in this Python: {missing}")
    sys.exit(77)

sys.path.insert(0, sys.argv[1])
import hello  # noqa: E402

VEDA_E_FORKED = -17
COUNT = 20000
TOTAL = COUNT * (COUNT - 1) // 2
LIBRARY = hello.load()
LIBRARY.veda_runtime_default.restype = ctypes.c_void_p
LIBRARY.veda_shutdown.argtypes = [ctypes.c_uint64]
EXPLICIT = hello.create_runtime(LIBRARY, 3)


def default():
    return ctypes.c_void_p(LIBRARY.veda_runtime_default())


def sum_here(_=None):
    return hello.sum_of_range(LIBRARY, default(), COUNT)


def use_in_child(number):
    """In a pool's process: the parent's runtime is refused, the default one works."""
    try:
        hello.sum_of_range(LIBRARY, EXPLICIT, COUNT)
        return "the parent's runtime was not refused"
    except hello.VedaError as error:
        if error.status != VEDA_E_FORKED:
            return str(error)
    if sum_here() != TOTAL or sum_here() != TOTAL:
        return "a wrong sum"
    return number


def check(condition, text):
    if not condition:
        sys.exit(f"failed: {text}")


def a_pool_of_processes():
    with processes.Pool(3) as pool:
        check(pool.map(use_in_child, range(30)) == list(range(30)), "each process works")
    check(sum_here() == TOTAL, "the parent works after the pool")


def processes_started_between_loops_of_threads():
    stop = threading.Event()
    sums = []
    # Not in the middle of a loop: a worker that enters Python holds a lock of the interpreter for a
    # moment, and CPython's child waits for it for ever if it was forked then.
    in_python = threading.Lock()

    def compute():
        while not stop.is_set():
            with in_python:
                sums.append(hello.sum_of_range(LIBRARY, EXPLICIT, COUNT))

    threads = [threading.Thread(target=compute) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(20):
        queue = processes.SimpleQueue()
        child = processes.Process(target=lambda: queue.put(use_in_child(number)))
        with in_python:
            child.start()
        check(queue.get() == number, "the child's answer")
        child.join()
        check(child.exitcode == 0, f"the child's exit code is {child.exitcode}")
    stop.set()
    for thread in threads:
        thread.join()
    check(sums and all(total == TOTAL for total in sums), "the parent's sums")


def a_process_started_in_a_callback():
    """fork in a loop body, on whatever thread runs it; multiprocessing ends the child by os._exit."""
    exits = []

    @hello.RangeFn
    def body(_ctx, begin, end, _exec):
        child = processes.Process(target=sum_here)
        child.start()
        child.join()
        exits.append(child.exitcode)
        return end

    desc = hello.ForDesc(struct_size=ctypes.sizeof(hello.ForDesc), begin=0, end=3, max_piece=1)
    hello.check(LIBRARY, LIBRARY.veda_for(EXPLICIT, ctypes.byref(desc), body, None))
    check(exits == [0, 0, 0], f"exit codes {exits}")


def main():
    signal.alarm(120)
    check(sum_here() == TOTAL, "the parent works")
    a_pool_of_processes()
    processes_started_between_loops_of_threads()
    a_process_started_in_a_callback()
    hello.check(LIBRARY, LIBRARY.veda_runtime_destroy(EXPLICIT))
    hello.check(LIBRARY, LIBRARY.veda_shutdown(2**64 - 1))
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
