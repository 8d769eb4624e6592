#!/usr/bin/env python3
"""Builds and runs every ```c and ```cpp block of README.md: what the page shows must work.

Each such block is a complete program. It fails, too, if the page has lost its examples, if a
relative link leads nowhere, or if a named script does not exist.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(c|cpp)\n(.*?)^```$", re.S | re.M)
FENCE = re.compile(r"^```.*?^```$", re.S | re.M)
LINK = re.compile(r"\[[^\]]*\]\(([^)#:]+)\)")
SCRIPT = re.compile(r"\btools/[\w-]+")


def compile_command(options, language, source, program):
    if language == "c":
        command = [options.cc, "-std=c11"]
    else:
        command = [options.cxx, "-std=c++20"]
    command += ["-O1", "-Wall", "-Wextra", "-Werror=format"]
    command += [f"-I{folder}" for folder in options.include]
    library = pathlib.Path(options.library)
    return command + [str(source), "-o", str(program), str(library), f"-Wl,-rpath,{library.parent}"]


def run_block(options, folder, number, language, text):
    """Answers what is wrong with a block, or None."""
    source = folder / f"block{number}.{language}"
    program = folder / f"block{number}"
    source.write_text(text)
    built = subprocess.run(
        compile_command(options, language, source, program), capture_output=True, text=True
    )
    if built.returncode != 0:
        return f"does not compile:\n{built.stderr}"
    ran = subprocess.run([program], capture_output=True, text=True, timeout=60)
    if ran.returncode != 0:
        return f"ends with {ran.returncode}: {ran.stderr}"
    if not ran.stdout.strip():
        return "prints nothing"
    print(f"block {number} ({language}): {ran.stdout.strip()}")
    return None


def findings(options, page):
    text = page.read_text()
    blocks = BLOCK.findall(text)
    for language in ("c", "cpp"):
        if all(found != language for found, _ in blocks):
            yield f"there is no {language} block"
    with tempfile.TemporaryDirectory() as folder:
        for number, (language, code) in enumerate(blocks, 1):
            wrong = run_block(options, pathlib.Path(folder), number, language, code)
            if wrong:
                yield f"block {number} ({language}) {wrong}"
    prose = FENCE.sub("", text)
    for target in LINK.findall(prose):
        if not (page.parent / target).exists():
            yield f"the link to {target} leads nowhere"
    for script in sorted(set(SCRIPT.findall(text))):
        if not os.access(page.parent / script, os.X_OK):
            yield f"{script} is not there to be run"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--include", action="append", required=True)
    options = parser.parse_args()
    wrong = list(findings(options, options.page))
    for finding in wrong:
        print(f"{options.page.name}: {finding}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
