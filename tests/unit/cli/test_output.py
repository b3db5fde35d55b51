"""Rows as people see them on a terminal."""

from __future__ import annotations

import io

from rich.console import Console

from aggregator.cli.output import table


def test_a_narrow_terminal_folds_everything_but_the_ids_that_one_copies() -> None:
    row = {"id": "correspondents-of-the-andes", "since": "2026-11-26 03:11", "evidence": "HTTP 503 for the ninth time"}
    page = io.StringIO()
    Console(file=page, width=60).print(table([row, row], ("id", "since", "evidence")))
    assert page.getvalue().count("correspondents-of-the-andes") == 2
    assert max(map(len, page.getvalue().splitlines())) <= 60
