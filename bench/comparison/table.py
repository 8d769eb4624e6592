"""Turns measurements into tables: medians over processes, the whole range, and honest ratios."""

import statistics

# Larger is better for these units; all others are costs.
GAINS = ("GB/s", "x", "of 1")
PER_MS = {"ns": 1e6, "us": 1e3, "ms": 1}  # units of time: costs, of which several threads save

# These metrics stand beside another one instead of in a table of their own, under this heading.
SHARE = "on 2+ threads"
COMPANIONS = {
    "hot": {"hot, share on 2+ threads": SHARE},
    "after 5 ms, p50": {"after 5 ms, share on 2+ threads": SHARE},
    "after 5 ms, p90": {"after 5 ms, share on 2+ threads": SHARE},
    "time": {
        "speed-up": "speed-up",
        "voluntary switches": "sleeps",
        "involuntary switches": "preempted",
    },
}
HIDDEN = {metric for beside in COMPANIONS.values() for metric in beside}
REFERENCE = ("serial", "ceiling")
OURS = ("veda", "veda_c", "veda_clang")

TITLES = {
    "fib": "fib without a cutoff",
    "instructions": "fib, instructions by callgrind",
    "region_outside": "empty region entered from outside the pool",
    "region_inside": "empty region entered from inside the pool",
    "loop": "loop over equal items",
    "uneven": "loop over uneven items, efficiency = serial / (threads x parallel)",
    "sum": "sum of int32 into int64",
    "spawn": "small tasks into one scope",
    "submit": "submit to start",
    "tree": "recursion over a tree, next to no work per node",
    "big_recursion": "recursion of large bodies",
    "stencil": "many short loops: a stencil",
    "ticker": "tasks of 50 us submitted beside loops of 100 ms",
    "idle": "idle pool, right after work",
    "memory": "pool of many workers, after work",
    "oversubscribed": "more workers than processors",
    "algorithm_map_sum": "sum of a map of int32",
    "algorithm_dot": "dot product of doubles",
    "algorithm_min": "least of int32",
    "algorithm_count_if": "count_if over int32",
    "algorithm_find_first": "find_first, hit after nine tenths",
    "algorithm_any_of": "any_of, hit after nine tenths",
    "algorithm_chain": "map, filter, map, filter, sum",
    "algorithm_saxpy": "saxpy over float",
    "algorithm_collect": "map of int32 collected into a new vector",
    "algorithm_pack": "filter of int32 collected into a new vector, a random half kept",
    "algorithm_scan": "inclusive scan of int64",
    "algorithm_sort": "sort of random uint64",
    "algorithm_stable_sort": "stable sort of random uint64",
    "algorithm_sort_doubles": "sort of random doubles",
    "algorithm_sort_strings": "sort of random strings",
    "algorithm_sort_almost": "sort of uint64, 1 in 100 out of place",
    "algorithm_sort_few": "sort of uint64 with 16 different values",
    "algorithm_group_by": "int32 grouped by one of 1,000 keys",
    "algorithm_distinct": "the different ones of int32, of which there are about 10^6",
    "algorithm_top_k": "the 100 greatest of int32",
}


class Series:
    """All values of one metric of one runtime at one number of threads."""

    def __init__(self):
        self.values, self.cores, self.foreign, self.errors = [], [], [], []
        self.unit = ""

    @property
    def median(self):
        return statistics.median(self.values) if self.values else None


def number(value):
    if value is None:
        return "-"
    if value == 0:
        return "0"
    if abs(value) >= 10_000:
        return f"{value:,.0f}"
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}"


def span(values):
    return f"{number(min(values))}..{number(max(values))}" if len(values) > 1 else "-"


