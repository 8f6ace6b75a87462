"""Estimators of scikit-learn's kind that say after `fit` whether they over- or underfit.

Example:
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> x, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = make_pipeline(StandardScaler(), MLPClassifier(max_iter=100, random_state=0))
    >>> model.fit(x, y).score(x, y) > 0.9
    True
    >>> print(model[-1].verdict_.label)
    improving
"""

from fitscope.sklearn.classifier import MLPClassifier
from fitscope.sklearn.examined import ExaminedClassifier, ExaminedRegressor
from fitscope.sklearn.regressor import MLPRegressor

__all__ = ["ExaminedClassifier", "ExaminedRegressor", "MLPClassifier", "MLPRegressor"]
