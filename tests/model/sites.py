#!/usr/bin/env python3
"""Lists the places in veda that name a memory order stronger than relaxed: in the runtime, in the C
functions over it and in the C++ headers.

One line each: file, line, function, operation, which order argument (1: a compare-exchange's order on
failure), the order, and the site's name, which stays the same while the code around it moves:

    deque/split_word.hpp replace compare_exchange_strong success

    sites.py SOURCE_ROOT OUTPUT
"""
import pathlib
import re
import sys

OPERATIONS = ("load", "store", "exchange", "fetch_add", "fetch_sub", "fetch_or", "fetch_and",
              "compare_exchange_strong", "compare_exchange_weak")
CALL = re.compile(r"[.>]\s*(%s)\s*\(" % "|".join(OPERATIONS))
ORDERS = ("relaxed", "acquire", "release", "acq_rel", "seq_cst")
PREFIXES = ("rt::", "std::memory_order_")
# The folders with orders, and what their files are called in a site's name.
ROOMS = (("runtime", ""), ("capi/src", "capi/"), ("cxx/include/veda", "veda/"))
HEAD = re.compile(r"(operator\s*\S+|~?\w+)\s*\([^;{}]*\)\s*(?:const\s*)?(?:noexcept\s*)?"
                  r"(?::[^;{}]*)?$", re.S)
KEYWORDS = {"if", "for", "while", "switch", "catch", "return", "sizeof", "decltype", "alignas"}


def without_comments(text):
    """Blanks out comments and strings, keeps lines and columns."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def arguments_of(text, opening):
    """The arguments of the call whose parenthesis opens at this index."""
    depth, start, found = 0, opening + 1, []
    for i in range(opening, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return found + [text[start:i].strip()]
        elif text[i] == "," and depth == 1:
            found.append(text[start:i].strip())
            start = i + 1
    return found


def functions(text):
    """(begin, end, name) of every function body; lambdas belong to the function around them."""
    stack, found, head = [], [], 0
    for i, c in enumerate(text):
        if c == "{":
            match = HEAD.search(text[head:i])
            name = match.group(1) if match else None
            if name in KEYWORDS or text[head:i].rstrip().endswith("]"):
                name = None
            stack.append((i, name))
            head = i + 1
        elif c == "}":
            if stack:
                begin, name = stack.pop()
                if name:
                    found.append((begin, i, name))
            head = i + 1
        elif c == ";":
            head = i + 1
    return found


def function_at(bodies, index):
    inside = [b for b in bodies if b[0] < index < b[1]]
    # The outermost: what is inside a function (a lambda with arguments, a block) has no name.
    return min(inside, key=lambda b: b[0])[2] if inside else "-"


def order_of(argument):
    """The plain name of an order, or the argument as it is."""
    for prefix in PREFIXES:
        argument = argument.removeprefix(prefix)
    return argument


def sites_of(path, root, name):
    file = path.relative_to(root)
    text = without_comments(path.read_text())
    bodies = functions(text)
    counted = {}
    for match in CALL.finditer(text):
        operation = match.group(1)
        arguments = arguments_of(text, match.end() - 1)
        orders = [order_of(a) for a in arguments if order_of(a) in ORDERS]
        line = text.count("\n", 0, match.start(1)) + 1
        if not orders:
            continue  # no atomic: the checker's atomics do not compile without an order
        function = function_at(bodies, match.start())
        for argument, order in enumerate(orders):
            if order == "relaxed":
                continue
            key = f"{name} {function} {operation}"
            if operation.startswith("compare"):
                key += " failure" if argument else " success"
            counted[key] = counted.get(key, 0) + 1
            stable = key if counted[key] == 1 else f"{key} {counted[key]}"
            yield file, line, function.replace(" ", ""), operation, argument, order, stable


def main():
    root, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    found = []
    for room, short in ROOMS:
        folder = root / room
        files = sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp"))
        found += [s for p in files for s in sites_of(p, root, short + str(p.relative_to(folder)))]
    if len(found) < 20:
        raise SystemExit(f"{root}: only {len(found)} sites found: wrong folder?")
    seen = set()
    for file, line, _, operation, argument, _, _ in found:
        if (file, line, operation, argument) in seen:
            raise SystemExit(f"{file}:{line}: two {operation} on one line: write them on two")
        seen.add((file, line, operation, argument))
    output.write_text("".join(" ".join(map(str, s)) + "\n" for s in found))
    print(f"{len(found)} sites")


if __name__ == "__main__":
    main()
