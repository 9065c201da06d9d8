"""Publishing duties and ways to find things: what a government site owes its readers beside the guides."""
