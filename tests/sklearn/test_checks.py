"""scikit-learn's own checks of estimators."""

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from fitscope.sklearn import ExaminedClassifier, MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore")

CHANCE = (
    "a row that counts twice is one row: it is held out or not, and it stands in one step; twice "
    "the row is two of them"
)
EXPECTED = {"check_sample_weight_equivalence_on_dense_data": CHANCE}
QUICK = {
    "check_all_zero_sample_weights_error",
    "check_classifiers_one_label_sample_weights",
    "check_complex_data",
    "check_do_not_raise_errors_in_init_or_set_param",
    "check_dont_overwrite_parameters",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_sparse_array",
    "check_estimator_tags_renamed",
    "check_estimators_empty_data_messages",
    "check_estimators_overwrite_params",
    "check_estimators_unfitted",
    "check_fit1d",
    "check_fit_score_takes_y",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_requires_y_none",
    "check_sample_weights_list",
    "check_sample_weights_not_an_array",
    "check_sample_weights_not_overwritten",
    "check_sample_weights_pandas_series",
    "check_sample_weights_shape",
    "check_valid_tag_types",
}
"""Those of the checks that need no examination: it takes seconds, and all of them an hour."""


@parametrize_with_checks(
    [MLPClassifier(max_iter=100, random_state=0)], expected_failed_checks=lambda _: EXPECTED
)
def test_classifier(estimator, check):
    check(estimator)


@pytest.mark.parametrize("word", ["regressor", "supervised", "sample_weights_", "fit2d"])
def test_regressor(word):
    """Those that its targets and weights have a part in; the rest it shares with the other."""
    done = 0
    for estimator, check in estimator_checks_generator(MLPRegressor(max_iter=100, random_state=0)):
        if word in check.func.__name__:
            check(estimator)
            done += 1
    assert done


def test_examined():
    done = set()
    for estimator, check in estimator_checks_generator(ExaminedClassifier(random_state=0)):
        name = check.func.__name__
        if name in QUICK:
            check(estimator)
            done.add(name)
    assert len(done) >= len(QUICK) - 2, QUICK - done
