"""Spectra and Jacobian norms: what decides whether a gradient vanishes or explodes.

You can make a matrix with the singular values you want and choose how far it is from normal, run
a recurrent network h_t = f(W_hh h_{t−1} + drive_t), and follow the norm of ∂h_T/∂h_{T−k} back
through time beside its bounds. Norms of matrices are 2-norms (largest singular value) throughout.
Every function raises TypeError or ValueError, with a sentence, for an argument it cannot use.
"""

import numpy as np

from helpers import _door

# The largest slope of each activation, γ = max |f'|.
GAMMA = {"tanh": 1.0, "sigmoid": 0.25, "linear": 1.0}

# f and f', both of the pre-activation, in forms where no exponential overflows to NaN.
_ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: np.cosh(a) ** -2),
    "sigmoid": (lambda a: (1 + np.tanh(a / 2)) / 2, lambda a: np.cosh(a / 2) ** -2 / 4),
    "linear": (lambda a: a, np.ones_like),
}


def orthogonal(size, rng):
    """Draw an orthogonal matrix of shape (size, size), every one equally likely (Haar measure).

    QR of a Gaussian matrix, with the signs of R's diagonal moved into Q; without that step the
    draw depends on LAPACK's sign convention and is not uniform (Mezzadri 2007).
    """
    size = _door.size("size", size)
    Q, R = np.linalg.qr(_door.generator("rng", rng).standard_normal((size, size)))  # (H, H) each
    return Q * np.copysign(1.0, np.diag(R))


def cyclic_shift(size, power=1.0):
    """Raise the rotation that sends axis j to axis j+1, and the last to ±the first, to a power.

    The shift S has determinant +1 (the sign is + for odd H, − for even H), so it is a rotation
    and has real fractional powers: S^s S^t = S^(s+t), S^0 = I, S^H = ±I. Its eigenvalues are
    exp(iθ), θ = 2πm/H with m = −(H−1)/2, ..., (H−1)/2 in steps of 1: never −1, and in conjugate
    pairs, whether H is odd or even; its eigenvectors are a Fourier basis.
    ``power`` is the exponent s, any real number; the matrix returned is (H, H) with H = ``size``.
    """
    size, power = _door.size("size", size), _door.number("power", power)
    axes = np.arange(size)
    angles = 2 * np.pi * (axes - (size - 1) / 2) / size  # (H,)
    basis = np.exp(-1j * np.outer(axes, angles)) / np.sqrt(size)  # (H, H), unitary
    return ((basis * np.exp(1j * power * angles)) @ basis.conj().T).real


def with_singular_values(values, rng, *, nonnormality=1.0):
    """Make a matrix with exactly these singular values, as far from normal as you ask.

    W = U diag(values) Vᵀ, values in descending order, with V a random orthogonal matrix and
    U = V S^s, where S is ``cyclic_shift`` and s is ``nonnormality``:

    - s = 0: left and right singular vectors coincide. W is symmetric, hence normal, its
      eigenvalues are ``values``, and ‖W^k‖ = ρ^k = σ_max^k.
    - s = 1: W sends each right singular vector to σ_j times the next one. ‖W^k‖ is the product of
      the k largest values (k < H), while the modulus of every eigenvalue is the geometric mean of
      all values. No matrix with these singular values has a smaller spectral radius, because the
      product of the moduli is |det W|, which is also the product of the values.
    - between: Henrici's departure from normality, √(‖W‖_F² − Σ|λ|²), grows with s. (‖WWᵀ − WᵀW‖
      need not.)

    When all values are equal, W is a multiple of an orthogonal matrix and normal at every s.

    Parameters
    ----------
    values : array_like of float, shape (H,)
        Singular values, at least 0, in any order.
    rng : numpy.random.Generator
        Draws V, and nothing else: the same seed gives the same V at every s and for all values.
    nonnormality : float
        s, from 0 to 1.

    Returns
    -------
    ndarray, shape (H, H), dtype of ``values``

    Raises
    ------
    TypeError, ValueError
        When ``values``, ``rng`` or ``nonnormality`` is not as described.
    """
    values = _floats("values", values, ("H",))
    if np.iscomplexobj(values) or values.min() < 0:
        given = "they are complex" if np.iscomplexobj(values) else f"one is {values.min():g}"
        raise ValueError(
            f"values must be real and at least 0, as singular values are, but {given}."
        )
    s = _door.number("nonnormality", nonnormality, "a number from 0 to 1", lambda s: 0 <= s <= 1)
    V = orthogonal(len(values), rng)  # (H, H)
    U = V @ cyclic_shift(len(values), s)  # (H, H)
    return ((U * np.sort(values)[::-1]) @ V.T).astype(values.dtype, copy=False)


def singular_values(W):
    """Return the singular values of a square ``W`` (H, H), largest first: shape (H,)."""
    return np.linalg.svd(_square("W", W), compute_uv=False)


def spectral_radius(W):
    """Return the largest modulus of an eigenvalue of a square ``W`` (H, H), a float.

    Far from normal, eigenvalues are ill-conditioned: for a W of size H with W^H = 0, rounding
    alone can move them from 0 to about eps^(1/H), which is 0.3 for H = 32.
    """
    return float(np.abs(np.linalg.eigvals(_square("W", W))).max())


def power_norms(W, steps):
    """Return ‖W^k‖ for k = 0, ..., steps, of a square ``W`` (H, H): shape (steps+1,).

    Overflow and underflow as in ``product_norms``.
    """
    W, steps = _square("W", W), _door.size("steps", steps, least=0)
    return _norms(np.broadcast_to(W, (steps, *W.shape)))


