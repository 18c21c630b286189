"""Verification: whether visits were given as claimed.

Every visit that ends is looked at once more beside the visits around it: of the same worker, to the same person, from the
same device, with the same picture. What is found is a *finding* with its evidence; the findings of one visit make its
*check*, with a risk between 0 and 100. A finding flags and never blocks. Checks wait in a queue, the greatest risk first,
until somebody clears or upholds them with a reason from a list; an upheld visit is never paid. What is learned later (a
death, a stay in hospital, a correction) has visits looked at again.
"""
