"""For learners: what overfitting and underfitting are."""

from __future__ import annotations

from fitscope.report.page.view import View

VIEW = View(__name__, title="Overfit and underfit", order=84, folded=True)
