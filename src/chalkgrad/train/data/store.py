"""Where the files of a data set are: in the reader's own folder, in pooch's cache, or on the network.

A file counts only if its checksum is that of the set's one known version; any other is refused, never read.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chalkgrad.errors import DataError

VARIABLE = "CHALKGRAD_DATA"
GITHUB = "https://raw.githubusercontent.com/"


@dataclass(frozen=True, slots=True)
class Source:
    """A data set: its folder, where its files are published, and whom to thank."""

    title: str
    folder: str
    address: str  # files' addresses are this and their names; "" where no address gives these very files
    credit: str
    renamed: tuple[tuple[str, str], ...] = ()  # (our name, the published name)


# ----- the sets -----

# fmt: off
SOURCES = {
    "mnist": Source(
        "MNIST", "mnist", "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "Y. LeCun, C. Cortes and C. J. C. Burges; CC BY-SA 3.0"),
    "fashion_mnist": Source(
        "Fashion-MNIST", "fashion-mnist", GITHUB + "zalandoresearch/fashion-mnist/master/data/fashion/",
        "H. Xiao, K. Rasul and R. Vollgraf, Zalando; MIT"),
    "california_housing": Source(
        "California housing", "california-housing", GITHUB + "ageron/handson-ml2/master/datasets/housing/",
        "R. K. Pace and R. Barry (1997), from the US census of 1990, changed by A. Géron; Apache-2.0"),
    "tiny_shakespeare": Source(
        "Tiny Shakespeare", "tiny-shakespeare", GITHUB + "karpathy/char-rnn/master/data/tinyshakespeare/",
        "W. Shakespeare, compiled by A. Karpathy; public domain"),
    "names": Source(
        "Names", "names", GITHUB + "karpathy/makemore/master/",
        "A. Karpathy, from lists of the US Social Security Administration; MIT"),
    "spoken_digits": Source(
        "Free Spoken Digit Dataset", "fsdd",
        GITHUB + "Jakobovski/free-spoken-digit-dataset/v1.0.10/recordings/",
        "Z. Jackson and contributors; CC BY-SA 4.0"),
    "telco_churn": Source(
        "Telco customer churn", "telco-churn", GITHUB + "IBM/telco-customer-churn-on-icp4d/master/data/",
        "IBM; Apache-2.0"),
    "bank_marketing": Source(
        "Bank marketing", "bank-marketing", "",
        "S. Moro, P. Rita and P. Cortez, UCI, doi:10.24432/C5K306; CC BY 4.0"),
    "credit_approval": Source(
        "Credit approval", "credit-approval",
        "https://archive.ics.uci.edu/ml/machine-learning-databases/credit-screening/",
        "J. R. Quinlan, UCI, doi:10.24432/C5FS30; CC BY 4.0"),
    "movietweetings": Source(
        "MovieTweetings 100K", "movietweetings", "",
        "S. Dooms, T. De Pessemier and L. Martens (2013); MIT"),
    "co2": Source(
        "Mauna Loa CO2", "co2-mauna-loa", "",
        "NOAA Global Monitoring Laboratory and Scripps, packaged by datasets/co2-ppm; PDDL 1.0"),
    "sunspots": Source(
        "Sunspots", "sunspots", GITHUB + "statsmodels/statsmodels/main/statsmodels/datasets/sunspots/",
        "NOAA National Geophysical Data Center; public domain",
        (("sunspots_monthly.dat", "src/sunspots_monthly.dat"),)),
}

PUBLISHED_MD5 = {  # of sets whose publishers state no other checksum
    "fashion-mnist/train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "fashion-mnist/train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "fashion-mnist/t10k-images-idx3-ubyte.gz":  "bef4ecab320f06d8554ea6380940ec79",
    "fashion-mnist/t10k-labels-idx1-ubyte.gz":  "bb300cfdad3c16e7a12a480ee83cd310",
}
# fmt: on


# ----- a file -----


@cache
def checksums() -> dict[str, str]:
    """`folder/file` to `algorithm:digest`, for every file that can be asked for."""
    lines = Path(__file__).with_name("sha256sums.txt").read_text().splitlines()
    known = {name: f"sha256:{digest}" for digest, name in (line.split("  ", 1) for line in lines)}
    return known | {name: f"md5:{digest}" for name, digest in PUBLISHED_MD5.items()}


def files_of(key: str) -> list[str]:
    """The names of a set's files, in order."""
    folder = SOURCES[key].folder + "/"
    return sorted(name.removeprefix(folder) for name in checksums() if name.startswith(folder))


def file(key: str, name: str) -> bytes:
    """The contents of one file of a set.

    Raises:
        DataError: it is nowhere to be had, or what is there has another checksum.
    """
    source = SOURCES[key]
    full = f"{source.folder}/{name}"
    own = os.environ.get(VARIABLE)
    if own and (Path(own) / full).is_file():
        return _checked(Path(own) / full, full, source)
    kept = _cache() / full
    if kept.is_file():
        return _checked(kept, full, source)
    if not source.address:
        raise DataError(_missing(source, full, "no address on the network gives these very files"))
    return _download(source, name, full).read_bytes()


def _checked(path: Path, full: str, source: Source) -> bytes:
    """A file's bytes, if they are those that are known."""
    data = path.read_bytes()
    algorithm, expected = checksums()[full].split(":")
    found = hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
    if found != expected:
        raise DataError(
            f"{path}: this is not the file of {source.title} that is known: its {algorithm} begins "
            f"{found[:12]}, not {expected[:12]}, in {len(data):,} bytes. "
            "Cure: delete it, or put the right one there"
        )
    return data


def _cache() -> Path:
    """Where pooch keeps what it downloads; without pooch there is nothing."""
    try:
        import pooch
    except ImportError:
        return Path(os.devnull)
    return Path(pooch.os_cache("chalkgrad"))


def _download(source: Source, name: str, full: str) -> Path:
    try:
        import pooch
    except ImportError as error:
        why = "pooch, which would download it, is not installed (pip install 'chalkgrad[nn]')"
        raise DataError(_missing(source, full, why)) from error
    folder = _cache() / source.folder
    known = checksums()[full]
    address = source.address + dict(source.renamed).get(name, name)
    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(pooch.retrieve(address, known, fname=name, path=folder))
    except (OSError, ValueError) as error:  # pooch raises ValueError where the checksum is another one
        raise DataError(_missing(source, full, f"{address} did not give it: {_brief(error)}")) from None


def _brief(error: Exception) -> str:
    """The reason below the reasons, in one short line."""
    while isinstance(error.__context__, Exception):
        error = error.__context__
    return " ".join(str(error).split())[:160] or type(error).__name__


def _missing(source: Source, full: str, why: str) -> str:
    own = os.environ.get(VARIABLE)
    where = f"{VARIABLE} is {own}, without it" if own else f"{VARIABLE} is not set"
    return (
        f"{source.title}: {full} is not there: {where}; {why}. Cure: put the file at FOLDER/{full} and set "
        f"{VARIABLE}=FOLDER. Credit and licence: {source.credit}"
    )
