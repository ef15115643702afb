"""What people's verdicts say about scores: pure functions from verdicts to a calibration, and the calibration itself.

A score is made of signals whose weights somebody guessed. Verdicts say how often each set of signals was right, so
`fit.py` moves its score towards that share, `thresholds.py` moves what a right alerts at, `measures.py` says how good
both are, with intervals, and `proposal.py` puts them together, a bounded step from what is in force.
docs/decisions/0015.
"""
