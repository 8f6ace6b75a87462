"""The Python face: what a notebook or a script does."""

import json
import shutil
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from study.made_up import made_up_split

import fitscope as fs
import fitscope.api.drawn
from fitscope.api.judged import judged_paths
from fitscope.files import locked
from fitscope.learners.constant import Constant


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    plan = fs.Plan(
        batch_size=40,
        max_epochs=25,
        learning_rate=fs.inverse_time_decay(1e-2, decay_epochs=10),
        stopping=fs.EarlyStopping(patience=5, restore_best_weights=True),
    )
    study = fs.Study(made_up_split(), plan=plan)
    study.add("Tiny", fs.MLP(4), group=("sizes", "regularizers"))
    study.add("Wide & <odd>", fs.MLP(12, weight_decay=0.1, batch_norm=True), group="regularizers")
    return study.run(repeats=2, seed=3, out=tmp_path_factory.mktemp("out") / "mine", progress=False)


def test_everything_public_is_there_and_documented():
    for name in fs.__all__:
        thing = getattr(fs, name)
        assert name == "__version__" or thing.__doc__, name
    assert set(fs.__all__) <= set(dir(fs))
    with pytest.raises(AttributeError, match="nonsense"):
        fs.nonsense  # noqa: B018


def test_histories_are_a_polars_frame(result):
    assert isinstance(result.histories, pl.DataFrame)
    assert set(result.histories["model"]) == {"Tiny", "Wide & <odd>"}
    rate = result.histories.filter(pl.col("epoch") == 9)["learning_rate"]
    assert rate.to_list() == pytest.approx([5e-3] * len(rate))  # halved after ten epochs


def test_loaded_again_it_is_the_same(result):
    again = fs.load(result.folder)
    assert again.histories.equals(result.histories)
    assert again.summary == result.summary
    assert again.models == ["Tiny", "Wide & <odd>"]
    assert repr(again) == repr(result)
    assert "Wide & <odd>" in result.table()


def test_weights_follow_restore_best_weights(result):
    split = made_up_split()
    for name in result.models:
        model = result.model(name)
        for repeat in (0, 1):
            run = next(
                r for r in result.summary["runs"] if (r["model"], r["repeat"]) == (name, repeat)
            )
            for which, told in ((None, "best"), ("best", "best"), ("last", "final")):
                params, state = result.weights(name, repeat, which)
                logits = np.asarray(model.apply(params, split.x_validation, state))
                hits = np.mean((logits > 0) == (split.y_validation > 0.5))
                assert hits == pytest.approx(run[told]["val_accuracy"], abs=1e-6)
    with pytest.raises(fs.UserError, match="no finished run 7"):
        result.weights("Tiny", 7)
    with pytest.raises(fs.UserError, match="no model 'tiny'"):
        result.weights("tiny")
    with pytest.raises(fs.UserError, match="best"):
        result.weights("Tiny", which="worst")


def test_trees_follow_no_plan_and_give_their_last_round(tmp_path):
    study = fs.Study(
        made_up_split(), plan=fs.Plan(stopping=fs.EarlyStopping(restore_best_weights=True))
    )
    study.add("Trees", fs.HGB(max_iter=30, min_samples_leaf=2))
    found = study.run(seed=3, out=tmp_path / "out", progress=False)
    rounds = {which: found.fitted("Trees", which=which).rounds for which in (None, "best", "last")}
    assert rounds["best"] < rounds["last"] == rounds[None] == 30


def test_plot_gives_axes_and_takes_them(result):
    mine = plt.figure().subplots()
    assert result.plot(smoothing_std=2, ax=mine) is mine
    colours = {line.get_color() for line in mine.get_lines()}
    styles = {line.get_linestyle() for line in mine.get_lines()}
    assert len(colours) == 2
    assert styles == {"-", "--"}
    alone = result.plot("accuracy", models=["Wide & <odd>"], log_epochs=True)
    assert {line.get_color() for line in alone.get_lines()} < colours, "one colour a model"
    with pytest.raises(fs.UserError, match="no model"):
        result.plot(models=["Huge"])
    with pytest.raises(fs.UserError, match="unknown metric"):
        result.plot("f1")
    plt.close("all")


