"""Answers to the exercises of page 08, written from the prompts alone."""
import numpy as np


def _norm(A):
    return np.linalg.norm(A, 2)


# Not counted as wrong, nor as right: read strictly, (7.12) calls diag(f_t) + B_t D_{t-1} the total
# derivative, with h_{t-1} following c_{t-1}. The block of the product of (7.13) holds h_{T-k} fixed.
def _doubtful_8_1_a(J):
    "total derivative in the sense of (7.12): h_{T-k} = o tanh(c_{T-k}) moves along"
    T, H = len(J), J.shape[1] // 2
    P, line, cell, full = np.eye(2 * H), np.ones(H), [], []
    for k in range(T + 1):
        A = P[:H, :H]
        if k < T:                       # D_{T-k} from the lower left block of J at step T - k
            D = np.diag(J[T - k - 1][H:, :H]) / np.diag(J[T - k - 1][:H, :H])
            A = A + P[:H, H:] * D
        cell.append(np.abs(line).max())
        full.append(_norm(A))
        if k < T:
            P = P @ J[T - 1 - k]
            line = line * np.diag(J[T - 1 - k])[:H]
    return np.array(cell), np.array(full)


# ---------------------------------------------------------------- 8.1

def wrong_8_1_a(J):
    "cuts the upper left block before multiplying, for both: all routes come out as the cell line"
    T, H = len(J), J.shape[1] // 2
    P = np.eye(H)
    norms = [1.0]
    for t in range(T - 1, -1, -1):
        P = P @ J[t, :H, :H]
        norms.append(_norm(P))
    return np.array(norms), np.array(norms)


def wrong_8_1_b(J):
    "norm of the whole (2H, 2H) product instead of its block for c"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for t in reversed(range(T)):
        P = P @ J[t]
        f = f * np.diag(J[t])[:H]
        cell.append(f.max())
        full.append(_norm(P))
    return np.array(cell), np.array(full)


def wrong_8_1_c(J):
    "Frobenius norm (numpy's default for matrices) instead of the largest singular value"
    T, H = len(J), J.shape[1] // 2
    P, F = np.eye(2 * H), np.eye(H)
    cell, full = [np.linalg.norm(F)], [np.linalg.norm(P[:H, :H])]
    for t in reversed(range(T)):
        P, F = P @ J[t], F @ J[t, :H, :H]
        cell.append(np.linalg.norm(F))
        full.append(np.linalg.norm(P[:H, :H]))
    return np.array(cell), np.array(full)


def wrong_8_1_d(J):
    "multiplies the earlier step from the left: J_{T-k+1} ... J_T"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = np.ones(T + 1), np.ones(T + 1)
    for k in range(1, T + 1):
        P = J[T - k] @ P
        f = f * np.diagonal(J[T - k])[:H]
        cell[k], full[k] = f.max(), _norm(P[:H, :H])
    return cell, full


def wrong_8_1_e(J):
    "starts at step 1 and goes forward: lags counted from the wrong end"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for t in range(T):
        P = J[t] @ P
        f = f * J[t].diagonal()[:H]
        cell.append(f.max())
        full.append(_norm(P[:H, :H]))
    return np.array(cell), np.array(full)


def wrong_8_1_f(J):
    "product of norms instead of the norm of the product"
    T, H = len(J), J.shape[1] // 2
    cell, full = [1.0], [1.0]
    for t in reversed(range(T)):
        cell.append(cell[-1] * _norm(J[t, :H, :H]))
        full.append(full[-1] * _norm(J[t]))
    return np.array(cell), np.array(full)


def wrong_8_1_g(J):
    "the lower right block (h to h) instead of the upper left"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for t in reversed(range(T)):
        P = P @ J[t]
        f = f * np.diag(J[t, :H, :H])
        cell.append(np.max(f))
        full.append(_norm(P[H:, H:]))
    return np.array(cell), np.array(full)


def wrong_8_1_h(J):
    "the two results in the wrong order"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for A in J[::-1]:
        P, f = P @ A, f * np.diag(A)[:H]
        cell.append(f.max())
        full.append(_norm(P[:H, :H]))
    return np.array(full), np.array(cell)