def trajectory(W_hh, drive, *, activation="tanh", h0=None):
    """Run h_t = f(a_t), a_t = W_hh h_{t−1} + drive_t, and keep the slopes f'(a_t).

    The slopes come from a_t, not from h_t: 1 − h² is exactly 0 in float64 from |a| ≈ 19 on, where
    the true slope is 1e-16, and a norm that vanishes could not be followed further.

    Parameters
    ----------
    W_hh : array_like, shape (H, H)
    drive : array_like, shape (T, H)
        What is added to W_hh h_{t−1}: W_xh x_t + b_h.
    activation : {"tanh", "sigmoid", "linear"}
        f; its largest slope is ``GAMMA[activation]``.
    h0 : array_like, shape (H,), optional
        Zeros by default.

    Returns
    -------
    h : ndarray, shape (T+1, H)
        h[0] is ``h0``.
    slopes : ndarray, shape (T, H)
        slopes[t−1] is f'(a_t), so ∂h_t/∂h_{t−1} = diag(slopes[t−1]) W_hh.
    """
    W_hh = _square("W_hh", W_hh)
    drive = _floats("drive", drive, ("T", len(W_hh)))
    f, slope = _ACTIVATIONS[_door.one_of("activation", activation, tuple(GAMMA))]
    h0 = _floats("h0", np.zeros_like(W_hh[0]) if h0 is None else h0, (len(W_hh),))
    h = np.empty((len(drive) + 1, len(W_hh)), np.result_type(W_hh, drive, h0))
    a = np.empty_like(h[1:])
    h[0] = h0
    for t in range(1, len(h)):
        a[t - 1] = W_hh @ h[t - 1] + drive[t - 1]
        h[t] = f(a[t - 1])
    with np.errstate(over="ignore"):  # where cosh is infinite, the slope is 0
        return h, slope(a)


def product_norms(W_hh, slopes):
    """Follow the recurrent Jacobian back through time: ‖∂h_T/∂h_{T−k}‖ for k = 0, ..., T.

    ∂h_T/∂h_{T−k} = diag(f'(a_T)) W_hh · diag(f'(a_{T−1})) W_hh · ... (k factors). The product is
    rescaled by exact powers of 2 on the way: only a norm that float64 cannot hold is lost, to inf
    or 0, without a warning.

    Parameters
    ----------
    W_hh : array_like, shape (H, H)
    slopes : array_like, shape (T, H)
        f'(a_1), ..., f'(a_T), as ``trajectory`` returns them.

    Returns
    -------
    ndarray, shape (T+1,)
        Entry k belongs to the lag k; entry 0 is 1.
    """
    W_hh = _square("W_hh", W_hh)
    slopes = _floats("slopes", slopes, ("T", len(W_hh)))
    return _norms(slopes[::-1, :, None] * W_hh)


def norms_of_products(factors):
    """Return ‖F_1 F_2 ⋯ F_k‖ for k = 0, ..., T, of ``factors`` (T, H, H): shape (T+1,).

    For networks whose Jacobians have another form than diag(slopes) W_hh. Overflow and underflow
    as in ``product_norms``.
    """
    return _norms(_floats("factors", factors, ("T", "H", "H")))


def bounds(W_hh, steps, *, gamma=1.0):
    """Bound ‖∂h_T/∂h_{T−k}‖ from above, and say what eigenvalues alone would predict.

    Parameters
    ----------
    W_hh : array_like, shape (H, H)
    steps : int
        The largest lag, T, at least 0.
    gamma : float
        The activation's largest slope γ, from ``GAMMA``; at least 0.

    Returns
    -------
    upper : ndarray, shape (T+1,)
        (γ σ_max)^k: no Jacobian exceeds it (Pascanu, Mikolov & Bengio 2013). Below 1, it
        guarantees that gradients vanish; above 1, it guarantees nothing.
    reference : ndarray, shape (T+1,)
        (γ ρ)^k: the long-run rate if every slope were γ. Not a bound: if W_hh is not normal, the
        norm can first rise far above it; saturated units pull it far below.
    """
    k = np.arange(_door.size("steps", steps, least=0) + 1)
    W_hh = _square("W_hh", W_hh)
    gamma = _door.number("gamma", gamma, "a finite number of at least 0", lambda g: 0 <= g < np.inf)
    with np.errstate(over="ignore"):
        return (gamma * singular_values(W_hh)[0]) ** k, (gamma * spectral_radius(W_hh)) ** k


def _norms(factors):
    products = [np.eye(factors.shape[-1])]
    exponents = [0]
    for factor in factors:
        product = products[-1] @ factor
        # Clipped so that 2**−shift is itself finite when all entries are subnormal.
        shift = int(np.clip(np.frexp(np.abs(product).max())[1], -1000, 1000))
        products.append(product * 2.0**-shift)
        exponents.append(exponents[-1] + shift)
    norms = np.linalg.svd(np.stack(products), compute_uv=False)[:, 0]
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(norms.astype(float), exponents)


def _square(name, W):
    return _floats(name, W, ("H", "H"))


def _floats(name, value, shape):
    array = _door.floating(name, value, shape)
    if array.dtype.char not in "fdFD":
        raise TypeError(
            f"{name} must be float32 or float64, or complex of those, because LAPACK knows no "
            f"others, but its dtype is {array.dtype}; convert it with {name}.astype(float)."
        )
    return array
