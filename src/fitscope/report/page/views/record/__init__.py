"""How the study was run: what somebody needs to run it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitscope.report.page.view import View
from fitscope.report.record import record

if TYPE_CHECKING:
    from fitscope.study.folder import StoredStudy


def content(stored: StoredStudy) -> dict[str, Any]:
    """Terms and what is to be said about them; the command by itself."""
    told = record(stored)
    return {
        "facts": [fact for fact in told if fact[0] != "Command"],
        "command": stored.document.command,
    }


VIEW = View(__name__, title="How it was run", order=95, folded=True, content=content)
