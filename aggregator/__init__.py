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
    etiquette    what servers, pages and hubs said to us → what we keep to
    health       what polls showed → how a source is, whether it is our own network, what publishers see of us

Outside worlds: one package each, and none knows another
    config       YAML and environment → a newsroom
    net, fetch   the one door to the network; conditional requests, and pages where robots.txt lets us, through it
    push         WebSub as it stands in the recommendation, both ways
    store        the database behind one face
    sandbox      killable workers, and what runs in them
    lasting      work done again and again: a line in the log when it begins to fail, and when it goes on

Use cases: what is done with all that, a sentence each
    ingest       a document, however it came: polled, pushed, let go from a hold; an article's page
    syndicate    a channel: what it says now, that as bytes, what it said before
    decisions    of operators about articles; `explain`: everything about one
    reconfigure  a configuration: taken up or refused, planned, applied to what is stored
    sites        a site: its feeds, what its host reserves, a look and nothing stored
    websub       our hub at work, pings to others' hubs, and their leases

Drivers: what makes it run
    schedule     ticks → which sources are due; a poller at work
    distribution what changed → rendered, delivered, told
    web, cli     how people and programs reach it
    app          wires everything, and alone reads the clock
"""

__version__ = "0.1.0"
