import gzip
import hashlib
import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from fitscope.errors import UserError
from fitscope.higgs import columnar
from fitscope.higgs.fetch import fetch
from fitscope.higgs.published import PUBLISHED, local_copies, packed_file
from fitscope.higgs.rows import higgs


@pytest.fixture(autouse=True)
def _empty_cache(cache):
    assert not cache.exists()


@pytest.fixture
def serving(serve, thousands, monkeypatch):
    """Serves 11,000 rows at the address that the environment names."""

    def start(content=None, **behaviour):
        loop = serve(thousands[1] if content is None else content, **behaviour)
        monkeypatch.setenv("FITSCOPE_HIGGS_URL", loop.url)
        return loop

    return start


def copies():
    return local_copies(packed_file())


def part():
    packed = copies()[1]
    return packed.with_name(packed.name + ".part")


def left(cache):
    """What there is but the file that keeps two fetches apart."""
    return [path for path in cache.iterdir() if path.suffix != ".lock"]


def test_leaves_a_columnar_copy_and_nothing_else(serving, thousands, cache):
    loop = serving()
    path = fetch()
    table = np.load(path, mmap_mode="r")
    np.testing.assert_array_equal(table, thousands[0])
    assert table.flags.f_contiguous
    assert table.dtype == np.float32
    assert left(cache) == [path]
    loop.statuses = [404] * 9
    assert fetch() == path
    np.testing.assert_array_equal(higgs(1_000, None).x_train, thousands[0][1_000:, 1:])


def test_tells_how_far_it_is(serving, thousands):
    serving(breaks=[100_000])
    downloaded, converted = [], []
    fetch(lambda *now: downloaded.append(now), lambda *now: converted.append(now))
    size = len(thousands[1])
    for told in (downloaded, converted):
        done = [now for now, _ in told]
        assert done == sorted(done)
        assert done[-1] == size
        assert {total for _, total in told} == {size}
    assert len(downloaded) > 10


class TestResumes:
    @pytest.mark.parametrize("ranges", [True, False])
    def test_within_a_call(self, serving, thousands, ranges):
        loop = serving(ranges=ranges, breaks=[500_000, 2_000_000])
        np.testing.assert_array_equal(np.load(fetch()), thousands[0])
        if ranges:
            assert loop.asked == ["bytes=0-", "bytes=500000-", "bytes=2500000-"]

    @pytest.mark.parametrize("ranges", [True, False])
    def test_in_a_later_call(self, serving, thousands, ranges):
        loop = serving(ranges=ranges, breaks=[500_000], statuses=[0, 404])
        with pytest.raises(UserError, match=r"answers 404 .* what has come is kept"):
            fetch()
        assert part().read_bytes() == thousands[1][:500_000]
        np.testing.assert_array_equal(np.load(fetch()), thousands[0])
        assert loop.asked[2:] == ["bytes=500000-"]

    def test_nothing_is_left_where_nothing_came(self, serving, cache):
        serving(statuses=[404])
        with pytest.raises(UserError, match=r"answers 404 Not Found; check the address$"):
            fetch()
        assert left(cache) == []

    def test_after_the_download_was_complete(self, serving, thousands):
        serving()
        part().parent.mkdir()
        part().write_bytes(thousands[1])
        np.testing.assert_array_equal(np.load(fetch()), thousands[0])

    def test_after_the_check_was_complete(self, serving, thousands):
        loop = serving()
        copies()[1].parent.mkdir()
        copies()[1].write_bytes(thousands[1])
        np.testing.assert_array_equal(np.load(fetch()), thousands[0])
        assert loop.asked == []

    def test_with_columns_left_over_from_a_killed_conversion(self, serving, thousands, cache):
        serving()
        folder = cache / f".{copies()[0].name}.columns"
        folder.mkdir(parents=True)
        (folder / "0").write_bytes(b"left over")
        np.testing.assert_array_equal(np.load(fetch()), thousands[0])
        assert not folder.exists()


