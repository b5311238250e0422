"""Data sets: tiny files in the same layout, damaged ones, none at all; the real ones where they are."""

import dataclasses
import functools
import gzip
import hashlib
import http.server
import io
import os
import subprocess
import sys
import threading
import wave

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError, DataError
from chalkgrad.train.data import columns, sound, store
from chalkgrad.train.data.idx import read_idx


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes())


def recording(samples, rate=8000, channels=1):
    into = io.BytesIO()
    with wave.open(into, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(np.asarray(samples, "<i2").tobytes())
    return into.getvalue()


CHURN = (
    "customerID,gender,SeniorCitizen,tenure,MultipleLines,OnlineBackup,MonthlyCharges,TotalCharges,Churn\n"
    "a,Male,0,0,No phone service,No internet service,20.5, ,No\n"
    "b,Female,1,3,Yes,Yes,30.0,90.0,Yes\nc,Male,0,7,No,No,10.0,70.0,No\nd,Male,0,9,No,Yes,10.0,90.0,Yes\n"
)
HOUSING = (
    "longitude,latitude,housing_median_age,total_rooms,total_bedrooms,population,households,median_income,"
    "median_house_value,ocean_proximity\n"
) + "".join(
    f"-122.{k},37.8,41.0,880.0,{'' if k == 3 else 10 * k},322.0,126.0,8.3,{k}00000.0,{place}\n"
    for k, place in enumerate(["<1H OCEAN", "INLAND"] * 4, 1)
)
BANK = '"age";"balance";"day";"duration";"campaign";"pdays";"previous";"poutcome";"y"\n' + "".join(
    f'{30 + k};{100 * k};19;79;1;{-1 if k % 2 else 30};0;"unknown";"{"no" if k < 7 else "yes"}"\n'
    for k in range(10)
)
CREDIT = "".join(
    f"{'?' if k == 2 else 'ab'[k % 2]},{'?' if k == 4 else k},0,u,g,w,v,1.25,t,t,0{k},f,g,0020{k},0,{side}\n"
    for k, side in enumerate("+-" * 5)
)
MONTHLY = f"title\n{'-' * 40}\n1999  1.0  2.0\n\n2000  3.0\n{'-' * 40}\nnotes 1 2\n"
CO2 = "date,decimal_date,average,deseasonalized,days,std_of_days,uncertainty\n" + "".join(
    f"1958-{m:02},1958.{m},{300 + m},1,-01,-9.99,-0.99\n" for m in range(1, 10)
)
RATINGS = "".join(f"{u}::000{f}::{(u + f) % 11}::{1000 * u + f}\n" for u in range(1, 6) for f in range(1, 5))
FILES = {
    "mnist/train-images-idx3-ubyte.gz": idx(np.arange(3 * 4).reshape(3, 2, 2) * 20),
    "mnist/train-labels-idx1-ubyte.gz": idx(np.array([5, 0, 9])),
    "mnist/t10k-images-idx3-ubyte.gz": idx(np.full((2, 2, 2), 255)),
    "mnist/t10k-labels-idx1-ubyte.gz": idx(np.array([1, 2])),
    "telco-churn/Telco-Customer-Churn.csv": CHURN.encode(),
    "california-housing/housing.csv": HOUSING.encode(),
    "bank-marketing/bank.csv": BANK.encode(),
    "bank-marketing/bank-full.csv.gz": gzip.compress(BANK.encode()),
    "credit-approval/crx.data": CREDIT.encode(),
    "names/names.txt": b"emma\nunknown\nliam\nemma\nava\nmia",
    "tiny-shakespeare/input.txt": b"To be, or not to be?",
    "co2-mauna-loa/co2_mm_mlo.csv": CO2.encode(),
    "sunspots/sunspots.csv": b'"YEAR","SUNACTIVITY"\n1700,5\n1701,11\n1702,16\n',
    "sunspots/sunspots_monthly.dat": MONTHLY.encode(),
    "movietweetings/ratings.dat": RATINGS.encode(),
    "movietweetings/titles.dat": "".join(f"000{f}::Amélie {f} (2001)\n" for f in range(1, 5)).encode(),
} | {
    f"fsdd/{d}_{s}_{k}.wav": recording([0, 100 * d + k + 1, -5])
    for d in (0, 7)
    for s in ("ann", "bob")
    for k in (4, 5)
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Tiny files where CHALKGRAD_DATA points, their checksums known; nothing in the cache."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    known = {name: "sha256:" + hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    monkeypatch.setattr(store, "checksums", lambda: known)
    monkeypatch.setattr(store, "_cache", lambda: tmp_path / "cache")
    monkeypatch.setenv("CHALKGRAD_DATA", str(tmp_path))
    return tmp_path


# ----- each set -----


def test_mnist(folder):
    (X, y), (X_test, y_test) = cg.data.mnist()
    assert (X.shape, X.dtype, y.tolist(), y_test.tolist()) == ((3, 2, 2), np.float32, [5, 0, 9], [1, 2])
    assert X[2, 1, 1] == np.float32(220 / 255) and (X_test == 1).all()


def test_churn_has_neither_the_customers_number_nor_blanks(folder):
    churn = cg.data.telco_churn(test=0.25)
    assert churn.names == (
        "gender=Male",
        "SeniorCitizen",
        "tenure",
        "MultipleLines=Yes",
        "OnlineBackup=Yes",
        "MonthlyCharges",
        "TotalCharges",
    )
    X = np.concatenate([p.X for p in churn])
    new = X[X[:, 2] == 0]
    assert new.tolist() == [[1, 0, 0, 0, 0, 20.5, 0]]
    assert np.concatenate([p.y for p in churn]).sum() == 2


def test_blanks_become_the_median_of_the_part_that_learns(folder):
    blanks = []
    for seed in range(6):
        housing = cg.data.california_housing(test=0.25, seed=seed)
        (X, y), (X_test, y_test) = housing
        at = housing.names.index("total_bedrooms")
        others = X[y != 3, at]
        blanks.append(float(np.concatenate([X, X_test])[np.concatenate([y, y_test]) == 3, at][0]))
        assert blanks[-1] == np.median(others)
    assert len(set(blanks)) > 1
    assert housing.names[-1] == "ocean_proximity=INLAND" and y.dtype == np.float32


def test_what_gives_the_answer_away_is_left_out(folder):
    bank = cg.data.bank_marketing()
    assert not any("duration" in name for name in bank.names)
    assert bank.train.X[:, -1].tolist() == (bank.train.X[:, bank.names.index("pdays")] >= 0).tolist()
    late = cg.data.bank_marketing(full=True, test=0.3, seed=None)
    assert late.test.y.tolist() == [1, 1, 1] and late.train.y.sum() == 0


def test_credit_approval(folder):
    credit = cg.data.credit_approval()
    assert "A1=?" in credit.names and not any(n.startswith(("A5", "A16")) for n in credit.names)
    assert all(np.isfinite(p.X).all() for p in credit)
    assert 209 in np.concatenate([p.X for p in credit])[:, credit.names.index("A14")]


def test_names_are_in_one_part_only(folder):
    train, test = cg.data.names(test=0.25)
    assert sorted(train + test) == ["ava", "emma", "liam", "mia"]


def test_text_and_series_are_cut_by_position(folder):
    assert tuple(cg.data.tiny_shakespeare(test=0.25)) == ("To be, or not t", "o be?")
    past, future = cg.data.co2(test=3)
    assert past.value[-1] == 306 and future.value.tolist() == [307, 308, 309]
    assert tuple(cg.data.sunspots(test=1))[1].t.tolist() == [1702]
    months = cg.data.sunspots(monthly=True, test=1)
    assert months.train.value.tolist() == [1, 2] and months.test.t == pytest.approx([2000 + 1 / 24])


def test_films_are_cut_to_a_dense_part_and_by_time(folder):
    ratings = cg.data.movietweetings(films=2, users=2, test=0.2)
    assert (ratings.users, ratings.films[0], len(ratings.train.y), len(ratings.test.y)) == (
        5,
        "Amélie 1 (2001)",
        16,
        4,
    )
    assert set(ratings.test.X[:, 0]) == {4}  # the last user in time
    with pytest.raises(ArgumentError, match="0 ratings are left"):
        cg.data.movietweetings(films=9)


def test_spoken_digits_by_recording_and_by_voice(folder):
    spoken = cg.data.spoken_digits(samples=5)
    assert spoken.train.X.shape == spoken.test.X.shape == (4, 5)
    assert spoken.train.X[0].tolist() == pytest.approx([0, 1, -5 / 6, 0, 0])
    assert sorted(cg.data.spoken_digits(test="bob", samples=2).test.y) == [0, 0, 7, 7]
    with pytest.raises(ArgumentError, match="ann, bob"):
        cg.data.spoken_digits(test="eve")
    with pytest.raises(ArgumentError, match="samples=0"):
        cg.data.spoken_digits(samples=0)


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer", "diabetes"])
def test_sets_inside_scikit_learn(name):
    found = getattr(cg.data, name)(test=0.3, seed=1)
    again = getattr(cg.data, name)(test=0.3, seed=1)
    for one, other in zip(found, again, strict=True):
        assert one.X.dtype == np.float32 and np.array_equal(one.X, other.X) and np.array_equal(one.y, other.y)
    assert found.credit
    assert len(found.names) in (0, found.train.X.shape[1])
    assert found.train.y.dtype.kind == ("i" if found.classes else "f")


# ----- damaged, missing, downloaded -----


def test_a_damaged_file_is_refused(folder):
    path = folder / "mnist/t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(
        DataError, match=r"t10k-images-idx3-ubyte.gz: this is not the file of MNIST that is known"
    ):
        cg.data.mnist()


def test_a_missing_file_says_where_it_belongs(folder):
    (folder / "co2-mauna-loa/co2_mm_mlo.csv").unlink()
    with pytest.raises(DataError, match=r"FOLDER/co2-mauna-loa/co2_mm_mlo.csv.*CHALKGRAD_DATA=FOLDER.*NOAA"):
        cg.data.co2()


def test_without_scikit_learn_and_pooch_the_error_says_so(monkeypatch, folder):
    for module in ("sklearn", "pooch"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DataError, match=r"pip install 'chalkgrad\[nn\]'"):
        cg.data.iris()
    (folder / "names/names.txt").unlink()
    with pytest.raises(DataError, match="pooch, which would download it, is not installed"):
        cg.data.names()


@pytest.fixture
def server(tmp_path):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    files = tmp_path / "published"
    files.mkdir()
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(files))
    ) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield files, f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


