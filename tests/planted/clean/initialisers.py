import numpy as np


def xavier_uniform(fan_in, fan_out, rng=None):
    """Uniform on [-a, a] with a = sqrt(6 / (fan_in + fan_out))."""
    rng = rng or np.random.default_rng()
    a = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-a, a, size=(fan_in, fan_out))


def he_normal(fan_in, fan_out, rng=None):
    rng = rng or np.random.default_rng()
    return rng.normal(0.0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out))


def limit(fan_in, fan_out):
    return np.sqrt(6.0 / (fan_in + fan_out))


limit(3, 3)  # 1.0
limit(10, 14)  # 0.5
W = xavier_uniform(10, 14)
assert W.shape == (10, 14)
assert np.all(np.abs(W) <= limit(10, 14))