def test_verdicts_and_comparisons(result):
    verdicts = result.verdicts()
    assert [one.source for one in verdicts] == ["Tiny", "Wide & <odd>"]
    assert len(result.verdicts(runs=True)) == 4
    assert result.verdict("Tiny").label in {"underfit", "good", "overfit", "improving", "unstable"}
    found = result.compare("Tiny", "Wide & <odd>")
    other = result.compare("Wide & <odd>", "Tiny")
    assert (found.a, found.b, found.about, found.repeats) == (
        "Tiny",
        "Wide & <odd>",
        "models",
        (2, 2),
    )
    for metric in ("val_binary_crossentropy", "val_accuracy"):
        one, turned = found.metrics[metric], other.metrics[metric]
        assert one.value == -turned.value
        assert one.interval == (-turned.interval[1], -turned.interval[0])
        assert one.p == turned.p
        (stored,) = result.summary["comparisons"]
        kept = stored["metrics"][metric]
        assert one.value == kept["difference"]
        assert one.interval == tuple(kept["interval"])
        assert one.sign_chance == pytest.approx(kept["sign_chance"])
    assert [(one.a, one.b) for one in result.comparisons()] == [("Tiny", "Wide & <odd>")]
    with pytest.raises(fs.UserError, match="no model 'tiny'"):
        result.compare("tiny", "Tiny")
    with pytest.raises(fs.UserError, match="cannot be compared with itself"):
        result.compare("Tiny", "Tiny")
    with pytest.raises(fs.UserError, match="no model 'Huge'"):
        result.verdict("Huge")


def test_comparisons_are_readable_everywhere(result):
    pair = result.compare("Tiny", "Wide & <odd>")
    assert "95 % interval" in str(pair)
    assert "about the models: 2 and 2 runs" in str(pair)
    assert str(pair) in repr(pair)
    table = str(result.comparisons())
    assert "Wide & <odd>" in table
    assert "corrected: for all pairs" in table
    pages = (pair._repr_html_(), result.comparisons()._repr_html_(), result._repr_html_())
    for page in pages:
        assert "Wide &amp; &lt;odd&gt;" in page
        assert "<odd>" not in page
        assert "validation accuracy" in page.lower()


def test_a_folder_of_an_earlier_version_is_judged_on_the_way(result, tmp_path):
    """Such folders hold no verdicts; reading writes nothing, the report fills them in."""
    folder = tmp_path / "old"
    shutil.copytree(result.folder, folder)
    (folder / "SHA256SUMS").unlink()
    summary = json.loads((folder / "results.json").read_text())
    for entry in (*summary["models"], *summary["runs"]):
        entry["verdict"] = None
    for model in summary["models"]:
        model["best_corrected"] = None
    summary |= {"comparisons": [], "advice": []}
    (folder / "results.json").write_text(json.dumps(summary))
    old = fs.load(folder)
    assert old.compare("Tiny", "Wide & <odd>").about == "models"
    assert old.table() == result.table()
    assert json.loads((folder / "results.json").read_text()) == summary
    fs.load(folder).report()
    assert json.loads((folder / "results.json").read_text()) == result.summary
    assert not (folder / "checkpoints").exists()
    shutil.rmtree(folder / "rows")
    bare = fs.load(folder)
    with pytest.warns(fs.Notice, match="the verdicts are those of before"):
        bare.report()
    assert bare.compare("Tiny", "Wide & <odd>").as_dict() == result.summary["comparisons"][0]
    (folder / "SHA256SUMS").unlink()
    (folder / "results.json").write_text(json.dumps(summary))
    bare = fs.load(folder)
    with pytest.raises(fs.UserError, match="row by row"):
        bare.compare("Tiny", "Wide & <odd>")


def test_report_and_tensorboard_logs(result):
    left = result.folder / "figures" / ".sizes.svg.99999999.part"  # of a report that was killed
    left.parent.mkdir(exist_ok=True)
    left.touch()
    with locked(result.folder):
        result.report()
    assert left.exists(), "it may be another program's that writes just now"
    page = result.report()
    assert not left.exists()
    assert page == result.folder / "report.html"
    text = page.read_text()
    assert "Wide &amp; &lt;odd&gt;" in text
    assert "<odd>" not in text
    logs = result.folder / "tensorboard"
    assert sorted(p.name for p in logs.iterdir()) == ["regularizers", "sizes"]
    assert len(list(logs.rglob("*tfevents*"))) == 3 * 2 * 2  # models in groups, repeats, parts


def test_without_a_folder_it_runs_in_a_temporary_one():
    study = fs.Study(made_up_split(), fs.Plan(max_epochs=2))
    study.add("One", fs.MLP())
    found = study.run(progress=False)
    assert found.folder.is_dir()
    assert json.loads((found.folder / "study.json").read_text())["models"][0]["groups"] == [
        "models"
    ]