def test_a_file_is_downloaded_once_and_checked(folder, server, monkeypatch):
    pytest.importorskip("pooch")
    files, address = server
    monkeypatch.setitem(store.SOURCES, "names", dataclasses.replace(store.SOURCES["names"], address=address))
    monkeypatch.delenv("CHALKGRAD_DATA")
    with pytest.raises(DataError, match=r"CHALKGRAD_DATA is not set; .*names.txt did not give it: 404"):
        cg.data.names()
    (files / "names.txt").write_bytes(b"somebody else's")
    with pytest.raises(DataError, match=r"did not give it: .*hash"):
        cg.data.names()
    (files / "names.txt").write_bytes(FILES["names/names.txt"])
    assert len(cg.data.names(test=0.5).train) == 2
    (files / "names.txt").unlink()
    assert len(cg.data.names(test=0.5).train) == 2
    (folder / "cache/names/names.txt").write_bytes(b"spoilt")
    with pytest.raises(DataError, match="delete it"):
        cg.data.names()


# fmt: off
DAMAGED_IDX = {
    "no gzip":  (b"\0\0\x08\x01\0\0\0\x01\x07",                 "no gzip file"),
    "cut off":  (idx(np.arange(900))[:-20],                     "cut off"),
    "floats":   (gzip.compress(b"\0\0\x0d\x01\0\0\0\x01\x07"),  "begins with 00 00 0d 01"),
    "header":   (gzip.compress(b"\0\0\x08\x03\0\0\0\x01"),      "ends inside its header"),
    "too few":  (gzip.compress(b"\0\0\x08\x01\0\0\0\x05\x07"),  r"says \(5,\), 5 bytes; 1 follow"),
    "too many": (gzip.compress(b"\0\0\x08\x01\0\0\0\x01\x07\x07"), r"1 bytes; 2 follow"),
    "empty":    (b"",                                           "cut off"),
}
DAMAGED_WAV = {
    "text":    (b"hello",                          "damaged"),
    "empty":   (b"",                               "damaged"),
    "cut off": (recording([1, 2, 3, 4])[:-3],      "cut off"),
    "silent":  (recording([]),                     "cut off"),
    "stereo":  (recording([1, 2], channels=2),     r"\(2, 2, 8000\), not \(1, 2, 8000\)"),
    "rate":    (recording([1, 2], rate=16000),     "16000"),
}
# fmt: on


