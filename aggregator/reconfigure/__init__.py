"""A configuration: taken up or refused, what a changed one would do, stored articles read again by it, what no rule knows."""
