"""The search index, made while publishing: one entry a document, files of neighbouring documents, a table of contents."""
