"""Exercises of page 03: softmax and cross-entropy."""

import numpy as np

from exercises.inputs import awkward, normal, sizes
from exercises.slips import Exercise


def softmax(y):
    e = np.exp(y - y.max())
    return e / e.sum()


def _logits(rng):
    for V, s in sizes(1, 2, 3, 5, 8, scales=(1.0, 1e-3, 6.0)):
        y = s * rng.normal(size=V)
        yield (y,)
        yield (1000 + y,)
        yield (-1000 - y,)
    for rows in (
        [1000, 0],
        [0, 5000, 0],
        [-9000, 0, 1],
        [800, 800],
        [-1000, -1001, -1003],
        [0] * 4,
    ):
        yield (np.array(rows, dtype=float),)


e1 = Exercise(
    "3.1",
    "a softmax that survives large logits",
    softmax,
    _logits,
    """\
see Only differences count
y - y.max() -> y
  The formula is right, but exp overflows or underflows for large logits: subtract the largest
  one first.
e.sum() -> np.exp(y).sum()
  You shifted the numerator but not the denominator; both need the same shift.
np.exp(y - y.max()) -> np.exp(y)
e.sum() -> np.exp(y - y.max()).sum()
  You shifted the denominator but not the numerator; both need the same shift.
y - y.max() -> y / y.max()
or
y - y.max() -> y / np.abs(y).max()
  You divided by the largest logit; that changes the result. Subtract it.
y - y.max() -> y - y.mean()
or
y - y.max() -> y - y.min()
or
y - y.max() -> y - y.sum()
  Any shift leaves the result as it is, but only the largest logit keeps exp from overflowing.
y - y.max() -> y - np.abs(y).max()
  You subtracted the largest absolute value: logits that are all far below zero still vanish.
y - y.max() -> np.clip(y, -700, 700)
or
y - y.max() -> np.clip(y, -500, 500)
or
y - y.max() -> np.clip(y, -100, 100)
  You clipped the logits, which changes their differences; a shift does not.
y - y.max() -> y + y.max()
  The shift goes the wrong way: subtract the largest logit.
y - y.max() -> y.max() - y
  The sign is turned: the largest logit must get the largest probability.
= lambda y: y - y.max() - np.log(np.exp(y - y.max()).sum())
  These are the logarithms of the probabilities; take exp of them.
see From scores to probabilities
/ e.sum() ->
  You forgot to divide: the results must sum to 1.
e / e.sum() -> 1 / (1 + np.exp(-y))
  This is the sigmoid of each logit by itself; in a softmax they share one sum.
e / e.sum() -> e / np.linalg.norm(e)
  You divided by the root of the sum of squares; probabilities are divided by the plain sum.
""",
    returns="p",
)


def dy(S, dS):
    return S * (dS - (S * dS).sum())


def _upstream(rng):
    for V, s in sizes(1, 2, 4, 7, scales=(1.0, 0.1, 4.0)):
        args = softmax(s * rng.normal(size=V)), normal(rng, V)
        yield args
        yield from awkward(args, 1) if s == 1 else ()
        yield args[0], np.eye(V)[0]
        yield np.eye(V)[-1], args[1]


