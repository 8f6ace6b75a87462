"""What the name of a logged metric means: which rows, and which metric."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Part = Literal["train", "validation", "test"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PARTS: dict[str, Part] = {
    **dict.fromkeys(
        _words(
            "train training trained trn tr learn trainset dtrain entrenamiento trein trainings "
            "treino treinamento addestramento entraînement entrainement apprentissage обучения "
            "обучении обучение обучающая тренировка trening treningowa treningowy eğitim insample "
            "tränings träning trenings trænings trénovací trénovacia tanítási betanítási pelatihan "
            "навчання навчальна antrenare entrenament εκπαίδευσης"
        ),
        "train",
    ),
    **dict.fromkeys(
        _words(
            "val valid validation validate validating vali vl va eval evaluation evaluate dev "
            "devel evaluating holdout heldout valset dval dvalid deval crossval outofsample "
            "validación validacion validierung validierungs validazione validação validacao "
            "валидации валидация валидационная проверка "
            "walidacja walidacyjna walidacyjny doğrulama validatie validerings validering "
            "validační validasi validačná validációs валідації валідація validare validació "
            "επικύρωσης"
        ),
        "validation",
    ),
    **dict.fromkeys(
        _words("test testing tst testset dtest prueba teste теста тест тестовая testowa pengujian"),
        "test",
    ),
}
ROW_KEYS = ("split", "phase", "mode", "stage", "subset", "set")
"""Names of what says of each record which rows it is about."""
BY_STEP = frozenset(_words("step steps batch batches iter iteration iterations running minibatch"))
SAYS_NOTHING = frozenset(
    _words(
        "epoch epochs avg average total metric metrics result results per curve set overall "
        "final current mean on of over in the for de di da del la le sur na на der"
    )
)
SAME = {
    "acc": "accuracy",
    "losses": "loss",
    "err": "error",
    "scores": "score",
    "prec": "precision",
    "ppl": "perplexity",
    "accuracies": "accuracy",
    **dict.fromkeys(
        _words(
            "verlust verlies perte pérdida perdida perda perdita strata kaybı потери потеря "
            "förlust ztráta veszteség втрати втрата pierdere pèrdua απώλεια"
        ),
        "loss",
    ),
    **dict.fromkeys(
        _words(
            "genauigkeit exactitude exactitud acurácia acuracia accuratezza точность dokładność "
            "doğruluk nauwkeurigheid précision precisión precisão pontosság точність akurasi "
            "acuratețe ακρίβεια"
        ),
        "accuracy",
    ),
    **dict.fromkeys(_words("fehler erreur errore erro ошибка помилка błąd hata fout"), "error"),
}
HIGHER, LOWER = "higherbetter", "lowerbetter"
"""What stands in a metric's name for an arrow behind it, as tables of results have them."""
WHOLE = {  # what would be torn apart where a capital follows, and words without blanks
    "mAP": "map",
    "mIoU": "miou",
    "mIOU": "miou",
    "IoU": "iou",
    "io_u": "iou",
    "chrF": "chrf",
    "ChrF": "chrf",
    "CIDEr": "cider",
    "LogLoss": "logloss",
    "CrossEntropy": "crossentropy",
    **dict.fromkeys(
        ("cross_entropy", "cross-entropy", "cross entropy", "Cross-Entropy", "Cross Entropy"),
        "crossentropy",
    ),
    "↑": f" {HIGHER} ",
    "↓": f" {LOWER} ",
    "log_loss": "logloss",
    **dict.fromkeys(("batch_cost", "reader_cost", "reader cost", "time cost", "Time cost"), "time"),
    **dict.fromkeys(("mean_rank", "mean rank", "Mean rank", "Mean Rank"), "meanrank"),
    "mini_batch": "minibatch",
    "mini-batch": "minibatch",
    "Mini-batch": "minibatch",
    "Mini-Batch": "minibatch",
    "out-of-sample": "outofsample",
    "in-sample": "insample",
    "d'": " ",
    "d’": " ",
    **dict.fromkeys(("训练", "訓練", "学習", "훈련", "학습", "huấn luyện"), " train "),
    **dict.fromkeys(("验证", "驗證", "検証", "검증", "kiểm định", "xác thực"), " val "),
    **dict.fromkeys(("测试", "測試", "テスト", "테스트"), " test "),
    **dict.fromkeys(("损失", "損失", "손실", "mất mát"), " loss "),
    **dict.fromkeys(
        ("准确率", "準確率", "正确率", "正確率", "精度", "正解率", "정확도", "độ chính xác"),
        " accuracy ",
    ),
    **dict.fromkeys(("集", "セット"), " "),
}
TORN = re.compile("|".join(map(re.escape, WHOLE)))
ROWS = (
    r"tränings|trenings|trænings|validerings|trainings?"
    r"|train|trn|tr|validierungs|validatie|valid|validation|val|vl|test|eval|dev"
)
GLUED = re.compile(
    rf"({ROWS})(loss|acc|accuracy|error|err|auc|f1|rmse|mse|mae|deviance|objective"
    r"|verlust|verlies|förlust|fehler|genauigkeit)"
)
GLUED_BEHIND = re.compile(r"(loss|acc|accuracy)(train|valid|validation|val|test|eval)")
NUMBERED_ACCURACY = re.compile(r"(acc|accuracy)(\d+)")
FIRST_ROWS = re.compile(rf"^(?:{'|'.join(PARTS)})(?:_?\d+)?[-_.]", re.IGNORECASE)
SHORT = {"tl": "train loss", "vl": "val loss", "ta": "train accuracy", "va": "val accuracy"}
SHORT_TEST = re.compile(  # "te" and "ts" are too short to be known anywhere
    r"t[es][_ -](?P<behind>loss|acc|accuracy|err|error|auc|f1|mse|rmse|mae)"
    r"|(?P<before>loss|acc|accuracy|err|error|auc|f1|mse|rmse|mae)[_ -]t[es]",
    re.IGNORECASE,
)
OF_LIGHTNING = re.compile(r"[/_]dataloader_idx_\d+")  # of several validation sets, which
NEGATED = re.compile(
    r"(?<![A-Za-z0-9])-(?=elbo|log|ll\b)|(?<![\w.])1\s?-\s?(?=[a-z])", re.IGNORECASE
)
CANONICAL = ("loss", "accuracy", "error", "")


