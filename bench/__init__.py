"""Measurements: what the service costs on this machine. Each asserts that the work was really done.

made_up   a number → a synthetic document, the same on every machine
origin    synthetic documents → a web server of as many hosts as there are sources
command   a command line → what it took: time, processor, memory of its whole tree
newsroom  a number of sources → a configuration folder that polls the origin
ingest    articles and sources per second, memory, bytes per article
serve     requests per second for a feed of 50 items
nginx     a folder of files → a web server to compare with
publish   what rendering costs: one channel, an article among many channels, a year of readers
push      an article → when each subscriber of our hub has it; push_service is the service for it
many      thousands of channels → what they cost from cold, and a new article then
year      a year of a channel → what its readers get
newsdesk  a folder → a store that made-up articles are published into one by one
archive   a number of articles → a database that holds them
query     latency of pages and searches over a large archive
sense     an entry → what its language, sections and authors cost
stories   cost of finding the story of an article
stories_learning  real news → the tables and weights that telling stories apart is built on
eval      labelled lines → how often the service agrees with them
hostile   documents that were made to hurt, and what they cost
fuzz      coverage-guided fuzzing of what reads other people's bytes
pages     what is found on real article pages
load      a request → how many a server answers, or how long one takes
report    figures → a table or JSON
"""
