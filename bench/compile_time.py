#!/usr/bin/env python3
"""How long a user's file takes to compile: an include of veda.hpp and a chain of three steps, with g++ -O0, and what of
that each part costs. Each figure is the least processor time of several runs.

    bench/compile_time.py [--compiler g++] [--runs 5]
"""
import argparse
import pathlib
import resource
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

CHAIN = """
int main() {
    std::vector<int> v(100, 1);
    return veda::par(v).map([](int x) { return x + 1; }).filter([](int x) { return x > 1; }).sum();
}
"""
STANDARD = "".join(f"#include <{name}>\n" for name in (
    "algorithm", "chrono", "functional", "memory", "mutex", "optional", "ranges", "span", "string",
    "variant", "vector"))
CASES = {
    "the standard headers that veda.hpp needs": STANDARD,
    "#include <veda/veda.hpp>": "#include <veda/veda.hpp>\n",
    "the same and a chain of three steps": "#include <veda/veda.hpp>\n#include <vector>\n" + CHAIN,
    "#include <veda/sort.hpp>": "#include <veda/sort.hpp>\n",
    "#include <veda/sources.hpp>": "#include <veda/sources.hpp>\n",
    "#include <veda/algorithm.hpp>": "#include <veda/algorithm.hpp>\n",
}


def seconds(compiler, source):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([compiler, "-std=c++20", "-O0", "-I", ROOT / "cxx/include", "-I", ROOT / "capi/include",
                    "-c", source, "-o", source.with_suffix(".o")], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "user.cpp"
        for name, text in CASES.items():
            source.write_text(text)
            best = min(seconds(arguments.compiler, source) for _ in range(arguments.runs))
            print(f"{best:5.2f} s  {name}")


if __name__ == "__main__":
    main()
