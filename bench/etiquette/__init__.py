"""Whether we fetch as publishers like it: every rule, and what one server would see of us."""
