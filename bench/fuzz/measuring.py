"""`bench fuzz`: so many seconds of coverage-guided fuzzing of the reading of feeds and of pages."""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.fuzz import seeds
from bench.report import Figure

SUMMARY = "fuzz the reading of feeds and of article pages, guided by coverage"
# What one document may take before it is a find: seconds, and bytes of memory of the whole process.
_SECONDS_EACH, _MEGABYTES = 10, 1_024
_LAST = re.compile(r"#(\d+)\s+(?:DONE|pulse|REDUCE|NEW|RELOAD|INITED)\s+cov: (\d+)(?: ft: (\d+))?.*?exec/s: (\d+)")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=int, default=600, help="in all, half for feeds and half for pages (default 600)"
    )
    parser.add_argument(
        "--finds", type=Path, default=Path("finds"), help="folder for documents that are finds (default finds)"
    )
    parser.add_argument("--longest", type=int, default=8_192, help="bytes of the longest document (default 8192)")


def measure(options: argparse.Namespace) -> list[Figure]:
    """Exits when something was found: the documents lie in `--finds`."""
    if importlib.util.find_spec("atheris") is None:
        raise SystemExit("atheris is not installed: it comes with the development requirements, on Linux")
    options.finds.mkdir(exist_ok=True)
    figures = [_fuzzed(name, options) for name in ("feed", "page")]
    if not any(options.finds.iterdir()):
        options.finds.rmdir()
    found = sum(int(figure.measures["finds"]) for figure in figures)
    if found:
        for figure in figures:
            print(figure.what, figure.measures)
        raise SystemExit(f"{found} finds: run `python -m bench.fuzz.target feed|page FILE` on each in {options.finds}")
    return figures


def _fuzzed(name: str, options: argparse.Namespace) -> Figure:
    with tempfile.TemporaryDirectory(prefix="aggregator-fuzz-") as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        count = seeds.write(corpus, pages=name == "page")
        seeds.write_words(words)
        before = set(options.finds.iterdir())
        done = subprocess.run(
            [
                sys.executable, "-m", "bench.fuzz.target", name, str(corpus), f"-dict={words}", f"-max_len={options.longest}",
                f"-max_total_time={max(1, options.seconds // 2)}", f"-timeout={_SECONDS_EACH}", f"-rss_limit_mb={_MEGABYTES}",
                f"-artifact_prefix={options.finds}/{name}-", "-print_final_stats=1",
            ],
            capture_output=True, text=True, check=False, errors="replace",
        )  # fmt: skip
        found = set(options.finds.iterdir()) - before
        if done.returncode and not found:
            raise SystemExit(f"the fuzzer ended with {done.returncode}: {done.stderr[-2_000:]}")
        if found:
            print(_told(done.stdout + done.stderr))
        last = [match for line in done.stderr.splitlines() if (match := _LAST.search(line))]
        runs, coverage = (int(last[-1][1]), int(last[-1][2])) if last else (0, 0)
        first = int(last[0][2]) if last else 0
        return Figure(
            what=f"reading a {name}, {options.seconds // 2} s",
            measures={
                "seeds": count,
                "documents read": runs,
                "places of the code reached by the seeds": first,
                "places of the code reached": coverage,
                "documents in the corpus at the end": len(list(corpus.iterdir())),
                "finds": len(found),
            },
        )


def _told(output: str) -> str:
    """The traceback of the find, without the fuzzer's bytes."""
    start = output.find("Uncaught Python exception")
    return output[max(0, start) :][:4_000]
