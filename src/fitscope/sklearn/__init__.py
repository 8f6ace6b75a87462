"""Estimators of scikit-learn's kind that say after `fit` whether they over- or underfit.

Example:
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> x, y = load_iris(return_X_y=True, as_frame=True)
    >>> network = MLPClassifier(learning_rate_init=0.01, random_state=0)
    >>> make_pipeline(StandardScaler(), network).fit(x, y).score(x, y) > 0.9
    True
    >>> network.verdict_.label
    'good'
"""

from fitscope.sklearn.classifier import MLPClassifier
from fitscope.sklearn.examined import ExaminedClassifier, ExaminedRegressor
from fitscope.sklearn.regressor import MLPRegressor

__all__ = ["ExaminedClassifier", "ExaminedRegressor", "MLPClassifier", "MLPRegressor"]
