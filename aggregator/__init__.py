"""News feeds in, clean feeds out. What stands beside this file, by what it is; `ARCHITECTURE.md` has the layers.

Nouns
    model        outlet, source, document, entry, article, section, channel
    errors       every error we raise

The core: values in, values out; no clock, network, disk or log
    text, urls   folded words; links, and keys that compare
    parse        document → entries, as stated
    normalize    what feeds say → what we mean
    dedupe       what is one: articles, people, stories
    query        the query language: what a channel selects
    publish      channel and articles → RSS, Atom, JSON Feed, OPML
    cadence      when to poll a source next, and why then
    etiquette    what servers said to us → what we keep to; `directives`: what their robots metas say
    leases       what hubs said to us → how our leases stand
    health       what polls showed → how a source is, since when and why; `outage`: whether it is our own network
    footprint    requests → what publishers see of us

Outside worlds: one package each, and none knows another
    config       YAML and environment → a newsroom
    net, fetch   the one door to the network; conditional requests, and pages where robots.txt lets us, through it
    push         WebSub as it stands in the recommendation, both ways
    store        the database behind one face
    sandbox      killable workers that parsing runs in; `reading`: what runs in them
    lasting      work done again and again: a line in the log when it begins to fail, and when it goes on

Use cases: what is done with all that, a sentence each
    a document   `ingest`: one that was polled; `intake`: one that a hub pushed. Both are given a `pipeline` and ask `recognition`
    an article   `completion` by its page; `decisions` of operators; `explain`: everything about it
    a channel    `syndicate`: what it says now; `rendering`, `editions`, `archives`: that as bytes, kept
    a source     `holding`: what is held back of it; `leasing`, `callbacks`: hubs asked to push it, what they send
    a site       `discovery` of its feeds; `reservations` of its host; `probing`: a look, and nothing stored
    the rules    `admission`, or refusal; `planning`: what they would do; `reclassify`: what is stored, read again; `suggestions`
    hub          our own, at work: requests, deliveries, pings

Drivers: what makes it run
    schedule     ticks → which sources are due
    polling      a poller at work, made of all this
    publishing   what changed → rendered, delivered, told
    web, cli     how people and programs reach it
    app          wires everything, and alone reads the clock
"""

__version__ = "0.1.0"
