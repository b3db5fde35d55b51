"""What servers, pages and hubs said to us → what we keep to. Pure."""
