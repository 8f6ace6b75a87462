"""How verdicts and comparisons are worked out, in short: the page is often read offline."""

from __future__ import annotations

from fitscope.report.page.view import View

VIEW = View(__name__, title="How verdicts are worked out", order=92, folded=True)
