"""Shape and type hints are held against what is really passed, on the floors that compute.

`conftest.py` names them. A mistake of a user's is not theirs to find: floors that take what users
give are left out, since they answer with a `UserError` of their own.
"""

import builtins

import jaxtyping
from beartype import BeartypeConf, beartype

# many modules know these in hints alone, since to import jaxtyping takes a tenth of a second
for name in ("Bool", "Float", "Int", "Shaped"):
    setattr(builtins, name, getattr(jaxtyping, name))

CHECKED = (
    "fitscope.data.csv_layout",
    "fitscope.data.describe",
    "fitscope.data.parts",
    "fitscope.diagnosis",
    "fitscope.higgs.columnar",
    "fitscope.higgs.csv_rows",
    "fitscope.higgs.csv_text",
    "fitscope.higgs.gzip_csv",
    "fitscope.higgs.layout",
    "fitscope.higgs.parquet",
    "fitscope.higgs.simulated_blocks",
    "fitscope.higgs.simulation",
    "fitscope.learners.kept_rows",
    "fitscope.learners.mlp.dropout",
    "fitscope.learners.mlp.engine",
    "fitscope.learners.mlp.evaluation",
    "fitscope.learners.mlp.forward",
    "fitscope.learners.mlp.objective",
    "fitscope.learners.patience",
    "fitscope.learners.mlp.train",
    "fitscope.learners.mlp.weighted",
    "fitscope.learners.streams",
    "fitscope.task",
)

checker = beartype(conf=BeartypeConf(is_pep484_tower=True))  # a whole number is a number
