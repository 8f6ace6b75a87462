"""Words and phrases of metrics, and which way each is better."""

from __future__ import annotations

import re

from fitscope.logs.names import HIGHER, LOWER


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LOSSES = words(
    "loss crossentropy entropy xent ce bce nll logloss objective cost mse rmse mae mape msle "
    "rmsle smape wape mase nrmse rmspe error errors perplexity deviance hinge divergence kl kld "
    "wer cer mer ter eer hter fpr fnr fid kid lpips ece brier crps bpc bpd bpb nelbo epe ade fde "
    "pinball quantile chamfer hausdorff hd95 assd distance regret nme mpjpe mcd residual l1 l2 "
    "rms mad huber focal tversky davies per fid50k fid10k fid5k kid50k fvd dcf wmape "
    "misclassification mce dists niqe brisque pve emd missrate absrel sqrel rmselog asd der jer "
    "fpr95 acer apcer bpcer levenshtein tvd aer ser wil tdcf cavg lsd far frr eerr cd emd gmsd "
    "log10 silog bad mr lamr idsw mnr mdr meanrank mate mase maoe mave maae mpvpe ne toxicity rps "
    "rmsse wrmsse wql msis owa mpiw pinaw winkler medae rae rrse rse dtw tdi mdape rsr hd voe avd "
    "ibs tre fad mmd wasserstein jsd fcd ate rpe rmsd hamming ace sce tce aurc forgetting igd "
    "infidelity gnll charbonnier recon reconstruction"
)
SCORES = words(
    "accuracy auc auroc aucroc auprc aucpr ap ar map f1 f1score fscore fbeta precision recall "
    "sensitivity specificity iou miou jaccard dice dsc r2 score psnr ssim msssim kappa qwk mcc "
    "pearson spearman pearsonr spearmanr pcc plcc srcc correlation corr ccc ndcg mrr bleu "
    "sacrebleu rouge rougel rougelsum meteor cider spice chrf bertscore comet em reward rewards "
    "return returns nse kge gini pck oks hota mota idf1 lwlrap elbo stoi pesq sdr sisdr snr nmi "
    "ari ami silhouette quality elo success solved hits hit win cmc tpr tnr ks rsq gmean "
    "inception balanced pass concordance cindex macc oacc pckh winrate rew corrcoef r² rsquared "
    "srocc krcc krocc kendall vmaf sisnr mos utmos dnsmos nisqa spl purity modularity loglik "
    "loglikelihood clipscore pq nds las uas jga lift lddt tmscore plddt gdt wip estoi sisnri sdri "
    "sisdri cmos smos nmos secs csig cbak covl ssnr segsnr sq rq mpa fsim vif musiq maniqa "
    "clipiqa hyperiqa minp deta assa aupro smeasure emeasure mba novelty diversity serendipity "
    "rig bleurt mauve sari inform sr ndtw sdtw osr ois ll elpd tau picp csi hss ets gss fss bss "
    "crpss nsd ppv npv froc cpm youden validity uniqueness qed vendi hps hpsv2 aesthetic dockq "
    "fnat bedroc tanimoto efwt lrap homogeneity completeness profit savings informedness oscr bwt "
    "fwt hypervolume fidelity q2 rm2 scc uqi ncc aps wacc uar mc1 mc2"
)
NOT_A_METRIC = words(
    "lr lr0 lr1 lr2 lr3 rate time times runtime seconds second sec duration dur eta count size "
    "samples std stdv stderr best lowest highest min max grad norm memory mem gpu cpu fps flops "
    "weight decay momentum epoch step patience images instances params parameters wait throughput "
    "mfu timestamp elapsed remaining date number"
)
EXTREMES = words("best lowest highest min max std stdv stderr grad norm")
SAID = frozenset((HIGHER, LOWER))
PHRASES = {  # two words or more that mean another thing than each of them
    **dict.fromkeys(
        words(
            "win_rate hit_rate success_rate pass_rate solve_rate detection_rate exact_match "
            "log_probability "
            "true_positive_rate true_negative_rate explained_variance expl_var log_prob log_lik "
            "log_likelihood marginal_likelihood inception_score f_score f_measure v_measure "
            "average_precision negative_loss c_index r_squared skill_score skill r_at recall_at "
            "precision_at hits_at panoptic_quality spk_sim speaker_similarity "
            "word_information_preserved normal_consistency tar_far tpr_fpr j_f s_measure "
            "e_measure mean_coverage accuracy_norm driving_score route_completion completion_rate "
            "clip_i clip_t sequence_recovery enrichment_factor adjusted_rand variance_explained "
            "fowlkes_mallows calinski_harabasz hamming_score samples_f1 n_dtw s_dtw"
        ),
        True,
    ),
    **dict.fromkeys(
        words(
            "max_error min_t_dcf min_dcf min_ade min_fde miss_rate abs_rel sq_rel bits_per "
            "bits_dim bits_char bits_byte bits_token error_rate false_positive_rate "
            "false_negative_rate edit_distance equal_error calibration_error neg_elbo "
            "negative_elbo neg_ll neg_loglik neg_log_lik neg_loglikelihood neg_log_likelihood "
            "neg_log_prob negative_ll negative_loglik negative_likelihood negative_log_likelihood "
            "word_information_lost d1_all fl_all median_rank mean_rank self_bleu "
            "hallucination_rate interval_score theils_u theil_u collision_rate off_road_rate "
            "t_rel r_rel parity_difference odds_difference count_mae false_alarm"
        ),
        False,
    ),
    **dict.fromkeys(words("f1_all add_s"), None),  # of flow a share of outliers; see 6D poses
    **dict.fromkeys(words("add_s_auc auc_add_s"), True),
}
LONGEST_FIRST = sorted(PHRASES.items(), key=lambda item: (-len(item[0]), not item[1]))
# mAP50, top5, R@10, hits@10, P@1, rouge1, pass@1, delta1
RANKED = re.compile(
    r"(top|map|ap|ar|rouge|r|p|hits?|hr|rank|recall|precision|prec|acc|accuracy|ndcg|mrr|bleu|pass|f"
    r"|delta|dist|distinct)_?\d+"
)
OFF_BY = re.compile(r"bad\d+|\d+px")  # shares of pixels that are that far off, of stereo and flow
LOSS_ENDS = ("loss", "entropy", "error", "deviance", "perplexity")
