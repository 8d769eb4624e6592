#!/usr/bin/env python3
"""check.py GUIDE FOLDER FEWEST: every ```cpp veda block of a guide stands, line for line, in a test of the folder.

So what the guide shows is compiled and run. Indentation may differ. It fails, too, if a test or the guide has
lost its snippets: it must have FEWEST or more. Uses the standard library only.
"""
import pathlib
import re
import sys

BLOCK = re.compile(r"^```cpp veda\n(.*?)^```$", re.S | re.M)


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def stands_in(snippet, lines):
    return any(
        lines[at : at + len(snippet)] == snippet for at in range(len(lines) - len(snippet) + 1)
    )


def main(guide, folder, fewest):
    tests = {path.name: lines_of(path.read_text()) for path in sorted(folder.glob("*_test.cpp"))}
    snippets = [lines_of(block) for block in BLOCK.findall(guide.read_text())]
    findings = [
        "no test has:\n    " + "\n    ".join(snippet)
        for snippet in snippets
        if not snippet or not any(stands_in(snippet, lines) for lines in tests.values())
    ]
    for name, lines in tests.items():
        if not any(stands_in(snippet, lines) for snippet in snippets):
            findings.append(f"{name}: the guide shows nothing of it")
    if len(snippets) < fewest:
        findings.append(f"{guide}: only {len(snippets)} snippets found, expected {fewest} or more")
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(snippets)} snippets, {len(tests)} tests, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])))
