"""Convolutional nets as assignments have them: loops over windows, buffers made first and filled."""
# ruff: noqa: RUF059 (the idioms of courses, as they are)

import numpy as np

from course.shelf import case


def images(r):
    return r.normal(size=(2, 2, 5, 5)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3)


@case(lambda r: (*images(r), {"stride": 2, "pad": 1}))
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    out_h = int(1 + (H + 2 * pad - HH) / stride)
    out_w = int(1 + (W + 2 * pad - WW) / stride)
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, out_h, out_w))
    for n in range(N):
        for f in range(F):
            for i in range(out_h):
                for j in range(out_w):
                    window = xp[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache[0]


@case(lambda r: (r.normal(size=(2, 3, 2, 2)), *images(r)))
def conv_backward_naive(dout, x, w, b):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    dw[f] += x[n, :, i : i + HH, j : j + WW] * dout[n, f, i, j]
                    dx[n, :, i : i + HH, j : j + WW] += w[f] * dout[n, f, i, j]
    return dx, dw, db


@case(lambda r: (r.normal(size=(2, 2, 4, 4)),))
def max_pool_naive(x, size=2, stride=2):
    N, C, H, W = x.shape
    h, w = (H - size) // stride + 1, (W - size) // stride + 1
    out = np.zeros((N, C, h, w))
    for i in range(h):
        for j in range(w):
            region = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            out[:, :, i, j] = np.max(region, axis=(2, 3))
    return out


@case(lambda r: (r.normal(size=(1, 2, 4, 4)), r.normal(size=(1, 2, 2, 2))))
def max_pool_backward(x, dout):
    dx = np.zeros_like(x)
    N, C, h, w = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(h):
                for j in range(w):
                    patch = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                    mask = patch == np.max(patch)
                    dx[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += dout[n, c, i, j] * mask
    return dx


def im2col_indices(shape, HH, WW, stride=1):
    N, C, H, W = shape
    out_h, out_w = (H - HH) // stride + 1, (W - WW) // stride + 1
    i0 = np.repeat(np.arange(HH), WW)
    i0 = np.tile(i0, C)
    i1 = stride * np.repeat(np.arange(out_h), out_w)
    j0 = np.tile(np.arange(WW), HH * C)
    j1 = stride * np.tile(np.arange(out_w), out_h)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), HH * WW).reshape(-1, 1)
    return k.astype(int), i.astype(int), j.astype(int)


@case(images)
def conv_im2col(x, w, b):
    k, i, j = im2col_indices(x.shape, 3, 3)
    cols = x[:, k, i, j]
    C = x.shape[1]
    cols = cols.transpose(1, 2, 0).reshape(3 * 3 * C, -1)
    res = w.reshape((w.shape[0], -1)).dot(cols) + b.reshape(-1, 1)
    out = res.reshape(w.shape[0], 3, 3, x.shape[0])
    return out.transpose(3, 0, 1, 2)


@case(lambda r: (r.normal(size=(2 * 9, 9 * 2)),))
def col2im(cols):
    x_padded = np.zeros((2, 2, 5, 5), dtype=cols.dtype)
    k, i, j = im2col_indices((2, 2, 5, 5), 3, 3)
    cols_reshaped = cols.reshape(2 * 9, -1, 2)
    cols_reshaped = cols_reshaped.transpose(2, 0, 1)
    np.add.at(x_padded, (slice(None), k, i, j), cols_reshaped)
    return x_padded[:, :, 1:-1, 1:-1]


@case(lambda r: (r.normal(size=(2, 5, 5, 2)), r.normal(size=(3, 3, 2, 4)), r.normal(size=(1, 1, 1, 4))))
def conv_forward_nhwc(A_prev, W, b):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    n_H = int(np.floor((n_H_prev - f) / 1) + 1)
    n_W = int(np.floor((n_W_prev - f) / 1) + 1)
    Z = np.zeros([m, n_H, n_W, n_C])
    for i in range(m):
        a_prev = A_prev[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    a_slice = a_prev[h : h + f, w : w + f, :]
                    s = np.multiply(a_slice, W[..., c])
                    Z[i, h, w, c] = float(np.sum(s)) + float(b[0, 0, 0, c])
    assert Z.shape == (m, n_H, n_W, n_C)
    return Z


@case(lambda r: (r.normal(size=(6, 6)), r.normal(size=(3, 3))))
def convolve2d(image, kernel):
    kernel = np.flipud(np.fliplr(kernel))
    output = np.zeros_like(image)
    padded = np.zeros((image.shape[0] + 2, image.shape[1] + 2))
    padded[1:-1, 1:-1] = image
    for x in range(image.shape[1]):
        for y in range(image.shape[0]):
            output[y, x] = (kernel * padded[y : y + 3, x : x + 3]).sum()
    return output


@case(lambda r: (r.normal(size=8), r.normal(size=3)))
def conv1d(x, k):
    out = np.empty(len(x) - len(k) + 1)
    for i in range(out.size):
        out[i] = x[i : i + len(k)] @ k
    return out


@case(lambda r: (r.normal(size=(2, 4, 4, 2)),))
def average_pool(A):
    m, H, W, C = A.shape
    out = np.zeros((m, H // 2, W // 2, C))
    for y, x in np.ndindex(H // 2, W // 2):
        out[:, y, x, :] = np.mean(A[:, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2, :], axis=(1, 2))
    return out


class MaxPool2:
    """A pooling layer that keeps its last input, as in small CNNs from scratch."""

    def iterate_regions(self, image):
        h, w, _ = image.shape
        for i in range(h // 2):
            for j in range(w // 2):
                yield image[(i * 2) : (i * 2 + 2), (j * 2) : (j * 2 + 2)], i, j

    def forward(self, input):
        self.last_input = input
        h, w, num_filters = input.shape
        output = np.zeros((h // 2, w // 2, num_filters))
        for im_region, i, j in self.iterate_regions(input):
            output[i, j] = np.amax(im_region, axis=(0, 1))
        return output

    def backprop(self, d_L_d_out):
        d_L_d_input = np.zeros(self.last_input.shape)
        for im_region, i, j in self.iterate_regions(self.last_input):
            h, w, f = im_region.shape
            amax = np.amax(im_region, axis=(0, 1))
            for i2 in range(h):
                for j2 in range(w):
                    for f2 in range(f):
                        if im_region[i2, j2, f2] == amax[f2]:
                            d_L_d_input[i * 2 + i2, j * 2 + j2, f2] = d_L_d_out[i, j, f2]
        return d_L_d_input


@case(lambda r: (MaxPool2(), r.normal(size=(4, 4, 2))))
def pool_there_and_back(layer, x):
    y = layer.forward(x)
    return layer.backprop(y * 2)


@case(lambda r: (r.normal(size=(2, 3, 3)),))
def zero_pad(X, pad=2):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad)), "constant", constant_values=(0, 0))
    return X_pad * 2
