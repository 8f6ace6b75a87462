"""`FailOn`: which labels and checks end a command with status 3, for continuous integration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from fitscope.diagnosis.label import Label
from fitscope.errors import UserError
from fitscope.verdicts.check import CODES, Check
from fitscope.verdicts.many import Unread
from fitscope.verdicts.verdict import Verdict

FAILED = 3
"""Exit status where something was found that `--fail-on` names."""
UNREAD = "unread"
CODE = re.compile(r"FS\d[\dX]{2}")


@dataclass(frozen=True)
class FailOn:
    """What is not to be found.

    Attributes:
        labels: labels of verdicts; "unread" for what could not be judged.
        codes: codes of checks; an X stands for any digit.

    Example:
        >>> wanted = FailOn.parse("overfit, too-few, FS2xx")
        >>> wanted.labels, wanted.codes
        (('overfit', 'too few'), ('FS2XX',))
        >>> leak = Check("FS204", "warning", "A score is perfect from the start", "")
        >>> wanted.named("good", [leak]), wanted.named("overfit"), wanted.named("good")
        (('FS204',), ('overfit',), ())
    """

    labels: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str | None) -> FailOn:
        """Take `overfit,unstable,FS2xx` apart; nothing where nothing was said.

        Raises:
            UserError: a word that is neither a label nor the code of a check.
        """
        known = (*get_args(Label), UNREAD)
        labels: list[str] = []
        codes: list[str] = []
        for word in (text or "").split(","):
            word = word.strip()
            label = word.lower().replace("-", " ").replace("_", " ")
            if label in known:
                labels.append(label)
            elif CODE.fullmatch(word.upper()):
                if not any(re.fullmatch(_pattern(word.upper()), code) for code in CODES):
                    raise UserError(f"--fail-on {word}: there is no check of this code")
                codes.append(word.upper())
            elif word:
                raise UserError(
                    f"--fail-on {word}: neither a label ({', '.join(known)}) nor the code of a "
                    "check (FS202, or FS2xx for all of a kind)"
                )
        return cls(tuple(labels), tuple(codes))

    def named(self, label: str | None, checks: Sequence[Check] = ()) -> tuple[str, ...]:
        """Which of these are among what is not to be found.

        Args:
            label: of a verdict that is likelier than not; None without one.
            checks: found beside it.
        """
        labels = (label,) if label is not None and label in self.labels else ()
        patterns = [_pattern(code) for code in self.codes]
        found = [c.code for c in checks if any(re.fullmatch(p, c.code) for p in patterns)]
        return (*labels, *dict.fromkeys(found))


def _pattern(code: str) -> str:
    return code.replace("X", r"\d")


def failures(found: Verdict | Unread, wanted: FailOn) -> tuple[str, ...]:
    """The labels and codes for which a source fails; none where it passes.

    A verdict that is less likely than not fails nothing.

    Args:
        found: a verdict, or what could not be judged.
        wanted: what is not to be found.

    Example:
        >>> failures(Unread("a.csv", "an empty file"), FailOn.parse("overfit,unread"))
        ('unread',)
    """
    if isinstance(found, Unread):
        return wanted.named(UNREAD, found.checks)
    return wanted.named(None if found.undecided else found.label, found.checks)
