"""The densities of `scipy.stats` that course code uses, in plain NumPy, for traced arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.trace.active import is_traced


class Normal:
    """`scipy.stats.norm`."""

    def __init__(self, real: Any):
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._real(*args, **kwargs)

    def pdf(self, x: Any, loc: Any = 0, scale: Any = 1) -> Any:
        if not any(map(is_traced, (x, loc, scale))):
            return self._real.pdf(x, loc, scale)
        return np.exp(self.logpdf(x, loc, scale))

    def logpdf(self, x: Any, loc: Any = 0, scale: Any = 1) -> Any:
        if not any(map(is_traced, (x, loc, scale))):
            return self._real.logpdf(x, loc, scale)
        z = (x - loc) / scale
        return -0.5 * z**2 - 0.5 * np.log(2 * np.pi) - np.log(scale)

    def cdf(self, x: Any, loc: Any = 0, scale: Any = 1) -> Any:
        if not any(map(is_traced, (x, loc, scale))):
            return self._real.cdf(x, loc, scale)
        from scipy.special import ndtr

        return ndtr((x - loc) / scale)


class MultivariateNormal:
    """`scipy.stats.multivariate_normal`."""

    def __init__(self, real: Any):
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __call__(self, mean: Any = None, cov: Any = 1, **kwargs: Any) -> Any:
        if is_traced(mean) or is_traced(cov):
            return Frozen(self, mean, cov)
        frozen = self._real(mean, cov, **kwargs)
        return Frozen(self, frozen.mean, frozen.cov, frozen)

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1, **kwargs: Any) -> Any:
        if not any(map(is_traced, (x, mean, cov))):
            return self._real.pdf(x, mean, cov, **kwargs)
        return np.exp(self.logpdf(x, mean, cov))

    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1, **kwargs: Any) -> Any:
        if not any(map(is_traced, (x, mean, cov))):
            return self._real.logpdf(x, mean, cov, **kwargs)
        n = np.size(mean) if mean is not None else (np.shape(x)[-1] if np.ndim(x) else 1)
        cov = cov * np.eye(n) if np.ndim(cov) == 0 else (np.diag(cov) if np.ndim(cov) == 1 else cov)
        x = np.reshape(x, (-1, 1)) if n == 1 and np.ndim(x) == 1 else x
        d = x - (np.zeros(n) if mean is None else mean)
        distance = np.sum(np.matmul(d, np.linalg.inv(cov)) * d, axis=-1)
        return -0.5 * (distance + n * np.log(2 * np.pi) + np.linalg.slogdet(cov)[1])


class Frozen:
    """A normal distribution with its mean and covariance."""

    def __init__(self, family: MultivariateNormal, mean: Any, cov: Any, real: Any = None):
        self._family, self.mean, self.cov, self._real = family, mean, cov, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def pdf(self, x: Any) -> Any:
        return self._family.pdf(x, self.mean, self.cov)

    def logpdf(self, x: Any) -> Any:
        return self._family.logpdf(x, self.mean, self.cov)


DISTRIBUTIONS = {"norm": Normal, "multivariate_normal": MultivariateNormal}
