"""Measures a night on the demo city against the parse floor: ``make bench`` or ``make bench SCALE=1``.

Prints, as ratios of one run on one machine: ingestion and the whole night over the parse floor, a night in which
nothing changed and one with a single changed file over the full night, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.floor import text_extracts

ROOT = Path(__file__).resolve().parents[1]
EDUPLAN = Path(sys.executable).with_name("eduplan")


@dataclass(frozen=True)
class Timed:
    """A finished command: seconds by the clock and of the processor, peak memory in MB, and what it printed."""

    seconds: float
    processor_seconds: float
    peak_mb: float
    output: str


def run(*command: str | Path, accept: tuple[int, ...] = (0,)) -> Timed:
    """Runs one command and measures it from outside.

    Raises:
        SystemExit: The command failed.
    """
    started = time.perf_counter()
    with subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}\n{output[-2000:]}")
    worked = usage.ru_utime + usage.ru_stime
    return Timed(time.perf_counter() - started, worked, usage.ru_maxrss / 1024, output)


def night(data: Path) -> tuple[Timed, dict[str, Any]]:
    """One run of the whole night; defects in the demo's files make its exit code 0 or 4."""
    timed = run(EDUPLAN, "run", "--data", data, "--json", accept=(0, 4))
    return timed, json.loads(timed.output)


def change_one_file(raw: Path) -> float:
    """Drops the last row of one pupil roll; returns its share of all bytes."""
    extracts = text_extracts(raw)
    rolls = [path for path in extracts if "pupil_roll" in path.parts and path.suffix == ".csv"]
    path = rolls[len(rolls) // 2]
    share = path.stat().st_size / sum(extract.stat().st_size for extract in extracts)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    return share


def main() -> None:
    """Runs the measurement and prints it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--years", default="2020-2025")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    arguments = parser.parse_args()

    data = arguments.folder / f"scale-{arguments.scale}"
    shutil.rmtree(data, ignore_errors=True)
    run(EDUPLAN, "key", "create", "--if-missing")
    made = run(EDUPLAN, "demo", "--data", data, "--scale", str(arguments.scale), "--years", arguments.years)
    floor_command = (sys.executable, "-m", "benchmarks.floor", data / "raw", data / "floor")
    run(*floor_command)
    floors = [json.loads(run(*floor_command).output) for _ in range(3)]
    floor = sorted(floors, key=lambda each: each["seconds"])[1]
    full, report = night(data)
    unchanged, _ = night(data)
    share = change_one_file(data / "raw")
    changed, _ = night(data)

    stages = report["seconds"]
    ingestion = stages["land"] + stages["stage"] if "land" in stages else stages["stage"]
    lines = [
        ("demo city: seconds to make, peak MB", f"{made.seconds:.1f} s, {made.peak_mb:.0f} MB"),
        ("input: rows, MB as UTF-8", f"{floor['rows']:,}, {floor['bytes'] / 1e6:,.0f} MB"),
        ("parse floor", f"{floor['seconds']:.2f} s, {floor['processor_seconds']:.2f} s of the processor"),
        ("ingestion / parse floor (at most 5)", f"{ingestion / floor['seconds']:.2f}"),
        ("whole night / parse floor (at most 10)", f"{full.seconds / floor['seconds']:.2f}"),
        (
            "the same in processor seconds, which a busy machine changes less",
            f"{full.processor_seconds / floor['processor_seconds']:.2f}",
        ),
        ("unchanged night / full night (at most 0.03)", f"{unchanged.seconds / full.seconds:.3f}"),
        (
            "one changed file / full night",
            f"{changed.seconds / full.seconds:.3f} (the file is {share:.3f} of the bytes)",
        ),
        ("peak memory of the full night (at most 4096 MB)", f"{full.peak_mb:.0f} MB"),
        ("seconds by stage", ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items())),
    ]
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        print(f"{name:<{width}}  {value}")  # noqa: T201 - this is its output


if __name__ == "__main__":
    main()
