"""Which curves are meant, by their names or by the user's."""

import numpy as np
import pytest
from logs.made_up_logs import losses
from numpy.testing import assert_allclose

import fitscope as fs
from fitscope.logs.direction import higher_is_better
from fitscope.logs.names import meaning, shown_metric

TRAIN, VALIDATION = losses()


def keys(columns, **options):
    history = {n: (VALIDATION if "v" in n or "test" in n else TRAIN).tolist() for n in columns}
    evidence = fs.diagnose(history, **options).evidence
    return evidence["train_key"], evidence["validation_key"]


@pytest.mark.parametrize(
    ("columns", "train", "validation"),
    [
        (["loss", "val_loss", "accuracy", "val_accuracy"], "loss", "val_loss"),
        (["train_loss", "valid_loss", "valid_acc"], "train_loss", "valid_loss"),
        (["loss", "eval_loss"], "loss", "eval_loss"),
        (["train_loss", "test_loss"], "train_loss", "test_loss"),
        (["train_loss", "test_loss", "val_loss"], "train_loss", "val_loss"),
        (["Loss/train", "Loss/validation"], "Loss/train", "Loss/validation"),
        (["trainLoss", "valLoss"], "trainLoss", "valLoss"),
        (["trainloss", "valloss"], "trainloss", "valloss"),
        (["train", "valid"], "train", "valid"),
        (["mse", "val_mse", "lr"], "mse", "val_mse"),
        (["train/rmse", "val/rmse", "val/r2"], "train/rmse", "val/rmse"),
        (["acc", "val_acc"], "acc", "val_acc"),
        (["accuracy", "val_acc"], "accuracy", "val_acc"),
        (["val_loss", "lr"], None, "val_loss"),
        (
            ["loss", "binary_crossentropy", "val_loss", "val_binary_crossentropy"],
            "binary_crossentropy",
            "val_binary_crossentropy",
        ),
        (["val_loss", "box_loss", "val_box_loss", "loss"], "loss", "val_loss"),
    ],
)
def test_found_by_name(columns, train, validation):
    assert keys(columns) == (train, validation)


def test_chosen_by_the_user():
    columns = ["loss", "val_loss", "mae", "val_mae", "odd"]
    assert keys(columns, train="mae", val="val_mae") == ("mae", "val_mae")
    assert keys(columns, val="val_mae") == ("mae", "val_mae")
    assert keys(columns, train="mae") == ("mae", "val_mae")
    assert keys(columns, train="ODD", val="val_loss") == ("odd", "val_loss")


def test_a_direction_is_proven_by_the_training_curve_or_asked_for():
    said = fs.diagnose({"x": TRAIN, "y": VALIDATION}, train="x", val="y").evidence
    assert not said["higher_is_better"]
    assert "lower, because training pushed it there" in said["notes"][0]
    rising = {"foo": 1 - TRAIN, "val_foo": 1 - VALIDATION}
    verdict = fs.diagnose(rising)
    assert verdict.evidence["higher_is_better"]
    assert verdict.label == "overfit"
    for unproven in ({}, {"foo": np.resize([1.0, 2.0], 60)}):
        with pytest.raises(fs.UserError, match="--higher-is-better or --lower-is-better"):
            fs.diagnose({"val_foo": VALIDATION, **unproven})
    assert fs.diagnose({"val_foo": VALIDATION}, higher_is_better=False).label == "overfit"
    assert fs.diagnose({"val_foo": 1 - VALIDATION}, higher_is_better=True).label == "overfit"


def test_training_decides_where_a_word_goes_either_way():
    falling = fs.diagnose({"score": TRAIN, "val_score": VALIDATION}).evidence
    assert not falling["higher_is_better"]
    assert "lower is taken as better" in falling["notes"][0]
    assert fs.diagnose({"score": 1 - TRAIN, "val_score": VALIDATION}).evidence["higher_is_better"]


