"""Boosted trees: consoles of several verbosities and languages, scoring histories."""

from __future__ import annotations

from logs.dialects.dialect import Dialect

BOOSTING = (
    Dialect(
        "XGBoost", "[{n0}]\ttrain-logloss:{t:.5f}\teval-logloss:{v:.5f}\n", at="n0", step="round"
    ),
    Dialect(
        "XGBoost, three sets and two metrics",
        "[{n0}]\ttrain-rmse:{t}\ttrain-mae:0.1\tval-rmse:{v}\tval-mae:0.2\ttest-rmse:0.5\ttest-mae:0.6\n",
        at="n0",
        step="round",
    ),
    Dialect(
        "XGBoost, sklearn's sets",
        "[{n0}]\tvalidation_0-auc:{a}\tvalidation_1-auc:{w}\n",
        train="a",
        val="w",
        at="n0",
        step="round",
    ),
    Dialect(
        "XGBoost, old early stopping",
        "[{n0}]\ttrain-error:{t}\teval-error:{v}\n",
        head="Multiple eval metrics have been passed: 'eval-error' will be used for early stopping.\n\nWill train until eval-error hasn't improved in 10 rounds.\n",
        foot="Stopping. Best iteration:\n[7]\ttrain-error:0.1\teval-error:0.1\n\n",
        at="n0",
        step="round",
    ),
    Dialect(
        "XGBoost on SageMaker",
        "[2024-01-01:10:00:00:INFO] [{n0}]#011train-rmse:{t}#011validation-rmse:{v}\n",
        at="n0",
        step="round",
    ),
    Dialect(
        "XGBoost in containers, escaped tabs",
        "[{n0}]\\ttrain-rmse:{t}\\tvalidation-rmse:{v}\n",
        at="n0",
        step="round",
    ),
    Dialect(
        "xgb.cv", "[{n0}]\ttrain-rmse:{t}+0.00123\ttest-rmse:{v}+0.00234\n", at="n0", step="round"
    ),
    Dialect(
        "xgb.cv as printed table",
        "{n0}  {t}  0.001  {v}  0.002\n",
        head="    train-rmse-mean  train-rmse-std  test-rmse-mean  test-rmse-std\n",
        at="n0",
    ),
    Dialect(
        "XGBoost in R",
        "[{n}]\ttrain-rmse:{t} test-rmse:{v} \n",
        step="round",
        head="Multiple eval metrics are present. Will use test_rmse for early stopping.\nWill train until test_rmse hasn't improved in 50 rounds.\n\n",
    ),
    Dialect(
        "XGBoost on Dask",
        "[10:00:00] [{n0}]\ttrain-logloss:{t}\tvalid-logloss:{v}\n",
        at="n0",
        step="round",
    ),
    Dialect(
        "LightGBM",
        "[{n}]\ttraining's binary_logloss: {t}\tvalid_1's binary_logloss: {v}\n",
        step="round",
        head="[LightGBM] [Info] Number of positive: 100, number of negative: 200\n[LightGBM] [Info] Total Bins 900\nTraining until validation scores don't improve for 50 rounds\n",
        foot="Early stopping, best iteration is:\n[7]\ttraining's binary_logloss: 0.1\tvalid_1's binary_logloss: 0.1\n",
    ),
    Dialect(
        "LightGBM, two metrics",
        "[{n}]\ttrain's auc: 0.9\ttrain's binary_logloss: {t}\tvalid's auc: 0.8\tvalid's binary_logloss: {v}\n",
        step="round",
    ),
    Dialect(
        "LightGBM's command line",
        "[LightGBM] [Info] Iteration:{n}, training binary_logloss : {t}\n[LightGBM] [Info] Iteration:{n}, valid_1 binary_logloss : {v}\n[LightGBM] [Info] 0.012345 seconds elapsed, finished iteration {n}\n",
        step="step",
    ),
    Dialect("LightGBM in R", "[1] \"[{n}]:  train's l2:{t}  valid's l2:{v}\"\n", step="round"),
    Dialect(
        "lgb.cv",
        "[{n}]\tcv_agg's train l2: {t} + 0.01\tcv_agg's valid l2: {v} + 0.02\n",
        step="round",
    ),
    Dialect(
        "LightGBM, no training set",
        "[{s}]\tvalid_0's rmse: {v}\n",
        train=None,
        at="s",
        step="round",
        head="Training until validation scores don't improve for 100 rounds.\n",
    ),
    Dialect(
        "LightGBM with log's words",
        "[INFO] 10:00:00 lightgbm: [{n}] training's l1: {t} valid_1's l1: {v}\n",
        step="round",
    ),
    Dialect(
        "CatBoost",
        "{n0}:\tlearn: {t}\ttest: {v}\tbest: {best} ({n0})\ttotal: 52ms\tremaining: 52.4s\n",
        at="n0",
        step="round",
        head="Learning rate set to 0.03\n",
        foot="Stopped by overfitting detector  (50 iterations wait)\n\nbestTest = 0.6\nbestIteration = 7\n\nShrink model to first 8 iterations.\n",
    ),
    Dialect(
        "CatBoost, every hundredth",
        "{s0}:\tlearn: {t}\ttest: {v}\tbest: {best} ({s0})\ttotal: 1m 2s\tremaining: 2m 1s\n",
        at="s0",
        step="round",
    ),
    Dialect(
        "CatBoost, two test sets",
        "{n0}:\tlearn: {t}\ttest: {v}\ttest1: 0.9\tbest: 0.9 (0)\ttotal: 5ms\tremaining: 5s\n",
        at="n0",
        step="round",
    ),
    Dialect(
        "CatBoost, AUC",
        "{n0}:\ttest: {w}\tbest: 0.9 ({n0})\ttotal: 5ms\tremaining: 5s\n",
        train=None,
        val="w",
        at="n0",
        step="round",
    ),
    Dialect(
        "CatBoost, test_error.tsv alone",
        "{n0}\t{t}\t{v}\n",
        head="iter\tlearn RMSE\ttest RMSE\n",
        ending="tsv",
        at="n0",
        step="step",
    ),
    Dialect(
        "h2o, scoring history as CSV",
        "{n0},2024-01-01 10:00:00, 0.{n0} sec,{n0},{t},0.5,{v},0.6\n",
        head=",timestamp,duration,number_of_trees,training_logloss,training_mae,validation_logloss,validation_mae\n",
        at="n0",
        step="round",
        ending="csv",
    ),
    Dialect(
        "h2o, scoring history printed",
        "{n0:<4} 2024-01-01 10:00:00  0.{n0} sec     {n0}.0                {t}            {v}\n",
        head="Scoring History: \n     timestamp            duration    number_of_trees    training_rmse    validation_rmse\n---  -------------------  ----------  -----------------  ---------------  -----------------\n",
        at="n0",
        step="round",
    ),
    Dialect(
        "h2o, deep learning",
        "{n0},2024-01-01 10:00:00,1.1 sec,9000 obs/sec,{n},{n},{s}.0,{t},0.5,{v},0.6\n",
        head=",timestamp,duration,training_speed,epochs,iterations,samples,training_rmse,training_mae,validation_rmse,validation_mae\n",
        ending="csv",
    ),
    Dialect(
        "NGBoost", "[iter {n0}] loss={t} val_loss={v} scale=1.0000 norm=0.9\n", at="n0", step="step"
    ),
    Dialect(
        "sklearn-like verbose table",
        "{n:>10} {t:>16} {v:>16}          1.02s\n",
        head="      Iter       Train Loss         Val Loss   Remaining Time \n",
        step="step",
    ),
    Dialect(
        "R gbm",
        "{n:>6}        {t}             {v}     0.1000    0.0010\n",
        head="Iter   TrainDeviance   ValidDeviance   StepSize   Improve\n",
        step="step",
    ),
    Dialect(
        "evals_result, training and eval by other names",
        lambda c: {
            "evals.json": '{"dtrain": {"auc": %s}, "dvalid": {"auc": %s}}'
            % (c["a"].tolist(), c["w"].tolist())
        },
        train="a",
        val="w",
        at="n0",
    ),
    Dialect(
        "EBM rounds in words",
        "Boosting round {n} of 24: training log loss {t}, validation log loss {v}\n",
        step="step",
    ),
)
