"""Answers to the exercises of page 12, written from the prompts alone."""
import numpy as np


def _slide(x, w):
    "the page's slide: cross-correlation, valid"
    rows, columns = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    y = np.zeros((rows, columns), np.result_type(x, w))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = (w * x[i : i + w.shape[0], j : j + w.shape[1]]).sum()
    return y


# ---------------------------------------------------------------- 12.1

def wrong_12_1_a(x, dy):
    "mean over the images instead of the sum"
    return np.mean([_slide(image, up) for image, up in zip(x, dy)], axis=0)


def wrong_12_1_b(x, dy):
    "the first image only"
    return _slide(x[0], dy[0])


def wrong_12_1_c(x, dy):
    "upstream turned by 180 degrees"
    return sum(_slide(a, b[::-1, ::-1]) for a, b in zip(x, dy))


def wrong_12_1_d(x, dy):
    "sums images and upstreams first, then slides once"
    return _slide(x.sum(axis=0), dy.sum(axis=0))


def wrong_12_1_e(x, dy):
    "= in the loop: only the last image is kept"
    for n in range(len(x)):
        dw = _slide(x[n], dy[n])
    return dw


def wrong_12_1_f(x, dy):
    "the kernel's gradient turned"
    return sum(_slide(x[n], dy[n]) for n in range(len(x)))[::-1, ::-1]


def wrong_12_1_g(x, dy):
    "one gradient for each image, not summed"
    return np.array([_slide(a, b) for a, b in zip(x, dy)])


def wrong_12_1_h(x, dy):
    "image and upstream out of step: upstreams in reverse order"
    return sum(_slide(a, b) for a, b in zip(x, dy[::-1]))


def wrong_12_1_i(x, dy):
    "divides by the number of output pixels"
    return sum(_slide(a, b) for a, b in zip(x, dy)) / dy[0].size


def wrong_12_1_j(x, dy):
    "rows and columns of the result exchanged (transposed)"
    return sum(_slide(a, b) for a, b in zip(x, dy)).T


def wrong_12_1_k(x, dy):
    "two slips: upstream turned, and mean over the images"
    out = 0
    for n in range(x.shape[0]):
        out = out + _slide(x[n], np.rot90(dy[n], 2))
    return out / x.shape[0]


def wrong_12_1_l(x, dy):
    "two slips: absolute values of the upstream, and the last image left out"
    return sum((_slide(x[n], np.abs(dy[n])) for n in range(len(x) - 1)), 0 * _slide(x[0], dy[0]))


def wrong_12_1_n(x, dy):
    "upstream flipped left to right only"
    return sum(_slide(a, b[:, ::-1]) for a, b in zip(x, dy))


def right_12_1_a(x, dy):
    "sliding windows and einsum"
    V = np.lib.stride_tricks.sliding_window_view(x, dy.shape[1:], axis=(1, 2))
    return np.einsum("nabij,nij->ab", V, dy)


def right_12_1_b(x, dy):
    "adds the window of each output, weighted by its upstream"
    N, I, J = dy.shape
    A, B = x.shape[1] - I + 1, x.shape[2] - J + 1
    dw = np.zeros((A, B))
    for n, i, j in np.ndindex(N, I, J):
        dw += dy[n, i, j] * x[n, i:i+A, j:j+B]
    return dw


def right_12_1_c(x, dy):
    "Fourier transform: correlation as a product, the valid corner cut out"
    R, C = x.shape[1:]
    F = np.fft.fft2(x) * np.conj(np.fft.fft2(dy, s=(R, C)))
    full = np.fft.ifft2(F).real.sum(axis=0)
    return full[: R - dy.shape[1] + 1, : C - dy.shape[2] + 1]


# ---------------------------------------------------------------- 12.2

def wrong_12_2_a(dy, w):
    "kernel turned although each output adds to its own window"
    dx = np.zeros((dy.shape[0] + w.shape[0] - 1, dy.shape[1] + w.shape[1] - 1))
    for i, j in np.ndindex(dy.shape):
        dx[i:i+w.shape[0], j:j+w.shape[1]] += dy[i, j] * w[::-1, ::-1]
    return dx


