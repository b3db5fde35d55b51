"""The tables. Rows are mapped to model values in `mapping` and never leave `store`.

Order everywhere is `article.key` (see `model.order_key`): newest listed first is `ORDER BY key DESC`.
Times are aware UTC in Python; SQLite keeps them as integers of microseconds, PostgreSQL too: the same comparison on both.
"""

from sqlmodel import SQLModel

from aggregator.store.tables import articles as _articles
from aggregator.store.tables import channels as _channels
from aggregator.store.tables import hosts as _hosts
from aggregator.store.tables import hub as _hub
from aggregator.store.tables import leases as _leases
from aggregator.store.tables import operations as _operations
from aggregator.store.tables import sources as _sources

# Read for what they put into the metadata.
_PARTS = (_sources, _hosts, _leases, _articles, _channels, _operations, _hub)

_tables = SQLModel.metadata.tables
outlet = _tables["outlet"]
source = _tables["source"]
source_url = _tables["source_url"]
schedule = _tables["schedule"]
host = _tables["host"]
host_turn = _tables["host_turn"]
stranger = _tables["stranger"]
robots = _tables["robots"]
visit = _tables["visit"]
poll = _tables["poll"]
problem = _tables["problem"]
held = _tables["held"]
hub_lease = _tables["hub_lease"]
hub_push = _tables["hub_push"]
article = _tables["article"]
alias = _tables["alias"]
clue = _tables["clue"]
habit = _tables["habit"]
sighting = _tables["sighting"]
evidence = _tables["evidence"]
revision = _tables["revision"]
joined = _tables["joined"]
redirect = _tables["redirect"]
author = _tables["author"]
author_alias = _tables["author_alias"]
author_mark = _tables["author_mark"]
credit = _tables["credit"]
page = _tables["page"]
story = _tables["story"]
telling = _tables["telling"]
channel = _tables["channel"]
membership = _tables["membership"]
rendered = _tables["rendered"]
rendered_body = _tables["rendered_body"]
render_failure = _tables["render_failure"]
applied_configuration = _tables["applied_configuration"]
reapplying = _tables["reapplying"]
decision = _tables["decision"]
tombstone = _tables["tombstone"]
subscription = _tables["subscription"]
intent = _tables["intent"]
edition_items = _tables["edition_items"]
ping = _tables["ping"]
outside_hub = _tables["outside_hub"]
