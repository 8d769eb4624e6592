"""Which measurements there are: the cases, their parameters, and who takes part in them.

A job is one set of parameters of one case; a cell is a job on one competitor. All competitors of a
job do the same work with the same parameters.
"""

import dataclasses
import json
import subprocess

OVERSUBSCRIBED_WORKERS = 64

# Here a single variant tells the wrong story, so that a quick run takes all of them too.
VARIED = ("region_outside", "region_inside", "idle", "tree", "big_recursion", "stencil")


@dataclasses.dataclass(frozen=True)
class Competitor:
    runtime: str
    program: str
    cases: dict  # case name -> list of variants, the natural one first


@dataclasses.dataclass(frozen=True)
class Job:
    case: str  # the name on the program's command line
    threads: int
    args: tuple = ()  # pairs of strings
    callgrind: bool = False
    most_rounds: int = 0  # 0: as many as asked for

    def arguments(self, variant):
        result = [self.case, "--threads", str(self.threads), "--variant", variant]
        for key, value in self.args:
            result += ["--" + key, str(value)]
        return result


@dataclasses.dataclass(frozen=True)
class Settings:
    quick: bool
    threads: tuple
    rounds_of_body: dict  # "10", "100", "1000" nanoseconds -> rounds of the loop body


def fib(s):
    n = 27 if s.quick else 33
    return [Job("fib", t, (("n", n),)) for t in s.threads]


def instructions(s):
    # The difference of two sizes, so that the start of the program and of the pool cancels out.
    return [Job("fib", 1, (("n", "25-22"),), callgrind=True, most_rounds=1)]


def region(s):
    cold = 40 if s.quick else 200
    args = (("cold", cold), ("quick", int(s.quick)))
    return [Job(case, t, args) for t in s.threads for case in ("region_outside", "region_inside")]


def loop(s):
    jobs = []
    for body_ns in (0, 10, 100, 1000):
        items = 100_000 if s.quick and body_ns == 1000 else 1_000_000
        rounds = s.rounds_of_body[str(body_ns)] if body_ns else 0
        args = (("body_ns", body_ns), ("items", items), ("rounds", rounds))
        jobs += [Job("loop", t, args) for t in s.threads]
    return jobs


def uneven(s):
    unit = s.rounds_of_body["1000"]
    return [
        Job("uneven", t, (("shape", shape), ("items", 10_000), ("rounds", unit)))
        for shape in ("tail_end", "tail_start", "scattered", "triangular")
        for t in s.threads
        if t > 1
    ]


def total(s):
    items = 20_000_000 if s.quick else 100_000_000
    return [Job("sum", t, (("items", items),)) for t in s.threads]


def spawn(s):
    return [Job("spawn", t, (("tasks", 1_000_000),)) for t in s.threads]


def submit(s):
    jobs = []
    for mode, full, quick in (("cold", 400, 60), ("cold_spin", 400, 60), ("hot", 20_000, 20_000)):
        args = (("mode", mode), ("samples", quick if s.quick else full))
        jobs += [Job("submit", t, args) for t in s.threads]
    return jobs


def tree(s):
    # Ten-way: 10^7 leaves, quick 10^5. Irregular: 6.8 * 10^6 nodes, quick 140,000.
    shapes = (("ten-way", 5 if s.quick else 7), ("irregular", 6 if s.quick else 8))
    return [
        Job("tree", t, (("shape", shape), ("depth", depth)))
        for shape, depth in shapes
        for t in s.threads
    ]


def big_recursion(s):
    # 49 bodies of 20 ms, quick 2 ms.
    rounds = (2_000 if s.quick else 20_000) * s.rounds_of_body["1000"]
    args = (("shape", "seven-way"), ("depth", 2), ("rounds", rounds))
    return [Job("big_recursion", t, args) for t in s.threads]


def stencil(s):
    args = (("rows", 254), ("steps", 500 if s.quick else 5_000))
    return [Job("stencil", t, args) for t in s.threads]


def ticker(s):
    # Loops of 100 ms: items of 1 us, so many for each thread.
    args = (("samples", 200 if s.quick else 1_000), ("items_each", 100_000),
            ("rounds", s.rounds_of_body["1000"]))  # fmt: skip
    return [Job("ticker", t, args) for t in s.threads]


