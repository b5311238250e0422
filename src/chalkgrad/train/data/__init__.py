"""Real data to learn from, and what is done to it first: `cg.data`.

Each set unpacks into two parts, `(X, y), (X_test, y_test) = cg.data.mnist()`, and knows its `credit`. Files
are looked for in the folder that the variable CHALKGRAD_DATA names, then in pooch's cache, then downloaded,
and are refused if their checksum is not the known one. Five sets need no files: they come with scikit-learn.
"""

from chalkgrad.train.data.images import digits as digits
from chalkgrad.train.data.images import fashion_mnist as fashion_mnist
from chalkgrad.train.data.images import mnist as mnist
from chalkgrad.train.data.prepare import one_hot as one_hot
from chalkgrad.train.data.prepare import split as split
from chalkgrad.train.data.prepare import standardise as standardise
from chalkgrad.train.data.prepare import windows as windows
from chalkgrad.train.data.ratings import movietweetings as movietweetings
from chalkgrad.train.data.records import Data as Data
from chalkgrad.train.data.records import Examples as Examples
from chalkgrad.train.data.records import Measured as Measured
from chalkgrad.train.data.records import Ratings as Ratings
from chalkgrad.train.data.records import Series as Series
from chalkgrad.train.data.records import Texts as Texts
from chalkgrad.train.data.scikit import breast_cancer as breast_cancer
from chalkgrad.train.data.scikit import diabetes as diabetes
from chalkgrad.train.data.scikit import iris as iris
from chalkgrad.train.data.scikit import wine as wine
from chalkgrad.train.data.series import co2 as co2
from chalkgrad.train.data.series import sunspots as sunspots
from chalkgrad.train.data.sound import mel_bands as mel_bands
from chalkgrad.train.data.sound import spectrogram as spectrogram
from chalkgrad.train.data.sound import spoken_digits as spoken_digits
from chalkgrad.train.data.tables import bank_marketing as bank_marketing
from chalkgrad.train.data.tables import california_housing as california_housing
from chalkgrad.train.data.tables import credit_approval as credit_approval
from chalkgrad.train.data.tables import telco_churn as telco_churn
from chalkgrad.train.data.text import Characters as Characters
from chalkgrad.train.data.text import characters as characters
from chalkgrad.train.data.text import names as names
from chalkgrad.train.data.text import tiny_shakespeare as tiny_shakespeare