def wrong_12_2_b(dy, w):
    "= for +=: later outputs overwrite earlier ones"
    dx = np.zeros((dy.shape[0] + w.shape[0] - 1, dy.shape[1] + w.shape[1] - 1))
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i:i+w.shape[0], j:j+w.shape[1]] = dy[i, j] * w
    return dx


def wrong_12_2_d(dy, w):
    "heights and widths of the kernel exchanged in the padding"
    A, B = w.shape
    p = np.pad(dy, [(B - 1, B - 1), (A - 1, A - 1)])
    return _slide(p, w[::-1, ::-1])


def wrong_12_2_e(dy, w):
    "each window divided by the number of weights"
    A, B = w.shape
    dx = np.zeros((dy.shape[0] + A - 1, dy.shape[1] + B - 1))
    for i, j in np.ndindex(dy.shape):
        dx[i:i+A, j:j+B] += dy[i, j] * w / w.size
    return dx


def wrong_12_2_f(dy, w):
    "kernel transposed (for square ones; others padded into a square first)"
    A, B = w.shape
    n = max(A, B)
    square = np.zeros((n, n))
    square[:A, :B] = w
    turned = square.T[:A, :B]
    dx = np.zeros((dy.shape[0] + A - 1, dy.shape[1] + B - 1))
    for i, j in np.ndindex(dy.shape):
        dx[i:i+A, j:j+B] += dy[i, j] * turned
    return dx


def wrong_12_2_g(dy, w):
    "one row and column short: the last outputs are left out"
    A, B = w.shape
    I, J = dy.shape
    dx = np.zeros((I + A - 1, J + B - 1))
    for i in range(max(I - 1, 1)):
        for j in range(max(J - 1, 1)):
            dx[i:i+A, j:j+B] += dy[i, j] * w
    return dx


def wrong_12_2_h(dy, w):
    "indices of the upstream exchanged: dy[j, i]"
    A, B = w.shape
    I, J = dy.shape
    dx = np.zeros((I + A - 1, J + B - 1))
    for i in range(I):
        for j in range(J):
            dx[i:i+A, j:j+B] += dy[min(j, I - 1), min(i, J - 1)] * w
    return dx


def wrong_12_2_i(dy, w):
    "negative index wraps round: w[p - i, q - j] without a test"
    A, B = w.shape
    I, J = dy.shape
    dx = np.zeros((I + A - 1, J + B - 1))
    for p, q in np.ndindex(dx.shape):
        for i, j in np.ndindex(I, J):
            if p - i < A and q - j < B and i - p <= A and j - q <= B:
                dx[p, q] += dy[i, j] * w[p - i, q - j]
    return dx


def wrong_12_2_j(dy, w):
    "turned left to right only"
    A, B = w.shape
    return _slide(np.pad(dy, [(A - 1,) * 2, (B - 1,) * 2]), w[:, ::-1])


def wrong_12_2_k(dy, w):
    "two slips: kernel turned, and = for +="
    A, B = w.shape
    dx = np.zeros((dy.shape[0] + A - 1, dy.shape[1] + B - 1))
    for i, j in np.ndindex(dy.shape):
        dx[i:i+A, j:j+B] = dy[i, j] * w[::-1, ::-1]
    return dx


def wrong_12_2_l(dy, w):
    "two slips: the window gets w without the upstream, averaged over the outputs that saw a pixel"
    A, B = w.shape
    dx = np.zeros((dy.shape[0] + A - 1, dy.shape[1] + B - 1))
    n = np.zeros_like(dx)
    for i, j in np.ndindex(dy.shape):
        dx[i:i+A, j:j+B] += w
        n[i:i+A, j:j+B] += 1
    return dx / n