def idle(s):
    # Ten seconds of nothing do not vary much, so three of them must do.
    return [Job("idle", max(s.threads), (("seconds", 3 if s.quick else 10),), most_rounds=3)]


def memory(s):
    return [Job("memory", OVERSUBSCRIBED_WORKERS, most_rounds=3)]


def oversubscribed(s):
    fib_args = (("work", "fib"), ("n", 24 if s.quick else 27))
    items = 100_000 if s.quick else 1_000_000
    loop_args = (("work", "loop"), ("items", items), ("rounds", s.rounds_of_body["100"]))
    return [
        Job("oversubscribed", t, args)
        for args in (fib_args, loop_args)
        for t in (max(s.threads), OVERSUBSCRIBED_WORKERS)
    ]


# What an iterator library is used for: operation -> items, and items of a quick run.
ALGORITHMS = {
    "map_sum": (100_000_000, 20_000_000),
    "dot": (100_000_000, 10_000_000),
    "min": (100_000_000, 20_000_000),
    "count_if": (100_000_000, 20_000_000),
    "find_first": (100_000_000, 20_000_000),
    "any_of": (100_000_000, 20_000_000),
    "chain": (100_000_000, 20_000_000),
    "saxpy": (50_000_000, 10_000_000),
    "collect": (50_000_000, 10_000_000),
    "pack": (50_000_000, 10_000_000),
    "scan": (50_000_000, 10_000_000),
    "sort": (20_000_000, 2_000_000),
    "stable_sort": (20_000_000, 2_000_000),
    "sort_doubles": (20_000_000, 2_000_000),
    "sort_strings": (2_000_000, 500_000),
    "sort_almost": (20_000_000, 2_000_000),
    "sort_few": (20_000_000, 2_000_000),
    "group_by": (20_000_000, 2_000_000),
    "distinct": (20_000_000, 2_000_000),
    "top_k": (100_000_000, 20_000_000),
}


def algorithms(s):
    return [
        Job("algorithm_" + op, t, (("items", sizes[1] if s.quick else sizes[0]),))
        for op, sizes in ALGORITHMS.items()
        for t in s.threads
    ]


CASES = {
    "fib": (fib, "recursive fork-join without a cutoff, time per fork"),
    "instructions": (instructions, "instructions per fork, counted by callgrind"),
    "region": (region, "empty parallel region, hot and after idleness, from outside and inside"),
    "loop": (loop, "loop over equal items of 0, 10, 100, 1000 ns, no grain given"),
    "uneven": (uneven, "loop over items of very different cost"),
    "sum": (total, "sum of 10^8 integers, against what memory can give"),
    "spawn": (spawn, "10^6 small tasks into one scope"),
    "submit": (submit, "from submission by an outside thread to the start of the task"),
    "tree": (tree, "recursion over a ten-way and an irregular tree, next to no work per node"),
    "big_recursion": (big_recursion, "seven-way recursion of 20 ms bodies, and who sleeps meanwhile"),
    "stencil": (stencil, "5,000 loops over 254 rows of a microsecond, one behind the other"),
    "ticker": (ticker, "50 us tasks from outside beside loops of 100 ms, submission to end"),
    "idle": (idle, "processor time and wake-ups of a pool with nothing to do"),
    "memory": (memory, "memory per worker of a used pool of 64"),
    "algorithms": (algorithms, "reductions, searches, collect, pack, scan, sorts on large data"),
    "oversubscribed": (oversubscribed, "64 workers on this machine against one per processor"),
}


def competitors(build_dir, programs):
    """Asks every program that was built what it can do."""
    found = []
    for name in programs:
        path = build_dir / name
        if not path.exists():
            continue
        answer = json.loads(subprocess.check_output([str(path), "list"], text=True))
        found.append(Competitor(answer["runtime"], str(path), answer["cases"]))
    return found


def cells_of(job, everyone, quick):
    """The (competitor, variant) pairs that take part in a job."""
    pairs = []
    for competitor in everyone:
        variants = competitor.cases.get(job.case, [])
        if competitor.runtime in ("serial", "ceiling") and job.threads > 1:
            # A plain loop has one thread; only the ceiling knows how to read with several.
            variants = variants if competitor.runtime == "ceiling" else []
        if quick and job.case not in VARIED:
            variants = variants[:1]
        pairs += [(competitor, variant) for variant in variants]
    return pairs
