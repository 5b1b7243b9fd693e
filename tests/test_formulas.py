"""The list of formulas and checks: what is out of step is seen, and truths are not guessed."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import formulas


def page(printed, checked, *, truth="complex_step(f, x)", before="", shown=None):
    """Return a made-up notebook 4 that prints and checks the given tags."""
    lines = [f'check("{tag}", "name", ours, {truth})' for tag in checked]
    shown = checked if shown is None else shown
    text = "".join(f"({tag})  name   agrees, relative error < 1e-08\n" for tag in shown)
    return new_notebook(
        cells=[
            *(new_markdown_cell(rf"Text. $$ y = x^2 \tag{{{tag}}} $$ More.") for tag in printed),
            new_code_cell(before),
            new_code_cell("\n".join(lines), outputs=[new_output("stream", text=text)]),
        ]
    )


@pytest.mark.parametrize(
    "printed, checked, sentences",
    [
        (["4.1", "4.2"], ["4.2", "4.1"], []),
        (["4.1", "4.2"], ["4.1"], ["Formula (4.2) has no check."]),
        (["4.1"], ["4.1", "4.2"], ["Check (4.2) has no formula."]),
        (["4.1", "4.1"], ["4.1"], ["printed twice", "(4.1) stands where (4.2) is expected."]),
        (["4.2", "4.1"], ["4.1", "4.2"], ["(4.2) stands where (4.1) is expected."]),
        (["4.1", "4.3"], ["4.1", "4.3"], ["(4.3) stands where (4.2) is expected."]),
        (["3.1"], ["3.1"], ["(3.1) stands where (4.1) is expected."]),
    ],
    ids=["in step", "no check", "no formula", "duplicate", "out of order", "gap", "number"],
)
def test_formulas_and_checks_out_of_step_are_named(printed, checked, sentences):
    """Else a formula could stand in the course that nothing proves."""
    found = formulas.problems(4, page(printed, checked))
    assert len(found) == len(sentences)
    assert all(part in line for part, line in zip(sentences, found, strict=True))


def test_a_check_must_have_run():
    """A check in a branch that is never taken proves nothing, but reads as if it did."""
    assert formulas.problems(4, page(["4.1"], ["4.1"], shown=[])) == [
        "Check (4.1) has no line in the stored outputs."
    ]


def test_other_calls_are_no_checks():
    """An exercise's number, a comment or a string must not pass for a proof."""
    notebook = page(["4.1"], [], before='exercises.check("4.1", f)\n# check("4.1", a, b, c)')
    assert formulas.problems(4, notebook) == ["Formula (4.1) has no check."]


def test_a_tag_that_cannot_be_read_is_refused():
    """A tag made up at run time would escape the comparison."""
    notebook = page([], [], before='check(str(4.1), "name", ours, truth)')
    with pytest.raises(ValueError, match=r"str\(4\.1\)"):
        formulas.checks(notebook)


@pytest.mark.parametrize(
    "before, truth, expected",
    [
        ("", "complex_step(f, x)[1:].reshape(2, 3)", "complex step"),
        ("", "[gradcheck.central(f, v) for v in x]", "central differences"),
        ("t = central(f, x)\nt = complex_step(f, x)", "t", "complex step"),
        ("t = {}\nfor k in x:\n    t[k] = central(f, k)", 't["a"]', "central differences"),
        ("def truth(x):\n    step = 2\n    return complex_step(f, x)", "truth(2)", "complex step"),
        ("p, q = graph.Node(a), b", "p.grad", "graph engine"),
        ("p, q = graph.Node(a), Scalar(b)", "q.grad", "other: q.grad"),
        ("published = {1: [0.5, -1.0]}", "published[1]", "printed values"),
        ("", "12.0", "value written out, 12.0"),
        ("t = complex_step(f, x)\nt = 2 * x", "t", "other: 2 * x"),
        ("", "ours", "other: ours"),
        ("", "2 * complex_step(f, x)", "other: 2 * complex_step(f, x)"),
    ],
)
def test_truth_is_read_from_the_code(before, truth, expected):
    """A table that calls our own formula a complex step would vouch for a proof by itself."""
    (found,) = formulas.checks(page(["4.1"], ["4.1"], truth=truth, before=before))
    assert found == ("4.1", expected, formulas.DEFAULT_BOUND)
