"""A site: its feeds, what its host reserves, a look at one address with nothing stored."""
