"""``helpers.spectra`` against definitions, loops, and the complex step."""

import numpy as np
import pytest

from helpers import gradcheck, spectra

SIZES = (1, 2, 3, 4, 7, 8, 32)
VALUES = np.geomspace(1.8, 0.2, 8)


def departure(W):
    """Henrici's departure from normality, sqrt(‖W‖_F² − Σ|λ|²)."""
    moduli = np.abs(np.linalg.eigvals(W))
    return np.sqrt(max(0.0, np.sum(W**2) - np.sum(moduli**2)))


@pytest.mark.parametrize("H", SIZES)
def test_cyclic_shift_is_a_one_parameter_group_of_rotations(H):
    """If it were not, U would not be orthogonal and the singular values would not be the asked."""

    def S(s):
        return spectra._cyclic_shift(H, s)

    np.testing.assert_allclose(S(0.3) @ S(0.3).T, np.eye(H), atol=1e-13)
    np.testing.assert_allclose(S(0.3) @ S(0.9), S(1.2), atol=1e-13)
    np.testing.assert_allclose(S(0), np.eye(H), atol=1e-13)
    np.testing.assert_allclose(S(H), (-1) ** (H + 1) * np.eye(H), atol=1e-12)
    assert np.linalg.det(S(0.7)) == pytest.approx(1)
    shift = np.roll(np.eye(H), 1, axis=0)
    shift[0, -1] = (-1) ** (H + 1)
    np.testing.assert_allclose(S(1), shift, atol=1e-13)


def test_orthogonal_is_haar():
    """A biased draw (QR without the sign fix) has a first entry that is never positive."""
    rng = np.random.default_rng(0)
    draws = np.stack([spectra.orthogonal(3, rng) for _ in range(4000)])
    products = draws @ np.swapaxes(draws, 1, 2)  # (4000, 3, 3)
    np.testing.assert_allclose(products - np.eye(3), 0, atol=1e-13)
    # Haar: entries have mean 0 and variance 1/H; the standard error here is below 0.01.
    assert np.abs(draws.mean(axis=0)).max() < 0.04
    assert np.abs((draws**2).mean(axis=0) - 1 / 3).max() < 0.04


@pytest.mark.parametrize("H", SIZES)
@pytest.mark.parametrize("s", [0, 0.4, 1])
def test_the_singular_values_are_the_asked_ones(H, s):
    """Every figure of notebook 07 that names σ_max would be wrong."""
    rng = np.random.default_rng(H)
    values = rng.uniform(0, 3, H)
    W = spectra.with_singular_values(values, rng, nonnormality=s)
    np.testing.assert_allclose(
        np.linalg.svd(W, compute_uv=False), np.sort(values)[::-1], atol=1e-12
    )


def test_normal_end_has_no_transient():
    """At nonnormality 0 the norm of each power must be ρ^k, or "normal" means nothing."""
    W = spectra.with_singular_values(VALUES, np.random.default_rng(1), nonnormality=0.0)
    np.testing.assert_allclose(W, W.T, atol=1e-14)
    np.testing.assert_allclose(spectra.power_norms(W, 20), 1.8 ** np.arange(21), rtol=1e-12)
    assert spectra.spectral_radius(W) == pytest.approx(1.8)


def test_nonnormal_end_has_the_extreme_transient():
    """At nonnormality 1: products of the k largest values, one modulus for all eigenvalues."""
    shuffled = np.random.default_rng(0).permutation(VALUES)  # the order given must not matter
    W = spectra.with_singular_values(shuffled, np.random.default_rng(1))
    np.testing.assert_allclose(spectra.power_norms(W, 7)[1:], np.cumprod(VALUES)[:7], rtol=1e-10)
    mean = np.exp(np.log(VALUES).mean())  # 0.6: every power but the first few must shrink
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(W)), mean, rtol=1e-9)


@pytest.mark.parametrize("H", [2, 5, 8, 32])
def test_departure_from_normality_grows_with_the_slider(H):
    """The explorer's slider would not do what its label says."""
    slider = np.linspace(0, 1, 11)
    W = [
        spectra.with_singular_values(
            np.linspace(2, 0.1, H), np.random.default_rng(0), nonnormality=s
        )
        for s in slider
    ]
    defects = np.array([departure(M) for M in W])
    radii = np.array([spectra.spectral_radius(M) for M in W])
    assert defects[0] < 1e-6
    assert (np.diff(defects) > -1e-6).all() and defects[-1] > 1
    assert (np.diff(radii) < 1e-6).all()


def test_equal_values_give_a_scaled_orthogonal_matrix():
    """The curriculum's 1.5 Q is the corner of the explorer where nonnormality does nothing."""
    W = spectra.with_singular_values(np.full(5, 1.5), np.random.default_rng(0))
    np.testing.assert_allclose(W @ W.T, 2.25 * np.eye(5), atol=1e-13)


def test_small_matrices_of_the_text():
    """The counterexamples of notebook 07 must have the numbers its sentences state."""
    norms = spectra.power_norms([[0.9, 5.0], [0.0, 0.9]], 79)
    assert np.argmax(norms) == 9
    assert norms[9] == pytest.approx(19.38, abs=0.005)
    assert norms[79] == pytest.approx(0.107, abs=0.0005)
    assert spectra.spectral_radius([[0.9, 5.0], [0.0, 0.9]]) == pytest.approx(0.9)

    np.testing.assert_array_equal(spectra.power_norms([[0.0, 5.0], [0.0, 0.0]], 3), [1, 5, 0, 0])
    np.testing.assert_allclose(spectra.power_norms([[1.5, -1.5], [1.5, -1.5]], 2), [1, 3, 0])
    assert spectra.spectral_radius(np.full((4, 4), 0.6)) == pytest.approx(2.4)


