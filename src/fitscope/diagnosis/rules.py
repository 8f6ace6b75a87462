"""Every threshold of verdicts and of the stopping rule, each with its reason.

What halving or doubling one changes is said beside it, measured on the 419 labelled histories
(44 overfit) and on flat made-up curves (`python -m calibration.thresholds` prints the table).
No threshold is a share of the metric's own value except the two that say so: a verdict does not
change with the metric's unit, sign, or a constant added to it.
"""

from __future__ import annotations

# ------------------------------------------------------------------ what is sure

ESTABLISHED = 0.95
"""A rise is established from here on: one false alarm in twenty on curves that are flat. The
level is a convention; half or twice as many false alarms is what another one buys."""

SURE_SIGN = 0.975
"""Chance that the sign of a difference is right, corrected for all pairs of a study, from which on
one model is called better than another: its two-sided 95 % interval just leaves out zero. At 0.95
two models that are one are told apart twice as often."""

ONE_SIDED = 1.645
"""Standard errors for the same level in one direction (normal distribution)."""

PLAINLY = 2.0
"""A rise of so many times what matters is plain. One that barely matters must be established for
other rows, too; a plain one must be more likely than not there (ELSEWHERE). Halved, 38 % instead of
6 % of runs with 143 strongly drifting rows and a flat population are called overfit; doubled, 2 %,
but few networks that double their loss on as many rows are."""

FOLDS_ALIKE = 0.9
"""Correlation between folds of a mean's best and its last round, where their deviations alone are
known. Of XGBoost on six tables, 12 cross-validations of 5 folds, it was 0.74 to 1, a quarter
below 0.90, half below 0.96. In simulated means of 5 folds, each with a drift of its own, the
error of a rise is 1.3 times the true one; at 0.8 1.8 times, at 0.95 the same. A drift of three
such errors is called overfit in 91 % of runs, at 0.8 in 89 %, at 0.95 in 92 %, and without
deviations 7 % are of none."""

ELSEWHERE = 0.5
"""How likely other rows must show a plain rise that these rows surely show: more likely than
not. At 0.95 networks that memorize 400 rows, and double their loss on 140 others, are never
overfit: few rows cannot prove it of others."""

CHANGED = 0.7
"""Of the standard error of a share of hits: what the choice of rows adds to the difference between
two epochs of one run, where the steps of a score tell how many rows there are. Of small networks
and boosted trees that overfit, half lie between 0.66 and 0.93
(`calibration/collection/trained.py`)."""

UNDECIDED = 0.5
"""Below this chance no label leads a headline."""

DOUBTED = 2.0
"""So many times as large as measured an error may be where a test becomes a confidence: noise
that lasts, or changes, is measured too small. Of rises in runs that are not short (2,237 on the
development half of `calibration/collection`) that stood 1.6 to 2.5 errors above none 40 % were
overfit, at 3.5 to 4.5 64 %, beyond 6 96 %. Halved, of overfit said to be 80 to 90 % sure 74 %
are right instead of 81 %, of improvements said to be 60 to 70 % sure 54 % instead of 64 %;
doubled, of overfit said to be 70 to 80 % sure 95 %. It moves confidences, and no label."""

ALONE = 0.9
"""How far a validation curve without its training curve is to be believed: it cannot tell a
training that comes apart from overfitting. It scales confidences, and no label."""

THESE_ROWS = 0.98
"""How far a rise is to be believed of other rows where nothing tells what the choice of rows
does to it: without it of overfit said to be 93 % sure 88 % were right (106 histories,
development half of `calibration/collection`). It scales confidences, and no label."""

EXPECTED_ONLY = 0.8
"""The same of a run so short that its noise is expected, not seen, whatever is known of rows: of
216 such rises, 95 % sure beside that noise, 76 ± 3 % were overfit (development half of
`calibration/collection`). How far they stood above it told nothing. Halved, 66 % are right of
those said to be 39 % sure."""

