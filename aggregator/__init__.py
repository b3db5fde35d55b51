"""News feeds in, clean feeds out. The packages below, in pipeline order:

model       the nouns: outlet, source, document, entry, article, section, channel
config      YAML and environment → a newsroom
schedule    ticks → which sources are due
health      what polls showed → how a source is, since when and why; outage: whether it is our own network
footprint   requests → what publishers see of us
net, fetch  the one door to the network; conditional requests, and pages where robots.txt lets us, through it
sandbox     killable workers that parsing runs in
parse       document → entries, as stated
normalize   what feeds say → what we mean
dedupe      what is one: articles, people, stories
store       the database behind one face
cadence     when to poll a source next, and why then
query       the query language: what a channel selects
publish     channel and articles → RSS, Atom, JSON Feed, OPML
push        WebSub: our hub and its subscribers, outlets' hubs and us
web, cli    how people and programs reach it

`ingest` and `syndicate` are the product's two sentences; `reclassify` reads stored articles again when rules changed,
`intake` takes in what hubs push, with the `pipeline` that `ingest` has; `leasing` and `callbacks` see to it that they push, by
the rules of `leases`;
`completion` fills in from articles' pages what feeds lack; `suggestions` says what no rule knows, `discovery` which feeds a
web site has, `reservations` what its host reserves;
`admission` takes up a configuration or refuses it, `probing` looks and stores nothing,
`holding` publishes or forgets what was held back; `editions` and `archives`
keep what is rendered; `publishing` renders and delivers what changed, at once; `hub` is WebSub at work; `polling` makes a
poller of all this and `app` wires everything.
"""

__version__ = "0.1.0"
