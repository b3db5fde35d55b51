"""Parts of the store's face, one for each kind of thing it keeps."""
