"""Work that nobody waits for: delivering what happened, and doing what the law does by itself."""
