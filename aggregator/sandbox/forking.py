"""What workers are forked from: a process that imports what they need and nothing else. Imported there alone.

A service manager sends SIGTERM to each process. This one ends with its parent instead: else it would seem that what workers
were at took them down. Workers themselves end by it, from their first moment.
"""

from __future__ import annotations

import os
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
