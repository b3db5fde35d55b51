"""The query language: text → syntax tree → answers."""
