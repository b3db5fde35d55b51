"""One channel: what it says now, that as bytes in every format and coding, and what it said before."""
