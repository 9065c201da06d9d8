"""Other systems: who hears of what happens to cases, how it reaches them, and who may come in."""
