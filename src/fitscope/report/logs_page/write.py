"""The page of logs: an overview, then every run with its curves, reasons and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.logs_page.overview import overview
from fitscope.report.logs_page.runs import runs, runs_data
from fitscope.report.page.html import page_html
from fitscope.report.templates import render
from fitscope.report.words import shown
from fitscope.verdicts.plain import plain

if TYPE_CHECKING:
    from fitscope.verdicts.many import Verdicts

HERE = "fitscope.report.logs_page"
METHOD = "fitscope.report.page.views.method"
MANY = 10  # runs; more are in the table, and told one by one to whoever asks


def logs_page(found: Verdicts) -> str:
    """The page as HTML.

    Args:
        found: the verdicts with their histories, and what could not be judged.
    """
    sections = [_section(f"{HERE}.overview", "What came out", overview(found))]
    if found:
        sections.append(
            _section(
                f"{HERE}.runs",
                "Run by run" if len(found) > 1 else "The run",
                runs(found),
                runs_data(found),
                folded=len(found) > MANY,
            )
        )
        sections.append(_section(METHOD, "How verdicts are reached", {}, folded=True))
    names = [shown(one.source, 60) for one in (*found, *found.unread)]
    data = {
        "live": False,
        "title": f"fitscope: {names[0] if len(names) == 1 else f'{len(names)} logs'}",
        "status": {
            "finished": len(names),
            "wanted": len(names),
            "epochs": sum(one.epochs for one in found),
            "step": "epoch",
            "note": "",
        },
        "models": [],
        "sections": sections,
    }
    return page_html(data, [f"{HERE}.overview", f"{HERE}.runs"])


def _section(
    package: str,
    title: str,
    content: dict[str, Any],
    data: dict[str, Any] | None = None,
    folded: bool = False,
) -> dict[str, Any]:
    name = package.rpartition(".")[2]
    html = render(f"{package}/view.html.j2", name=name, title=title, folded=folded, **content)
    return {"name": name, "title": title, "html": html, "data": plain(data or {})}