def wrong_8_1_i(J):
    "no entry for lag 0: arrays of length T"
    T, H = len(J), J.shape[1] // 2
    P, f, cell, full = np.eye(2 * H), np.ones(H), [], []
    for A in J[::-1]:
        P, f = P @ A, f * np.diag(A)[:H]
        cell.append(f.max())
        full.append(_norm(P[:H, :H]))
    return np.array(cell), np.array(full)


def wrong_8_1_j(J):
    "mean of the gates' products instead of the norm (their largest)"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for A in J[::-1]:
        P, f = P @ A, f * np.diag(A)[:H]
        cell.append(f.mean())
        full.append(_norm(P[:H, :H]))
    return np.array(cell), np.array(full)


def wrong_8_1_k(J):
    "two slips: Frobenius norm, and the product in the wrong order"
    T, H = len(J), J.shape[1] // 2
    P, F = np.eye(2 * H), np.eye(H)
    cell, full = np.empty(T + 1), np.empty(T + 1)
    for k in range(T + 1):
        cell[k], full[k] = np.linalg.norm(F), np.linalg.norm(P[:H, :H])
        if k < T:
            F, P = J[T - 1 - k, :H, :H] @ F, J[T - 1 - k] @ P
    return cell, full


def wrong_8_1_l(J):
    "norm of the rows of c, both columns: h_{T-k} counted as well (H, 2H)"
    T, H = len(J), J.shape[1] // 2
    rows, f = np.eye(H, 2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for A in J[::-1]:
        rows, f = rows @ A, f * np.diag(A)[:H]
        cell.append(f.max())
        full.append(_norm(rows))
    return np.array(cell), np.array(full)


def wrong_8_1_m(J):
    "spectral radius (largest |eigenvalue|) instead of the norm"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for A in J[::-1]:
        P, f = P @ A, f * np.diag(A)[:H]
        cell.append(f.max())
        full.append(np.abs(np.linalg.eigvals(P[:H, :H])).max())
    return np.array(cell), np.array(full)


def wrong_8_1_n(J):
    "two slips: the state taken as (h, c), so the lower right block is read, and lags run from T down to 0"
    T, H = len(J), J.shape[1] // 2
    P, F = np.eye(2 * H), np.eye(H)
    cell, full = [1.0], [1.0]
    for A in J[::-1]:
        P, F = P @ A, F @ A[H:, H:]
        cell.append(_norm(F))
        full.append(_norm(P[H:, H:]))
    return np.array(cell)[::-1], np.array(full)[::-1]


def wrong_8_1_o(J):
    "one lag too late: the product for lag k misses its last factor"
    T, H = len(J), J.shape[1] // 2
    P, f = np.eye(2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for A in J[::-1]:
        cell.append(f.max())
        full.append(_norm(P[:H, :H]))
        P, f = P @ A, f * np.diag(A)[:H]
    return np.array(cell), np.array(full)


def right_8_1_a(J):
    "rows of c only, cut at the start: c's rows times J, columns cut at the end"
    T, H = len(J), J.shape[1] // 2
    rows, f = np.eye(H, 2 * H), np.ones(H)
    cell, full = [1.0], [1.0]
    for A in reversed(J):
        rows = np.einsum("ij,jk->ik", rows, A)
        f = f * np.einsum("ii->i", A)[:H]
        cell.append(np.abs(f).max())
        full.append(np.linalg.svd(rows[:, :H], compute_uv=False)[0])
    return np.array(cell), np.array(full)


def right_8_1_b(J):
    "every lag by itself with multi_dot; the cell line by cumulative products"
    T, H = len(J), J.shape[1] // 2
    f = np.array([np.diag(A)[:H] for A in J])[::-1]
    cell = np.vstack([np.ones(H), np.cumprod(f, axis=0)]).max(axis=1)
    full = [1.0]
    for k in range(1, T + 1):
        factors = list(J[T - k :][::-1])
        P = np.linalg.multi_dot(factors) if k > 1 else factors[0]
        full.append(np.linalg.svd(P[:H, :H])[1][0])
    return cell, np.array(full)


def right_8_1_c(J):
    "recursion, transposed: gradients of c_T carried back"
    H = J.shape[-1] // 2

    def sweep(G, F, left):
        here = [(max(abs(F)), np.linalg.norm(G[:H], 2))]
        return here if len(left) == 0 else here + sweep(
            left[-1].T @ G, F * left[-1].diagonal()[:H], left[:-1])
    pairs = sweep(np.eye(2 * H)[:, :H], np.ones(H), J)
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
