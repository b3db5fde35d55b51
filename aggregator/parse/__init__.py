"""Document bytes → entries, as stated."""