@pytest.mark.parametrize(
    ("columns", "chosen", "told"),
    [
        (["val_acc", "val_f1"], "val_acc", "val_f1"),
        (["val_loss", "valid_loss"], "val_loss", "valid_loss"),
        (["val_map50", "val_map50_95"], "val_map50_95", "val_map50"),
        (["loss", "eval_a_loss", "eval_b_loss"], "eval_a_loss", "eval_b_loss"),
        (["val_mae", "val_rmse", "rmse"], "val_rmse", "val_mae"),
        (
            ["loss", "val_loss/dataloader_idx_0", "val_loss/dataloader_idx_1"],
            "val_loss/dataloader_idx_0",
            "val_loss/dataloader_idx_1",
        ),
        ([f"val_{n}_f1" for n in range(30)], "val_0_f1", "and 17 more"),
    ],
)
def test_the_likeliest_is_judged_and_the_others_are_told(columns, chosen, told):
    history = {name: VALIDATION if "v" in name else TRAIN for name in columns}
    evidence = fs.diagnose(history).evidence
    assert evidence["validation_key"] == chosen
    assert any(told in note and "could be meant, too" in note for note in evidence["notes"])


def test_the_losses_of_a_detector_are_judged_as_their_sum():
    box = {"train/box_loss": TRAIN, "val/box_loss": VALIDATION, "metrics/mAP50(B)": 1 - VALIDATION}
    log = {**box, "train/cls_loss": TRAIN, "val/cls_loss": 2 * VALIDATION}
    verdict = fs.diagnose(log)
    assert_allclose(verdict.history.validation, 3 * VALIDATION)
    assert_allclose(verdict.history.train, 2 * TRAIN)
    assert "the sum of val/box_loss, val/cls_loss was judged" in verdict.evidence["notes"][0]
    assert_allclose(fs.diagnose(log, val="val/cls_loss").history.validation, 2 * VALIDATION)


def test_xgboost_names_its_sets_by_number():
    """The first is the training set by custom, if it ends better."""
    evals = {"validation_0": {"logloss": TRAIN}, "validation_1": {"logloss": VALIDATION}}
    verdict = fs.diagnose(evals)
    assert_allclose(verdict.history.train, TRAIN)
    assert_allclose(verdict.history.validation, VALIDATION)
    assert verdict.history.step == "round"
    assert any("taken as the training set" in note for note in verdict.evidence["notes"])
    alone = fs.diagnose({"validation_0": {"logloss": VALIDATION}})
    assert alone.history.train is None
    named = fs.diagnose({"training": {"l2": TRAIN}, "valid_1": {"l2": VALIDATION}})
    assert_allclose(named.history.train, TRAIN)


@pytest.mark.parametrize(
    ("columns", "options", "says"),
    [
        (["loss", "accuracy"], {}, "no validation curve among loss, accuracy"),
        (["loss", "val_loss"], {"val": "val_los"}, "no metric 'val_los' in it; it has loss, val"),
        (["loss", "val_loss"], {"val": 3}, "a metric is named by a text, got 3"),
        (["loss", "val_loss"], {"val": ["loss"]}, "a metric is named by a text, got ['loss']"),
        (["loss", "val_loss"], {"train": "val_loss"}, "cannot be both"),
        (["val_foo", "val_bar"], {}, "none of val_foo, val_bar is known"),
        ([f"loss_{n}" for n in range(30)], {}, "and 18 more"),
    ],
)
def test_refused_in_one_line_that_names_the_candidates(columns, options, says):
    with pytest.raises(fs.UserError) as refused:
        keys(columns, **options)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "higher"),
    [
        ("val_accuracy", True),
        ("valid/AUROC", True),
        ("val_top5_acc", True),
        ("eval_f1", True),
        ("val_R2", True),
        ("val_dice_loss", False),
        ("val_error_rate", False),
        ("val_perplexity", False),
        ("val_neg_log_likelihood", False),
        ("val_neg_mean_squared_error", True),
        ("val_runtime", None),
        ("val_mean_io_u", True),
        ("metrics/mAP50-95(B)", True),
        ("val_IoU", True),
        ("Acc@1", True),
        ("val/top5", True),
        ("val_NSE", True),
        ("val_kge", True),
        ("val_R@10", True),
        ("hits@10", True),
        ("eval_rouge1", True),
        ("eval_exact_match", True),
        ("val_win_rate", True),
        ("val_explained_variance", True),
        ("val_log_likelihood", True),
        ("eval_wer", False),
        ("val_cer", False),
        ("val_FID", False),
        ("val_brier", False),
        ("val_nelbo", False),
        ("val_1_hd95", False),
        ("val_boxloss", False),
        ("val_learning_rate", None),
        ("val_loss_weight", None),
        ("valid_loss_best", None),
    ],
)
def test_which_way_is_better(name, higher):
    assert higher_is_better(meaning(name).metric) is higher


