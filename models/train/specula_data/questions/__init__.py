"""Questions about pictures. A maker takes (rng, facts) and returns a turn, or None when the picture does not allow it.

The wording of an answer follows from the wording of its question alone, so that a greedy model can know it.
"""
