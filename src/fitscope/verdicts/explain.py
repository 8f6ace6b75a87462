"""The one or two plain sentences of a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from fitscope.diagnosis.findings import Findings
from fitscope.diagnosis.label import Judgement, further_gain
from fitscope.diagnosis.learnt import CONSTANT
from fitscope.diagnosis.rules import ESTABLISHED
from fitscope.history import TIMES, History
from fitscope.verdicts.figures import figure, share, sure, two_chances
from fitscope.verdicts.no_better import no_better


def explain(f: Findings, judged: Judgement, onset: int | None, history: History) -> str:
    """Say in a few plain sentences what was seen.

    Args:
        f: the findings.
        judged: the label.
        onset: epoch where overfitting begins, or None.
        history: what was judged; it says what its metric and its steps are called.

    Returns:
        The sentences.
    """
    step = history.step
    text = _Said(f, judged, step, history.called, history.classes is not None).seen(onset)
    if f.curve.missing and not judged.diverged:
        epochs = ", ".join(str(e) for e in f.curve.missing[:3])
        more = " and more" if len(f.curve.missing) > 3 else ""
        text += f" Missing values (NaN or infinite) at {step} {epochs}{more} were left out."
    if f.curve.set_aside is not None:
        last = figure(f.curve.sign * f.curve.set_aside)
        text += (
            f" The last value ({last}) is far off and nothing else bears it out: it was not "
            "counted."
        )
    if f.metric == "loss" and judged.label in ("overfit", "good", "improving"):
        text += " The loss may hold penalties (L1, L2) beside what it measures on rows."
    if f.train is None:
        text += " There is no training curve: this is judged on validation alone."
    return text


@dataclass(frozen=True)
class _Said:
    """The sentences of one verdict."""

    f: Findings
    judged: Judgement
    step: str
    name: str
    classes: bool

    @property
    def sign(self) -> int:
        return self.f.curve.sign

    @property
    def low(self) -> str:
        return figure(self.sign * self.f.low.value)

    @property
    def last(self) -> str:
        return figure(self.sign * float(self.f.validation.values[-1]))

    @property
    def best(self) -> int:
        return int(self.f.curve.epochs[self.f.low.at])

    @property
    def rose(self) -> str:
        return "rose" if self.sign == 1 else "fell"

    @property
    def fell(self) -> str:
        return "fell" if self.sign == 1 else "rose"

    @property
    def rise(self) -> str:
        return "rise" if self.sign == 1 else "fall"

    @property
    def learnt(self) -> str:
        """The rise as a share of what validation had gained."""
        f = self.f
        if f.learnt.fall <= f.needed or f.rise.value <= 0:
            return ""
        return f" ({share(f.rise.value / f.learnt.fall, 'what it had gained')})"

    def seen(self, onset: int | None) -> str:
        match self.judged.label:
            case "overfit" if self.judged.because == "memorized":
                return self.memorized()
            case "overfit":
                return self.overfit(onset)
            case "unstable":
                return self.unstable()
            case "underfit":
                return self.underfit()
            case "improving":
                return self.improving()
            case "too few":
                return self.too_few()
        return self.good()

    def overfit(self, onset: int | None) -> str:
        f, name = self.f, self.name
        began = f"Validation {name} {self.fell} to {self.low} at {self.step} {self.best}"
        if f.low.at == 0:
            began = f"Validation {name} was best at its first {self.step} ({self.low})"
        text = (
            f"{began} and then {self.rose} to {self.last}{self.learnt}, beyond what noise explains"
        )
        if f.train is not None and f.train_rise is not None:
            before, after = (figure(self.sign * float(f.train.values[i])) for i in (f.low.at, -1))
            falling = "falling" if self.sign == 1 else "rising"
            text += (
                f", while training {name} kept {falling} from {before} to {after}."
                if f.train_rise < 0
                else f", while training {name} did not get worse ({before} to {after})."
            )
        else:
            text += "."
        return f"{text}{self.elsewhere()} Overfitting begins at about {self.step} {onset}."

    def elsewhere(self) -> str:
        """The second statement: what other rows would show."""
        return two_chances(self.f.rise.probability, self.f.rise.elsewhere)

    def memorized(self) -> str:
        f = self.f
        assert f.reference is not None
        assert f.fitted is not None
        return (
            f"Training {self.name} reaches {figure(self.sign * f.fitted)}, but validation never "
            f"gets better than {self.low}, no better than a constant predictor "
            f"({figure(self.sign * f.reference)}): what is learnt holds on the training rows only."
        )

    def unstable(self) -> str:
        f, name = self.f, self.name
        least = figure(self.sign * f.low.corrected)
        best = f"Validation {name} was at best {least} at {self.step} {self.best}."
        match self.judged.because:
            case "lost" if len(f.curve.missing) == 1:
                return (
                    f"The run diverged: values are NaN or infinite from {self.step} "
                    f"{f.curve.missing[-1]} on. {best}"
                )
            case "lost":
                return (
                    f"The run diverged: {len(f.curve.missing)} {self.step}s are NaN or infinite, "
                    f"the last one among them. {best}"
                )
            case "absurd":
                return (
                    f"The run diverged: validation {name} ends at {self.last}, far from anything "
                    f"that learning reaches. {best}"
                )
            case "training rose too":
                return (
                    f"Validation {name} {self.rose} from {self.low} at {self.step} {self.best} to "
                    f"{self.last}, but training {name} {self.rose} with it: training came apart, "
                    "it did not overfit."
                )
            case "training rose":
                assert f.train is not None
                best_train = figure(self.sign * float(f.train.values.min()))
                last = figure(self.sign * float(f.train.values[-1]))
                return (
                    f"Training {name} itself {self.rose} from {best_train} to {last}: training "
                    f"came apart. {best}"
                )
            case "jumps":
                return (
                    f"Validation {name} jumps by {figure(f.scatter)} in its second half, around "
                    f"{self.low}: no trend holds."
                )
        noise = figure(f.validation.noise.typical())
        return (
            f"Validation {name} jumps by {noise} from {self.step} to {self.step} around "
            f"{self.low}: noise drowns any trend."
        )

    def underfit(self) -> str:
        f = self.f
        assert f.reference is not None
        if f.reference_kind != CONSTANT:
            return (
                f"Neither training nor validation {self.name} got better than at the first "
                f"{self.step} ({figure(self.sign * f.reference)}): next to nothing was learnt."
            )
        return no_better(
            f"Validation {self.name} reaches {self.low}",
            f.low.value,
            f.reference,
            f.possible,
            sign=self.sign,
            classes=self.classes,
        )

    def improving(self) -> str:
        gain = further_gain(self.f)[0]
        final = int(self.f.curve.epochs[-1])
        text = (
            f"Validation {self.name} still improves at the last {self.step} ({self.last} at "
            f"{self.step} {final})"
        )
        if self.step not in TIMES:
            return f"{text}."
        return f"{text}: a quarter more {self.step}s at this slope would gain up to {figure(gain)}."

    def too_few(self) -> str:
        return (
            f"{len(self.f.curve)} {self.step}s are too few to tell a trend from noise: validation "
            f"{self.name} ends at {self.last}, at best it was {self.low}; nothing is claimed."
        )

    def good(self) -> str:
        f, name = self.f, self.name
        if f.low.value <= float(f.validation.values[-1]):
            text = (
                f"Validation {name} is best at {self.low} near {self.step} {self.best} and ends at "
                f"{self.last}"
            )
        else:
            text = f"Validation {name} ends at {self.last}, as good as at any {self.step} before"
        established = f.rise.probability >= ESTABLISHED and f.rise.value > 0
        if f.rise_matters and established and f.rise.elsewhere is not None:
            text += (
                f"; whether that {self.rise} is one of these rows only is open.{self.elsewhere()}"
            )
        elif f.rise_matters:
            text += (
                f"; that {self.rise} is not established beyond noise "
                f"({sure(f.rise.probability)} sure, 95 % asked)."
            )
        elif established:
            text += (
                f"; a {self.rise} of {figure(f.rise.value)}{self.learnt} is too small to matter "
                f"(below {figure(f.needed)})."
            )
        else:
            text += f": no {self.rise} beyond noise."
        gap, error = f.gap
        if gap is not None and error is not None and gap > 2 * error > 0:
            text += (
                f" The gap to training is {figure(gap)}; a gap alone is no overfitting while "
                "validation holds."
            )
        return text
