#!/usr/bin/env python3
"""The rules of the house, checked on the source tree and on the built library.

  layering    who may include whom, and who may name atomics, locks and the operating system
  headers     every header compiles alone; the C headers as C11 and as C++11
  symbols     libveda.so exports exactly what the public headers declare
  columns     no line is longer than 110 characters, or 100 in the C headers
  rules_fire  each rule of the layering finds the violation it is there for

Each finding is one line: file:line: rule. Uses the standard library only.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

# The rooms of runtime/, each may include itself and those before it.
ROOMS = ["base", "os", "telemetry", "memory", "job", "deque", "sleep", "pool", "fork",
         "order", "adapt", "replay", "plugin"]

OS_HEADERS = re.compile(
    r"^(sys|linux|asm|net|netinet|arpa)/|^(pthread|unistd|sched|dlfcn|fcntl|signal|semaphore|"
    r"poll|dirent|spawn|termios|mqueue|ucontext|hwloc|numa|numaif)\.h$")
SYNC_HEADERS = {"atomic", "mutex", "condition_variable", "shared_mutex", "semaphore", "latch",
                "barrier", "stdatomic.h"}
SYNC_NAMES = re.compile(
    r"\bstd::(atomic\w*|mutex|recursive_mutex|timed_mutex|shared_mutex|condition_variable\w*|"
    r"lock_guard|unique_lock|scoped_lock|memory_order\w*)\b|\b__atomic_\w+|\b__sync_\w+")
OS_NAMES = re.compile(r"\b(pthread_\w+|syscall|sched_\w+affinity|mmap|munmap|dlopen|dlsym)\s*\(")
# What a header of the C++ layer may have of the system besides: what the standard cannot say.
CXX_SYSTEM = {"detail/huge_pages.hpp": "sys/mman.h", "progress_bar.hpp": "unistd.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def source_files(folder):
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.rglob("*") if p.suffix in {".hpp", ".cpp", ".h", ".c"})


def without_comments(text):
    """Blanks out comments and string literals, and keeps the line numbers."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)

    def blank(match):
        found = match.group(0)
        return found if found.startswith('"') else re.sub(r"[^\n]", " ", found)

    return pattern.sub(blank, text)


class Layering:
    """Walks the tree once and collects findings."""

    def __init__(self, source):
        self.source = source
        self.findings = []
        self.files = 0

    def say(self, path, line, rule):
        self.findings.append(f"{path.relative_to(self.source)}:{line}: {rule}")

    def check(self):
        rules = {"runtime": self.runtime_include, "capi/src": self.capi_include,
                 "capi/include": self.public_include, "cxx": self.cxx_include,
                 "gpu": self.gpu_include}
        for folder, rule in rules.items():
            for path in source_files(self.source / folder):
                self.files += 1
                self.check_file(path, folder, rule)
        return self.findings

    def check_file(self, path, folder, include_rule):
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            include = INCLUDE.match(line)
            if include:
                include_rule(path, number, include.group(1) == "<", include.group(2))
            elif folder in ("runtime", "capi/src", "gpu"):
                self.check_names(path, number, line)

    def room(self, path):
        parts = path.relative_to(self.source).parts
        return parts[1] if parts[0] == "runtime" and len(parts) > 2 else ""

    def check_names(self, path, number, line):
        room = self.room(path)
        sync = SYNC_NAMES.search(line)
        if sync and room != "base":
            self.say(path, number, f"only runtime/base names {sync.group(0)}; use base/atomic.hpp "
                                   "or base/mutex.hpp")
        system = OS_NAMES.search(line)
        if system and room != "os":
            self.say(path, number, f"only runtime/os calls the operating system ({system.group(1)})")

    def system_include(self, path, number, name):
        """<...> from anywhere inside the library."""
        room = self.room(path)
        if OS_HEADERS.search(name) and room != "os":
            self.say(path, number, f"only runtime/os includes OS headers (<{name}>)")
        if name in SYNC_HEADERS and room != "base":
            self.say(path, number, f"only runtime/base includes <{name}>")
        if name.startswith("veda/") and name.endswith(".hpp"):
            self.say(path, number, f"the library does not include the C++ layer (<{name}>)")

    def runtime_include(self, path, number, angled, name):
        if angled:
            return self.system_include(path, number, name)
        room = self.room(path)
        target = name.split("/")[0]
        if target not in ROOMS or "/" not in name:
            return self.say(path, number, f'runtime/ includes "<room>/<file>" only, not "{name}"')
        if room and room not in ROOMS:
            return self.say(path, number, f"runtime/{room} is not a room of the house")
        if room and ROOMS.index(target) > ROOMS.index(room):
            self.say(path, number, f"runtime/{room} may not include runtime/{target}: a room "
                                   "includes only rooms above it")

    def capi_include(self, path, number, angled, name):
        if angled:
            return self.system_include(path, number, name)
        own = "/" not in name and (path.parent / name).is_file()
        if not own and name != "internals.hpp" and not name.startswith("gpu/"):
            self.say(path, number, f'capi/src enters the runtime by "internals.hpp" only, '
                                   f'not by "{name}"')

    def gpu_include(self, path, number, angled, name):
        if angled:
            return self.system_include(path, number, name)
        if name != "internals.hpp" and not name.startswith("gpu/") and "/" in name:
            self.say(path, number, f'gpu/ enters the runtime by "internals.hpp" only, '
                                   f'not by "{name}"')

    def public_include(self, path, number, angled, name):
        if not angled or not re.match(r"^veda/\w+\.h$|^std(def|int)\.h$", name):
            self.say(path, number, f"a public C header includes only <veda/*.h>, <stddef.h> and "
                                   f"<stdint.h>, not {name}")

    def cxx_include(self, path, number, angled, name):
        standard = re.match(r"^[a-z_]+$", name)
        if angled and any(str(path).endswith("/veda/" + file) and name == header
                          for file, header in CXX_SYSTEM.items()):
            return
        if not angled or not (standard or name.startswith("veda/")):
            self.say(path, number, f"cxx includes only <veda/...> and the standard library, "
                                   f"not {name}")


