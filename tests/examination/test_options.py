"""Options of an examination: what is taken, what is refused, and in which words."""

import pytest

from fitscope.errors import UserError
from fitscope.examination.options import Options, options
from fitscope.examination.toml_file import read_options


def test_names_may_stand_in_one_text_or_in_a_list():
    assert options(target="y", drop="a, b").drop == options(target="y", drop=["a", "b"]).drop
    assert options(target="y", learners="auto").learners is None
    assert options(target="y", learners="mlp,hgb").learners == ("mlp", "hgb")


def test_a_test_part_is_a_share_or_a_file():
    assert options(target="y", test="0.3").test == 0.3
    assert options(target="y", test="later.csv").test == "later.csv"


def test_what_ends_with_status_3_is_spelt_as_people_do():
    made = options(target="y", fail_on="Overfit,too-few,fs101", ignore="fs102")
    assert made.fail_on == ("overfit", "too few", "FS101")
    assert made.ignore == ("FS102",)
    assert options(target="y", fail_on="FS1xx").fail_on == ("FS1XX",)  # as diagnose has it


def test_stored_options_are_read_back():
    made = options(
        table="t.csv", target="y", budget="90s", folds=3, learners="mlp", fail_on="FS101"
    )
    assert Options.model_validate(made.model_dump(mode="json")) == made


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"folds": 0}, "folds: must be auto or a whole number from 1 to 20, got 0"),
        ({"folds": "many"}, "folds: must be auto or a whole number"),
        ({"test": 1.5}, "test: must be a share from 0 to 0.9, or a file"),
        ({"learners": "svm"}, "learners: must be auto, or some of linear, mlp, hgb, xgboost"),
        ({"budget": "soon"}, "budget: 'soon' is no length of time; say 90s, 5m or 1h30m"),
        ({"budget": "0s"}, "budget: 0s must be above 0"),
        ({"ignore": "101"}, "ignore: must be codes of checks such as FS101"),
        ({"fail_on": "bad"}, "fail_on: must be labels such as overfit and codes"),
        ({"fail_on": "unread"}, "fail_on: must be labels such as overfit and codes"),
        ({"seed": -1}, "seed: must be a whole number from 0 to 4294967295, got -1"),
        ({"tarqet": "y"}, "tarqet: no such option; did you mean target?"),
        ({"target": None}, "target: must be the name of a column"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(given, said):
    with pytest.raises(UserError) as refused:
        options(**{"target": "y", **given})
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_holds_the_same_options_and_its_paths_are_beside_it(tmp_path):
    file = tmp_path / "examination.toml"
    file.write_text('table = "t.csv"\ntarget = "y"\norder-by = "day"\ntest = 0.3\nquick = true\n')
    found = options(**read_options(file))
    assert found == options(
        table=str(tmp_path / "t.csv"), target="y", order_by="day", test=0.3, quick=True
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('target = "y"\n\n# how long\nbudget = "5"\n', 4, "has no unit; say 5s or 5m"),
        ('target = "y"\nbugdet = "5m"\n', 2, "did you mean budget?"),
        ('target = "y"\n[folds]\nn = 3\n', 2, "folds: must be auto or a whole number"),
        ('target = "y"\norder-by = 3\n', 2, "order_by: must be"),
    ],
)
def test_errors_in_a_file_name_its_line(tmp_path, text, line, said):
    file = tmp_path / "e.toml"
    file.write_text(text)
    with pytest.raises(UserError) as refused:
        read_options(file)
    assert f"e.toml, line {line}: " in str(refused.value)
    assert said in str(refused.value)


def test_what_is_no_toml_is_refused_with_its_line(tmp_path):
    file = tmp_path / "e.toml"
    file.write_text('target = "y"\nbudget = 5m\n')
    with pytest.raises(UserError, match="at line 2"):
        read_options(file)
