"""Which model to take: what plainer means, and the reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fitscope.learners.base import is_reference
from fitscope.learners.knobs import is_plain, is_plainer
from fitscope.names import shown
from fitscope.verdicts.cost_words import with_error

if TYPE_CHECKING:
    from fitscope.examination.record import Trial
    from fitscope.learners.base import Learner


def plainness(
    ladder: Sequence[str], tried: Sequence[Trial], learners: Mapping[str, Learner]
) -> list[str]:
    """All models from the plainest to the richest.

    A remedied model stands with the rung that it was tried on, after it where something was added
    and before it where it was made smaller.

    Args:
        ladder: the rungs, plainest first.
        tried: what was tried on them.
        learners: name to learner, of the models that were trained.

    Example:
        >>> from fitscope.examination.record import Trial
        >>> from fitscope.learners.mlp.network import MLP
        >>> tried = [Trial(over="64", remedy="dropout", kind="dropout", model="64 + dropout"),
        ...          Trial(over="64", remedy="less", kind="less", model="32")]
        >>> known = {"16": MLP(16), "64": MLP(64), "32": MLP(32),
        ...          "64 + dropout": MLP(64, dropout=0.5)}
        >>> plainness(["16", "64"], tried, known)
        ['16', '32', '64', '64 + dropout']
    """
    place = {name: (number, 0) for number, name in enumerate(ladder)}
    for one in tried:
        if one.model in place or one.over not in place:
            continue
        both = {one.over, one.model}
        added = one.model in learners and not is_plain(learners[one.model])
        richer = both <= learners.keys() and is_plainer(learners[one.over], learners[one.model])
        after = len(one.kind.split(" + ")) if added or richer else -1
        place[one.model] = (place[one.over][0], after)
    return sorted((name for name in place if name in learners), key=lambda name: place[name])


def families_of(learners: Mapping[str, Learner]) -> dict[str, str | None]:
    """Models among which a plainer one is preferred, by what they are called for short.

    Args:
        learners: name to learner.

    Returns:
        Name to family; None of a reference, which is plainer than all others.

    Example:
        >>> from fitscope.learners.constant import Constant
        >>> from fitscope.learners.mlp.network import MLP
        >>> families_of({"constant": Constant(), "linear": MLP(), "64": MLP(64)})
        {'constant': None, 'linear': 'mlp', '64': 'mlp'}
    """
    return {name: None if is_reference(one) else one.sort for name, one in learners.items()}


def why(
    taken: str,
    best: str,
    alike: Mapping[str, str | None],
    only: bool = False,
    lost: str = "loss",
) -> str:
    """Why a model is the one to take, in a sentence.

    Args:
        taken: the model.
        best: the one with the lowest loss.
        alike: those that cannot be told apart from that, itself included, with their families.
        only: no other one was trained, a constant prediction apart.
        lost: what models are told apart by.

    Example:
        >>> why("linear", "64", {"linear": "mlp", "16": "mlp", "64": "mlp"})
        'It is the plainest of 3 that cannot be told apart from the best, 64.'
        >>> why("64", "64", {"64": "mlp"})
        'Every other one is more than a standard error worse.'
        >>> why("64", "64", {"64": "mlp"}, only=True)
        'It is the only one that was trained beside a constant prediction, which is worse.'
        >>> why("64", "64", {"64": "mlp", "hgb": "hgb"})
        'It has the lowest loss; 1 model of another family cannot be told apart from it.'
    """
    named = shown(best, 60)
    if taken not in alike:
        return (
            f"It has the lowest {lost} among the plainest of each family; the lowest of all, "
            f"{named}, has a plainer one beside it that may be as good."
        )
    if len(alike) == 1 and only:
        return "It is the only one that was trained beside a constant prediction, which is worse."
    if len(alike) == 1:
        return "Every other one is more than a standard error worse."
    families = {family for family in alike.values() if family is not None}
    if len(families) == 1:
        if taken == best:
            return (
                f"It has the lowest {lost}, and is the plainest of {len(alike)} that may be "
                "the best."
            )
        return (
            f"It is the plainest of {len(alike)} that cannot be told apart from the best, {named}."
        )
    if taken == best:
        others = sum(family != alike[best] for family in alike.values())
        models = "1 model" if others == 1 else f"{others} models"
        of = "another family" if len(families) == 2 else f"{len(families) - 1} other families"
        return f"It has the lowest {lost}; {models} of {of} cannot be told apart from it."
    return (
        f"It has the lowest {lost} among the plainest of each family; {len(alike)} models cannot "
        f"be told apart from the best, {named}."
    )


def why_averaged(best: str, gained: tuple[float, float]) -> str:
    """Why several models are averaged, in a sentence.

    Args:
        best: the one of them that has the lowest loss.
        gained: the share that the average takes away of its loss, and the standard error of that.

    Example:
        >>> why_averaged("catboost", (0.0523, 0.0114))
        'Averaged they lose 5.2 ± 1.1 % less than catboost alone, the best of them.'
    """
    less = with_error(*(100 * part for part in gained))
    return f"Averaged they lose {less} % less than {shown(best, 60)} alone, the best of them."
