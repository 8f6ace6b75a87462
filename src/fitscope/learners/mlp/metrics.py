"""The metrics of an epoch, under Keras' names."""

METRICS = ("loss", "binary_crossentropy", "accuracy")
"""`loss` holds the penalties, the cross-entropy does not; accuracy counts logit > 0."""

MONITORS = (*METRICS, *(f"val_{name}" for name in METRICS))
"""What an early-stopping rule can look at: training metrics, then those of validation rows."""
