"""What a command has while it works."""

from __future__ import annotations

import gc

from aggregator.cli.context import run_to_end


def test_work_has_the_garbage_collector_that_imports_do_without() -> None:
    async def collects() -> bool:
        return gc.isenabled()

    gc.disable()
    assert run_to_end(collects())
