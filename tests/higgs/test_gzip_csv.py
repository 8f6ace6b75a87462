import gzip
import subprocess
import sys
import textwrap
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fitscope.errors import UserError
from fitscope.higgs import gzip_csv, gzip_text
from fitscope.higgs.gzip_csv import file_chunks, read_blocks, read_rows

NAMES = ("label", "a", "b")
TABLE = tuple(f"column {i}" for i in range(29))
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)


def read(text: bytes, rows=None, names=NAMES, chunk=1 << 18):
    packed = gzip.compress(text)
    chunks = [packed[i : i + chunk] for i in range(0, len(packed), chunk)]
    return read_rows(chunks, "rows.csv.gz", names, rows)


@st.composite
def tables(draw):
    rows, columns = draw(st.integers(1, 40)), draw(st.integers(2, 6))
    table = draw(arrays(np.float32, (rows, columns), elements=finite))
    table[:, 0] = draw(arrays(np.float32, rows, elements=st.sampled_from([0.0, 1.0])))
    return table


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of a few lines, so that few rows make many."""
    monkeypatch.setattr(gzip_text, "_BLOCK", 800)
    monkeypatch.setattr(gzip_text, "_PIECE", 100)


class TestWhatIsWrittenIsRead:
    @given(
        table=tables(),
        newline=st.sampled_from(["\n", "\r\n"]),
        ending=st.sampled_from([b"", b"\n", b"\r\n", b"\n\n\n"]),
        block=st.sampled_from([160, 400, 1 << 23]),
        piece=st.sampled_from([1, 64, 1 << 16]),
        chunk=st.sampled_from([1, 50, 1 << 18]),
        data=st.data(),
    )
    @settings(deadline=None)
    def test_bit_for_bit(self, as_csv, table, newline, ending, block, piece, chunk, data):
        rows = data.draw(st.none() | st.integers(1, len(table)))
        text = as_csv(table, newline).rstrip(b"\r\n") + ending
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gzip_text, "_BLOCK", block)
            patch.setattr(gzip_text, "_PIECE", piece)
            names = tuple("abcdef"[: table.shape[1]])
            x, y = read(text, rows, names, chunk)
        np.testing.assert_array_equal(x, table[:rows, 1:])
        np.testing.assert_array_equal(y, table[:rows, 0])
        assert x.dtype == y.dtype == np.float32

    @given(tables())
    @settings(deadline=None)
    def test_shortest_digits_too(self, table):
        text = "".join(",".join(map(str, row)) + "\n" for row in table).encode()
        x, y = read(text, names=tuple("abcdef"[: table.shape[1]]))
        np.testing.assert_array_equal(np.column_stack([y, x]), table)

    def test_members_one_after_another_and_padding(self, as_csv, random_table):
        table = random_table(30)
        text = as_csv(table)
        packed = gzip.compress(text[:1000]) + gzip.compress(b"") + gzip.compress(text[1000:])
        for size in (1, 7, 100_000):
            chunks = [packed[i : i + size] for i in range(0, len(packed), size)]
            x, _ = read_rows([*chunks, b"\0" * 600, b"\0"], "rows", TABLE)
            np.testing.assert_array_equal(x, table[:, 1:])

    def test_whole_files_equal_an_independent_parser(self, shared):
        path = shared / "HIGGS-11k.csv.gz"
        x, y = read_rows(file_chunks(path), str(path), TABLE)
        expected = np.loadtxt(path, delimiter=",", dtype=np.float32)
        assert x.shape == (11_000, 28)
        np.testing.assert_array_equal(np.column_stack([y, x]), expected)

    @pytest.mark.usefixtures("small_blocks")
    def test_blocks_are_in_column_order(self, as_csv, random_table):
        table = random_table(20)
        blocks = list(read_blocks([gzip.compress(as_csv(table))], "rows", TABLE))
        assert len(blocks) > 9
        assert all(block.flags.f_contiguous for block in blocks)
        np.testing.assert_array_equal(np.concatenate(blocks), table)


class TestReadingStops:
    def test_takes_no_more_chunks_than_the_rows_need(self, thousands):
        table, packed = thousands
        taken = []

        def chunks():
            for start in range(0, len(packed), 10_000):
                taken.append(start)
                yield packed[start : start + 10_000]

        x, _ = read_rows(chunks(), "rows", TABLE, 500)
        np.testing.assert_array_equal(x, table[:500, 1:])
        assert len(taken) * 10_000 < 2 * len(packed) * 500 / 11_000

    @pytest.mark.parametrize("rows", [1, 2])
    def test_defects_behind_the_rows_do_not_matter(self, rows):
        x, _ = read(b"1,2,3\n0,5,6\nHello,world\n", rows)
        assert len(x) == rows

    def test_a_gzip_defect_behind_the_rows_does_not_matter(self, thousands):
        table, packed = thousands
        cut = packed[: len(packed) // 2]
        for broken in (cut, cut + b"\xff" * 1000):
            x, _ = read_rows([broken], "rows", TABLE, 5_000)
            np.testing.assert_array_equal(x, table[:5_000, 1:])

    def test_fewer_rows_come_back_as_they_are(self):
        x, y = read(b"1,2,3\n0,5,6\n\n", 10)
        assert x.shape == (2, 2)
        assert y.tolist() == [1, 0]
        assert read(b"")[0].shape == (0, 2)


LINES = {
    b"1,2\n": "2 fields instead of 3 fields",
    b"1,2,3,4\n": "4 fields instead of 3 fields",
    b"1,2,3,\n": "4 fields instead of 3 fields",
    b"7\n": "1 field instead of 3 fields",
    b"\n": "nothing instead of 3 fields",
    b"1,x,3\n": "column 2 (a): 'x' is not a number",
    b"1,,3\n": "column 2 (a): the field is empty",
    b"1,2,\n": "column 3 (b): the field is empty",
    b"1,2,nan\n": "column 3 (b): 'nan' is not a finite number",
    b"1,-inf,3\n": "column 2 (a): '-inf' is not a finite number",
    b"1,Infinity,3\n": "column 2 (a): 'Infinity' is not a finite number",
    b"1,1e39,3\n": "column 2 (a): '1e39' is too large for a 32-bit float",
    b"1,1e999,3\n": "column 2 (a): '1e999' is too large for a 32-bit float",
    b'1,"2",3\n': "column 2 (a): '\"2\"' is not a number",
    b"1,1_0,3\n": "column 2 (a): '1_0' is not a number",
    b"1,\xff\xfe,3\n": "column 2 (a): '\ufffd\ufffd' is not a number",
    b"2,2,3\n": "column 1 (label): '2' is neither 0 nor 1",
    b"0.5,2,3\n": "column 1 (label): '0.5' is neither 0 nor 1",
    b"nan,2,3\n": "column 1 (label): 'nan' is not a finite number",
    b"signal,2,3\n": "column 1 (label): 'signal' is not a number",
}


class TestDefectsAreFound:
    @pytest.mark.parametrize("line", LINES, ids=lambda line: repr(line)[2:-3])
    @pytest.mark.parametrize("before", [0, 1, 517])
    @pytest.mark.usefixtures("small_blocks")
    def test_with_line_and_column(self, line, before):
        text = b"1,2.5,3\n" * before + line + b"0,2,3\n" * 9
        with pytest.raises(UserError) as caught:
            read(text)
        assert str(caught.value) == (
            f"rows.csv.gz: line {before + 1}: {LINES[line]}; mend or remove that line"
        )

    @pytest.mark.parametrize("line", LINES, ids=lambda line: repr(line)[2:-3])
    def test_as_the_last_line(self, line):
        if line == b"\n":
            pytest.skip("an empty line at the end is no defect")
        with pytest.raises(UserError, match="line 3: "):
            read(b"1,2.5,3\n" * 2 + line.strip(b"\n"))

    @given(st.data())
    @settings(deadline=None, max_examples=300)
    def test_or_there_is_none(self, as_csv, random_table, data):
        text = bytearray(as_csv(random_table(6)[:, :3]))
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(text) - 1))
            text[at : at + data.draw(st.integers(0, 2))] = data.draw(
                st.sampled_from(
                    [b"", b",", b"\n", b"e", b".", b"-", b"+", b"7", b"nan", b'"', b" "]
                )
            )
        expected = plain_python(bytes(text))
        if expected is None:
            with pytest.raises(UserError, match=r"^rows.csv.gz: line \d+: "):
                read(bytes(text))
        else:
            x, y = read(bytes(text))
            np.testing.assert_array_equal(np.column_stack([y, x]), expected)


def plain_python(text: bytes) -> np.ndarray | None:
    """The same table by other means, or None if there is a defect in it."""
    rows = []
    for line in text.decode().rstrip("\n").split("\n"):
        try:
            row = [float(field) for field in line.split(",")]
        except ValueError:
            return None
        if len(row) != 3 or not np.isfinite(row).all():
            return None
        rows.append(row)
    with np.errstate(over="ignore"):
        table = np.array(rows, np.float32)
    return table if np.isfinite(table).all() and np.isin(table[:, 0], (0, 1)).all() else None


class TestFiles:
    def test_missing(self, tmp_path):
        with pytest.raises(UserError, match="no such file; check the path"):
            read_rows(file_chunks(tmp_path / "rows.csv.gz"), "rows", NAMES)

    def test_folder(self, tmp_path):
        with pytest.raises(UserError, match="is a folder"):
            read_rows(file_chunks(tmp_path), "rows", NAMES)

    def test_forbidden(self, tmp_path, monkeypatch):
        def forbid(*_, **__):
            raise PermissionError(13, "Permission denied")

        (tmp_path / "rows.csv.gz").write_bytes(b"1,2,3\n")
        monkeypatch.setattr(gzip_csv, "open", forbid, raising=False)
        with pytest.raises(UserError, match="no permission to read it"):
            read_rows(file_chunks(tmp_path / "rows.csv.gz"), "rows", NAMES)

    def test_empty(self):
        with pytest.raises(UserError, match=r"^rows: is empty"):
            read_rows([], "rows", NAMES)

    @pytest.mark.parametrize("content", [b"1,2,3\n", b"<html>", b"P", b"\x1fhello"])
    def test_not_gzip(self, content):
        with pytest.raises(UserError, match=r"^rows: is not a gzip file"):
            read_rows([content], "rows", NAMES)

    @pytest.mark.parametrize("missing", [1, 8, 9, 1000])
    def test_cut_short(self, missing, thousands):
        with pytest.raises(UserError, match=r"^rows: the gzip data ends too soon"):
            read_rows([thousands[1][:-missing]], "rows", TABLE)

    @pytest.mark.parametrize("at", [-1, -6])
    def test_a_wrong_checksum_or_length(self, at, thousands):
        packed = bytearray(thousands[1])
        packed[at] ^= 1
        with pytest.raises(UserError, match=r"^rows: the gzip data is corrupt"):
            read_rows([bytes(packed)], "rows", TABLE)

    @given(st.data())
    @settings(deadline=None, max_examples=60)
    def test_a_flipped_bit_changes_no_row_unsaid(self, as_csv, random_table, data):
        table = random_table(40)
        text = as_csv(table)
        packed = bytearray(gzip.compress(text, mtime=0))
        bit = data.draw(st.integers(10 * 8, len(packed) * 8 - 1))
        packed[bit // 8] ^= 1 << bit % 8
        try:
            x, y = read_rows([bytes(packed)], "rows", TABLE)
        except UserError as error:
            if not str(error).startswith("rows: "):
                raise
            return
        # the code of a sign that does not occur: the text is the same
        assert gzip.decompress(packed) == text
        np.testing.assert_array_equal(np.column_stack([y, x]), table)

    def test_something_else_behind_the_end(self, thousands):
        with pytest.raises(UserError, match=r"^rows: the gzip data is corrupt"):
            read_rows([thousands[1] + b"something else"], "rows", TABLE)

    @pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
    def test_what_is_packed_twice_is_not_unpacked_twice(self, pack):
        with pytest.raises(UserError, match=r"line 1: 1 field instead of 3 fields"):
            read(pack(b"1,2,3\n" * 100_000))

    def test_a_line_without_end_does_not_fill_the_memory(self):
        with pytest.raises(UserError, match=r"line 1 does not end within 8,388,608 bytes"):
            read(b"1" * (1 << 25))


def test_memory_does_not_grow_with_the_file(tmp_path, thousands):
    pytest.importorskip("resource")
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(thousands[1] * 20)
    code = """
    import resource, sys
    import polars
    from fitscope.higgs.gzip_csv import file_chunks, read_blocks, read_rows

    TABLE = tuple(f"column {i}" for i in range(29))

    def peak():
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

    before = peak()
    rows = sum(map(len, read_blocks(file_chunks(sys.argv[1]), "rows", TABLE)))
    streaming = peak() - before
    x, y = read_rows(file_chunks(sys.argv[1]), "rows", TABLE)
    assert len(y) == rows == 220_000
    print(streaming, peak() - before - x.nbytes - y.nbytes)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    streaming, beyond = map(int, done.stdout.split())
    # The text is 160 MB; what is held at any time is a few blocks of 8 MB.
    assert streaming < 150e6
    assert beyond < 150e6
