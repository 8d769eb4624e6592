#!/usr/bin/env python3
"""hello.py: veda from Python, through ctypes alone.

The library is found where the dynamic loader finds it (an installed libveda.so.1), or at the path
that VEDA_LIBRARY names. The callbacks take Python's own lock, so this shows how the C interface is
called and not how fast it is: real work goes into compiled callbacks.
"""
import ctypes
import os
import sys
import threading

VEDA_OK = 0
VEDA_E_RANGE = -4


class RuntimeConfig(ctypes.Structure):
    """veda_runtime_config_t; a field that is left alone is 0, its default."""

    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("worker_count", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("pinning", ctypes.c_uint32),
        ("wait_policy", ctypes.c_uint32),
        ("spare_workers", ctypes.c_uint32),
        ("stack_size", ctypes.c_uint64),
        ("spin_ns", ctypes.c_uint64),
        ("thread_name_prefix", ctypes.c_char_p),
        ("on_worker_start", ctypes.c_void_p),
        ("on_worker_stop", ctypes.c_void_p),
        ("hook_ctx", ctypes.c_void_p),
        ("on_unhandled_error", ctypes.c_void_p),
        ("reserved", ctypes.c_uint64 * 6),
    ]


class ForDesc(ctypes.Structure):
    """veda_for_desc_t."""

    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("begin", ctypes.c_uint64),
        ("end", ctypes.c_uint64),
        ("min_piece", ctypes.c_uint64),
        ("max_piece", ctypes.c_uint64),
        ("reserved", ctypes.c_uint64 * 4),
    ]


# uint64_t body(void *ctx, uint64_t begin, uint64_t end, const veda_exec_t *exec)
RangeFn = ctypes.CFUNCTYPE(
    ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_void_p
)


def load():
    library = ctypes.CDLL(os.environ.get("VEDA_LIBRARY", "libveda.so.1"))
    library.veda_version.restype = ctypes.c_char_p
    library.veda_last_error.restype = ctypes.c_char_p
    library.veda_status_name.restype = ctypes.c_char_p
    library.veda_runtime_create.argtypes = [
        ctypes.POINTER(RuntimeConfig),
        ctypes.POINTER(ctypes.c_void_p),
    ]
    library.veda_runtime_destroy.argtypes = [ctypes.c_void_p]
    library.veda_for.argtypes = [
        ctypes.c_void_p,
        ctypes.POINTER(ForDesc),
        RangeFn,
        ctypes.c_void_p,
    ]
    return library


class VedaError(Exception):
    """A refused call: the code and the library's own sentence."""

    def __init__(self, library, status):
        self.status = status
        name = library.veda_status_name(status).decode()
        super().__init__(f"{name}: {library.veda_last_error().decode()}")


def check(library, status):
    if status != VEDA_OK:
        raise VedaError(library, status)


def create_runtime(library, workers):
    config = RuntimeConfig(struct_size=ctypes.sizeof(RuntimeConfig), worker_count=workers)
    runtime = ctypes.c_void_p()
    check(library, library.veda_runtime_create(ctypes.byref(config), ctypes.byref(runtime)))
    return runtime


def sum_of_range(library, runtime, count):
    """Adds up 0 .. count - 1 in a parallel loop."""
    lock = threading.Lock()
    total = 0

    @RangeFn
    def body(_ctx, begin, end, _exec):
        nonlocal total
        part = sum(range(begin, end))
        with lock:
            total += part
        return end

    desc = ForDesc(struct_size=ctypes.sizeof(ForDesc), begin=0, end=count)
    check(library, library.veda_for(runtime, ctypes.byref(desc), body, None))
    return total


def main():
    library = load()
    print("veda", library.veda_version().decode())

    runtime = create_runtime(library, 4)
    count = 1_000_000
    total = sum_of_range(library, runtime, count)
    print(f"sum of 0 .. {count - 1}: {total}")
    check(library, library.veda_runtime_destroy(runtime))

    try:
        create_runtime(library, 100_000)
        return 1
    except VedaError as error:
        print("refused:", error)
        as_expected = error.status == VEDA_E_RANGE

    return 0 if as_expected and total == count * (count - 1) // 2 else 1


if __name__ == "__main__":
    sys.exit(main())
