"""Where the models of a study stand to each other, and what that adds to their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fitscope.diagnosis.underfit import Score
from fitscope.learners.base import keeps_best
from fitscope.learners.knobs import is_plainer
from fitscope.study.document import StudyDocument
from fitscope.study.estimate import Estimate
from fitscope.study.means import means_of
from fitscope.study.results import Results
from fitscope.verdicts.beside import beside
from fitscope.verdicts.between import good_between
from fitscope.verdicts.comparison import Comparison
from fitscope.verdicts.verdict import Verdict
from fitscope.verdicts.versions import Version, overfit_beside, priced


@dataclass(frozen=True, eq=False)
class Standing:
    """The models of a study beside each other.

    Attributes:
        document: study.json.
        scores: where each model stands on training and validation rows, as far as known.
        comparisons: all pairs that can be compared.
    """

    document: StudyDocument
    scores: Mapping[str, Score]
    comparisons: Sequence[Comparison]

    @classmethod
    def of(
        cls,
        document: StudyDocument,
        results: Results,
        verdicts: Mapping[str, Sequence[Verdict | None]],
        comparisons: Sequence[Comparison],
    ) -> Standing:
        """Gather where the models stand.

        Args:
            document: study.json.
            results: the finished runs.
            verdicts: name to the verdicts on its runs, each by itself.
            comparisons: all pairs.
        """
        fit = f"fit_{document.task.loss.name}"
        scores = {}
        for name, own in verdicts.items():
            best = [None if one is None else one.evidence.best_corrected for one in own]
            train = Estimate.over([run.best.get(fit) for run in results.runs_of(name)])
            validation = Estimate.over(best)
            if train.mean is not None and validation.mean is not None:
                # rows are shared: what a difference may be off by, the comparisons say
                scores[name] = Score(name, train.mean, train.error or 0.0, validation.mean, 0.0)
        return cls(document, scores, comparisons)

    def pairs(self, name: str) -> Iterator[Comparison]:
        """The comparisons of a model with the others: the model less the other."""
        for pair in self.comparisons:
            if name in (pair.a, pair.b):
                yield pair if pair.a == name else pair.turned()

    def versions(self, name: str) -> list[Version]:
        """The plainer or more regularized versions of a model that it was compared with."""
        learners = {entry.name: entry.learner for entry in self.document.models}
        return [
            Version(pair.b, pair.loss, self.scores.get(pair.b))
            for pair in self.pairs(name)
            if is_plainer(learners[pair.b], learners[name])
        ]

    def richer(self, name: str) -> list[Version]:
        """The versions of a model with more capacity that it was compared with."""
        learners = {entry.name: entry.learner for entry in self.document.models}
        return [
            Version(pair.b, pair.loss, self.scores.get(pair.b))
            for pair in self.pairs(name)
            if is_plainer(learners[name], learners[pair.b])
        ]

    def beside(self, name: str, verdict: Verdict) -> Verdict:
        """A verdict on a model, or on a run of it, in the light of the others.

        Overfitting that only a plainer version shows, underfitting that only a better model
        shows, and what overfitting costs.
        """
        document = self.document
        learner, task = document.entry(name).learner, document.task
        versions, own = self.versions(name), self.scores.get(name)
        if own is not None:
            means = means_of(learner)
            verdict = overfit_beside(verdict, own, versions, task.loss.words, means)
            others = [
                replace(self.scores[pair.b], validation_error=pair.loss.error)
                for pair in self.pairs(name)
                if pair.loss.sure and pair.b in self.scores
            ]
            verdict = beside(verdict, own, others, task.loss.words, document.quick, means)
            verdict = good_between(verdict, versions, self.richer(name), task.loss.words)
        return priced(verdict, keeps_best(learner, document.training_plan), versions)
