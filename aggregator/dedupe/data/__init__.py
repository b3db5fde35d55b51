"""Tables that the rules of this package read."""
