"""The search index: an entry for each document, files of neighbouring documents, a table of contents."""
