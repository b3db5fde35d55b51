"""What polls showed → how a source is, whether it is our own network that fails, what publishers see of us. Pure."""