def check_layering(arguments):
    layering = Layering(arguments.source)
    findings = layering.check()
    if layering.files < 10:
        findings.append(f"{arguments.source}: only {layering.files} files found: wrong folder?")
    return findings, f"{layering.files} files"


def header_jobs(source, cc, cxx):
    """One compiler command per header and language; each header is compiled as if alone."""
    warn = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
    strict = ["-pedantic", "-Wshadow", "-Wconversion"]  # what a user may compile with
    public = ["-I", str(source / "capi/include")]
    inside = public + ["-I", str(source / "runtime"), "-I", str(source)]
    for path in source_files(source / "capi/include"):
        yield path, [cc, "-x", "c", "-std=c11", *warn, *strict, *public]
        yield path, [cxx, "-x", "c++", "-std=c++11", *warn, *strict, *public]
    for path in source_files(source / "runtime") + source_files(source / "capi/src") + \
            source_files(source / "gpu"):
        if path.suffix == ".hpp":
            yield path, [cxx, "-x", "c++", "-std=c++20", *warn, *inside]
    for path in source_files(source / "cxx/include"):
        yield path, [cxx, "-x", "c++", "-std=c++20", *warn, *strict, *public,
                     "-I", str(source / "cxx/include")]


def compile_alone(job):
    path, command = job
    # Included, not compiled directly: "#pragma once in main file" is no fault of the header.
    text = f'#include "{path}"\n#include "{path}"\n'
    done = subprocess.run([*command, "-"], input=text, text=True, capture_output=True)
    if done.returncode == 0:
        return None
    first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr[:300])
    standard = next(word for word in command if word.startswith("-std="))
    return f"{path}: does not compile alone ({standard}): {first}"


def check_headers(arguments):
    jobs = list(header_jobs(arguments.source, arguments.cc, arguments.cxx))
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        findings = [found for found in pool.map(compile_alone, jobs) if found]
    if len(jobs) < 10:
        findings.append(f"{arguments.source}: only {len(jobs)} headers found: wrong folder?")
    return findings, f"{len(jobs)} compilations"


def declared_symbols(source):
    """name -> file:line of every VEDA_API declaration."""
    found = {}
    for path in source_files(source / "capi/include"):
        if path.name == "export.h":
            continue
        text = without_comments(path.read_text())
        for match in re.finditer(r"\bVEDA_API\b[^;{]*?\b(veda_\w+)\s*(?:\(|;|__attribute__)", text):
            line = text.count("\n", 0, match.start()) + 1
            found[match.group(1)] = f"{path.relative_to(source)}:{line}"
    return found


def exported_symbols(library):
    listing = subprocess.run(["nm", "-D", "--defined-only", str(library)], text=True,
                             capture_output=True, check=True).stdout
    names = [line.split()[-1] for line in listing.splitlines()]
    return {name.split("@")[0] for name in names} - {"VEDA_1"}


def check_symbols(arguments):
    declared = declared_symbols(arguments.source)
    exported = exported_symbols(arguments.library)
    findings = []
    for name in sorted(exported - set(declared)):
        rule = ("exported, but declared in no public header" if name.startswith("veda_")
                else "exported, but only veda_* may be")
        findings.append(f"{arguments.library}: {name}: {rule}")
    for name in sorted(set(declared) - exported):
        findings.append(f"{declared[name]}: {name} is declared, but the library does not export it")
    dynamic = subprocess.run(["readelf", "-d", str(arguments.library)], text=True,
                             capture_output=True, check=True).stdout
    for wanted in ("soname: [libveda.so.1]", "NODELETE"):
        if wanted not in dynamic:
            findings.append(f"{arguments.library}: the dynamic section lacks {wanted}")
    return findings, f"{len(exported)} exported, {len(declared)} declared"


