#!/usr/bin/env python3
"""guarantees.py SOURCE BUILD: capi/GUARANTEES.md and the tests agree.

A sentence of the page is "- **name** text `test` `test`...". A test that proves one carries a comment
just above it:

    // guarantee: join-1 join-2          above TEST(...), or above a case of a C program
    # guarantee: abi-2 at abi.same       elsewhere: the ctest names follow "at"

"program.*" stands for all tests of a program. Findings: a sentence that names no test; a test that
ctest does not know (or whose case is not there); a sentence whose test carries no such comment; a
comment whose sentence does not exist or does not name the test; a name used twice; a test with one of
the labels in CONFORMANCE that no sentence names.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# Tests with these labels are there to prove what a program may rely on, so each must be named.
CONFORMANCE = {"process", "limits", "faults"}

SENTENCE = re.compile(r"^- \*\*([\w-]+)\*\* (.*?)(?=^- \*\*|^#|^$)", re.S | re.M)
TEST = re.compile(r"\w+[./][\w*]|(capi|process|limits|faults)_")  # other words in code font are not
COMMENT = re.compile(r"^\s*(?://|#|/\*|\*)\s*guarantee: (.*?) *(?:\*/)?$", re.M)
GTEST = re.compile(r"\s*TEST(?:_[FP])?\((\w+), (\w+)\)")
CASE = re.compile(r"\s*static void (\w+)\(void\)")


def read_page(text):
    """name -> tests, and the names that occur twice."""
    sentences, twice = {}, []
    for name, body in SENTENCE.findall(text):
        if name in sentences:
            twice.append(name)
        tests = re.findall(r"`([\w./]+\*?)`", body)
        sentences[name] = [t for t in tests if TEST.match(t)]
    return sentences, twice


def read_comments(source):
    """(sentence, test, where) of each comment; a test is Suite.Name, capi_topic/case, or as in ctest."""
    for path in sorted((source / "tests").rglob("*")):
        if path.suffix not in {".cpp", ".c", ".hpp", ".h", ".txt", ".py", ""} or not path.is_file():
            continue
        if path.name == "guarantees.py":
            continue
        text = path.read_text(errors="replace")
        for match in COMMENT.finditer(text):
            where = f"{path.relative_to(source)}:{text.count(chr(10), 0, match.start()) + 1}"
            names, _, tests = match.group(1).partition(" at ")
            tests = tests.split() or [test_below(path, text, match.end())]
            for name in names.split():
                for test in tests:
                    yield name, test, where


def test_below(path, text, position):
    """The test that the next line begins, or "" if it begins none."""
    rest = text[position:].split("\n", 1)
    below = rest[1] if len(rest) > 1 else ""
    while COMMENT.match(below):
        below = below.split("\n", 1)[1]
    if found := GTEST.match(below):
        return f"{found.group(1)}.{found.group(2)}"
    if found := CASE.match(below):
        if path.parent.name == "process":
            return f"process_{path.stem}.{found.group(1)}"
        return f"capi_{path.stem}/{found.group(1)}"
    return ""


def short(test):
    """A test of GoogleTest without its program: comments do not know that."""
    parts = test.split(".")
    return ".".join(parts[1:]) if len(parts) == 3 else test


def stands_for(test, name):
    """Does the page's test mean this one of ctest? Suites over parameters: program.A/Suite.Name/0."""
    if test.endswith(".*"):
        return name.startswith(test[:-1])
    program, _, case = test.partition(".")
    return test == name or case != "" and name.startswith(program + ".") and \
        re.search(rf"[./]{re.escape(case)}(/|$)", name) is not None


def exists(test, known, source):
    program, _, case = test.partition("/")
    if case:
        path = source / "tests/capi" / f"{program.removeprefix('capi_')}.c"
        return program in known and path.exists() and f"RUN_CASE({case})" in path.read_text()
    return any(stands_for(test, name) for name in known)


def findings(source, known):
    """known: the tests of ctest, each with its labels."""
    page = source / "capi/GUARANTEES.md"
    sentences, twice = read_page(page.read_text())
    carried = {}
    for name, test, where in read_comments(source):
        carried.setdefault(name, set()).add(test)
        if not test:
            yield f"{where}: no test begins below this comment"
        elif name not in sentences:
            yield f"{where}: {page.name} has no sentence {name}"
        elif test not in map(short, sentences[name]):
            yield f"{where}: the sentence {name} does not name {test}"
    for name in twice:
        yield f"{page.name}: {name} is there twice"
    for name, tests in sentences.items():
        if not tests:
            yield f"{page.name}: {name} names no test"
        for test in tests:
            if not exists(test, known, source):
                yield f"{page.name}: {name} names {test}, which does not exist"
            elif short(test) not in carried.get(name, ()):
                yield f"{page.name}: {test} carries no comment \"guarantee: {name}\""
    named = [test for tests in sentences.values() for test in tests]
    for name, labels in sorted(known.items()):
        if labels & CONFORMANCE and not any(stands_for(test, name) for test in named):
            yield f"{page.name}: no sentence names {name}"
    if len(sentences) < 10:
        yield f"{page.name}: only {len(sentences)} sentences found"


# Each line of a small page or test, and what must be found wrong with it.
WRONG = [
    ("- **a-1** Bold words.\n\n", "", "a-1 names no test"),
    ("- **a-1** True. `p.S.Gone`\n\n", "// guarantee: a-1\nTEST(S, Gone) {", "does not exist"),
    ("- **a-1** True. `p.S.T`\n\n", "TEST(S, T) {", "carries no comment"),
    ("", "// guarantee: a-2\nTEST(S, T) {", "has no sentence a-2"),
    ("- **a-1** True. `p.S.T`\n\n", "// guarantee: a-1\nTEST(S, Other) {", "does not name S.Other"),
    ("- **a-1** True. `p.S.T`\n\n", "// guarantee: a-1\nint x;", "no test begins"),
    ("- **a-1** A. `p.S.T`\n- **a-1** B. `p.S.T`\n\n", "", "twice"),
    ("- **a-1** A. `p.S.T`\n\n", "// guarantee: a-1\nTEST(S, T) {", "no sentence names fork.Child"),
]


def blind_spots():
    """What is wrong with this script itself: mistakes that it would not find."""
    for page, test, expected in WRONG:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "tests").mkdir()
            (root / "capi").mkdir()
            (root / "capi/GUARANTEES.md").write_text(page)
            (root / "tests/s_test.cpp").write_text(test)
            known = {"p.S.T": set(), "p.S.Other": set(), "fork.Child": {"process"}}
            found = list(findings(root, known))
        if not any(expected in line for line in found):
            yield f"guarantees.py: {page!r} with {test!r} was not found wrong: {expected}"


def labels_of(test):
    found = [p["value"] for p in test["properties"] if p["name"] == "LABELS"]
    return {label for value in found for label in value}


def main():
    source, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    listing = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, text=True, check=True,
                             stdout=subprocess.PIPE).stdout
    known = {test["name"].split("  #")[0].strip(): labels_of(test)
             for test in json.loads(listing)["tests"]}
    found = list(findings(source, known)) + list(blind_spots())
    for line in found:
        print(line)
    print(f"guarantees: {len(known)} tests, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
