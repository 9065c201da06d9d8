"""Deploying to AWS: check → build → package → stack → upload → catalogue → CDN, each step repeatable."""
