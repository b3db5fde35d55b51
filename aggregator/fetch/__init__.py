"""The web: conditional requests, politeness."""
