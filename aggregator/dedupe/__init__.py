"""What is one: articles, people, stories."""

from aggregator.dedupe.articles import Known, decide, identity_keys
from aggregator.dedupe.changes import changes
from aggregator.dedupe.people import fold_name
from aggregator.dedupe.stories import headline_key

__all__ = ["Known", "changes", "decide", "fold_name", "headline_key", "identity_keys"]