@pytest.mark.parametrize("case", DAMAGED_IDX)
def test_damaged_idx_files(case):
    content, message = DAMAGED_IDX[case]
    with pytest.raises(DataError, match=f"odd.gz: .*{message}"):
        read_idx(content, "odd.gz")


@pytest.mark.parametrize("case", DAMAGED_WAV)
def test_damaged_recordings(case):
    content, message = DAMAGED_WAV[case]
    with pytest.raises(DataError, match=f"odd.wav: .*{message}"):
        sound.read_wav(content, "odd.wav")


def test_a_ragged_table():
    with pytest.raises(DataError, match="row 2 has 1 entries; there are 2 columns"):
        columns.read_table("a,b\n1,2\n3\n", "t.csv")


def test_importing_the_sets_imports_neither_scikit_learn_nor_pooch():
    program = "import sys, chalkgrad as cg; cg.data.mnist; print({'sklearn', 'pooch'} & set(sys.modules))"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "set()"


# ----- the real ones -----

real = pytest.mark.skipif(
    "CHALKGRAD_DATA" not in os.environ, reason="CHALKGRAD_DATA names no folder of real data"
)


@real
def test_the_real_sets_are_as_described():
    (X, y), (X_test, _) = cg.data.mnist()
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert X_test.shape == (10000, 28, 28) and X.mean() == pytest.approx(0.1307, abs=1e-4)
    assert sum(len(p.y) for p in cg.data.california_housing()) == 20640
    assert sum(p.y.sum() for p in cg.data.telco_churn()) == 1869
    assert sum(p.y.sum() for p in cg.data.bank_marketing()) == 521
    assert sum(p.y.sum() for p in cg.data.bank_marketing(full=True, seed=None)) == 5289
    assert sum(p.y.sum() for p in cg.data.credit_approval()) == 307
    assert sum(map(len, cg.data.names())) == 29493
    assert len(cg.data.characters("".join(cg.data.tiny_shakespeare()))) == 65
    assert [len(p.y) for p in cg.data.spoken_digits()] == [600, 300]
    assert [len(p.t) for p in cg.data.co2()] == [700, 120]
    assert sum(len(p.t) for p in cg.data.sunspots(monthly=True)) == 3126
    ratings = cg.data.movietweetings()
    assert (ratings.users, len(ratings.films), sum(len(p.y) for p in ratings)) == (430, 292, 12552)


@real
def test_the_years_and_the_months_of_the_sunspots_agree():
    years, months = cg.data.sunspots(test=1), cg.data.sunspots(monthly=True, test=6)
    means = months.train.value.reshape(-1, 12).mean(axis=1)
    assert abs(means[:-1] - years.train.value[49:]).max() < 0.5