e2 = Exercise(
    "3.2",
    "through the softmax without its Jacobian",
    dy,
    _upstream,
    """\
see How each probability answers to each logit
dS - (S * dS).sum() -> dS
  You kept S_i and dropped the second term of the Jacobian: every probability also falls when
  another logit rises.
dS - (S * dS).sum() -> (1 - S) * dS
  You used the diagonal of the Jacobian only, the case i = j; the other entries, −S_i S_j, carry
  gradient too.
dS - (S * dS).sum() -> dS + (S * dS).sum()
  The sign of the second term is wrong: the Jacobian is S_i (1[i=j] − S_j).
dS - (S * dS).sum() -> (S * dS).sum() - dS
  The sign is turned: the Jacobian is S_i (1[i=j] − S_j).
(S * dS).sum() -> dS.sum()
  In the sum each dS_i must be weighted with its S_i.
(S * dS).sum() -> S * dS.sum()
  The factors of the second term are mixed up: it is S_j times the sum of S_i dS_i.
S * (dS - (S * dS).sum()) -> dS - (S * dS).sum()
  The factor S_j in front is missing.
S * (dS - (S * dS).sum()) -> S * dS - (S * dS).sum()
  The factor S_j stands in front of both terms; in your second one it is missing.
S * (dS - (S * dS).sum()) -> S * dS * (1 - (S * dS).sum())
  You pulled out too much: S_j stands in front of both terms, dS_j in front of the first only.
(S * dS).sum() -> (S * dS).mean()
  It is a sum over i, not a mean.
see Minus the logarithm of the right answer
S * (dS - (S * dS).sum()) -> S - dS
  Probabilities minus target is the answer for softmax and cross-entropy together; here any
  gradient dS arrives.
""",
    returns="dy",
)


def smoothed_dy(y, m, epsilon):
    V = len(y)
    q = np.full(V, epsilon / V)
    q[m] += 1 - epsilon
    return softmax(y) - q


def _loss(y, m, epsilon):
    q = np.full(len(y), epsilon / len(y))
    q[m] += 1 - epsilon
    return -(q * np.log(softmax(y))).sum()


def _smoothing(rng):
    for V, s in sizes(2, 3, 4, 6, scales=(1.0, 1e-3, 10.0)):
        for epsilon in (0.1, 0.5):
            yield s * rng.normal(size=V), int(rng.integers(V)), epsilon
        yield 1000 + s * rng.normal(size=V), V - 1, 0.05
        yield np.r_[s * rng.normal(size=V), -3000.0], 0, 0.3
    yield np.zeros(4), 2, 0.0
    yield np.array([2.0, 1.0]), 1, 1.0


e3 = Exercise(
    "3.3",
    "the gradient under label smoothing",
    (smoothed_dy, softmax),
    _smoothing,
    """\
see Targets that are distributions
epsilon / V -> 0.0
1 - epsilon -> 1
  This is the gradient without smoothing: the target is q, not 1[m].
1 - epsilon -> 1
  Your q sums to more than 1: the target's own weight must shrink to 1 − epsilon.
epsilon / V -> 0.0
  Your q sums to less than 1: every class gets epsilon / V as well.
epsilon / V -> epsilon / (V - 1)
q[m] += -> q[m] =
  You shared epsilon among the V − 1 wrong classes only; here every class gets epsilon / V, the
  target too.
q[m] += -> q[m] =
  The target lost its own share: it gets 1 − epsilon, and epsilon / V like every class.
epsilon / V -> epsilon
  Every class gets epsilon / V, not epsilon.
epsilon / V -> (1 - epsilon) / V
1 - epsilon -> epsilon
  You have epsilon and 1 − epsilon the other way round: epsilon is the part that is shared out.
softmax(y) - q -> (1 - epsilon) * softmax(y) + epsilon / V - np.eye(V)[m]
  You smoothed the probabilities; smoothed is the target.
see Minus the logarithm of the right answer
softmax(y) - q -> q - softmax(y)
  The sign is turned: it is probabilities minus target, S − q.
softmax(y) - q -> -q / softmax(y)
  This is the gradient at the probabilities; go on through the softmax to the logits.
softmax(y) - q -> (softmax(y) - q) * softmax(y) * (1 - softmax(y))
  You multiplied by p (1 − p) as well; in S − q the slope of the softmax is contained already.
softmax(y) - q -> (softmax(y) - q) / V
  You divided by the number of classes; the loss is a sum over them, not a mean.
= _loss
  This is the loss itself; asked is its gradient.
see From scores to probabilities
softmax(y) - q -> y - q
  You took the logits for probabilities: apply the softmax first.
see Only differences count
y - y.max() -> y
  Your softmax overflows for large logits: subtract the largest one first.
""",
    returns="dy",
)


