"""`python -m aggregator`: the command, where no PATH leads to it."""

import sys

from aggregator.cli import main

sys.exit(main())