def gather(cells):
    """{(case, parameters): {metric: {(runtime, variant): {threads: Series}}}}, in order of
    appearance."""
    tables = {}
    failures = []
    for cell in cells:
        for line in cell["lines"]:
            params = ", ".join(f"{key} {value}" for key, value in line["params"].items())
            metrics = tables.setdefault((line["case"], params), {})
            rows = metrics.setdefault(line["metric"], {})
            row = rows.setdefault((line["runtime"], line["variant"]), {})
            series = row.setdefault(line["threads"], Series())
            series.values.append(line["value"])
            series.unit = line["unit"]
            series.foreign.append(cell["foreign"])
            if "cores" in line:
                series.cores.append(line["cores"])
        if cell["error"]:
            failures.append(cell)
    return tables, failures


def ratio(value, to, gain):
    """How many times worse value is than to; 1 is equal, below 1 is better."""
    if value is None or to is None or value == 0 or to == 0:
        return None
    return to / value if gain else value / to


def stayed_alone(companions, key, threads):
    """Whether the bodies of these regions ran on one thread although there were more."""
    series = companions.get(SHARE, {}).get(key, {}).get(threads)
    share = series.median if series else None
    return threads > 1 and share is not None and share < 0.5


def best_of(rows, companions, threads, gain):
    """The best median among the runtimes. A region that stayed on one thread does not compete: it
    shows the price of not going parallel."""
    values = []
    for key, row in rows.items():
        if key[0] in REFERENCE or threads not in row or row[threads].median is None:
            continue
        if stayed_alone(companions, key, threads):
            continue
        values.append(row[threads].median)
    if not values:
        return None
    return max(values) if gain else min(values)


def veda_of(rows, threads):
    """veda's own figure to compare with: that of its natural way, which comes first."""
    for key, row in rows.items():
        if key[0] == "veda" and threads in row:
            return row[threads].median
    return None


def label(key):
    name = key[0] + (f" {key[1]}" if key[1] else "")
    return f"**{name}**" if key[0] in OURS else name


def sort_key(row, threads, gain):
    for t in sorted(threads, reverse=True):
        if t in row and row[t].median is not None:
            return -row[t].median if gain else row[t].median
    return float("inf")


def columns(rows, companions, threads, gain):
    """The header and a function from a row's key to its fields. companions: heading -> rows."""
    header = ["runtime"]
    with_cores = any(s.cores for row in rows.values() for s in row.values())
    for t in threads:
        header += [f"T={t} median", "min..max", "to best", "to veda"]
        header += ["cores"] if with_cores else []
        header += [*companions, "foreign"]
    unit = next(iter(next(iter(rows.values())).values())).unit
    scaled = len(threads) > 1 and unit in PER_MS
    if scaled:
        header.append(f"T={threads[0]} / T={threads[-1]}")

    def fields(key):
        row = rows[key]
        result = [label(key)]
        for t in threads:
            series = row.get(t)
            if series is None or series.median is None:
                result += ["-"] * (5 + with_cores + len(companions))
                continue
            best = ratio(series.median, best_of(rows, companions, t, gain), gain)
            alone = stayed_alone(companions, key, t)
            result += [number(series.median), span(series.values)]
            result += [f"({number(best)})" if alone and best is not None else number(best)]
            result += [number(ratio(series.median, veda_of(rows, t), gain))]
            if with_cores:
                cores = statistics.median(series.cores) if series.cores else None
                result.append(number(cores))
            for beside in companions.values():
                other = beside.get(key, {}).get(t)
                result.append(number(other.median if other else None))
            result.append(number(max(series.foreign)))
        if scaled:
            ends = [row.get(t) for t in (threads[0], threads[-1])]
            medians = [s.median if s else None for s in ends]
            result.append(number(ratio(medians[0], medians[1], False)))
        return result

    return header, fields


def render_metric(metric, rows, companions):
    threads = sorted({t for row in rows.values() for t in row})
    unit = next(iter(next(iter(rows.values())).values())).unit
    gain = unit in GAINS
    header, fields = columns(rows, companions, threads, gain)
    order = sorted(rows, key=lambda key: sort_key(rows[key], threads, gain))
    title = f"{metric} ({unit}{', more is better' if gain else ''})"
    return title, [header] + [fields(key) for key in order]


