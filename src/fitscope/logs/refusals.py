"""Why a log has nothing to judge: what it is, and how to log what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fitscope.logs.direction import higher_is_better
from fitscope.logs.log import Log
from fitscope.logs.names import meaning

SHOWN = 12  # names in an error
REWARDS = re.compile(r"reward|(^|[_/ ])rew([_/ ]|$)|episode|ep_len|rollout|policy|(^|_)return")
ADVERSARIES = (
    re.compile(r"(^|[_/ .-])(d|dis|disc|discriminator|critic|netd)([_/ .-]|loss|$)"),
    re.compile(r"(^|[_/ .-])(g|gen|generator|netg)([_/ .-]|loss|$)"),
)
SAID_REWARDS = re.compile(
    r"ep_rew_mean|ep_len_mean|episode_reward|\bepisode\W+\d+.{0,40}(?:reward|score)"
)
SAID_ADVERSARIES = (re.compile(r"\bloss_?d\b|\bd_?loss"), re.compile(r"\bloss_?g\b|\bg_?loss"))
OF_A_SEARCH = re.compile(r"mean_test_|split\d+_test_|rank_test_")


def why_no_validation(log: Log) -> str:
    """One line: rewards, an adversarial pair, training only, one row, or a table of runs.

    Example:
        >>> import numpy as np
        >>> from fitscope.logs.log import Logged
        >>> why_no_validation(Log("a.csv", {"loss": Logged(np.array([2.0, 1.0]))}))[:46]
        'training only: no validation curve among loss;'
    """
    if not log.curves:
        return "no curves in it"
    none = f"no validation curve among {listed(log.curves)}"
    if is_search(log.curves):
        return why_no_search(log.curves)
    if is_folds(log.curves):
        return (
            "scores of folds, one each and no curve: scikit-learn's learning_curve makes one, and "
            "fs.examine(X, y, learner=model) measures what overfitting costs the model"
        )
    if len(rewards(log.curves)) >= 2:
        return f"rewards of reinforcement learning, which no training rows stand against: {none}"
    if adversarial(log.curves):
        return f"losses of an adversarial pair, which never settle: {none}"
    known = [
        n
        for n in log.curves
        if meaning(n).part == "train" or higher_is_better(meaning(n).metric) is not None
    ]
    if not known:
        return (
            "no metric that is known, perhaps a table of runs, or of rows to learn from (those: "
            f"fitscope examine): {none}; name it with --val KEY"
        )
    return f"training only: {none}; log one, or name it with --val KEY"


def why_nothing(text: str) -> str:
    """One line: why no curve was found in printed text.

    Example:
        >>> why_nothing("[1/25][0/391] Loss_D: 0.5 Loss_G: 4.2")
        'losses of an adversarial pair, which never settle, and no curve of validation rows'
    """
    beginning = text.lower()
    if SAID_REWARDS.search(beginning):
        return "rewards of reinforcement learning, and no curve that training rows stand against"
    if all(kind.search(beginning) for kind in SAID_ADVERSARIES):
        return "losses of an adversarial pair, which never settle, and no curve of validation rows"
    return "no curves in it: no line names an epoch, a step or a round and a metric"


def rewards(names: Iterable[str]) -> list[str]:
    """Names of rewards and episodes.

    Example:
        >>> rewards(["rollout/ep_rew_mean", "loss"])
        ['rollout/ep_rew_mean']
    """
    return [name for name in names if REWARDS.search(" ".join(name.split()).lower())]


def adversarial(names: Iterable[str]) -> list[str]:
    """Names of a generator's and a discriminator's curves; none unless both are there.

    Example:
        >>> adversarial(["d_loss", "g_loss", "lr"]), adversarial(["d_loss"])
        (['d_loss', 'g_loss'], [])
    """
    spelled = {name: " ".join(name.split()).lower() for name in names}
    sides = [[n for n, text in spelled.items() if kind.search(text)] for kind in ADVERSARIES]
    return [name for side in sides for name in side] if all(sides) else []


def is_search(names: Iterable[str]) -> bool:
    """Whether the names are those of scikit-learn's `cv_results_`, a row a candidate."""
    return any(map(OF_A_SEARCH.search, names))


def is_folds(names: Iterable[str]) -> bool:
    """Whether the names are those of what scikit-learn's `cross_validate` returns, a row a fold."""
    names = set(names)
    return {"fit_time", "score_time"} <= names and any(n.startswith("test_") for n in names)


def why_no_search(names: Iterable[str]) -> str:
    """One line: what a table of candidates lacks of a curve."""
    if not any(name.startswith("mean_train_") for name in names):
        more = "; GridSearchCV(..., return_train_score=True) keeps what the others are told by"
    else:
        more = "; fs.examine(X, y, learner=search.best_estimator_) tells whether the best overfits"
    return (
        "candidates of a search, and of no setting that is a number three values beside the best "
        f"candidate's others{more}"
    )


def listed(names: Iterable[str]) -> str:
    """Names in one line, the first dozen of them."""
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(" ".join(name.split()) for name in names[:SHOWN]) + more
