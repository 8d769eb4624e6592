"""Runs one cell as a process of its own and says what else the machine was doing meanwhile."""

import json
import os
import re
import resource
import subprocess
import tempfile
import time

# Settings of the caller's shell must not reach a measurement.
FOREIGN_SETTINGS = ("OMP_", "GOMP_", "KMP_", "RAYON_", "TBB_", "VEDA_")
TICK = os.sysconf("SC_CLK_TCK")


def clean_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN_SETTINGS)}


def machine_seconds():
    """Processor seconds that the whole machine has spent: (busy, taken by the hypervisor)."""
    with open("/proc/stat") as stat:
        fields = [int(x) for x in stat.readline().split()[1:]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = fields[:8]
    return (user + nice + system + irq + softirq) / TICK, steal / TICK


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Load:
    """Foreign load during a with block, in processors: what others ran, and what was stolen."""

    def __enter__(self):
        self._wall = time.monotonic()
        self._busy, self._steal = machine_seconds()
        self._own = children_seconds()
        return self

    def __exit__(self, *_):
        self.wall = max(time.monotonic() - self._wall, 1e-3)
        busy, steal = machine_seconds()
        own = children_seconds() - self._own
        self.foreign = max(0.0, (busy - self._busy - own) / self.wall)
        self.steal = max(0.0, (steal - self._steal) / self.wall)


def raise_priority(nice):
    """For the new process only. With autogroups the nice value of the session counts, not that of
    the process; where there are none, the file is missing or refuses."""
    os.setpriority(os.PRIO_PROCESS, 0, nice)
    try:
        with open("/proc/self/autogroup", "w") as group:
            group.write(str(nice))
    except OSError:
        pass


def run_program(command, timeout, nice=0):
    """(lines, error): the JSON lines that the program printed, and None or what went wrong."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, env=clean_environment(),
            start_new_session=True, preexec_fn=(lambda: raise_priority(nice)) if nice else None,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [], f"more than {timeout} s"
    if done.returncode != 0:
        tail = done.stderr.strip().splitlines()
        return [], (tail[-1] if tail else f"exit status {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], None


def forks_of_fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return b - 1


def count_instructions(program, variant, n, timeout):
    """Instructions that callgrind counts for one fib(n) with one thread, start-up included."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            "valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/out",
            program, "fib", "--threads", "1", "--variant", variant, "--n", str(n), "--once", "1",
        ]  # fmt: skip
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, env=clean_environment()
        )
    if done.returncode != 0:
        raise RuntimeError(f"valgrind: exit status {done.returncode}")
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def run_callgrind(competitor, variant, timeout):
    """Instructions per fork, as the difference of two sizes."""
    large, small = 25, 22
    try:
        counts = [
            count_instructions(competitor.program, variant, n, timeout) for n in (large, small)
        ]
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as problem:
        return [], str(problem)
    per_fork = (counts[0] - counts[1]) / (forks_of_fib(large) - forks_of_fib(small))
    line = {
        "case": "instructions", "params": {"n": f"{large} less {small}"},
        "runtime": competitor.runtime, "variant": variant, "threads": 1,
        "metric": "instructions per fork", "value": per_fork, "unit": "instructions",
    }  # fmt: skip
    return [line], None


def run_cell(job, competitor, variant, options):
    """One measurement, repeated while the machine was too busy with something else. Of the attempts
    the one with the least foreign load counts, whatever it measured."""
    best = None
    for attempt in range(1 + options.retries):
        with Load() as load:
            if job.callgrind:
                lines, error = run_callgrind(competitor, variant, options.timeout)
            else:
                command = [competitor.program] + job.arguments(variant)
                lines, error = run_program(command, options.timeout, options.nice)
        cell = {
            "lines": lines, "error": error, "attempts": attempt + 1,
            "foreign": round(load.foreign, 3), "steal": round(load.steal, 3),
            "wall": round(load.wall, 3),
        }  # fmt: skip
        if best is None or cell["foreign"] < best["foreign"]:
            best = {**cell, "attempts": attempt + 1}
        best["attempts"] = attempt + 1
        # An instruction count does not care about load, and an error will not go away.
        if job.callgrind or error or load.foreign <= options.max_foreign:
            break
    return best
