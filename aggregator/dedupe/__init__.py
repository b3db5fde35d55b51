"""What is one: articles, people, stories."""
