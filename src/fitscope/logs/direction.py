"""Whether a name is that of a metric, and which way that is better, by its words."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from fitscope.logs.names import HIGHER, LOWER, meaning


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LOSSES = _words(
    "loss crossentropy entropy xent ce bce nll logloss objective cost "
    "mse rmse mae mape msle rmsle smape wape mase nrmse rmspe error errors perplexity "
    "deviance hinge divergence kl kld wer cer mer ter eer hter fpr fnr fid kid lpips ece brier "
    "crps bpc bpd bpb nelbo epe ade fde pinball quantile chamfer hausdorff hd95 assd distance "
    "regret nme mpjpe mcd residual l1 l2 rms mad huber focal tversky davies per "
    "fid50k fid10k fid5k kid50k fvd dcf wmape misclassification mce dists niqe brisque pve emd "
    "missrate absrel sqrel rmselog asd der jer fpr95 acer apcer bpcer levenshtein tvd aer"
)
SCORES = _words(
    "accuracy auc auroc aucroc auprc aucpr ap ar map f1 f1score fscore fbeta precision "
    "recall sensitivity specificity iou miou jaccard dice dsc r2 score psnr ssim "
    "msssim kappa qwk mcc pearson spearman pearsonr spearmanr pcc plcc srcc correlation corr ccc "
    "ndcg mrr bleu sacrebleu rouge rougel rougelsum meteor cider spice chrf bertscore comet em "
    "reward rewards return returns nse kge gini pck oks hota mota idf1 lwlrap elbo stoi pesq sdr "
    "sisdr snr nmi ari ami silhouette quality elo success solved hits hit win cmc tpr tnr ks rsq "
    "gmean inception balanced pass concordance cindex macc oacc pckh winrate rew corrcoef "
    "r² rsquared srocc krcc krocc kendall vmaf sisnr mos utmos dnsmos nisqa spl purity "
    "modularity loglik loglikelihood clipscore pq nds las uas jga lift lddt tmscore plddt gdt"
)
NOT_A_METRIC = _words(
    "lr lr0 lr1 lr2 lr3 rate time times runtime seconds second sec duration dur eta count size "
    "samples std stdv stderr best lowest highest min max grad norm memory mem gpu cpu fps flops "
    "weight decay momentum epoch step patience images instances params parameters wait "
    "throughput mfu timestamp elapsed remaining date"
)
SAID = frozenset((HIGHER, LOWER))
PHRASES = {  # two words or more that mean another thing than each of them
    **dict.fromkeys(
        _words(
            "win_rate hit_rate success_rate pass_rate solve_rate detection_rate exact_match "
            "true_positive_rate true_negative_rate explained_variance expl_var log_prob log_lik "
            "log_likelihood marginal_likelihood inception_score f_score f_measure v_measure "
            "average_precision negative_loss c_index r_squared skill_score skill r_at recall_at "
            "precision_at hits_at panoptic_quality"
        ),
        True,
    ),
    **dict.fromkeys(
        _words(
            "max_error min_dcf min_ade min_fde miss_rate abs_rel sq_rel bits_per bits_dim "
            "bits_char bits_byte bits_token error_rate false_positive_rate false_negative_rate "
            "edit_distance equal_error calibration_error neg_elbo negative_elbo neg_ll neg_loglik "
            "neg_log_lik neg_loglikelihood neg_log_likelihood neg_log_prob negative_ll "
            "negative_loglik negative_likelihood negative_log_likelihood"
        ),
        False,
    ),
}
LONGEST_FIRST = sorted(PHRASES.items(), key=lambda item: (-len(item[0]), not item[1]))
# mAP50, top5, R@10, hits@10, P@1, rouge1, pass@1
RANKED = re.compile(
    r"(top|map|ap|ar|rouge|r|p|hits?|hr|recall|precision|prec|acc|accuracy|ndcg|mrr|bleu|pass|f)_?\d+"
)
LOSS_ENDS = ("loss", "entropy", "error", "deviance", "perplexity")
UNSURE = _words("score quality distance ks win ratio ev spread entropy")
"""Words that go either way: what training did to the metric counts more than they do."""
SCORE_ENDS = ("accuracy", "auc", "iou", "dice", "precision", "recall", "f1")


@lru_cache(maxsize=4096)
def higher_is_better(metric: str) -> bool | None:
    """True for accuracies and the like, False for losses, None where the name does not say.

    Args:
        metric: a metric's own name, as `meaning` gives it.

    Example:
        >>> higher_is_better("accuracy"), higher_is_better("dice_loss"), higher_is_better("foo")
        (True, False, None)
        >>> higher_is_better("neg_mean_squared_error"), higher_is_better("win_rate")
        (True, True)
    """
    words = metric.split("_")
    negated = words[0] in ("neg", "negative", "minus")
    if SAID & set(words):
        return HIGHER in words
    for phrase, higher in LONGEST_FIRST:
        others = set(words) - set(phrase.split("_"))
        if f"_{phrase}_" in f"_{metric}_" and not NOT_A_METRIC & others:
            return higher
    if NOT_A_METRIC & set(words):
        return None
    if any(word in LOSSES or word.endswith(LOSS_ENDS) for word in words):
        return negated
    if any(word in SCORES or word.endswith(SCORE_ENDS) for word in words):
        return not negated
    if RANKED.search(f"_{metric}_") and any(
        RANKED.fullmatch(word) for word in (*words, *map("_".join, pairwise(words)))
    ):
        return not negated
    return None


def is_unsure(metric: str) -> bool:
    """Whether the words of a name hint at a direction and do not settle it.

    Example:
        >>> is_unsure("score"), is_unsure("f1_score"), is_unsure("accuracy")
        (True, False, False)
    """
    words = set(metric.split("_"))
    return bool(words & UNSURE) and not words & (LOSSES | SCORES) - UNSURE


@lru_cache(maxsize=4096)
def measures_nothing(metric: str) -> bool:
    """Whether a name is that of a setting, a time or a count, and not of a metric.

    Example:
        >>> measures_nothing("learning_rate"), measures_nothing("loss"), measures_nothing("foo")
        (True, False, False)
    """
    return higher_is_better(metric) is None and bool(NOT_A_METRIC & set(metric.split("_")))


def is_metric(name: str) -> bool:
    """Whether a name says that its values are a metric: of some rows, or one that is known.

    Example:
        >>> is_metric("val_foo"), is_metric("Accuracy"), is_metric("run")
        (True, True, False)
    """
    known = meaning(name)
    return known.part is not None or higher_is_better(known.metric) is not None