def test_a_script_needs_no_main_guard(tmp_path):
    """Workers are processes of their own, not forks of the user's script."""
    script = tmp_path / "script.py"
    script.write_text(
        "import numpy as np, fitscope as fs\n"
        "x = np.random.default_rng(0).normal(size=(60, 3)).astype('f4')\n"
        "y = (x[:, 0] > 0).astype('f4')\n"
        "study = fs.Study(fs.Split(x[:40], y[:40], x[40:], y[40:]), fs.Plan(max_epochs=2))\n"
        "study.add('One', fs.MLP(2))\n"
        "print(study.run().histories.height)\n"
    )
    (tmp_path / "numpy.py").write_text("")  # must not be imported by the workers
    done = subprocess.run(
        [sys.executable, "-P", str(script)], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout == "2\n", done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Tiny", fs.MLP(2)), "has a model 'Tiny' already"),
        (("", fs.MLP(2)), "needs a name"),
        (("New", "MLP"), "New: str is no learner; give fs.MLP"),
        (
            ("New", HistGradientBoostingRegressor()),
            "New: .* is a regressor, and",
        ),
        (("New", fs.MLP(2), "a/b"), "must be one plain word"),
        (("New", fs.MLP(2), ()), "must be one plain word"),
        (("New", fs.MLP(2), None), "group None must be one plain word"),
        (("New", fs.MLP(2), ["a", 3]), "group 3 must be one plain word"),
    ],
)
def test_what_cannot_be_added(arguments, says):
    study = fs.Study(made_up_split())
    study.add("Tiny", fs.MLP(2))
    with pytest.raises(fs.UserError, match=says):
        study.add(*arguments)
    assert list(study.models) == ["Tiny"]


def test_what_cannot_be_run(tmp_path):
    study = fs.Study(made_up_split())
    with pytest.raises(fs.UserError, match="no models"):
        study.run(out=tmp_path / "a", progress=False)
    study.add("One", fs.MLP(2))
    for options, says in (
        ({"repeats": 0}, "repeats"),
        ({"repeats": 10**9}, "repeats must be a whole number from 1 to 10000"),
        ({"jobs": 0}, "jobs"),
        ({"jobs": True}, "jobs"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
    ):
        with pytest.raises(fs.UserError, match=says):
            study.run(out=tmp_path / "a", progress=False, **options)
    for out in (3, "a\0b"):
        with pytest.raises(fs.UserError, match="out must be the path of a folder"):
            study.run(out=out, progress=False)
    for arguments, says in (((5,), "needs a Split"), ((made_up_split(), 5), "needs a Plan")):
        with pytest.raises(fs.UserError, match=says):
            fs.Study(*arguments)
    split = made_up_split()
    ones = fs.Study(fs.Split(split.x_train, 1 + 0 * split.y_train, split.x_train, split.y_train))
    ones.add("One", fs.MLP(2))
    with pytest.raises(fs.UserError, match="all 240 training rows have label 1"):
        ones.run(out=tmp_path / "ones", progress=False)
    assert not (tmp_path / "ones").exists()
    strange = fs.Study(made_up_split(), fs.Plan(optimizer="sgd", optimizer_options={"b1": 0.9}))
    with pytest.raises(fs.UserError, match="One: Plan: sgd has no option 'b1'; it has momentum"):
        strange.add("One", fs.MLP(2))
    strange.plan = fs.Plan()
    strange.add("One", fs.MLP(2))
    strange.plan = fs.Plan(optimizer="ftrl")
    with pytest.raises(fs.UserError, match="unknown optimizer 'ftrl'"):
        strange.run(out=tmp_path / "b", progress=False)
    assert not any((tmp_path / one).exists() for one in "ab"), "nothing was trained"
    strange.plan = fs.Plan(max_epochs=1)
    assert strange.run(out=tmp_path / "b", progress=False).models == ["One"]


def test_runs_of_one_epoch_are_called_what_they_are():
    study = fs.Study(made_up_split(), plan=fs.Plan(batch_size=40, max_epochs=1))
    study.add("A", fs.MLP(4))
    study.add("B", fs.MLP(3))
    result = study.run(progress=False)
    assert {verdict.label for verdict in fs.diagnose(result)} == {"too few"}
    # the rows of one epoch can be compared, if nothing can be said of its curve
    pair = result.compare("A", "B").metrics["val_binary_crossentropy"]
    ours, theirs = (
        result.results.model(name).best["val_binary_crossentropy"].mean for name in "AB"
    )
    assert pair.value == pytest.approx(ours - theirs, abs=1e-5)


def test_runs_that_diverged_at_once_are_refused_for_what_they_are():
    plan = fs.Plan(batch_size=40, max_epochs=9, learning_rate=1e20, optimizer="sgd")
    study = fs.Study(made_up_split(), plan=plan)
    study.add("A", fs.MLP(4))
    study.add("B", fs.MLP(3))
    result = study.run(progress=False)
    with pytest.raises(fs.UserError, match="it diverged at once"):
        fs.diagnose(result)
    with pytest.raises(fs.UserError, match="repeat 1 of A ended at once"):
        result.compare("A", "B")


def test_constant_predictions_are_no_runs_to_diagnose(tmp_path):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(120, 3)), np.arange(120) % 2
    study = fs.Study(fs.Split(x[:80], y[:80], x[80:], y[80:]), fs.Plan(max_epochs=20))
    for name, learner in {"constant": Constant(), "line": LogisticRegression()}.items():
        study.add(name, learner)
    study.run(out=tmp_path / "study", progress=False)
    (line,) = judged_paths([tmp_path / "study"])
    assert isinstance(line.found, fs.Verdict)
    assert line.found.label == "too few"
    assert "trained in one step" in line.found.explanation
