"""The real command, its clock some days ahead: `python -m tests.acceptance.command DAYS COMMAND…`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from aggregator import app
from aggregator.cli import main

if __name__ == "__main__":
    ahead = timedelta(days=float(sys.argv.pop(1)))
    # app.py is the only place that reads the clock, so moving it there moves it everywhere.
    app.now = lambda: datetime.now(UTC) + ahead  # noqa: TID251
    sys.exit(main())
