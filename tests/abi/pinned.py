#!/usr/bin/env python3
"""pinned.py HEADERS LAYOUT: every field of every public struct, every public constant and every status
code is pinned in tests/capi/layout.c, so that no change of them goes unnoticed.

Also proves that it would notice: each name is taken away once, and must then be missed.
"""
import pathlib
import re
import sys

# What a program compares with the loaded library is no constant of the interface.
FREE = {"VEDA_VERSION_MAJOR", "VEDA_VERSION_MINOR", "VEDA_VERSION_PATCH"}


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def field_names(body):
    """The names in the body of a struct: plain ones, arrays, lists, pointers to functions."""
    for declaration in body.split(";"):
        pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", declaration)
        if pointer:
            yield pointer.group(1)
            continue
        for part in declaration.split(","):
            name = re.search(r"(\w+)\s*(\[\w+\])?\s*$", part.strip())
            if name:
                yield name.group(1)


def wanted(headers):
    """What layout.c has to mention, each as it must stand there."""
    for path in sorted(headers.glob("*.h")):
        text = without_comments(path.read_text())
        for name, body in re.findall(r"\bstruct (veda_\w+) \{(.*?)\n\}", text, re.S):
            yield f"PIN_SIZE({name}_t,"
            for field in field_names(body):
                yield f"PIN({name}_t, {field},"
        for name in re.findall(r"\bX\((VEDA_\w+),", text):
            yield f"PIN_VALUE({name},"
        for name in re.findall(r"^#define (VEDA_\w+) +(?:\d+u?|UINT64_MAX)\b", text, re.M):
            if name not in FREE:
                yield f"({name},"


def main():
    headers, layout = map(pathlib.Path, sys.argv[1:3])
    text = layout.read_text()
    names = list(wanted(headers))
    missing = [name for name in names if name not in text]
    for name in missing:
        print(f"{layout.name} does not pin {name.strip('(,')}")
    blind = [name for name in names if name in text.replace(name, "")]
    print(f"pinned: {len(names)} names, {len(missing)} missing, {len(blind)} that would not be missed")
    return 1 if missing or blind or len(names) < 80 else 0


if __name__ == "__main__":
    sys.exit(main())
