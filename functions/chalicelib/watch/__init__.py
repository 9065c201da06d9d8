"""E-supervision (电子监察): lights, cards, tallies and what is published of them. All of it follows from events."""
