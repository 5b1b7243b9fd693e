"""The judge must be judged: numerical derivatives are right, and a wrong gradient raises."""

import io
import sys

import numpy as np
import pytest

from helpers.gradcheck import GradientMismatch, central, check, claim, complex_step

X = np.random.default_rng(0).normal(size=(2, 3))


@pytest.mark.parametrize(("method", "bound"), [(complex_step, 1e-15), (central, 1e-9)])
def test_gradient_and_jacobian_against_calculus(method, bound):
    """Every check in the course rests on these two functions."""
    gradient = method(lambda x: (np.sin(x) * x).sum(), X)
    assert np.allclose(gradient, np.cos(X) * X + np.sin(X), rtol=0, atol=bound * 10)
    jacobian = method(lambda x: np.exp(x) @ np.ones(3), X)
    expected = np.einsum("ia,ij->aij", np.eye(2), np.exp(X))
    assert jacobian.shape == (2, 2, 3)
    assert np.allclose(jacobian, expected, rtol=0, atol=bound * 100)


def test_arguments_stay_untouched():
    """A check that changed the weights it checks would spoil the notebook below it."""
    kept = X.copy()
    complex_step(lambda x: (x**2).sum(), X)
    central(lambda x: (x**2).sum(), X)
    assert (kept == X).all()


def test_lost_imaginary_part_is_named():
    """Casting to float inside f would make every complex-step derivative silently zero."""
    with pytest.raises(TypeError, match="central"):
        complex_step(lambda x: float(np.real(x).sum()), X)


@pytest.mark.parametrize(
    ("ours", "truth", "words"),
    [
        (X, X + 1e-13, ".64042 = .64042  6 entries, relative error < 1e-08"),
        (-0.04199700001, -0.041997, "-.041997 = -.041997  1 entry, relative error < 1e-08"),
        (7.59375 - 1e-9, 7.59375, "7.5938 = 7.5938  1 entry, relative error < 1e-08"),
        ([1e-17, 0], [0, 0], "0 = 0  2 entries, error < 1e-08"),
    ],
)
def test_check_prints_the_numbers_compared_and_never_the_error(ours, truth, words, capsys):
    """The error's digits differ from machine to machine and would break stored outputs."""
    check("4.7", "dL/dW_hh", ours, truth)
    assert capsys.readouterr().out.split() == ["(4.7)", "dL/dW_hh", *words.split()]


def test_check_prints_one_line_for_a_group(capsys):
    """Lines that only agree would hide the number worth reading; a wrong member must raise."""
    check("2.11", {"dW": (X, X), "db": ([3.0, -3 + 1e-9], [3 - 1e-9, -3.0])}, bound=1e-6)
    line = "(2.11) dW, db  3 = 3  8 entries, relative error < 1e-06"
    assert capsys.readouterr().out.split() == line.split()
    with pytest.raises(GradientMismatch, match=r"\(2.11\) db: relative error 1.0e-02 exceeds"):
        check("2.11", {"dW": (X, X), "db": (1.01 * X[0], X[0])})


def test_check_prints_where_a_screen_lacks_a_character(capsys, monkeypatch):
    """A check would end in a UnicodeEncodeError on a terminal that cannot show ∂."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    check("1.1", "∂L/∂x", 1.0, 1.0)
    sys.stdout.seek(0)
    assert sys.stdout.read().startswith("(1.1)   ?L/?x ")


@pytest.mark.parametrize(
    ("ours", "truth", "words"),
    [
        (X, 1.01 * X, "worst at entry"),
        (X, -X, "exceeds"),
        (X, X.T, "shape"),
        (np.full(3, np.nan), np.ones(3), "finite"),
        (np.full(3, 1e-6), np.zeros(3), "exceeds"),
        (0.5, 0.6, "exceeds"),
    ],
)
def test_check_raises_on_a_wrong_gradient(ours, truth, words):
    """A check that passes anything proves nothing."""
    with pytest.raises(GradientMismatch, match=words):
        check("1.1", "dx", ours, truth)


def test_claim_counts_seeds_and_places_intervals(capsys):
    """The printed line is what a reader checks the sentence in the prose against."""
    claim("C10.2", "the chrono start solves lag 40", [True] * 8)
    claim("C10.3", "the default start does", np.arange(10) > 2, at_least=7, of="runs")
    claim("C9.1", "the counter leads by", (0.2104, 1.5), above=0.2, below=2)
    assert capsys.readouterr().out.splitlines() == [
        "C10.2   the chrono start solves lag 40: in 8 of 8 seeds",
        "C10.3   the default start does: in 7 of 10 runs",
        "C9.1    the counter leads by: 0.21 to 1.5, above 0.2 and below 2",
    ]


@pytest.mark.parametrize(
    ("held", "bounds", "error", "words"),
    [
        ([True, False], {}, AssertionError, "in 1 of 2 seeds, not in at least 2"),
        ([True, False], {"at_least": 2}, AssertionError, "in 1 of 2"),
        ((-0.1, 0.5), {"above": 0}, AssertionError, "-0.1 to 0.5, not above 0"),
        ((0.1, 0.5), {"below": 0.5}, AssertionError, "not below 0.5"),
        ((0.1, np.nan), {"above": 0}, ValueError, "finite"),
        ((0.1, 0.5), {}, ValueError, "above="),
        ([], {}, ValueError, "one True or False a seed"),
        ([1, 0], {}, ValueError, "one True or False a seed"),
    ],
)
def test_claim_raises_when_it_does_not_hold(held, bounds, error, words):
    """A claim that passes anything backs nothing."""
    with pytest.raises(error, match=words):
        claim("C1.1", "it does", held, **bounds)
