"""What building and reading the search index must agree on: folding, tokens, readings, the file format."""
