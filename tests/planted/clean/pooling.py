import numpy as np


def max_pool_forward(x, pool_param):
    """x: (N, C, H, W); non-overlapping windows."""
    k = pool_param["pool_size"]
    N, C, H, W = x.shape
    x_windows = x.reshape(N, C, H // k, k, W // k, k)
    out = x_windows.max(axis=(3, 5))
    return out, (x, x_windows, out)


def max_pool_backward(dout, cache):
    x, x_windows, out = cache
    mask = x_windows == out[:, :, :, None, :, None]
    dx_windows = mask * dout[:, :, :, None, :, None]
    return dx_windows.reshape(x.shape)


x = np.arange(16.0).reshape(1, 1, 4, 4)
out, cache = max_pool_forward(x, {"pool_size": 2})
print(out)
# [[[[ 5.  7.]
#    [13. 15.]]]]
