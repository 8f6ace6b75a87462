import gzip
import socket
import struct
import threading

import numpy as np
import pytest

import fitscope.datasets
from fitscope.data.source import Source
from fitscope.errors import Notice, UserError
from fitscope.higgs.columnar import write_columns
from fitscope.higgs.layout import COLUMNS, FEATURE_NAMES
from fitscope.higgs.published import local_copies, packed_file
from fitscope.higgs.rows import higgs

# The record that the guide prints: the first row of the published file, which is a signal.
GUIDE_RECORD = [
    *(0.8692932, -0.6350818, 0.22569026, 0.32747006, -0.6899932, 0.75420225),
    *(-0.24857314, -1.0920639, 0.0, 1.3749921, -0.6536742, 0.9303491),
    *(1.1074361, 1.1389043, -1.5781983, -1.0469854, 0.0, 0.65792954),
    *(-0.01045457, -0.04576717, 3.1019614, 1.35376, 0.9795631, 0.97807616),
    *(0.92000484, 0.72165745, 0.98875093, 0.87667835),
]


@pytest.fixture
def real(shared):
    return shared / "HIGGS-11k.csv.gz"


def equals(split, table, validation, train):
    np.testing.assert_array_equal(split.x_validation, table[:validation, 1:])
    np.testing.assert_array_equal(split.y_validation, table[:validation, 0])
    np.testing.assert_array_equal(split.x_train, table[validation:][:train, 1:])
    np.testing.assert_array_equal(split.y_train, table[validation:][:train, 0])


class TestRealRows:
    def test_the_first_record_is_the_guides(self, real):
        split = higgs(data=real)
        np.testing.assert_allclose(split.x_validation[0], GUIDE_RECORD, atol=5.1e-4)
        assert split.y_validation[0] == 1

    def test_the_guides_split(self, real):
        split = fitscope.datasets.higgs(data=str(real))
        table = np.loadtxt(real, delimiter=",", dtype=np.float32)
        equals(split, table, 1_000, 10_000)
        assert split.x_train.shape == (10_000, 28)
        assert split.x_validation.shape == (1_000, 28)
        assert split.x_train.dtype == split.y_train.dtype == np.float32
        assert split.source.kind == "file"
        assert not split.source.simulated

    def test_values_are_what_their_names_say(self, real):
        x = dict(zip(FEATURE_NAMES, higgs(data=real).x_train.T, strict=True))
        for name, values in x.items():
            if name.endswith("_phi"):
                assert np.abs(values).max() < np.pi / 1.8
            elif name.endswith("b-tag"):
                assert len(np.unique(np.round(values, 2))) == 3
            elif not name.endswith("_eta"):
                assert values.min() > 0


def test_names():
    assert len(FEATURE_NAMES) == len(set(FEATURE_NAMES)) == 28
    assert len(COLUMNS) == 29
    assert COLUMNS[1:] == FEATURE_NAMES


class TestHowManyRows:
    @pytest.fixture
    def table(self, random_table):
        return random_table(50)

    @pytest.fixture
    def path(self, table, as_csv, tmp_path):
        path = tmp_path / "rows.csv.gz"
        path.write_bytes(gzip.compress(as_csv(table)))
        return path

    @pytest.mark.parametrize(("validation", "train"), [(1, 1), (10, 40), (49, 1), (20, None)])
    def test_validation_first_then_training(self, path, table, validation, train):
        equals(higgs(validation, train, path), table, validation, train)

    def test_a_csv_that_is_not_packed(self, table, as_csv, tmp_path):
        path = tmp_path / "HIGGS.csv"
        path.write_bytes(as_csv(table, newline="\r\n"))
        equals(higgs(10, 40, path), table, 10, 40)
        path.write_text(",".join(COLUMNS) + "\n")
        with pytest.raises(UserError, match=r"HIGGS.csv: line 1: column 1 \(\w+\): '\w+' is not a"):
            higgs(1, 1, path)
        path.write_bytes(gzip.compress(as_csv(table)))
        equals(higgs(10, 40, path), table, 10, 40)

    @pytest.mark.parametrize(
        ("validation", "train", "message"),
        [
            (10, 41, "holds 50 rows, but 10 validation rows and 41 training rows were asked for"),
            (50, None, "holds 50 rows, but 50 validation rows and at least 1 training rows"),
            (1_000, 10_000, "but 1,000 validation rows and 10,000 training rows"),
        ],
    )
    def test_too_many(self, path, validation, train, message):
        with pytest.raises(UserError, match=message) as caught:
            higgs(validation, train, path)
        assert str(path) in str(caught.value)

    @pytest.mark.parametrize(("validation", "train"), [(0, 1), (-5, None), (1, 0), (1, -1)])
    def test_none_or_fewer(self, path, validation, train):
        with pytest.raises(UserError, match="rows asked for; ask for at least 1"):
            higgs(validation, train, path)

    def test_a_defect_behind_them_does_not_matter(self, path, table, as_csv):
        path.write_bytes(gzip.compress(as_csv(table) + b"1,2,3\n")[:-4])
        equals(higgs(10, 40, path), table, 10, 40)
        with pytest.raises(UserError, match="the gzip data ends too soon"):
            higgs(10, None, path)

    def test_a_defect_names_the_feature(self, path, table, as_csv):
        lines = as_csv(table).splitlines(keepends=True)
        lines[30] = lines[30].replace(lines[30].split(b",")[12], b"high")
        path.write_bytes(gzip.compress(b"".join(lines)))
        with pytest.raises(UserError, match=r"line 31: column 13 \(jet_2_phi\): 'high' is not"):
            higgs(10, 40, path)


