"""Ticks → polls."""