def sections(cells):
    """[(case, parameters, [(title, table)])], where a table is a list of rows of strings."""
    tables, failures = gather(cells)
    result = []
    for (case, params), metrics in tables.items():
        parts = []
        for metric, rows in metrics.items():
            if metric in HIDDEN:
                continue
            beside = COMPANIONS.get(metric, {})
            companions = {beside[other]: metrics[other] for other in beside if other in metrics}
            parts.append(render_metric(metric, rows, companions))
        result.append((case, params, parts))
    return result, failures


def as_text(table):
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for row in table:
        plain = [row[0].replace("**", "").ljust(widths[0])]
        plain += [field.rjust(width) for field, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(plain).rstrip())
    return "\n".join(lines)


def as_markdown(table):
    lines = ["| " + " | ".join(table[0]) + " |", "|---|" + "---:|" * (len(table[0]) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in table[1:]]
    return "\n".join(lines)


def failure_text(failure):
    job = failure["job"]
    variant = f" {job['variant']}" if job["variant"] else ""
    return f"{job['runtime']}{variant}, {job['case']}, {job['threads']} threads: {failure['error']}"


def text_report(cells):
    parts, failures = sections(cells)
    lines = []
    for case, params, tables in parts:
        for title, table in tables:
            heading = TITLES.get(case, case) + (f" [{params}]" if params else "")
            lines += [f"\n{heading}: {title}", as_text(table)]
    lines += [f"\nFAILED  {failure_text(failure)}" for failure in failures]
    return "\n".join(lines)


# Who stands where in the overview; others follow.
OVERVIEW_ORDER = ("veda", "rayon", "tbb", "parallel mode", "libgomp", "libomp", "serial")
TIE = 1.02


def overview_times(cells):
    """case -> (runtime, threads) -> milliseconds of each process, where nothing but a time was measured."""
    times = {}
    for cell in cells:
        for line in cell["lines"]:
            if line["metric"] == "time" and line["unit"] in PER_MS and not line["variant"]:
                key = (line["runtime"], line["threads"])
                ms = line["value"] / PER_MS[line["unit"]]
                times.setdefault(line["case"], {}).setdefault(key, []).append(ms)
    return times


def overview(cells):
    """One row for each case: medians, one thread / several; bold where nobody was faster by 2 %."""
    times = overview_times(cells)
    runtimes = {runtime for row in times.values() for runtime, _ in row}
    order = [r for r in OVERVIEW_ORDER if r in runtimes] + sorted(runtimes - set(OVERVIEW_ORDER))
    table = [["ms, one thread / two", *order]]
    for case, row in times.items():
        medians = {key: statistics.median(values) for key, values in row.items()}
        threads = sorted({t for _, t in row})
        best = {
            t: min(m for (r, n), m in medians.items() if n == t and r not in REFERENCE) for t in threads
        }

        def shown(runtime, t):
            ms = medians[runtime, t]
            text = f"{ms:.3g}" if ms < 100 else f"{ms:.0f}"
            return f"**{text}**" if runtime not in REFERENCE and ms <= TIE * best[t] else text

        def entry(runtime):
            return " / ".join(shown(runtime, t) for t in threads if (runtime, t) in medians) or "-"

        table.append([TITLES.get(case, case), *map(entry, order)])
    return as_markdown(table)


def markdown_report(meta, cells):
    lines = ["| | |", "|---|---|"]
    lines += [f"| {key} | {value} |" for key, value in meta["machine"].items()]
    lines += [f"| rounds | {meta['rounds']}{', quick' if meta['quick'] else ''} |"]
    lines += [f"| priority (nice) | {meta['nice']} |"] if meta.get("nice") else []
    lines += [f"| rounds of the loop body | {meta['rounds_of_body']} |", ""]
    parts, failures = sections(cells)
    last = None
    for case, params, tables in parts:
        if case != last:
            lines += [f"### {TITLES.get(case, case)}", ""]
            last = case
        for title, table in tables:
            lines += [f"{params + ': ' if params else ''}{title}", "", as_markdown(table), ""]
    if failures:
        lines += ["### Failed", ""] + [f"- {failure_text(f)}" for f in failures] + [""]
    return "\n".join(lines)
