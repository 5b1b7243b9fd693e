"""Exercises of notebook 03: softmax and cross-entropy."""

import numpy as np

from helpers.exercises.core import Exercise, Mistake

_rng = np.random.default_rng(3)
JACOBIAN = "How each probability answers to each logit"
SHIFT = "Only differences count"
LOSS = "Minus the logarithm of the right answer"
SMOOTHING = "Targets that are distributions"
TEMPERATURE = "Temperature"
BATCH = "A batch"


def softmax(y):
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def one_hot(m, V):
    return np.eye(V)[m]


stable = Exercise(
    number="3.1",
    title="a softmax that survives large logits",
    truth=softmax,
    inputs=(
        (np.array([2.0, 1.0, -1.0]),),
        (np.array([0.3]),),
        (np.array([1000.0, 0.0]),),
        (np.array([-1000.0, -1001.0, -1003.0]),),
    ),
    returns=("S",),
    mistakes=(
        Mistake(
            lambda y: np.exp(y) / np.exp(y).sum(),
            "The formula is right, but exp overflows or underflows for large logits: "
            "subtract the largest one first.",
            SHIFT,
        ),
        Mistake(
            lambda y: np.exp(y - y.max()) / np.exp(y).sum(),
            "You shifted the numerator but not the denominator; both need the same shift.",
            SHIFT,
        ),
        Mistake(
            lambda y: np.exp(y - y.max()),
            "You forgot to divide: the results must sum to 1.",
            "From scores to probabilities",
        ),
        Mistake(
            lambda y: np.exp(y / y.max()) / np.exp(y / y.max()).sum(),
            "You divided by the largest logit; that changes the result. Subtract it.",
            SHIFT,
        ),
    ),
)

product = Exercise(
    number="3.2",
    title="through the softmax without its Jacobian",
    truth=lambda S, dS: S * (dS - (S * dS).sum()),
    inputs=tuple(
        (softmax(scale * _rng.normal(size=V)), _rng.normal(size=V))
        for V, scale in ((4, 1.0), (1, 1.0), (7, 0.1), (3, 12.0))
    ),
    returns=("dy",),
    mistakes=(
        Mistake(
            lambda S, dS: S * dS,
            "You kept S_i and dropped the second term of the Jacobian: every probability also "
            "falls when another logit rises.",
            JACOBIAN,
        ),
        Mistake(
            lambda S, dS: S * (1 - S) * dS,
            "You used the diagonal of the Jacobian only, the case i = j; the other entries, "
            "-S_i S_j, carry gradient too.",
            JACOBIAN,
        ),
        Mistake(
            lambda S, dS: S * (dS + (S * dS).sum()),
            "The sign of the second term is wrong: the Jacobian is S_i (1[i=j] - S_j).",
            JACOBIAN,
        ),
        Mistake(
            lambda S, dS: S * (dS - dS.sum()),
            "In the sum each dS_i must be weighted with its S_i.",
            JACOBIAN,
        ),
        Mistake(
            lambda S, dS: S * dS - S * S * dS.sum(),
            "The factors of the second term are mixed up: it is S_j times the sum of S_i dS_i.",
            JACOBIAN,
        ),
        Mistake(
            lambda S, dS: dS - (S * dS).sum(),
            "The factor S_j in front is missing.",
            JACOBIAN,
        ),
    ),
)


def smoothed(y, m, epsilon):
    V = len(y)
    return softmax(y) - ((1 - epsilon) * one_hot(m, V) + epsilon / V)


def _only_wrong_classes(y, m, epsilon):
    right = one_hot(m, len(y))
    return softmax(y) - ((1 - epsilon) * right + epsilon * (1 - right) / (len(y) - 1))


smoothing = Exercise(
    number="3.3",
    title="the gradient under label smoothing",
    truth=smoothed,
    inputs=(
        (np.array([2.0, 1.0, -1.0, 0.5]), 1, 0.1),
        (np.array([0.0, 0.0]), 0, 0.3),
        (np.array([30.0, -30.0, 0.0]), 2, 0.05),
        (np.array([1e-3, -1e-3, 0.0, 0.0, 0.0]), 4, 0.5),
    ),
    returns=("dy",),
    mistakes=(
        Mistake(
            lambda y, m, epsilon: softmax(y) - one_hot(m, len(y)),
            "This is the gradient without smoothing: the target is q, not 1[m].",
            SMOOTHING,
        ),
        Mistake(
            lambda y, m, epsilon: -smoothed(y, m, epsilon),
            "The sign is turned: it is probabilities minus target, S - q.",
            LOSS,
        ),
        Mistake(
            lambda y, m, epsilon: softmax(y) - (one_hot(m, len(y)) + epsilon / len(y)),
            "Your q sums to more than 1: the target's own weight must shrink to 1 - epsilon.",
            SMOOTHING,
        ),
        Mistake(
            lambda y, m, epsilon: softmax(y) - (1 - epsilon) * one_hot(m, len(y)),
            "Your q sums to less than 1: every class gets epsilon / V as well.",
            SMOOTHING,
        ),
        Mistake(
            _only_wrong_classes,
            "You shared epsilon among the V - 1 wrong classes only; here every class gets "
            "epsilon / V, the target too.",
            SMOOTHING,
        ),
        Mistake(
            lambda y, m, epsilon: softmax(y) - ((1 - epsilon) * one_hot(m, len(y)) + epsilon),
            "Every class gets epsilon / V, not epsilon.",
            SMOOTHING,
        ),
    ),
)  # fmt: skip


def batch(Y, targets, tau):
    N, V = Y.shape
    return (softmax(Y / tau) - one_hot(targets, V)) / (N * tau)


def _columns(Y):
    e = np.exp(Y - Y.max(axis=0))
    return e / e.sum(axis=0)


whole = Exercise(
    number="3.4",
    title="a batch at a temperature",
    truth=batch,
    inputs=tuple(
        (scale * _rng.normal(size=(N, V)), _rng.integers(0, V, size=N), tau)
        for N, V, scale, tau in (
            (5, 3, 1.0, 2.0),
            (1, 4, 3.0, 0.5),
            (2, 2, 80.0, 1.5),
            (3, 1, 1.0, 3.0),
        )
    ),
    returns=("dY",),
    mistakes=(
        Mistake(
            lambda Y, targets, tau: batch(Y, targets, tau) * len(Y),
            "The loss is the mean over the batch, so every row carries 1/N.",
            BATCH,
        ),
        Mistake(
            lambda Y, targets, tau: batch(Y, targets, tau) * tau,
            "The chain rule leaves a factor 1/tau from y/tau; you dropped it.",
            TEMPERATURE,
        ),
        Mistake(
            lambda Y, targets, tau: batch(Y, targets, tau) * tau**2,
            "You multiplied by tau where you must divide by it.",
            TEMPERATURE,
        ),
        Mistake(
            lambda Y, targets, tau: batch(Y, targets, 1.0) / tau,
            "The softmax itself must be taken of Y / tau.",
            TEMPERATURE,
        ),
        Mistake(
            lambda Y, targets, tau: (
                (_columns(Y / tau) - one_hot(targets, Y.shape[1])) / (len(Y) * tau)
            ),
            "You normalised each column; each row is one example, so sum over axis 1 and keep it.",
            BATCH,
        ),
        Mistake(
            lambda Y, targets, tau: batch(Y, targets, tau) * len(Y) / Y.shape[1],
            "You divided by the number of classes V; the mean runs over the N examples.",
            BATCH,
        ),
    ),
)

EXERCISES = (stable, product, smoothing, whole)
