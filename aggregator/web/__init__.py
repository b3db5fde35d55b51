"""HTTP: feeds, pages, API."""