class TestChecks:
    @pytest.fixture
    def known(self, thousands):
        """Size and checksum of the rows."""
        return {"size": len(thousands[1]), "sha256": hashlib.sha256(thousands[1]).hexdigest()}

    def test_published_figures(self):
        assert PUBLISHED.size == 2_816_407_858
        assert len(PUBLISHED.sha256) == 64
        assert not PUBLISHED.chosen

    def test_the_right_figures_pass(self, serve, thousands, publish, known):
        publish(serve(thousands[1]).url, **known)
        assert fetch().name == "HIGGS.npy"

    def test_a_wrong_checksum(self, serve, thousands, publish, known):
        publish(serve(thousands[1]).url, **known | {"sha256": "0" * 64})
        with pytest.raises(UserError, match=r"has another checksum .* was removed; fetch again"):
            fetch()
        assert not part().exists()
        assert not any(copy.exists() for copy in copies())

    def test_a_wrong_size_stops_at_once(self, serve, thousands, publish):
        loop = serve(thousands[1])
        publish(loop.url, size=5)
        with pytest.raises(UserError, match=r"offers a file of [\d,]+ bytes, not 5; check the add"):
            fetch()
        assert loop.sent < len(thousands[1])

    def test_a_wrong_size_without_a_length(self, serve, thousands, publish):
        publish(serve(thousands[1], ranges=False, length=False).url, size=5)
        with pytest.raises(UserError, match=r"has [\d,]+ bytes, not 5 and was removed"):
            fetch()

    def test_a_left_over_that_is_too_long(self, serve, thousands, publish, known):
        publish(serve(thousands[1]).url, **known)
        part().parent.mkdir()
        part().write_bytes(thousands[1] + b"more")
        with pytest.raises(UserError, match="was removed; fetch again"):
            fetch()
        assert fetch().exists()

    def test_two_addresses(self, serve, thousands, publish, known):
        first, second = serve(thousands[1], breaks=[9_999], statuses=[0, 404]), serve(thousands[1])
        publish(first.url, second.url, **known)
        np.testing.assert_array_equal(np.load(fetch()), thousands[0])
        assert second.asked == ["bytes=9999-"]


class TestBadContent:
    def test_a_page_instead_of_the_file(self, serving):
        serving(b"<!DOCTYPE html>")
        with pytest.raises(UserError, match="something other than a gzip file"):
            fetch()

    def test_a_defect_in_the_rows(self, serving, as_csv, random_table):
        serving(gzip.compress(as_csv(random_table(3)) + b"1,2\n"))
        with pytest.raises(UserError, match="line 4: 2 fields instead of 29 fields") as caught:
            fetch()
        assert str(copies()[1]) in str(caught.value)
        assert not copies()[0].exists()

    def test_no_rows(self, serving):
        serving(gzip.compress(b""))
        with pytest.raises(UserError, match="holds no rows; delete it and fetch again"):
            fetch()
        assert not copies()[0].exists()

    def test_cut_short_without_a_length(self, serving, thousands):
        serving(thousands[1][:-100], ranges=False, length=False)
        with pytest.raises(UserError, match="the gzip data ends too soon"):
            fetch()
        assert not copies()[0].exists()


class TestNoSpace:
    def test_is_noticed_before_the_download(self, serving, monkeypatch):
        usage = namedtuple("usage", "total used free")
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9e9, 9e9, 2e5))
        loop = serving()
        with pytest.raises(
            UserError, match=r"0\.0 GB free, 0\.0 GB needed; free some space, or set"
        ):
            fetch()
        assert len(loop.asked) == 1

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_while_downloading(self, serving, cache):
        serving()
        cache.mkdir()
        part().symlink_to("/dev/full")
        with pytest.raises(UserError, match="no space left"):
            fetch()
        assert not any(copy.exists() for copy in copies())

    def test_while_converting(self, serving, cache, thousands, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        serving()
        with monkeypatch.context() as patch:
            patch.setattr(columnar.shutil, "copyfileobj", full)
            with pytest.raises(UserError, match="no space left"):
                fetch()
        assert left(cache) == [copies()[1]]
        np.testing.assert_array_equal(np.load(fetch()), thousands[0])

    def test_a_cache_that_is_a_file(self, serving, cache):
        serving()
        cache.write_bytes(b"")
        with pytest.raises(UserError, match="choose another folder"):
            fetch()


def test_two_at_once(serving, cache):
    serving()
    cache.mkdir()
    with FileLock(copies()[0].with_name(f".{copies()[0].stem}.lock")):
        with pytest.raises(UserError, match="is being fetched already; wait for that to end"):
            fetch()
        assert left(cache) == []
    fetch()
    assert left(cache) == [copies()[0]]
