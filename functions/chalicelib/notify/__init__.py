"""Notices (通知): what is said to whom by which way, sent at least once, tried again, given up in the open."""