# The C headers, which users read, keep to 100 characters; elsewhere a comment may end its word.
COLUMNS = {"capi/include": 100, "cxx/include": 110, "runtime": 110, "capi/src": 110, "gpu": 110,
           "tests": 110, "bench": 110, "examples": 110}


def check_columns(arguments):
    findings, files = [], 0
    for folder, limit in COLUMNS.items():
        for path in source_files(arguments.source / folder):
            files += 1
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if len(line) > limit:
                    findings.append(f"{path.relative_to(arguments.source)}:{number}: "
                                    f"{len(line)} characters, at most {limit} are allowed")
    if files < 10:
        findings.append(f"{arguments.source}: only {files} files found: wrong folder?")
    return findings, f"{files} files"


# file, its content, a piece of the expected finding
VIOLATIONS = [
    ("runtime/base/a.hpp", '#include "os/clock.hpp"', "runtime/base may not include runtime/os"),
    ("runtime/deque/a.hpp", '#include "pool/config.hpp"', "may not include runtime/pool"),
    ("runtime/job/a.cpp", '#include "capi/src/handles.hpp"', 'includes "<room>/<file>" only'),
    ("runtime/job/b.cpp", '#include "gpu/device.hpp"', 'includes "<room>/<file>" only'),
    ("runtime/util/a.cpp", '#include "base/atomic.hpp"', "not a room of the house"),
    ("runtime/sleep/a.cpp", "std::atomic<int> x;", "only runtime/base names std::atomic"),
    ("runtime/sleep/b.cpp", "#include <mutex>", "only runtime/base includes <mutex>"),
    ("runtime/sleep/c.cpp", "__atomic_load_n(&x, 5);", "only runtime/base names __atomic_load_n"),
    ("runtime/pool/a.cpp", "#include <sys/mman.h>", "only runtime/os includes OS headers"),
    ("runtime/pool/b.cpp", "#include <pthread.h>", "only runtime/os includes OS headers"),
    ("runtime/pool/c.cpp", "int f() { return pthread_self(); }", "calls the operating system"),
    ("runtime/fork/a.cpp", "#include <veda/veda.hpp>", "does not include the C++ layer"),
    ("capi/src/a.cpp", '#include "pool/registry.hpp"', 'by "internals.hpp" only'),
    ("capi/src/b.cpp", "#include <unistd.h>", "only runtime/os includes OS headers"),
    ("capi/include/veda/a.h", "#include <stdlib.h>", "a public C header includes only"),
    ("cxx/include/veda/a.hpp", '#include "veda/veda.h"', "cxx includes only <veda/...>"),
    ("cxx/include/veda/b.hpp", "#include <unistd.h>", "cxx includes only <veda/...>"),
    ("gpu/a.cpp", '#include "deque/injector.hpp"', "gpu/ enters the runtime by"),
]
INNOCENT = [
    ("runtime/sleep/ok.cpp", '#include "sleep/ok.hpp"\n#include "base/atomic.hpp"\n'
                             "#include <vector>\n#include <veda/job.h>\n// std::atomic, mmap(\n"),
    ("runtime/os/ok.cpp", "#include <sys/mman.h>\nvoid f() { mmap(0); }\n"),
    ("runtime/base/ok.hpp", "#include <atomic>\nstd::atomic<int> x;\n"),
    ("runtime/internals.hpp", '#include "pool/config.hpp"\n'),
    ("capi/src/ok.cpp", '#include "internals.hpp"\n'),
    ("cxx/include/veda/ok.hpp", "#include <veda/veda.h>\n#include <atomic>\n"),
]


def check_rules_fire(_arguments):
    findings = []
    for name, content, expected in VIOLATIONS + [(n, c, None) for n, c in INNOCENT]:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True)
            path.write_text("\n" + content + "\n")
            found = Layering(pathlib.Path(folder)).check()
        if expected is None and found:
            findings.append(f"check.py: an innocent file was refused: {found[0]}")
        if expected is not None and not any(f"{name}:2: " in f and expected in f for f in found):
            findings.append(f"check.py: {name} with {content!r} was not refused by "
                            f"{expected!r}, but by {found}")
    return findings, f"{len(VIOLATIONS)} violations, {len(INNOCENT)} innocent files"


def main():
    checks = {"layering": check_layering, "headers": check_headers, "symbols": check_symbols,
              "columns": check_columns,
              "rules_fire": check_rules_fire}
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", choices=checks)
    parser.add_argument("--source", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--library", type=pathlib.Path,
                        default=pathlib.Path("build/release/libveda.so"))
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cxx", default="c++")
    arguments = parser.parse_args()
    arguments.source = arguments.source.resolve()
    findings, summary = checks[arguments.check](arguments)
    for finding in findings:
        print(finding)
    print(f"{arguments.check}: {summary}, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
