"""What we and other systems promise each other: contracts as data, and the little code that both halves need."""
