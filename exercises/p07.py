"""Exercises of page 07: what makes gradients vanish or explode."""

import numpy as np

from exercises.inputs import awkward, normal, sizes
from exercises.slips import Exercise


def jacobian(h_t, W_hh):
    slope = 1 - h_t**2
    return slope[:, None] * W_hh


def _states(rng):
    for H, s in sizes(1, 2, 3, 5):
        args = np.tanh(normal(rng, H, scale=s)), normal(rng, H, H)
        yield from awkward(args, 0, 1) if s == 1 else (args,)


e1 = Exercise("7.1", jacobian, _states, returns="the Jacobian")


def clip(grads, limit):
    whole = np.concatenate([g.ravel() for g in grads.values()])
    norm = np.linalg.norm(whole)
    return {name: g * min(1, limit / norm) for name, g in grads.items()}


def _in_turn(grads, limit):
    grads = dict(grads)
    for name in grads:
        grads[name] = clip(grads, limit)[name]
    return grads


def _gradients(rng):
    for H, D, V in ((1, 1, 1), (1, 3, 2), (2, 1, 3), (3, 2, 2), (4, 5, 1)):
        shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,), "W_hy": (V, H), "b_y": (V,)}
        for s in (1.0, 0.01, 1e3, 1.0, 0.1):
            scales = rng.permutation([s, s, 3 * s, s / 5, 2 * s])
            grads = zip(shapes.items(), scales, strict=True)
            grads = {name: scale * rng.normal(size=shape) for (name, shape), scale in grads}
            yield grads, float(rng.choice([0.5, 1.0, 2.0, 5.0]))
            yield {name: np.abs(g) for name, g in grads.items()}, 1.5 * s
        yield grads | {"W_hh": np.zeros((H, H))}, 0.1
        yield {name: 0 * g for name, g in grads.items()}, 1.0


e2 = Exercise("7.2", clip, _gradients)


def design(k, peak):
    lam = np.exp(-1 / k)
    s = peak / k / lam ** (k - 1)
    return lam * np.eye(2) + s * np.eye(2, k=1)


def _rises_then_falls(W, k, peak):
    """Judge a matrix by the norms of its powers; whatever comes after 40k is smaller still."""
    if W.ndim != 2 or W.shape[0] != W.shape[1] or not W.size:
        return f"Your result has shape {W.shape}; a square matrix is asked for."
    if not np.isfinite(W).all():
        return "Your matrix has an entry that is not finite."
    powers, case = [np.eye(len(W))], f"(k = {k}, peak = {peak:g})"
    with np.errstate(all="ignore"):
        for _ in range(40 * k):
            powers.append(powers[-1] @ W)
        norms = np.linalg.norm(np.nan_to_num(powers, nan=1e300), 2, axis=(1, 2))
        is_normal = np.abs(W @ W.T - W.T @ W).max() <= 1e-9 * norms[1] ** 2
    if norms[k] == 0:
        return (
            f"W^{k} is zero already {case}: what is to grow for k steps needs k of them; if W only "
            "hands values on, k + 1 units in a row have as many."
        )
    if is_normal:
        return (
            f"Your W is normal {case}, so the norm of its powers is ρ^n: it rises for ever or "
            "never. Make it non-normal, with a corner entry for example."
        )
    if norms[-1] >= 1e-3:
        radius = np.abs(np.linalg.eigvals(W)).max()
        return (
            f"After {40 * k} steps the norm is {norms[-1]:.2g} and not below 0.001 {case}: in the "
            f"long run the spectral radius decides, and yours is {radius:.4g}."
        )
    if norms.argmax() != k:
        found = f"Your norms are largest at step {norms.argmax()} and not at step {k} {case}."
        if W.shape == (2, 2) and 0 < W[0, 0] == W[1, 1] < 1 and W[0, 1] * W[1, 0] == 0:
            return (
                f"{found} By (7.3) the corner of W^n is n b λ^(n−1); with your λ = "
                f"{W[0, 0]:.4g} it is largest at n = {-1 / np.log(W[0, 0]):.2f}, whatever b is."
            )
        if norms.argmax() < k and norms[-1] == 0:
            return (
                f"{found} Spread the growth over the links: at step {k} the norm must still rise."
            )
        return found
    if abs(norms[k] / peak - 1) > 0.01:
        found = f"The peak is in the right place, but its height is {norms[k]:.4g} {case}"
        if k > 1 and abs(norms[k] / peak**k - 1) < 0.01:
            return f"{found}, which is peak^{k}: k equal factors make the height."
        if k > 1 and not norms[k + 1 :].any():
            return f"{found}: in a row of units the height is the product of the {k} weights."
        return f"{found}: change what leaves its place as it is."
    return ""


def _wishes(rng):
    for k in (*range(1, 13), *range(1, 13), 15, 18, 21, 24, 27, 30):
        yield k, float(rng.choice([5.0, 12.0, 100.0, rng.uniform(5, 100)]))


e3 = Exercise("7.3", design, _wishes, returns="W", judge=_rises_then_falls)
