"""Optimizers by their names: what a plan may ask for, known without JAX or Optax."""

OPTIMIZERS = (
    *("adam", "adamw", "sgd", "adabelief", "adadelta", "adafactor", "adagrad", "adamax"),
    *("adamaxw", "adan", "amsgrad", "fromage", "lamb", "lars", "lion", "nadam", "nadamw"),
    *("novograd", "radam", "rmsprop", "sign_sgd", "signum", "yogi"),
)
"""Optax' optimizers, known without importing it."""
OF_OTHERS = ("asgd", "ftrl", "muon", "rprop", "schedulefreeadamw", "sparseadam")
"""What Keras or PyTorch have beyond them, for networks of one's own."""
