"""Measures the program side by side with the bare script, in turn, and prints the medians and their ratios.

    .testbench/venv/bin/python tests/bench/bench.py [--runs 15]

Installs the wheel into an environment of its own, as users have it: an editable install pays for its import hook.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARE = Path(__file__).with_name("bare.py")

Case = tuple[str, float, list[str], list[str], bool]
"""Name, budget as a multiple of the bare script, bare arguments, our arguments, and whether it starts from nothing."""

CASES: list[Case] = [
    ("--version", 1.6, ["--version"], ["--version"], False),
    ("--help", 2.0, ["--help"], ["--help"], False),
    ("first apply", 1.5, ["HOME"], ["apply", "desktop", "--yes", "--skip", "verify"], True),
    ("no-op apply", 1.3, ["HOME"], ["apply", "--yes", "--skip", "verify"], False),
    ("check, no change", 1.3, ["HOME"], ["plan"], False),
]


def main() -> None:
    """Print one row a case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch:
        python = install(Path(scratch))
        print(f"{'case':<18} {'bare ms':>8} {'ours ms':>8} {'ratio':>6} {'budget':>6}  peak MiB")
        for name, budget, bare_arguments, our_arguments, fresh in CASES:
            bare = [str(python), str(BARE)]
            ours = [str(python.with_name("installer"))]
            pairs = measure(Path(scratch), runs, bare + bare_arguments, ours + our_arguments, fresh)
            bare_ms, ours_ms = (statistics.median(each) * 1000 for each in zip(*pairs, strict=True))
            ratio = statistics.median(ours_s / bare_s for bare_s, ours_s in pairs)
            peak = peak_mebibytes(ours + our_arguments, Path(scratch, "ours"))
            print(f"{name:<18} {bare_ms:8.1f} {ours_ms:8.1f} {ratio:6.2f} {budget:6.1f}  {peak:.1f}")


def install(scratch: Path) -> Path:
    """Build the wheel and install it with its dependencies into a fresh environment; return its python."""
    subprocess.run(
        [sys.executable, "-m", "build", "-n", "--wheel", "--outdir", str(scratch), str(ROOT)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    subprocess.run([sys.executable, "-m", "venv", str(scratch / "env")], check=True)
    python = scratch / "env" / "bin" / "python"
    wheel = next(scratch.glob("*.whl"))
    subprocess.run([str(python), "-m", "pip", "install", "-q", str(wheel)], check=True, stderr=subprocess.DEVNULL)
    return python


def measure(scratch: Path, runs: int, bare: list[str], ours: list[str], fresh: bool) -> list[tuple[float, float]]:
    """Return pairs of seconds, bare and ours in turn, after one unmeasured round."""
    pairs = []
    for _ in range(runs + 1):
        if fresh:
            for home in ("bare", "ours"):
                shutil.rmtree(scratch / home, ignore_errors=True)
                (scratch / home).mkdir()
        bare_home = scratch / "bare"
        pairs.append(
            (
                seconds([str(bare_home) if each == "HOME" else each for each in bare], bare_home),
                seconds(ours, scratch / "ours"),
            )
        )
    return pairs[1:]


def seconds(command: list[str], home: Path) -> float:
    """Return how long a command takes; one that fails ends the benchmark."""
    home.mkdir(exist_ok=True)
    started = time.perf_counter()
    done = subprocess.run(command, env=environ(home), capture_output=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout.decode()}{done.stderr.decode()}")
    return taken


def environ(home: Path) -> dict[str, str]:
    """Return an environment in which only HOME and PATH matter."""
    return {"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8"}


def peak_mebibytes(command: list[str], home: Path) -> float:
    """Return the largest resident size of a command."""
    code = (
        "import resource,subprocess,sys;subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code, *command], env=environ(home), capture_output=True, check=True)
    return int(out.stdout) / 1024


if __name__ == "__main__":
    main()