def test_an_accuracy_that_falls_is_overfitting():
    accuracy = {"accuracy": 1 - TRAIN, "val_accuracy": 1 - VALIDATION}
    verdict = fs.diagnose(accuracy)
    same = fs.diagnose({"loss": TRAIN, "val_loss": VALIDATION})
    assert verdict.label == same.label == "overfit"
    assert abs(verdict.best_epoch - same.best_epoch) <= 2


HIGHER = """
mAP50 mAP50-95 metrics/mAP50(B) metrics/mAP_0.5:0.95 mAP@.5:.95 AP75 bbox/AP50 coco/bbox_mAP_50
IoU mIoU MeanIoU jaccard_index dice_coef DSC acc1 Acc@1 top5 top-1 Prec@5 P@1 R@10 r_at_10
recall_at_5 hit@k hits@10 HR@10 ndcg@10 MRR NSE KGE CCC QWK quadratic_weighted_kappa BLEU-4 rougeL
rouge1 METEOR CIDEr-D SPICE chrF ChrF chrF++ BERTScore exact_match EM macro_f1 Gini expl_var
explained_variance PCK@0.2 PCKh win_rate winrate return episode_return ep_rew_mean ELBO roc_auc
average_precision matthews_corrcoef R^2 r2_score rsquared SROCC kendall_tau C-index PSNR SI-SDR
UTMOS quality success_rate log_likelihood LAS UAS PQ brier_skill_score PSNR↑ WIP
word_information_preserved ESTOI SI-SNRi SDRi SI-SDRi CMOS SMOS MOS NMOS SECS spk_sim
speaker_similarity CSIG CBAK COVL SegSNR ssnr WB-PESQ SQ RQ mPQ FWIoU fwIoU mDice pixAcc pixel_acc
mPA mAcc aAcc FSIM VIF MUSIQ MANIQA CLIPIQA HyperIQA CLIPScore clip_score delta1 delta_1.25 NDS
OKS mINP Rank-1 rank1 rank_5 CMC@1 HOTA DetA AssA IDF1 MOTA J&F AUPRO pixel_auroc image_auroc
normal_consistency TAR@FAR=1e-4 TPR@FPR=0.01 boundary_f1 Smeasure S-measure E-measure mAR mAR_100
AR@100 mBA GAUC uAUC novelty diversity serendipity RIG hits@3 Hits_at_10 MAP@10 MAP BLEURT MAUVE
distinct-1 dist_2 SARI MoverScore BLEU sacreBLEU JGA slot_f1 Inform pass@1 pass@10 Elo acc_norm
mc1 mc2 rewards/margins rewards/accuracies rewards/chosen COMET SR success SPL SoftSPL nDTW sDTW
OSR OIS driving_score route_completion ll loglik log_lik elpd tau kendalls_tau spearman_rho PICP
CSI HSS ETS GSS FSS BSS CRPSS logNSE skill NSD surface_dice PPV NPV TPR TNR FROC CPM youden kappa
cohen_kappa concordance validity uniqueness QED Vendi PickScore ImageReward HPSv2 aesthetic
DINO_score CLIP-I CLIP-T TM-score lDDT GDT_TS DockQ fnat sequence_recovery BEDROC
enrichment_factor tanimoto EFwT subset_accuracy LRAP fowlkes_mallows v_measure homogeneity
completeness calinski_harabasz profit savings informedness OSCR BWT FWT hypervolume fidelity
purity NMI ARI AMI jaccard adjusted_rand mutual_info_score variance_explained lift Q2 rm2 R2_adj
adj_r2 pearson_r pcc SCC plcc krcc mcc MCC f2 f0.5 f1_macro micro_f1 weighted_f1 samples_f1
f1-score F-measure IoU@0.5 tIoU vIoU CIoU_score SSIM MS-SSIM UQI SCC_r NCC completion_rate
exact_match_ratio pass_rate auc_pr pr_auc AUC-ROC AUROC AUCPR ROC-AUC ap50 box_mAP segm_mAP
AP_small APs WAcc UAR weighted_accuracy unweighted_accuracy
"""
LOWER = """
WER word_error_rate CER PER FID fid50k_full FVD perplexity PPL EER equal_error_rate minDCF NLL
negative_log_likelihood neg_elbo -ELBO nelbo brier brier_score cross-entropy mlogloss MASE wMAPE
CRPS pinball@0.9 max_error top-1-error err@1 ECE LPIPS NIQE MPJPE minADE_5 miss_rate AbsRel
bits/dim bits_per_dim HD95 ASSD DER FPR95 dice_loss FID↓ SER WIL word_information_lost MER TER
t-DCF Cavg LSD log_spectral_distance F0_RMSE MCD min_tDCF FAR FRR HTER GMSD DISTS sFID KID CD
chamfer chamfer_L1 EMD earth_mover_distance log10 silog SILog iRMSE iMAE RMSElog D1-all Fl-all
bad3 bad_2.0 bad1 3px 1px EPE mATE mASE mAOE mAVE mAAE PA-MPJPE MPVPE PVE accel_error mean_rank
median_rank MnR MdR MR lamr LAMR IDSW count_mae NE normalized_entropy self_bleu toxicity
hallucination_rate bpb bits_per_byte word_perplexity byte_perplexity token_ppl RPS RMSSE WRMSSE
ND_loss wQL mean_wQuantileLoss MSIS OWA MPIW PINAW interval_score Winkler MedAE medae RAE RRSE RSE
DTW TDI theils_u MdAPE RSR sMAPE WAPE HD hausdorff ASD VOE AVD IBS integrated_brier_score TRE FNR
FPR fpr95 FPR@95 FAD MMD wasserstein W1_distance JSD js_divergence KLD TVD FCD ADE FDE minADE
minFDE_6 b-minFDE brier_minFDE collision_rate off_road_rate ATE RPE t_rel r_rel RMSD energy_mae
force_rmse e_mae f_mae hamming hamming_loss one_error ranking_loss coverage_error davies_bouldin
oob_error ACE SCE TCE MCE classwise_ece AURC E-AURC forgetting regret simple_regret IGD infidelity
demographic_parity_difference equalized_odds_difference log_mse masked_mae huber tweedie_deviance
gamma_nll poisson_nll_loss gnll charbonnier ssim_loss perceptual_loss style_loss content_loss
recon reconstruction commit_loss vq_loss kl rate_distortion_loss bpp_loss
"""
ASKED = """
ADD-S ADD IS PI MOTP a1 D1 F1-all SA bias MBE ME PBIAS CI mi iwae coverage density rho POD lr_min
best_loss
"""


