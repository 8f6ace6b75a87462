"""Lines of single programs in the spelling that is read, where no rule for all of them does it."""

from __future__ import annotations

import re

V = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)"
RULES = tuple(
    (sign, re.compile(pattern, re.IGNORECASE), text)
    for sign, pattern, text in (
        # neon: a bar that ends in its cost, and the evaluation behind it
        (" cost,", rf"\[Train\s[^\[\]]*?batches, ({V}) cost,[^\[\]]*\]", r", train cost: \1, "),
        ("Loss", rf"(?<=, )\s*\[(\w+) Loss ({V}), [\d.]+s\]", r" val cost: \2"),
        # Knet: a tuple of symbols and values
        ("(:", r"\(?:(epoch|trn|tst|dev|val),\s*(?=[\d(])", r" \1: "),
        # Michael Nielsen's networks count test images
        (" / ", rf"^(Epoch \d+)\s?: ({V} / \d+)$", r"\1, test accuracy: \2"),
        # char-rnn says the loss in the name of its checkpoint alone
        (".t7", rf".*epoch(\d+\.\d+)_({V})\.t7\s*$", r"val loss: \2"),
        ("Number of data batches", r".*\bNumber of data batches in train:.*", ""),
        ("split index", r"^evaluating loss over split index \d+.*", ""),
        # Darknet
        ("next mAP", r"\(?next mAP calculation at \d+ iterations\)?", ""),
        # InsightFace: a set and the step, in brackets
        ("][", r"^\[([a-z]\w*)\]\[(\d+)\](?=[A-Z][\w-]*:)", r"step \2, val/\1 "),
        # SageMaker's objectives
        ("<loss>", r"\s?<loss>\s?=", " loss="),
        # kraken
        ("stage ", r"^stage (\d+)/\S+(?=\s)", r"epoch \1, "),
        # DeepSpeed counts micro steps, and its epoch stays 0
        ("micro_step=", r"\bepoch=\d+/micro_step=\d+/", ""),
        ("Evaluating", r"^Evaluating\b[^=]*?:\s+\d+%[^=]*$", ""),
        # a bar whose values come before its counter, as in a widespread script for CIFAR
        ("Tot: ", r"^Step: [^|]*\| Tot: [^|]*\|(.*?)\s\(\d+/\d+\)\s+(\d+/\d+)$", r"[\2] \1"),
        # Flower
        (": [(", r".*\{'\w+': \[\(\d+, .*", ""),
        ("sampled", r"^(?:configure|aggregate)_\w+: strategy sampled\b.*", ""),
        ("received", r"^aggregate_\w+: received \d+ results and\b.*", ""),
        ("Run finished", r"^Run finished \d+ (?:round|\().*", ""),
        # Vowpal Wabbit marks averages of rows that it holds out
        (" h", rf"^{V} ({V})\s+(\d+)\s+{V}\s+\S+\s+{V}\s+\d+ h$", r"step \2, val loss: \1"),
        ("evaluate_round", r"\bevaluate_round \d+\b.*", ""),
        (
            "fit progress",
            rf"\bfit progress: \((\d+), ({V}), (\{{[^{{}}]*\}}), {V}\)",
            r"round \1, val loss: \2, val \3",
        ),
        # BigDL
        (
            "Average Loss",
            rf"Loss is \(Loss: {V}, count: \d+, Average Loss: ({V})\)",
            r"val loss: \1",
        ),
        (
            "correct:",
            rf"(\w+) is Accuracy\(correct: \d+, count: \d+, accuracy: ({V})\)",
            r"val \1: \2",
        ),
        # DeepLearning4j's early stopping scores held-back rows
        (
            "score = ",
            rf"New best model: score = ({V}), epoch = (\d+) \(previous.*",
            r"epoch \2, val loss: \1",
        ),
        ("Score at epoch", rf"Score at epoch (\d+): ({V})", r"epoch \1, val loss: \2"),
        # OpenNN
        ("Selection error", r"^Selection error\b", "Validation error"),
        ("round ", rf"^round (\d+): ({V})$", r"round \1, val loss: \2"),
        # CRFsuite: what is not the loss is of the held-out group
        (
            "Acc(item",
            rf"precision=({V})\s+recall=({V})\s+F1=({V})\s+Acc\(item/seq\)={V}\s+{V}",
            r", val precision=\1, val recall=\2, val F1=\3, ",
        ),
        ("HR = ", rf"\bHR = ({V}), NDCG = ({V}), loss", r"val HR = \1, val NDCG = \2, train loss"),
        # results.txt of YOLOv3, v5 and v7: nothing is named in it
        (
            "G ",
            rf"^(\d+)/\d+\s+[\d.]+G\s+({V})\s+({V})\s+({V})(?:\s+{V}){{3}}"
            rf"\s+({V})\s+({V})\s+({V})\s+{V}\s+({V})\s+({V})\s+({V})$",
            r"epoch \1, train box_loss: \2, train obj_loss: \3, train cls_loss: \4, "
            r"val precision: \5, val recall: \6, val mAP50: \7, "
            r"val box_loss: \8, val obj_loss: \9, val cls_loss: \10",
        ),
        # keras-retinanet
        ("mAP: ", rf"^mAP: ({V})$", r"val mAP: \1"),
        # Wapiti: the errors are of single labels and of whole sequences
        ("nb devel", r"^nb devel: .*", ""),
        (
            " act=",
            rf"^\[\s*(\d+)\] obj=({V})\s+act=\d+\s+err=\s*({V}%)/\s*({V}%).*",
            r"iteration \1, error: \3, sequence error: \4, train obj: \2",
        ),
        # Hasktorch
        ("Tensor ", rf"\bTensor \w+ \[\]\s+(?={V})", ""),
        # Mocha.jl
        ("(avg over", r"\s\(avg over \d+\)", ""),
        # Classy Vision
        (" phase ", r"^(?:\[\d+\] )?(train|test) phase (\d+) \(100\.00% done\)", r"epoch \2, \1"),
        # a bar over epochs among bars within them
        ("Epochs: ", r"^Epochs:\s+\d+%\s+(\d+)/(\d+)(?=\s)", r"Epoch \1/\2, "),
        # "Precision @ 1" is one name
        (" @ ", r"\s@\s(?=\d)", "@"),
        # a loss alone, as a tensor
        ("tensor(", rf"^\(?tensor\(({V})[^()]*\).*", r"loss: \1"),
    )
)
DEVICE = re.compile(r"\s?\b(?:on )?(?:device=)?'?\b(?:cuda|xla|mps|npu|gpu):\d+'?", re.IGNORECASE)
TIMES_APART = re.compile(r"\([^()]*\d\)\s?s\b")  # "(train: 53.1, val: 5.3)s"


def of_programs(line: str) -> str:
    """A cleaned line, with what single programs write their own way as others do.

    Example:
        >>> of_programs("Epoch 3: 9095 / 10000")
        'Epoch 3, test accuracy: 9095 / 10000'
        >>> of_programs("Loss on cuda:0: 0.5")
        'Loss: 0.5'
    """
    for sign, pattern, text in RULES:
        if sign in line:
            line = pattern.sub(text, line)
    if ":" in line:
        line = DEVICE.sub("", line)
    return TIMES_APART.sub("", line) if ")s" in line or ") s" in line else line