def network(activation, scale=1.0, H=4, T=6):
    rng = np.random.default_rng(5)
    W_hh = spectra.with_singular_values(np.linspace(1.6, 0.3, H), rng, nonnormality=0.7)
    drive = scale * rng.standard_normal((T, H))
    return W_hh, drive, *spectra.trajectory(W_hh, drive, activation=activation)


@pytest.mark.parametrize("activation", spectra.GAMMA)
def test_product_norms_are_those_of_the_true_jacobian(activation):
    """A slope off by one step, or a factor on the wrong side, passes every bound but not this."""
    W_hh, drive, h, slopes = network(activation)
    T, H = drive.shape
    norms = spectra.product_norms(W_hh, slopes)
    np.testing.assert_array_equal(
        norms, spectra.norms_of_products([np.diag(s) @ W_hh for s in slopes[::-1]])
    )
    jacobian = np.eye(H)
    for k in range(T + 1):
        if k:
            jacobian = jacobian @ np.diag(slopes[T - k]) @ W_hh

        def last(start, k=k):
            if k == 0:
                return start
            rest = drive[T - k :] + np.outer(np.arange(k) == 0, W_hh @ start)
            return spectra.trajectory(W_hh, rest, activation=activation)[0][-1]

        np.testing.assert_allclose(jacobian, gradcheck.complex_step(last, h[T - k]), atol=1e-14)
        assert norms[k] == pytest.approx(np.linalg.norm(jacobian, 2), rel=1e-12)


@pytest.mark.parametrize("activation", spectra.GAMMA)
@pytest.mark.parametrize("scale", [0.0, 1.0, 30.0])
def test_no_norm_exceeds_its_bound(activation, scale):
    """The theorem of the notebook; and γ is the right constant: the first step can reach it."""
    W_hh, drive, _, slopes = network(activation, scale, T=40)
    upper, reference = spectra.bounds(W_hh, 40, gamma=spectra.GAMMA[activation])
    assert (spectra.product_norms(W_hh, slopes) <= upper * (1 + 1e-12)).all()
    assert (reference <= upper * (1 + 1e-12)).all()
    assert slopes.max() <= spectra.GAMMA[activation]
    assert spectra.trajectory(W_hh, 0 * drive, activation=activation)[1][0] == pytest.approx(
        spectra.GAMMA[activation]
    )


def test_may_explode_does_not_mean_explodes():
    """The notebook's measurement: one matrix 1.5 Q, three fates over 50 steps."""
    rng = np.random.default_rng(0)
    W_hh = 1.5 * spectra.orthogonal(32, rng)
    noise = rng.standard_normal((50, 32))

    def last_norm(drive, activation="tanh"):
        slopes = spectra.trajectory(W_hh, drive, activation=activation)[1]
        return spectra.product_norms(W_hh, slopes)[-1]

    assert last_norm(noise) < 1e-2  # 40 seeds: 2e-4 to 2e-2, median 2e-3
    assert last_norm(1e-6 * noise) > 1e6  # 40 seeds: 3e6 to 1e7
    assert last_norm(noise, "linear") == pytest.approx(1.5**50)


def test_saturated_slopes_stay_above_zero():
    """With 1 − h² the explorer's curve would end in log(0) as soon as one step saturates."""
    _, slopes = spectra.trajectory(np.zeros((2, 2)), np.array([[25.0, -25.0], [900.0, 0.0]]))
    np.testing.assert_allclose(slopes[0], 4 * np.exp(-50.0), rtol=1e-12)
    np.testing.assert_array_equal(slopes[1], [0, 1])  # cosh overflows here: no warning


def test_huge_and_tiny_norms_do_not_warn():
    """Warnings are errors here: a slider at its end must not fill the notebook with red."""
    np.testing.assert_allclose(
        spectra.power_norms(1e100 * np.eye(2), 4), [1, 1e100, 1e200, 1e300, np.inf]
    )
    np.testing.assert_allclose(
        spectra.power_norms(1e-100 * np.eye(2), 4), [1, 1e-100, 1e-200, 1e-300, 0]
    )
    back = spectra.product_norms(np.eye(1), np.array([[1e-250], [1e-250], [1e300], [1e300]]))
    np.testing.assert_allclose(back, [1, 1e300, np.inf, np.inf, 1e100])
    subnormal = spectra.product_norms(np.eye(1), np.array([[1e300], [1e-320]]))
    np.testing.assert_allclose(subnormal, [1, 1e-320, 1e-20], rtol=1e-3)
    assert np.isinf(spectra.bounds(1e10 * np.eye(2), 40)[0][-1])


def test_floating_dtype_is_kept():
    """A float32 network must not become float64 on the way."""
    W_hh = spectra.with_singular_values(np.ones(3, np.float32), np.random.default_rng(0))
    h, slopes = spectra.trajectory(W_hh, np.zeros((4, 3), np.float32))
    assert W_hh.dtype == h.dtype == slopes.dtype == np.float32
