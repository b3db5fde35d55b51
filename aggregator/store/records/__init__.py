"""Records: the values that go into the store and come out of it, beside those of `model`."""
