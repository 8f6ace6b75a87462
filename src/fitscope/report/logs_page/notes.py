"""Notes that hold for all of several logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.verdicts.words import sentence

if TYPE_CHECKING:
    from fitscope.verdicts.many import Verdicts


def of_all(found: Verdicts) -> list[str]:
    """What is noted of every one of several runs, to be said once; nothing of a single one."""
    if len(found) < 2:
        return []
    others = [{sentence(note) for note in one.evidence.notes} for one in found[1:]]
    first = [sentence(note) for note in found[0].evidence.notes]
    return [note for note in first if all(note in notes for notes in others)]