FLATTENS = 0.8
"""Of what more epochs would gain at the measured slope, so much they gain: curves flatten, and
an end that fell by luck is taken for one that falls. Halved, of improvements said to be 60 to
70 % sure 79 % are right instead of 64 %; doubled, of those said to be 80 to 90 % sure 60 %
instead of 84 % (development half of `calibration/collection`). It moves confidences, and no
label."""

BENDS = 0.4
"""And by so much of it this is uncertain beyond the error of the slope, which knows of noise,
not that a curve bends. Halved, of improvements said to be 93 % sure 84 % are right instead of
95 %; doubled, of those said to be 75 % sure 87 % instead of 75 %."""

TURNED = 0.2
"""How far a slope that improves counts against "good" where the curve does not end at its
lowest: of 3,380 such histories (development half of `calibration/collection`) it made 12 %
likely to improve, and 2.5 % did. Halved or doubled, no confidence is off by more than 3 points."""

UNSHOWN = 0.6
"""How likely a rise that matters is there in a short run that cannot establish it: of 146 that
rose by twice what matters 50 ± 4 % were overfit, and some unstable (development half of
`calibration/collection`). Halved, of "good" said to be 66 % sure 60 % are right, doubled, 41 %
of those said to be 22 % sure."""

JUMPY = 0.82
"""How sure it is that a curve which jumps beyond all that was learnt is unstable: of 383 so
called 80 ± 2 % were, most others had learnt nothing (development half of
`calibration/collection`). Halved, 80 % are right of those said to be 38 % sure; at 1, 92 % of
those said to be 99 % sure."""

NOTHING_TO_SHOW = 0.8
"""How sure it is that a run of three to five evaluations without a visible rise or fall has none
that could be shown: 80 ± 1 % of 586 (development half of `calibration/collection`)."""

# ------------------------------------------------------------------ what matters

OF_FALL = 0.05
"""Share of the validation fall that a rise must undo. People see a rise against what the curve
did before: between 4.0 % (labelled good) and 6.3 % (overfit). Halved, 7 of 375 labelled
histories are falsely overfit; doubled, none is missed, because OF_LEARNT takes over."""

OF_LEARNT = 0.12
"""Or this share of what training learnt after the first steep fall, if that is less: a long
first fall (a bias, a penalty) must hide no rise. Halved, 5 of 375 are falsely overfit; doubled,
none changes, but twice the rise may hide behind a long first fall."""

OF_LEVEL = 0.13
"""Or this share of the lowest loss, if that is less, no constant predictor is known, and the
metric has a zero: the last resort, because only that tells a long first fall from learning.
Halved, 1 of 375 is falsely overfit; doubled, a squared error that falls from 29,000 to 3,057 may
end at 3,800."""

PLAIN_OF_GAP = 0.07
"""A rise below this share of the gap between the best validation and the best training loss is
small beside it, unless it undoes PLAIN_OF_FALL of the validation fall. Halved, 2 of 375 labelled
histories are falsely overfit; doubled, none changes."""

PLAIN_OF_FALL = 0.10
"""See PLAIN_OF_GAP. Halved, 2 of 375 are falsely overfit; doubled, none changes."""

LEAST_OF_LEARNT = 0.02
"""No smaller share of what training learnt ever matters: a model trained before hardly falls on
validation rows, and a thousandth is no overfitting. Halved or doubled, no labelled history
changes."""

LEAST_OF_POSSIBLE = 0.015
"""Nor does a smaller share of what can be gained over a known constant predictor at all: a curve
that stands at chance has no fall of its own, and a rise by a per cent of ln 2 hurts nobody.
Doubled, rises of a cross-entropy of 0.6 by 3 % do not matter."""

PEOPLE = 0.4
"""By about this share people differ about how large a rise matters. A rise just as large as it
must be gets a confidence of one half; halved or doubled it only sharpens or blurs confidences."""

# ------------------------------------------------------------------ training

ALONG = 0.1
"""Training that rises by this share of the validation rise (and beyond noise) rises along with
it: that is no overfitting. Halved or doubled, no labelled history changes."""