def wrong_12_2_m(dy, w):
    "mean over the outputs that saw a pixel instead of the sum"
    A, B = w.shape
    dx = np.zeros((dy.shape[0] + A - 1, dy.shape[1] + B - 1))
    n = np.zeros_like(dx)
    for i, j in np.ndindex(dy.shape):
        dx[i:i+A, j:j+B] += dy[i, j] * w
        n[i:i+A, j:j+B] += 1
    return dx / n


def wrong_12_2_n(dy, w):
    "shape of the upstream: 'same' instead of 'full', the border is cut"
    A, B = w.shape
    full = _slide(np.pad(dy, [(A - 1,) * 2, (B - 1,) * 2]), w[::-1, ::-1])
    return full[: dy.shape[0], : dy.shape[1]]


def right_12_2_a(dy, w):
    "from the weights' side: shifted copies of dy"
    A, B = w.shape
    I, J = dy.shape
    dx = np.zeros((I + A - 1, J + B - 1))
    for a, b in np.ndindex(A, B):
        dx[a:a+I, b:b+J] += w[a, b] * dy
    return dx


def right_12_2_b(dy, w):
    "two products of polynomials: np.convolve row by row"
    (I, J), (A, B) = dy.shape, w.shape
    return np.array([sum((np.convolve(dy[p - a], w[a]) for a in range(A) if 0 <= p - a < I),
                         np.zeros(J + B - 1)) for p in range(I + A - 1)])


def right_12_2_c(dy, w):
    "einsum with shift matrices"
    (I, J), (A, B) = dy.shape, w.shape
    R = np.array([np.eye(I + A - 1, I, k=-a) for a in range(A)])
    C = np.array([np.eye(J + B - 1, J, k=-b) for b in range(B)])
    return np.einsum("api,ij,bqj,ab->pq", R, dy, C, w)


# ---------------------------------------------------------------- 12.3

def wrong_12_3_a(dy, size):
    "no division: each pixel gets the whole upstream"
    return np.kron(dy, np.ones((size, size)))


def wrong_12_3_b(dy, size):
    "divides by size, not by its square"
    return np.repeat(np.repeat(dy, size, axis=0), size, axis=1) / size


def wrong_12_3_c(dy, size):
    "np.tile: the whole upstream repeated side by side instead of blocks"
    return np.tile(dy, (size, size)) / size**2


def wrong_12_3_d(dy, size):
    "only the first pixel of each block gets the gradient"
    dx = np.zeros((dy.shape[0] * size, dy.shape[1] * size))
    dx[::size, ::size] = dy
    return dx


def wrong_12_3_e(dy, size):
    "multiplies by size^2"
    return np.kron(dy, np.ones((size, size))) * size**2


def wrong_12_3_f(dy, size):
    "divides by the number of all pixels"
    dx = np.kron(dy, np.ones((size, size)))
    return dx / dx.size


def wrong_12_3_g(dy, size):
    "repeat along rows only, then tiled in width"
    return np.tile(np.repeat(dy, size, axis=0), (1, size)) / size**2


def wrong_12_3_i(dy, size):
    "divides by the number of outputs instead of a block's pixels"
    return dy.repeat(size, 0).repeat(size, 1) / dy.size


def wrong_12_3_j(dy, size):
    "sign turned"
    return -dy.repeat(size, 0).repeat(size, 1) / size**2


def wrong_12_3_k(dy, size):
    "two slips: tile, and divided by size"
    return np.tile(dy, (size, size)) / size


def wrong_12_3_l(dy, size):
    "two slips: only the first pixel of each block, with 1 / size^2"
    dx = np.zeros((dy.shape[0] * size, dy.shape[1] * size))
    for i, j in np.ndindex(dy.shape):
        dx[i * size, j * size] += dy[i, j] / size**2
    return dx


def wrong_12_3_m(dy, size):
    "blocks placed at i, j instead of i size, j size: overlapping windows of stride 1"
    dx = np.zeros((dy.shape[0] * size, dy.shape[1] * size))
    for i, j in np.ndindex(dy.shape):
        dx[i:i+size, j:j+size] += dy[i, j] / size**2
    return dx


