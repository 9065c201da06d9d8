"""Where cases, drafts, notices and files live: one port, two engines."""
