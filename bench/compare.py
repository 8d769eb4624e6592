#!/usr/bin/env python3
"""Measures veda and its peers in one run and shows who is how fast.

Each figure comes from a process of its own. The competitors of a case take turns (A B C A B C ...,
starting with another one in each round), so that whatever else the machine does hits all of them.
What others did on the machine meanwhile is measured too and shown as "foreign", in processors.

    compare.py                 everything, five rounds (about two hours)
    compare.py --quick         a look in about three minutes
    compare.py --case fib,loop --threads 2
    compare.py --from FILE --write-readme      the tables of an earlier run into README.md
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from comparison import machine, plan, runner, table  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=pathlib.Path, help="folder with build_info.json")
    parser.add_argument("--case", help="only these cases, separated by commas")
    parser.add_argument("--runtime", help="only these runtimes, separated by commas")
    parser.add_argument("--threads", default="1,2", help="numbers of threads (default 1,2)")
    parser.add_argument("--rounds", type=int, help="processes per cell (default 5, quick 1)")
    parser.add_argument("--quick", action="store_true", help="less work, natural variants only")
    parser.add_argument("--list", action="store_true", help="show cases and competitors")
    parser.add_argument("--timeout", type=int, default=180, help="seconds for one process")
    parser.add_argument(
        "--max-foreign", type=float, default=0.3,
        help="repeat a cell if others used more processors than this (default 0.3)",
    )  # fmt: skip
    parser.add_argument(
        "--nice", type=int, default=0,
        help="priority of the measured processes, -19..19; below 0 needs root, and helps on a "
        "machine that is not left alone",
    )  # fmt: skip
    parser.add_argument("--retries", type=int, help="... so many times (default 2, quick 0)")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "results")
    parser.add_argument("--from", dest="source", type=pathlib.Path, help="show an earlier result")
    parser.add_argument(
        "--overview", action="store_true", help="at the end one row for each case, medians alone"
    )
    parser.add_argument("--write-readme", action="store_true", help="put the tables into README.md")
    options = parser.parse_args()
    options.threads = tuple(sorted({int(t) for t in options.threads.split(",")}))
    options.rounds = options.rounds or (1 if options.quick else 5)
    if options.retries is None:
        options.retries = 0 if options.quick else 2
    return options


def find_build(options):
    places = [options.build] if options.build else [
        ROOT / "build" / "bench" / "bench", ROOT / "build" / "release" / "bench"
    ]  # fmt: skip
    for place in places:
        if (place / "build_info.json").exists():
            return place, json.loads((place / "build_info.json").read_text())
    sys.exit("compare.py: nothing built; tools/run-bench does that, or name the folder by --build")


def calibrate(build_dir):
    """How many rounds of the loop body take 10, 100 and 1000 ns on this machine, now."""
    answers = []
    for _ in range(3):
        text = subprocess.check_output([str(build_dir / "bench_serial"), "calibrate"], text=True)
        answers.append(json.loads(text)["rounds"])
    return {key: round(statistics.median(a[key] for a in answers)) for key in answers[0]}


def chosen_cases(options):
    names = options.case.split(",") if options.case else list(plan.CASES)
    for name in names:
        if name not in plan.CASES:
            sys.exit(f"compare.py: no case {name}; --list shows them")
    return names


def chosen_competitors(options, build_dir, build_info):
    everyone = plan.competitors(build_dir, build_info["programs"])
    if options.runtime:
        wanted = options.runtime.split(",")
        everyone = [c for c in everyone if c.runtime in wanted]
    return everyone


def show_list(everyone):
    print("cases")
    for name, (_, what) in plan.CASES.items():
        print(f"  {name:15} {what}")
    print("competitors")
    for competitor in everyone:
        print(f"  {competitor.runtime:15} {', '.join(competitor.cases)}")


def run_job(job, everyone, options, done):
    pairs = plan.cells_of(job, everyone, options.quick)
    rounds = min(options.rounds, job.most_rounds or options.rounds)
    for turn in range(rounds):
        shift = turn % len(pairs) if pairs else 0
        for competitor, variant in pairs[shift:] + pairs[:shift]:
            cell = runner.run_cell(job, competitor, variant, options)
            cell["round"] = turn
            cell["job"] = {
                "case": job.case, "threads": job.threads, "args": dict(job.args),
                "runtime": competitor.runtime, "variant": variant,
            }  # fmt: skip
            done.append(cell)
            trouble = f"  FAILED: {cell['error']}" if cell["error"] else ""
            print(
                f"{job.case} T={job.threads} {' '.join(f'{k}={v}' for k, v in job.args)} "
                f"round {turn + 1}/{rounds}: {competitor.runtime} {variant} "
                f"({cell['wall']:.1f} s, foreign {cell['foreign']:.2f}){trouble}",
                file=sys.stderr, flush=True,
            )  # fmt: skip


def measure(options):
    build_dir, build_info = find_build(options)
    everyone = chosen_competitors(options, build_dir, build_info)
    if options.list:
        show_list(everyone)
        sys.exit(0)
    if build_info["build_type"] != "Release":
        print(f"compare.py: veda is a {build_info['build_type']} build", file=sys.stderr)
    rounds_of_body = calibrate(build_dir)
    settings = plan.Settings(options.quick, options.threads, rounds_of_body)
    meta = {
        "machine": machine.describe(ROOT, build_dir, build_info),
        "rounds": options.rounds, "quick": options.quick, "rounds_of_body": rounds_of_body,
        "nice": options.nice,
    }  # fmt: skip
    cells = []
    started = time.monotonic()
    try:
        for name in chosen_cases(options):
            for job in plan.CASES[name][0](settings):
                run_job(job, everyone, options, cells)
    except KeyboardInterrupt:
        print("compare.py: interrupted; showing what there is", file=sys.stderr)
        meta["interrupted"] = True
    meta["seconds"] = round(time.monotonic() - started)
    return {"meta": meta, "cells": cells}


def save(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{stamp}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    markdown = table.markdown_report(result["meta"], result["cells"])
    (folder / f"{stamp}.md").write_text(markdown)
    print(f"\nwritten: {path} and the same as .md")


def write_readme(result):
    readme = HERE / "README.md"
    text = readme.read_text()
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    body = table.markdown_report(result["meta"], result["cells"])
    readme.write_text(f"{head}{BEGIN}\n\n{body}\n{END}{tail}")


def main():
    options = parse_arguments()
    result = json.loads(options.source.read_text()) if options.source else measure(options)
    print(table.text_report(result["cells"]))
    if not options.source:
        save(result, options.out)
    if options.overview:
        print(table.overview(result["cells"]))
    if options.write_readme:
        write_readme(result)


if __name__ == "__main__":
    main()
