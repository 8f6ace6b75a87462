"""What the rows of a study are to be predicted: shares of labels, or what the numbers are like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitscope.report.words import joined, number, shown

if TYPE_CHECKING:
    from fitscope.study.document import DataEntry, Numbers

MOST = 8  # labels that are named


def target_words(data: DataEntry) -> str:
    """The target on training and on validation rows, in a sentence or two.

    Args:
        data: the rows.

    Example:
        >>> from fitscope.study.document import Numbers
        >>> _numbers(Numbers(mean=152.1, sd=77.0, min=25.0, max=346.0))
        'has mean 152.10, standard deviation 77.000 and lies between 25.000 and 346.00'
    """
    train, validation = data.target["train"], data.target["validation"]
    if not isinstance(train, list) or not isinstance(validation, list):
        assert not isinstance(train, list)
        assert not isinstance(validation, list)
        return (
            f"The target {_numbers(train)} on training rows; on validation rows it "
            f"{_numbers(validation)}."
        )
    names = [shown(label) for label in data.task.labels] or [str(at) for at in range(len(train))]
    if len(names) == 2:
        return (
            f"Label {names[1]} stands on {_percent(train[1])} of the training rows and "
            f"{_percent(validation[1])} of the validation rows."
        )
    told = [
        f"{name} on {_percent(share)} of the training rows ({_percent(other)} of the validation "
        "rows)"
        if at == 0
        else f"{name} on {_percent(share)} ({_percent(other)})"
        for at, (name, share, other) in enumerate(
            zip(names[:MOST], train, validation, strict=False)
        )
    ]
    more = len(names) - MOST
    if more > 0:
        told.append(f"{more} more")
    return f"{len(names)} labels: {joined(told)}."


def _numbers(of: Numbers) -> str:
    return (
        f"has mean {number(of.mean)}, standard deviation {number(of.sd)} and lies between "
        f"{number(of.min)} and {number(of.max)}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
