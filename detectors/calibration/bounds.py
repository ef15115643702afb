"""How far verdicts may move things, and how much they must be. All in one place, since an auditor asks for these."""

PRIOR_STRENGTH = 8.0
"""A set of signals keeps its shipped score as if that many verdicts had spoken for it: few verdicts move little."""

LOWEST_SCORE, HIGHEST_SCORE = 0.01, 0.99
"""No set of signals is ever certain."""

SCORE_STEP = 0.30
"""The furthest that one calibration moves a score from the one in force."""

LEAST_CHANGE = 0.005
"""What moves nothing that anybody would see: no new calibration is proposed for it."""

SHIFT_BOUND = 0.15
"""The furthest that a right's threshold is ever moved from its own."""

SHIFT_STEP = 0.05
"""The furthest that one calibration moves a threshold from the one in force."""

LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.05, 0.95
"""Where a moved threshold stays, so that none silences a right, or lets everything through."""

FEWEST_VERDICTS = 20
"""That speak for a move, between a right's own threshold and where it would be moved to."""

WORTH_A_LOOK = 0.5
"""A threshold moves over scores at which, with 95 % confidence, less (or more) than this share infringes."""