def _hang_up(server):
    """Reset every connection as soon as it is made."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


class TestAuto:
    @pytest.fixture(autouse=True)
    def _empty_cache(self, cache):
        self.cache = cache

    @pytest.fixture
    def nobody(self, serve):
        """An address where nothing listens."""
        return serve(b"").url.replace("127.0.0.1", "127.0.0.2")

    def test_reads_the_published_address(self, serve, thousands, publish):
        loop = serve(thousands[1])
        publish(loop.url, "http://nowhere.invalid/")
        split = higgs()
        equals(split, thousands[0], 1_000, 10_000)
        assert (split.source.kind, split.source.location) == ("url", loop.url)
        assert not self.cache.exists()

    def test_or_the_second_one(self, serve, thousands, publish, nobody):
        loop = serve(thousands[1])
        publish(nobody, loop.url)
        assert higgs(5, 5).source.location == loop.url

    def test_or_the_one_in_the_environment(self, serve, thousands, publish, monkeypatch):
        loop = serve(thousands[1])
        monkeypatch.setenv("FITSCOPE_HIGGS_URL", loop.url)
        publish("http://nowhere.invalid/")
        assert higgs(5, 5).source.location == loop.url

    def test_without_a_network_it_simulates_and_says_so(self, publish, nobody):
        publish(nobody, nobody)
        with pytest.warns(Notice) as caught:
            split = higgs(100, 200)
        (notice,) = (str(warning.message) for warning in caught)
        assert nobody in notice
        assert "these rows are simulated" in notice
        assert "--data FILE.csv.gz" in notice
        assert "fitscope data fetch" in notice
        assert "\n" not in notice
        assert caught[0].filename == __file__, "it points to who asked for rows"
        assert split.source == Source("simulated", "simulated:0", simulated=True)
        assert split.fingerprint == higgs(100, 200, "simulated").fingerprint
        assert not self.cache.exists()

    def test_but_not_all_rows(self, publish, nobody):
        publish(nobody)
        with pytest.raises(UserError, match="cannot connect"):
            higgs(100, None)

    def test_nor_in_place_of_an_address_that_the_user_named(self, monkeypatch, publish, nobody):
        publish(nobody)
        with pytest.raises(UserError, match=f"^{nobody}: cannot connect"):
            higgs(5, 5, nobody)
        monkeypatch.setenv("FITSCOPE_HIGGS_URL", nobody)
        with pytest.raises(UserError, match=f"^{nobody}: cannot .*FITSCOPE_HIGGS_URL names that"):
            higgs(5, 5)

    def test_nor_where_a_server_hangs_up(self, publish, serve):
        """An answer of any kind comes over a network."""
        serve(b"")
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=_hang_up, args=(server,), daemon=True).start()
            address = "{}:{}/HIGGS.csv.gz".format(*server.getsockname())
            for scheme in ("http", "https"):
                publish(f"{scheme}://{address}")
                with pytest.raises(UserError, match=f"^{scheme}://{address}: .*--data simulated"):
                    higgs(5, 5)

    def test_nor_where_encryption_fails(self, publish, serve, thousands):
        url = serve(thousands[1]).url.replace("http:", "https:")
        publish(url)
        with pytest.raises(UserError, match=rf"^{url}: cannot connect \(.*SSL"):
            higgs(5, 5)

    @pytest.mark.parametrize("behaviour", ["garbage", "missing", "broken", "no address"])
    def test_with_a_network_it_says_what_is_wrong(self, serve, publish, nobody, behaviour):
        loop = serve(b"<html>")
        loop.statuses = {"missing": [404], "broken": [503] * 3}.get(behaviour, [])
        url = "htp://nowhere" if behaviour == "no address" else loop.url
        publish(nobody, url)
        with pytest.raises(UserError) as caught:
            higgs()
        message = str(caught.value)
        assert message.startswith(f"{nobody}: cannot connect")
        for way in ("--data FILE.csv.gz", "--data simulated", "fitscope data fetch"):
            assert way in message
        assert "\n" not in message

    @pytest.mark.parametrize("status", [403, 503])
    def test_a_proxy_that_lets_nothing_through_is_no_network(
        self, serve, publish, monkeypatch, status
    ):
        proxy = serve(b"", statuses=[status])
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/HIGGS.csv.gz"))
        publish("http://nowhere.invalid/HIGGS.csv.gz")
        with pytest.warns(Notice, match=f"the proxy answers {status}"):
            assert higgs(5, 5).source.simulated
        monkeypatch.delenv("http_proxy")
        server = serve(b"", statuses=[status] * 3)
        publish(server.url)
        with pytest.raises(UserError, match=f"the server answers {status}"):
            higgs(5, 5)

    def test_prefers_the_columnar_copy_and_maps_it(self, thousands):
        columnar, packed = local_copies(packed_file())
        assert columnar.parent == self.cache
        write_columns([np.asfortranarray(thousands[0])], columnar, 29)
        packed.write_bytes(b"not looked at")
        split = higgs(1_000, None)
        equals(split, thousands[0], 1_000, 10_000)
        base = split.x_train
        while not isinstance(base, np.memmap):
            base = base.base
        assert np.shares_memory(split.x_train, base)
        assert not split.x_train.flags.writeable
        assert split.source.location == str(columnar)
        with pytest.raises(UserError, match="holds 11,000 rows"):
            higgs(1_001, 10_000)

    def test_then_the_fetched_file(self, thousands):
        _, packed = local_copies(packed_file())
        packed.parent.mkdir(parents=True)
        packed.write_bytes(thousands[1])
        assert higgs().source.location == str(packed)

    def test_copies_of_another_address_are_kept_apart(self, monkeypatch):
        published = local_copies(packed_file())
        monkeypatch.setenv("FITSCOPE_HIGGS_URL", "http://one.invalid/")
        one = local_copies(packed_file())
        monkeypatch.setenv("FITSCOPE_HIGGS_URL", "http://two.invalid/")
        assert len({*published, *one, *local_copies(packed_file())}) == 6

    def test_a_damaged_copy(self, thousands):
        columnar, _ = local_copies(packed_file())
        write_columns([np.asfortranarray(thousands[0])], columnar, 29)
        with columnar.open("r+b") as file:
            file.truncate(1_000)
        with pytest.raises(UserError, match=r"is no whole .npy file; delete it and fetch again"):
            higgs()
        write_columns([np.asfortranarray(thousands[0][:, :5])], columnar, 5)
        with pytest.raises(UserError, match="is no table of 29 columns; delete it and fetch"):
            higgs()


def test_an_address_given_as_data(serve, thousands):
    loop = serve(thousands[1])
    equals(higgs(10, 90, loop.url), thousands[0], 10, 90)
    with pytest.raises(UserError, match=f"^{loop.url}: holds 11,000 rows"):
        higgs(10, 11_000, loop.url)


class TestArrays:
    """A `.npy` file that a user gives is looked at; a copy of ours has been, when it was made."""

    @pytest.fixture
    def table(self, random_table):
        return random_table(50)

    def test_the_same_rows(self, table, tmp_path):
        path = tmp_path / "rows.npy"
        np.save(path, table)
        equals(higgs(10, None, path), table, 10, 40)
        assert higgs(10, 5, str(path)).source == Source("file", str(path))

    @pytest.mark.parametrize(
        ("value", "column", "says"),
        [
            (np.nan, 4, "row 31: column missing_energy_magnitude: no finite number"),
            (np.inf, 0, "row 31: column signal: no finite number"),
            (2, 0, "row 31: column signal: 2 is neither 0 nor 1"),
            (0.5, 0, "row 31: column signal: 0.5 is neither 0 nor 1"),
        ],
    )
    @pytest.mark.usefixtures("cache")
    def test_defects(self, table, tmp_path, value, column, says):
        path = tmp_path / "rows.npy"
        table[30, column] = value
        np.save(path, table)
        assert len(higgs(10, 20, path).y_train) == 20, "behind the rows they do not matter"
        with pytest.raises(UserError, match=f"^{path}: {says}; mend or remove that row"):
            higgs(10, 21, path)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (np.zeros((50, 29)), "holds no float32 table"),
            (np.zeros(29, np.float32), "holds no float32 table"),
            (np.zeros((50, 28), np.float32), "is no table of 29 columns"),
            (np.array([None]), "is no whole .npy file"),
        ],
    )
    def test_other_tables(self, content, says, tmp_path):
        path = tmp_path / "rows.npy"
        np.save(path, content)
        with pytest.raises(UserError, match=f"^{path}: {says}; give one, or a CSV packed"):
            higgs(10, 20, path)

    def test_no_such_file(self, tmp_path):
        with pytest.raises(UserError, match="no such file; check the path"):
            higgs(data=tmp_path / "rows.npy")
