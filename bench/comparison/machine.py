"""Where and with what a comparison was made: without it a figure is worth nothing."""

import datetime
import os
import pathlib
import platform
import re
import subprocess


def first_line(*command):
    try:
        text = subprocess.run(command, capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return text.strip().splitlines()[0] if text.strip() else ""


def commit_of(root):
    commit = first_line("git", "-C", str(root), "rev-parse", "--short=12", "HEAD")
    changed = first_line(
        "git", "-C", str(root), "status", "--porcelain", "--untracked-files=no",
        "--", ".", ":(exclude)bench/README.md",
    )  # fmt: skip
    return (commit or "unknown") + (" with local changes" if changed else "")


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "CPU implementer")):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gib():
    match = re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())
    return round(int(match.group(1)) / 2**20) if match else 0


def governor():
    path = pathlib.Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    return path.read_text().strip() if path.exists() else "not visible"


def rayon_version(build_dir):
    lock = build_dir / "rayon" / "Cargo.lock"
    if not lock.exists():
        return ""
    found = re.findall(r'name = "(rayon(?:-core)?)"\nversion = "([^"]+)"', lock.read_text())
    return ", ".join(f"{name} {version}" for name, version in found)


def describe(root, build_dir, build_info):
    facts = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit_of(root),
        "processor": f"{cpu_model()}, {len(os.sched_getaffinity(0))} usable",
        "memory": f"{memory_gib()} GiB",
        "kernel": platform.release(),
        "frequency governor": governor(),
        "build type of veda": build_info["build_type"],
        "flags of the C++ programs": build_info["flags"],
        "compiler": build_info["compiler"],
        "oneTBB": build_info["tbb"],
        "Rayon": rayon_version(build_dir),
        "rustc": first_line("rustc", "--version"),
        "flags of Rayon": "opt-level=3 lto=fat codegen-units=1",
        "libgomp": first_line(build_info["gxx"], "--version") if build_info["gxx"] else "",
        "libomp": first_line(build_info["clangxx"], "--version") if build_info["clangxx"] else "",
        "valgrind": first_line("valgrind", "--version"),
    }
    return {key: value for key, value in facts.items() if value}
