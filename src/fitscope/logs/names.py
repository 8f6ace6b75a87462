"""What the name of a logged metric means: which rows, which metric, which way is better."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Part = Literal["train", "validation", "test"]

PARTS: dict[str, Part] = {
    **dict.fromkeys(("train", "training", "trn", "tr"), "train"),
    **dict.fromkeys(
        ("val", "valid", "validation", "eval", "evaluation", "dev", "holdout", "heldout"),
        "validation",
    ),
    **dict.fromkeys(("test", "testing"), "test"),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BY_STEP = _words("step steps batch batches iter iteration iterations")
SAYS_NOTHING = _words("epoch epochs avg mean average total metric metrics per")
SAME = {"acc": "accuracy", "losses": "loss", "err": "error"}
LOSSES = _words(
    "loss crossentropy entropy xent ce bce nll logloss likelihood objective cost mse rmse mae "
    "mape msle rmsle error perplexity ppl deviance hinge divergence kl"
)
SCORES = _words(
    "accuracy auc auroc aucroc auprc aucpr ap map f1 f1score fbeta precision recall sensitivity "
    "specificity iou miou jaccard dice r2 score psnr ssim kappa mcc pearson spearman correlation "
    "ndcg mrr bleu rouge reward"
)
NOT_A_METRIC = _words(
    "lr rate time runtime seconds second duration dur count size samples std stderr best lowest "
    "min max grad norm"
)
GLUED = re.compile(r"(train|training|valid|validation|val|test|eval)(loss|acc|accuracy|error|err)")


@dataclass(frozen=True)
class Meaning:
    """What a name says.

    Attributes:
        part: the rows that it was measured on, None where the name does not say.
        metric: the metric's own name.
        by_step: measured on single steps or batches.
    """

    part: Part | None
    metric: str
    by_step: bool


def meaning(name: str) -> Meaning:
    """Take the name of a metric apart.

    Example:
        >>> meaning("val_binary_crossentropy")
        Meaning(part='validation', metric='binary_crossentropy', by_step=False)
        >>> meaning("Loss/train"), meaning("train_loss_step").by_step
        (Meaning(part='train', metric='loss', by_step=False), True)
        >>> meaning("validation/epoch_loss") == meaning("validLoss")
        True
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    part: Part | None = None
    by_step = False
    rest = []
    for word in re.split(r"[^a-z0-9]+", words):
        glued = GLUED.fullmatch(word)
        for piece in glued.groups() if glued else (word,):
            if piece in PARTS and part is None:
                part = PARTS[piece]
            elif piece in BY_STEP:
                by_step = True
            elif piece and piece not in SAYS_NOTHING:
                rest.append(SAME.get(piece, piece))
    return Meaning(part, "_".join(rest), by_step)


def higher_is_better(metric: str) -> bool | None:
    """True for accuracies and the like, False for losses, None where the name does not say.

    Example:
        >>> higher_is_better("accuracy"), higher_is_better("dice_loss"), higher_is_better("foo")
        (True, False, None)
        >>> higher_is_better("neg_mean_squared_error")
        True
    """
    words = metric.split("_")
    if NOT_A_METRIC & set(words) and not {"error", "rate"} <= set(words):
        return None
    if LOSSES & set(words):
        negated = words[0] == "neg" and "likelihood" not in words
        return negated or metric == "log_likelihood"
    if SCORES & set(words) or any(re.fullmatch(r"(top|map|rouge)\d+", word) for word in words):
        return True
    return None
