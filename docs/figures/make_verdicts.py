"""Draw docs/figures/verdict-*.svg: a simulated run of each label, as the diagnosis sees it.

python docs/figures/make_verdicts.py
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from scipy.signal import lfilter

from fitscope.diagnosis.trend import trend
from fitscope.history import History
from fitscope.report.look import FIGURE, INK, MUTED, PLAIN, WARNING
from fitscope.verdicts.judge import diagnose
from fitscope.verdicts.verdict import Verdict

HERE = Path(__file__).parent
EPOCHS = np.arange(200)
AT = EPOCHS / 199


def noise(seed: int, size: float) -> np.ndarray:
    """Noise of which neighbouring epochs share a part."""
    steps = np.random.default_rng(seed).normal(size=len(EPOCHS))
    return size * lfilter([1], [1, -0.3], steps)


def runs() -> dict[str, History]:
    """One simulated run a label."""
    fall = 0.55 * np.exp(-AT / 0.07)
    flat = np.full(len(EPOCHS), 0.6905)
    burst = 0.9 * np.maximum(AT - 0.6, 0) ** 1.5
    made = {
        "good": (0.42 + fall + noise(1, 0.004), 0.53 + fall + noise(2, 0.008)),
        "overfit": (
            0.25 + 0.35 * np.exp(-AT / 0.45) + 0.6 * fall + noise(3, 0.004),
            0.55 + fall + 0.16 * np.maximum(AT - 0.25, 0) + noise(4, 0.01),
        ),
        "improving": (0.72 - 0.16 * AT + noise(5, 0.003), 0.74 - 0.14 * AT + noise(6, 0.006)),
        "underfit": (flat + noise(7, 0.0006), flat + 0.0008 + noise(8, 0.001)),
        "unstable": (0.5 + fall + burst + noise(9, 0.01), 0.55 + fall + burst + noise(10, 0.02)),
    }
    return {
        label: History("simulated", "loss", EPOCHS, train, validation, reference=0.6931)
        for label, (train, validation) in made.items()
    }


def draw(history: History, verdict: Verdict, path: Path) -> None:
    """One picture: both curves, the validation trend, the best epoch and where overfitting begins.

    Args:
        history: the run.
        verdict: what was said about it.
        path: the SVG file.
    """
    import matplotlib.pyplot as plt

    validation = np.asarray(history.validation)
    with mpl.rc_context(FIGURE):
        figure, axes = plt.subplots(figsize=(6.4, 3.0), layout="constrained")
        assert history.train is not None
        axes.plot(EPOCHS, history.train, color=MUTED, lw=1, label="training")
        axes.plot(EPOCHS, validation, ".", color=PLAIN, ms=3, alpha=0.6, label="validation")
        axes.plot(EPOCHS, trend(validation).values, color=INK, lw=1.6, label="validation trend")
        if verdict.label == "underfit":
            axes.axhline(history.reference or 0.0, color=MUTED, ls="--", lw=1)
            axes.annotate(
                "constant predictor", (199, history.reference or 0.0), (0, -11),
                textcoords="offset points", ha="right", fontsize=9, color=MUTED,
            )  # fmt: skip
            axes.set_ylim(0.66, 0.70)
        axes.axvline(verdict.best_epoch, color=INK, lw=1, ls=":", label="best epoch")
        if verdict.onset_epoch is not None:
            first, last = verdict.evidence["onset_interval"]
            axes.axvspan(first, last, color=WARNING, alpha=0.12, lw=0)
            axes.axvline(verdict.onset_epoch, color=WARNING, lw=1.4, label="overfitting begins")
        sure = min(round(100 * verdict.confidence), 99)
        axes.set_title(f"{verdict.label}, {sure} % sure (simulated run)", loc="left")
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss")
        axes.set_xlim(0, 199)
        axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def main() -> None:
    """Draw all five and print what is said about them."""
    for label, history in runs().items():
        verdict = diagnose(history)
        assert verdict.label == label, (label, verdict.label)
        draw(history, verdict, HERE / f"verdict-{label}.svg")
        print(f"{label}: {verdict.explanation}")


if __name__ == "__main__":
    main()
