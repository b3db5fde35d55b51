"""Channel and articles → bytes: RSS, Atom, JSON Feed, OPML."""
