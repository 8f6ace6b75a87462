"""How a notebook draws results; imported where there is one."""

from __future__ import annotations

from fitscope.learners.mlp.summary import Summary
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.comparisons import Comparisons
from fitscope.verdicts.many import Verdicts
from fitscope.verdicts.shown import as_html
from fitscope.verdicts.verdict import Verdict


@as_html.register
def _(shown: Verdict) -> str:
    from fitscope.report.notebook.verdicts import verdict_html

    return verdict_html(shown)


@as_html.register
def _(shown: Verdicts) -> str:
    from fitscope.report.notebook.verdicts import verdicts_html

    return verdicts_html(shown)


@as_html.register
def _(shown: Comparison) -> str:
    from fitscope.report.notebook.verdicts import comparisons_html

    return comparisons_html(Comparisons([shown]))


@as_html.register
def _(shown: Comparisons) -> str:
    from fitscope.report.notebook.verdicts import comparisons_html

    return comparisons_html(shown)


@as_html.register
def _(shown: Summary) -> str:
    from fitscope.report.notebook.models import layers_html

    return layers_html(shown)