@dataclass(frozen=True)
class Meaning:
    """What a name says.

    Attributes:
        part: the rows that it was measured on, None where the name does not say.
        metric: the metric's own name.
        by_step: measured on single steps or batches.
        number: of several parts of one kind, which: 1 in XGBoost's `validation_1`.
    """

    part: Part | None
    metric: str
    by_step: bool
    number: int | None = None


@lru_cache(maxsize=4096)
def meaning(name: str) -> Meaning:
    """Take the name of a metric apart.

    Example:
        >>> meaning("val_binary_crossentropy")
        Meaning(part='validation', metric='binary_crossentropy', by_step=False, number=None)
        >>> meaning("Loss/train").part, meaning("train_loss_step").by_step
        ('train', True)
        >>> meaning("validation/epoch_loss") == meaning("validLoss")
        True
        >>> meaning("validation_1-logloss").number, meaning("training's l2").part
        (1, 'train')
    """
    part: Part | None = None
    number: int | None = None
    by_step = False
    rest: list[str] = []
    fresh = False  # the word before named the part
    for word in _pieces(name):
        if word in PARTS and part in (None, PARTS[word]):  # "val/val_loss" says it twice
            fresh = part is None
            part = PARTS[word]
            continue
        if fresh and word.isdecimal():
            number = int(word)
        elif word in BY_STEP:
            by_step = True
        elif word not in SAYS_NOTHING and rest[-1:] != [SAME.get(word, word)]:
            rest.append(SAME.get(word, word))
        fresh = False
    if len(rest) > 1 and rest[-1] == "value":
        rest.pop()
    if not rest:  # phoneme errors, not "per epoch"; errors of diarization
        alone = {*_pieces(name)} - {*PARTS}
        rest = [*alone] if len(alone) == 1 and alone <= {"per", "der"} else rest
    if part is None and len(rest) > 1 and rest[0] == "cv":  # XGBoost's and LightGBM's folds
        part = "validation"
    rest = [word for word in rest if word not in ("cv", "agg")] or rest
    return Meaning(part, "_".join(rest), by_step, number)


def shown_metric(name: str) -> str:
    """A metric's name as its log writes it, without the word for the rows.

    Example:
        >>> shown_metric("metrics/mAP50-95(B)"), shown_metric("val_NSE"), shown_metric("Loss/val")
        ('mAP50-95(B)', 'NSE', 'loss')
        >>> shown_metric("metrics/mAP_0.5:0.95"), shown_metric("val_Acc")
        ('mAP_0.5:0.95', 'accuracy')
    """
    metric = meaning(name).metric
    return (metric or "loss") if metric in CANONICAL else _as_written(name) or metric


def written_metric(name: str) -> str | None:
    """How the log writes a metric that has a common name, where it is not that name.

    Example:
        >>> written_metric("val_Acc"), written_metric("Accuracy"), written_metric("Val")
        ('Acc', None, None)
    """
    metric = meaning(name).metric
    text = _as_written(name)
    other = metric in CANONICAL and metric and text.lower() != metric and len(text.split()) == 1
    return text if other and text.isascii() and meaning(text).part is None else None


def _as_written(name: str) -> str:
    """The words of a name that are about the metric, with what stands between them."""
    name = name.strip()
    words = [w for w in re.finditer(r"[^/:\s]+", name) if meaning(w[0]).metric]
    if not words:
        return ""
    first, last = words[0].start(), words[-1].end()
    text = name[first:last]
    if len(re.findall(r"[^/:\s]+", text)) > len(words):
        text = " ".join(word[0] for word in words)
    return FIRST_ROWS.sub("", text) or text


def _pieces(name: str) -> list[str]:
    name = SHORT.get(name.strip().lower(), name)
    if short := SHORT_TEST.fullmatch(name.strip()):
        name = f"test {short['behind'] or short['before']}"
    text = TORN.sub(lambda found: WHOLE[found[0]], name.replace("'s ", " ").replace("’s ", " "))
    text = NEGATED.sub("neg_", OF_LIGHTNING.sub("", text))
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    text = text.replace("held_out", "heldout").replace("hold_out", "holdout")
    found: list[str] = []
    for word in re.split(r"[\W_]+", text):
        glued = (
            GLUED.fullmatch(word)
            or GLUED_BEHIND.fullmatch(word)
            or NUMBERED_ACCURACY.fullmatch(word)
        )
        found += glued.groups() if glued else [word] if word else []
    return found