CAME_APART = 0.5
"""Training that ends worse than its best by this share of all it had learnt comes apart by
itself, whatever validation does. Halved, networks whose training loss twitches near 0 are called
unstable."""

# ------------------------------------------------------------------ noise

DROWNED = 0.1
"""Noise above this share of what was learnt drowns a validation curve that did not fall. Halved,
93 % of flat curves whose noise is a tenth of what training learnt are unstable instead of 2 %;
doubled, none. Where training learnt nothing there is no such scale, and it is a share of the loss
itself."""

JUMPS = 0.25
"""A late part that scatters by this share of what was learnt tells nothing, fall or no fall.
Halved or doubled, no labelled history changes; halved, accuracies on a few dozen rows become
unstable."""

# ------------------------------------------------------------------ improving

FURTHER = 0.25
"""Of the epochs run: how much longer a run might go on. What it gains there at the present slope
must matter as much as a rise must. Halved, 60 labelled histories still improve, doubled 158, not
115."""

LOWEST = 0.1
"""A trend that ends above its lowest point by less than this share of a rise that matters ends at
its lowest. At 0, 4.6 instead of 2.6 % of 152 runs that clearly improve, of nine epochs or more,
are called good, and 3.3 instead of 3.8 % of 576 good ones improving (development half of
`calibration/collection`); at 0.25, 2.6 and 4.0 %."""

# ------------------------------------------------------------------ underfitting

OF_POSSIBLE = 0.02
"""A model that beats a constant predictor by less than this share of what can be gained at all
has learnt next to nothing. Doubled, weak but real signals (an accuracy of 0.53 for 0.50) are
denied."""

FITTED = 0.25
"""A model that gains this share of what is possible on its training rows fits them. If it
validates no better than a constant predictor it has memorized them, which is overfitting; below
it, it has learnt nothing. It decides between these two words only."""

CERTAINLY_LEARNT = 2.0
"""Standard errors by which a curve must fall below its own start to have learnt something, where
no constant predictor is known. Halved or doubled, no labelled history changes."""

STOOD_STILL = 0.005
"""A change below this share of the loss itself is none, however sure: the other last resort
where no constant predictor is known. A training loss of 1.02 that ends at 1.019 stood still, and
jumps of a per mille in a curve that never fell are nothing to call unstable. Halved or doubled,
no labelled history changes."""

AT_CHANCE = 0.015
"""How near, as a share, a loss must be to the logarithm of the number of classes to stand there."""

# ------------------------------------------------------------------ few epochs, lost values

FEWEST_EVALUATIONS = 3
"""Below it nothing is claimed: two values have a direction and no shape."""

FEWEST_TO_DENY = 6
"""Below it "good" is not claimed: noise cannot be told from a trend, only large changes can."""

SHORT = 10
"""Below so many epochs a curve cannot show its own noise beside a sharp turn; it is measured
around the nearest curve that falls and then rises."""

EXPECTED_NOISE = 0.065
"""Noise of a short run before it is seen, as a share of what training learnt. Halved, 17 % of
flat curves of 5 epochs are called overfit instead of 3 %; doubled, 0.3 %, and a rise by 40 % in
five epochs is not established."""

EXPECTED_COUNTS = 3.0
"""For how many degrees of freedom EXPECTED_NOISE counts. Halved, 2.7 % of flat curves of 5
epochs are called overfit, doubled 5.0 %, instead of 3.3 %."""

ABSURD = 1e15
"""A loss beyond it has diverged, even if it is a number; where a constant predictor is known, one
beyond GROWN times its loss, too: squared errors of large targets are large."""

WORSE_THAN_NOTHING = 10.0
"""A loss beyond so many times the constant predictor's, on training rows too, has diverged."""

STEADILY = 0.9
"""Unless so many of its steps lead down, on both curves: then it has far to go."""

GROWN = 1e3
"""So has one that ends at so many times its first value."""