def wrong_12_3_n(dy, size):
    "square root of the share: divides by 2 size"
    return np.kron(dy, np.ones((size, size))) / (2 * size)


def right_12_3_a(dy, size):
    "broadcast into four axes, then reshaped"
    I, J = dy.shape
    return (np.ones((I, size, J, size)) * dy[:, None, :, None] / size**2).reshape(I*size, J*size)


def right_12_3_b(dy, size):
    "integer division of the pixel's place"
    p, q = np.indices((dy.shape[0] * size, dy.shape[1] * size)) // size
    return dy[p, q] * size**-2.0


def right_12_3_c(dy, size):
    "lists, a block at a time, in float32"
    rows = []
    for line in dy.astype(np.float32):
        row = []
        for v in line:
            row += [v / np.float32(size * size)] * size
        rows += [row] * size
    return np.array(rows)


# ---------------------------------------------------------------- 12.4

def wrong_12_4_a(w, x, dy, step):
    "stride ignored: windows at i, j"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        dw += dy[i, j] * x[i:i+A, j:j+B]
        dx[i:i+A, j:j+B] += dy[i, j] * w
    return dw, dx


def wrong_12_4_b(w, x, dy, step):
    "stride in dw only"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        dw += dy[i, j] * x[i*step:i*step+A, j*step:j*step+B]
        dx[i:i+A, j:j+B] += dy[i, j] * w
    return dw, dx


def wrong_12_4_c(w, x, dy, step):
    "stride in dx only; dw slides the upstream as without stride"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        dw += dy[i, j] * x[i:i+A, j:j+B]
        dx[i*step:i*step+A, j*step:j*step+B] += dy[i, j] * w
    return dw, dx


def wrong_12_4_d(w, x, dy, step):
    "= for += at dx: overlapping windows overwrite one another"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        p, q = i * step, j * step
        dw += dy[i, j] * x[p:p+A, q:q+B]
        dx[p:p+A, q:q+B] = dy[i, j] * w
    return dw, dx


def wrong_12_4_e(w, x, dy, step):
    "kernel turned in the scatter"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        p, q = i * step, j * step
        dw += dy[i, j] * x[p:p+A, q:q+B]
        dx[p:p+A, q:q+B] += dy[i, j] * w[::-1, ::-1]
    return dw, dx


def wrong_12_4_f(w, x, dy, step):
    "the stride multiplies the place in the kernel (dilation): x[i + a step, j + b step]"
    dw, dx = np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        for a, b in np.ndindex(w.shape):
            p, q = i + a * step, j + b * step
            if p < x.shape[0] and q < x.shape[1]:
                dw[a, b] += dy[i, j] * x[p, q]
                dx[p, q] += dy[i, j] * w[a, b]
    return dw, dx


def wrong_12_4_g(w, x, dy, step):
    "the results in the wrong order: dx, dw"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        p, q = i * step, j * step
        dw += dy[i, j] * x[p:p+A, q:q+B]
        dx[p:p+A, q:q+B] += dy[i, j] * w
    return dx, dw


def wrong_12_4_h(w, x, dy, step):
    "image thinned out first (x[::step, ::step]), then slid as before"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    thin, back = np.pad(x[::step, ::step], [(0, A), (0, B)]), None
    back = np.zeros(thin.shape)
    for i, j in np.ndindex(dy.shape):
        dw += dy[i, j] * thin[i:i+A, j:j+B]
        back[i:i+A, j:j+B] += dy[i, j] * w
    rows, columns = x[::step, ::step].shape
    dx[::step, ::step] = back[:rows, :columns]
    return dw, dx


def wrong_12_4_i(w, x, dy, step):
    "mean over the outputs at dw"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        p, q = i * step, j * step
        dw += dy[i, j] * x[p:p+A, q:q+B]
        dx[p:p+A, q:q+B] += dy[i, j] * w
    return dw / dy.size, dx


