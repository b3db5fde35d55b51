"""Killable workers, and what runs in them."""
