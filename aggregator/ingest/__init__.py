"""One document, however it came: by a poll, by a push, out of a hold; and the page of one article."""