def dY(Y, targets, tau):
    N = len(Y)
    P = rows(Y / tau)
    P[np.arange(N), targets] -= 1
    return P / (N * tau)


def rows(Y):
    E = np.exp(Y - Y.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def _batches(rng):
    for N, V, s in sizes((1, 1), (1, 4), (2, 2), (3, 1), (3, 3), (5, 3), (2, 6)):
        tau = float(rng.uniform(0.4, 3))
        Y, targets = s * rng.normal(size=(N, V)), rng.integers(0, V, size=N)
        yield Y, targets, tau
        yield Y + 1000 * rng.integers(-3, 4, size=(N, 1)), targets, tau
        yield 900 * Y, targets, tau


e4 = Exercise(
    "3.4",
    "a batch at a temperature",
    (dY, rows),
    _batches,
    """\
see A batch
N * tau -> tau
  The loss is the mean over the batch, so every row carries 1/N.
N * tau -> Y.shape[1] * tau
  You divided by the number of classes V; the mean runs over the N examples.
N * tau -> Y.size * tau
  You divided by all N V entries; the mean runs over the N examples.
Y.max(axis=1, keepdims=True) -> Y.max(axis=0)
E.sum(axis=1, keepdims=True) -> E.sum(axis=0)
or
E.sum(axis=1, keepdims=True) -> E.sum(axis=0)
  You normalised each column; each row is one example, so sum over axis 1 and keep it.
E.sum(axis=1, keepdims=True) -> E.sum()
  You divided by the sum of the whole batch; each row is one example with a sum of its own.
Y.max(axis=1, keepdims=True) -> Y.max(axis=1)
E.sum(axis=1, keepdims=True) -> E.sum(axis=1)
or
E.sum(axis=1, keepdims=True) -> E.sum(axis=1)
or
Y.max(axis=1, keepdims=True) -> Y.max(axis=1)
  The row sums (or the largest logits) need keepdims=True to stay beside their rows; as (N,) they
  spread over the columns.
P[np.arange(N), targets] -> P[:, targets]
  P[:, targets] takes those columns in every row; pair each row with its own target,
  P[np.arange(N), targets].
P[np.arange(N), targets] -> P[targets]
  P[targets] takes whole rows; pair each row with its own target, P[np.arange(N), targets].
see Minus the logarithm of the right answer
P / (N * tau) -> -P / (N * tau)
  The sign is turned: it is probabilities minus target.
-= 1 -> += 1
  You added the target: it is probabilities minus target.
P[np.arange(N), targets] -= 1 -> pass
  The target is missing: it is probabilities minus target.
P / (N * tau) -> P * rows(Y / tau) * (1 - rows(Y / tau)) / (N * tau)
  You multiplied by p (1 − p) as well; in probabilities minus target the slope of the softmax is
  contained already.
see Temperature
N * tau -> N
  The chain rule leaves a factor 1/tau from y/tau; you dropped it.
N * tau -> N / tau
  You multiplied by tau where you must divide by it.
N * tau -> N * tau * tau
  You divided by tau twice: y/tau leaves one factor 1/tau.
Y / tau -> Y
  The softmax itself must be taken of Y / tau.
Y / tau -> Y * tau
  The logits are divided by the temperature, not multiplied.
rows(Y / tau) -> rows(Y) / tau
  You divided the probabilities by tau; divide the logits, before the softmax.
see Only differences count
Y - Y.max(axis=1, keepdims=True) -> Y
  Your softmax overflows for large logits: subtract the largest one of each row first.
Y.max(axis=1, keepdims=True) -> Y.max()
  You subtracted the largest logit of the whole batch; a row that lies a thousand below it then
  vanishes. Subtract each row's own.
""",
    returns="dY",
)
