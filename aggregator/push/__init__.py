"""WebSub: telling hubs of news."""
