"""The local folder of Weights & Biases, written as its own version 0.31 writes it."""

import gzip
import struct

import pytest
from logs.made_up_logs import losses

import fitscope as fs

TRAIN, VALIDATION = losses()


def varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found, value = found + bytes([value & 127 | 128]), value >> 7
    return found + bytes([value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def history(step: int, items: dict[str, float]) -> bytes:
    """A record: names in parts, as W&B keeps those with a slash, and values as JSON."""
    inner = b""
    for name, value in items.items():
        first, *rest = name.split("/")
        keys = field(2, first.encode()) + b"".join(field(2, more.encode()) for more in rest)
        inner += field(
            1, (keys if rest else field(1, name.encode())) + field(16, repr(value).encode())
        )
    return field(1, step) + field(2, inner + field(2, field(1, step)))


def leveldb(records: list[bytes]) -> bytes:
    """Records in blocks of 32 KiB, cut where a block ends."""
    data = b":W&B" + struct.pack("<HB", 0xBEE1, 0)
    for record in records:
        first = True
        while first or record:
            left = (1 << 15) - len(data) % (1 << 15)
            if left < 7:
                data += b"\0" * left
                continue
            piece, record = record[: left - 7], record[left - 7 :]
            kind = (1 if not record else 2) if first else (4 if not record else 3)
            data += b"\0" * 4 + struct.pack("<HB", len(piece), kind) + piece
            first = False
    return data


def written(folder, count=60, note=b""):
    records = [field(17, b"\n\x01a"), *([field(5, note)] if note else [])]
    records += [
        history(n, {"epoch": n, "train/loss": float(TRAIN[n]), "val_loss": float(VALIDATION[n])})
        for n in range(count)
    ]
    run = folder / "wandb" / "offline-run-20260101_120000-abc"
    (run / "files").mkdir(parents=True)
    (run / "files" / "output.log").write_text("Epoch 1: loss 9.0, val_loss 9.0\n" * 3)
    (folder / "wandb" / "debug-internal.log").write_text('{"level": "INFO", "msg": "x"}\n')
    file = run / "run-abc.wandb"
    file.write_bytes(leveldb(records))
    return file


def test_the_folder_its_parent_and_the_file(tmp_path):
    file = written(tmp_path, note=b"x" * 70_000)
    for path in (tmp_path, tmp_path / "wandb", file.parent, file):
        verdict = fs.diagnose(path)
        assert (verdict.label, verdict.epochs) == ("overfit", 60)
        assert verdict.evidence.train_key == "train/loss"


def test_a_run_that_still_writes_and_one_that_logged_nothing(tmp_path):
    file = written(tmp_path)
    file.write_bytes(file.read_bytes()[:-100])
    assert 50 <= fs.diagnose(file).epochs < 60
    file.write_bytes(leveldb([field(17, b"\n\x01a")]))
    with pytest.raises(fs.UserError, match="no history in it"):
        fs.diagnose(file)


@pytest.mark.parametrize(
    "odd",
    [
        field(2, field(1, field(1, 5))),  # a number for a name
        field(2, field(1, field(1, b"a") + field(16, b"[" * 100_000))),
        field(2, field(1, field(1, b"a") + b"\x28" + b"\x80" * 100_000)),  # of integers the longest
    ],
)
def test_an_odd_record_costs_no_more_than_itself(tmp_path, odd):
    file = written(tmp_path)
    file.write_bytes(leveldb([odd]) + file.read_bytes()[7:])
    assert fs.diagnose(file).epochs == 60


def test_a_packed_file(tmp_path):
    packed = tmp_path / "run-abc.wandb.gz"
    packed.write_bytes(gzip.compress(written(tmp_path / "run").read_bytes()))
    assert fs.diagnose(packed).label == "overfit"
