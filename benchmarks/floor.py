"""The parse floor: what DuckDB needs only to read the rows that a night takes in.

Run as ``python -m benchmarks.floor RAW WORK``: the first call turns the text extracts below RAW into plain UTF-8
CSV below WORK; every call then reads them all and prints the seconds that took,
by the clock and of the processor.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import duckdb

TEXT_SUFFIXES = {".csv", ".tsv", ".gz"}
ENCODINGS = ("utf-8-sig", "gb18030")


def text_extracts(raw: Path) -> list[Path]:
    """The extracts of a raw folder that are text; workbooks are a few per cent and left out of the floor."""
    return sorted(path for path in raw.rglob("*") if path.suffix in TEXT_SUFFIXES)


def decode(path: Path) -> str:
    """Reads one extract as text, whatever its encoding."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{path.name} has an unknown encoding")


def prepare(raw: Path, work: Path) -> None:
    """Writes every text extract as UTF-8 below ``work``, in folders by delimiter and number of columns."""
    for number, path in enumerate(text_extracts(raw)):
        text = decode(path)
        lines = text.split("\n", 8)[:8]
        delimiter = "\t" if sum(line.count("\t") for line in lines) > sum(line.count(",") for line in lines) else ","
        columns = max(line.count(delimiter) for line in lines) + 1
        folder = work / f"{'tab' if delimiter == chr(9) else 'comma'}_{columns}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:05d}.csv").write_text(text, encoding="utf-8")


def read_all(folders: Iterable[Path]) -> int:
    """Reads every prepared file with all columns as text and returns the number of rows."""
    rows = 0
    with duckdb.connect(config={"threads": 2}) as connection:
        for folder in folders:
            kind, columns = folder.name.split("_")
            names = ", ".join(f"'c{number}': 'varchar'" for number in range(int(columns)))
            delimiter = "\t" if kind == "tab" else ","
            query = f"""
                select count(*), max(columns(*))
                from read_csv(
                    '{folder}/*.csv', columns = {{{names}}}, auto_detect = false, header = false, quote = '"',
                    delim = '{delimiter}', null_padding = true, ignore_errors = true
                )
            """  # noqa: S608 - the folder and its name are this script's own
            rows += connection.execute(query).fetchall()[0][0]
    return rows


def main() -> None:
    """Prepares once, reads, and prints seconds, rows and bytes as JSON."""
    raw, work = Path(sys.argv[1]), Path(sys.argv[2])
    if not work.exists():
        prepare(raw, work)
    folders = sorted(work.iterdir())
    size = sum(path.stat().st_size for folder in folders for path in folder.iterdir())
    started, worked = time.perf_counter(), time.process_time()
    rows = read_all(folders)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    print(json.dumps({"seconds": seconds, "processor_seconds": processor, "rows": rows, "bytes": size}))  # noqa: T201 - this is its output


if __name__ == "__main__":
    main()
