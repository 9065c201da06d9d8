"""Reading the search index: questions in, ranked documents out. Pure Python."""
