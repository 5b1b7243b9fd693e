"""Spectra and Jacobian norms: what decides whether a gradient vanishes or explodes.

You can make a matrix with the singular values you want and choose how far it is from normal, run
a recurrent network h_t = f(W_hh h_{t−1} + drive_t), and follow the norm of ∂h_T/∂h_{T−k} back
through time beside its bounds. Norms of matrices are 2-norms (largest singular value) throughout.
"""

import numpy as np

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
    Q, R = np.linalg.qr(rng.standard_normal((size, size)))  # (H, H) each
    return Q * np.copysign(1.0, np.diag(R))


def with_singular_values(values, rng, *, nonnormality=1.0):
    """Make a matrix (H, H) with exactly these H singular values, as far from normal as you ask.

    W = U diag(values) Vᵀ, values in descending order, with V a random orthogonal matrix and
    U = V S^s, where S is a cyclic shift and s, from 0 to 1, is ``nonnormality``:

    - s = 0: W is symmetric, hence normal, its eigenvalues are ``values``; ‖W^k‖ = ρ^k = σ_max^k.
    - s = 1: W sends each right singular vector to σ_j times the next one. ‖W^k‖ is the product of
      the k largest values (k < H); every eigenvalue has the modulus of their geometric mean, the
      smallest spectral radius that these values allow, as the product of the moduli is |det W|.
    - between: Henrici's departure from normality, √(‖W‖_F² − Σ|λ|²), grows with s. (‖WWᵀ − WᵀW‖
      need not.) Equal values give a multiple of an orthogonal matrix, normal at every s.

    ``rng`` draws V and nothing else: the same seed gives the same V at every s and for all values.
    """
    values = 1.0 * np.asarray(values)  # an array of floats, of whatever type
    V = orthogonal(len(values), rng)  # (H, H)
    U = V @ _cyclic_shift(len(values), nonnormality)  # (H, H)
    return ((U * np.sort(values)[::-1]) @ V.T).astype(values.dtype)


def _cyclic_shift(size, power):
    """Raise the rotation that sends axis j to axis j+1, and the last to ±the first, to a power.

    With + for odd and − for even H, its determinant is +1 and its eigenvalues are exp(iθ),
    θ = 2πm/H with m = −(H−1)/2, ..., (H−1)/2 in steps of 1: never −1, and in conjugate pairs, so
    that real fractional powers exist; its eigenvectors are a Fourier basis.
    """
    axes = np.arange(size)
    angles = 2 * np.pi * (axes - (size - 1) / 2) / size  # (H,)
    basis = np.exp(-1j * np.outer(axes, angles)) / np.sqrt(size)  # (H, H), unitary
    return ((basis * np.exp(1j * power * angles)) @ basis.conj().T).real


def spectral_radius(W):
    """Return the largest modulus of an eigenvalue of a square ``W`` (H, H), a float.

    Far from normal, eigenvalues are ill-conditioned: for a W of size H with W^H = 0, rounding
    alone can move them from 0 to about eps^(1/H), which is 0.3 for H = 32.
    """
    return float(np.abs(np.linalg.eigvals(W)).max())


def trajectory(W_hh, drive, *, activation="tanh"):
    """Run h_t = f(a_t), a_t = W_hh h_{t−1} + drive_t, from h_0 = 0, and keep the slopes f'(a_t).

    For W_hh (H, H), the drive W_xh x_t + b_h (T, H), and f one of "tanh", "sigmoid", "linear",
    returns h (T+1, H) from step 0, and slopes (T, H): ∂h_t/∂h_{t−1} is diag(slopes[t−1]) W_hh. The
    slopes come from a_t, not from h_t: 1 − h² is exactly 0 in float64 from |a| ≈ 19 on, where the
    true slope is 1e-16.
    """
    W_hh, drive = np.asarray(W_hh), np.asarray(drive)
    f, slope = _ACTIVATIONS[activation]
    h = np.zeros((len(drive) + 1, len(W_hh)), np.result_type(W_hh, drive))
    a = np.empty_like(h[1:])
    for t in range(1, len(h)):
        a[t - 1] = W_hh @ h[t - 1] + drive[t - 1]
        h[t] = f(a[t - 1])
    with np.errstate(over="ignore"):  # where cosh is infinite, the slope is 0
        return h, slope(a)


def power_norms(W, steps):
    """Return ‖W^k‖ for k = 0, ..., steps, of a square ``W`` (H, H): shape (steps+1,)."""
    return norms_of_products(np.broadcast_to(W, (steps, *np.shape(W))))


def product_norms(W_hh, slopes):
    """Follow the recurrent Jacobian back through time: ‖∂h_T/∂h_{T−k}‖ for k = 0, ..., T.

    ∂h_T/∂h_{T−k} = diag(f'(a_T)) W_hh · diag(f'(a_{T−1})) W_hh · ... (k factors), with ``slopes``
    (T, H) as ``trajectory`` returns them. Entry k of the result, shape (T+1,), is that of lag k.
    """
    return norms_of_products(np.asarray(slopes)[::-1, :, None] * W_hh)


def norms_of_products(factors):
    """Return ‖F_1 F_2 ⋯ F_k‖ for k = 0, ..., T, of ``factors`` (T, H, H): shape (T+1,).

    The product is rescaled by exact powers of 2 on the way: only a norm that float64 cannot hold
    is lost, to inf or 0, without a warning.
    """
    factors = np.asarray(factors)
    products, exponents = [np.eye(factors.shape[-1])], [0]
    for factor in factors:
        product = products[-1] @ factor
        # Clipped so that 2**−shift is itself finite when all entries are subnormal.
        shift = int(np.clip(np.frexp(np.abs(product).max())[1], -1000, 1000))
        products.append(product * 2.0**-shift)
        exponents.append(exponents[-1] + shift)
    norms = np.linalg.svd(np.stack(products), compute_uv=False)[:, 0]
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(norms.astype(float), exponents)


def bounds(W_hh, steps, *, gamma=1.0):
    """Bound ‖∂h_T/∂h_{T−k}‖, k = 0..steps, and say what eigenvalues alone would predict.

    ``gamma`` is the activation's largest slope γ, from ``GAMMA``. Returns two arrays (steps+1,):

    - upper, (γ σ_max)^k: no Jacobian exceeds it (Pascanu, Mikolov & Bengio 2013). Below 1, it
      guarantees that gradients vanish; above 1, it guarantees nothing.
    - reference, (γ ρ)^k: the long-run rate if every slope were γ. Not a bound: if W_hh is not
      normal, the norm can first rise far above it; saturated units pull it far below.
    """
    k = np.arange(steps + 1)
    with np.errstate(over="ignore"):
        return (gamma * np.linalg.norm(W_hh, 2)) ** k, (gamma * spectral_radius(W_hh)) ** k