@pytest.mark.parametrize("spelled", ["{}", "val_{}", "val/{}", "Val {}", "eval_{}", "{}/val"])
def test_the_direction_of_what_people_measure(spelled: str):
    wrong = {
        name: higher_is_better(meaning(spelled.format(name)).metric)
        for names, expected in ((HIGHER, True), (LOWER, False), (ASKED, None))
        for name in names.split()
        if higher_is_better(meaning(spelled.format(name)).metric) is not expected
    }
    assert not wrong


def test_metrics_are_shown_as_the_log_writes_them():
    for name in (HIGHER + LOWER).split():
        if not name.startswith("metrics/") and " " not in name:
            assert shown_metric(f"val_{name}") == name
    said = fs.diagnose({"acc": 1 - TRAIN, "val_acc": 0.9 - VALIDATION})
    assert "Validation acc rose" in said.explanation


def test_a_hint_is_no_proof_where_the_curve_goes_the_other_way_from_its_start():
    falls = {"val_score": 0.8 * TRAIN}
    with pytest.raises(fs.UserError, match="not known which way val_score is better"):
        fs.diagnose(falls)
    assert fs.diagnose(falls, higher_is_better=False).label in ("good", "improving")
    assert fs.diagnose({"val_score": 1 - TRAIN}).label in ("good", "improving")
