"""The rules of a case (办件): pure decisions over plain data. No AWS, no HTTP, no clock."""