def wrong_12_4_j(w, x, dy, step):
    "upstream stretched by repeating its values instead of setting zeros between them"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    big = np.kron(dy, np.ones((step, step)))
    rows, columns = x.shape[0] - A + 1, x.shape[1] - B + 1
    for i, j in np.ndindex(big.shape):
        if i < rows and j < columns:
            dw += big[i, j] * x[i:i+A, j:j+B]
            dx[i:i+A, j:j+B] += big[i, j] * w
    return dw, dx


def wrong_12_4_k(w, x, dy, step):
    "two slips: stride along the rows only, and the kernel turned at dx"
    (A, B), dw, dx = w.shape, np.zeros_like(w), np.zeros_like(x)
    for i, j in np.ndindex(dy.shape):
        p = i * step
        dw += dy[i, j] * x[p:p+A, j:j+B]
        dx[p:p+A, j:j+B] += dy[i, j] * w[::-1, ::-1]
    return dw, dx


def wrong_12_4_l(w, x, dy, step):
    "two slips: dilation in dw (a step), no stride at dx"
    dw, dx = np.zeros_like(w), np.zeros_like(x)
    A, B = w.shape
    for a, b in np.ndindex(A, B):
        for i, j in np.ndindex(dy.shape):
            p, q = i + a * step, j + b * step
            dw[a, b] += dy[i, j] * (x[p, q] if p < x.shape[0] and q < x.shape[1] else 0)
    for i, j in np.ndindex(dy.shape):
        dx[i:i+A, j:j+B] += dy[i, j] * w
    return dw, dx


def wrong_12_4_m(w, x, dy, step):
    "changes x in place: dx is accumulated into the image itself"
    (A, B), dw, dx = w.shape, np.zeros_like(w), x
    for i, j in np.ndindex(dy.shape):
        p, q = i * step, j * step
        dw += dy[i, j] * x[p:p+A, q:q+B]
        dx[p:p+A, q:q+B] += dy[i, j] * w
    return dw, dx


def wrong_12_4_n(w, x, dy, step):
    "dx as large as the windows reach, pixels beyond are cut off instead of 0"
    A, B = w.shape
    I, J = dy.shape
    dw, dx = np.zeros_like(w), np.zeros(((I - 1) * step + A, (J - 1) * step + B))
    for i, j in np.ndindex(I, J):
        p, q = i * step, j * step
        dw += dy[i, j] * x[p:p+A, q:q+B]
        dx[p:p+A, q:q+B] += dy[i, j] * w
    return dw, dx


def right_12_4_a(w, x, dy, step):
    "zeros between the upstreams, then the page's patterns: slide, and pad, turn, slide"
    A, B = w.shape
    big = np.zeros((x.shape[0] - A + 1, x.shape[1] - B + 1))
    big[: step * dy.shape[0] : step, : step * dy.shape[1] : step] = dy
    padded = np.pad(big, [(A - 1, A - 1), (B - 1, B - 1)])
    return _slide(x, big), _slide(padded, w[::-1, ::-1])


def right_12_4_b(w, x, dy, step):
    "from the weights' side: strided slices"
    I, J = dy.shape
    dw, dx = np.zeros(w.shape), np.zeros(x.shape)
    for a, b in np.ndindex(w.shape):
        at = (slice(a, a + (I - 1) * step + 1, step), slice(b, b + (J - 1) * step + 1, step))
        dw[a, b] = np.vdot(x[at], dy)
        dx[at] += w[a, b] * dy
    return dw, dx


def right_12_4_c(w, x, dy, step):
    "windows with einsum for dw; the Jacobian as a matrix for dx"
    I, J = dy.shape
    V = np.lib.stride_tricks.sliding_window_view(x, w.shape)[::step, ::step][:I, :J]
    dw = np.einsum("ijab,ij->ab", V, dy)
    K = np.zeros((dy.size, x.size))
    for n, (i, j) in enumerate(np.ndindex(I, J)):
        for a, b in np.ndindex(w.shape):
            K[n, (i * step + a) * x.shape[1] + j * step + b] = w[a, b]
    return dw, (dy.ravel() @ K).reshape(x.shape)
