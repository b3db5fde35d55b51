"""Tables of our own and public facts, read at first use."""
