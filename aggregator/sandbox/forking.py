"""What workers are forked from: a process that imports what they need and nothing else. Imported there alone.

A service manager sends SIGTERM to each process. This one ends with its parent instead: else it would seem that what workers
were at took them down. Workers themselves end by it, from their first moment.
"""

from __future__ import annotations

import os
import signal
import sys
from types import TracebackType

signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A worker that was begun while its pool was stopped finds nothing of it any more: no fault, and nobody's news."""
    if not isinstance(error, FileNotFoundError | EOFError | ConnectionError):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _tell
