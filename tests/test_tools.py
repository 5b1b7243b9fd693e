"""The tools: what is out of step is seen, truths are not guessed, cells keep their marks."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import formulas, notebooks


def page(printed, checked, *, truth="complex_step(f, x)", before="", shown=None):
    """Return a made-up notebook 4 that prints and checks the given tags, C4.1 for a claim."""
    shown, cells = checked if shown is None else shown, [new_code_cell(before)]
    for tag in printed:
        text = rf"Text. $$ y = x^2 \tag{{{tag}}} $$ More." if tag[0] != "C" else f"So ({tag})."
        cells.append(new_markdown_cell(text))
    for tag in checked:
        call = f'check("{tag}", "name", ours, {truth})'
        line = f"({tag})  name   .5 = .5   1 entry, relative error < 1e-08\n"
        if tag[0] == "C":
            call, line = (
                f'claim("{tag}", "it holds", held)',
                f"{tag}    it holds: in 8 of 8 seeds\n",
            )
        outputs = [new_output("stream", text=line if tag in shown else "")]
        cells.append(new_code_cell(call, outputs=outputs))
    return new_notebook(cells=cells)


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
        (["C4.1", "C4.2"], ["C4.1", "C4.2"], []),
        (["C4.1", "C4.1"], ["C4.1"], []),
        (["C4.1"], [], ["Sentence (C4.1) has no claim."]),
        ([], ["C4.1"], ["Claim (C4.1) has no sentence."]),
        (["C4.2"], ["C4.2"], ["(C4.2) stands where (C4.1) is expected."]),
        (["C3.1"], [], []),
    ],
    ids=[
        *("in step", "no check", "no formula", "duplicate", "out of order", "gap", "number"),
        *("claims", "backed twice", "no claim", "no sentence", "claims' gap", "another page's"),
    ],
)
def test_formulas_and_checks_out_of_step_are_named(printed, checked, sentences):
    """Else a formula could stand in the course that nothing checks."""
    found = formulas.problems(4, page(printed, checked))
    assert len(found) == len(sentences)
    assert all(part in line for part, line in zip(sentences, found, strict=True))


def test_a_check_must_have_run():
    """A check in a branch that is never taken proves nothing, but reads as if it did."""
    for tag, what in (("4.1", "Check"), ("C4.1", "Claim")):
        (line,) = formulas.problems(4, page([tag], [tag], shown=[]))
        assert line == f"{what} ({tag}) has no line in the stored outputs."


def test_one_parenthesis_may_name_several_claims():
    """A sentence with two outcomes behind it would look as if no claim backed it."""
    notebook = page([], ["C4.1", "C4.2"])
    notebook.cells.append(new_markdown_cell("So it is (C4.1, C4.2; ten seeds)."))
    assert formulas.problems(4, notebook) == []


def test_other_calls_are_no_checks():
    """An exercise's number, a comment or a string must not pass for a check."""
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
        ("", "complex_step(f, x)[1:].reshape(2, 3)", "complex_step(f, x)[1:].reshape(2, 3)"),
        ("t = central(f, x)\nt = complex_step(f, x)", "t", "complex_step(f, x)"),
        ("t = complex_step(f, x)\nt = 2 * x", "t", "2 * x"),
        ("t = {}\nfor k in x:\n    t[k] = central(f, k)", "t['a']", "central(f, k)"),
        ("def truth(x):\n    return complex_step(f, x)", "truth(2)", "complex_step(f, x)"),
        ("", "ours", "ours"),
    ],
)
def test_truth_is_read_from_the_code(before, truth, expected):
    """A table that calls our own formula a complex step would vouch for itself."""
    (found,) = formulas.checks(page(["4.1"], ["4.1"], truth=truth, before=before))
    assert found == ("4.1", expected, "1e-08")


def test_a_group_is_read_pair_by_pair():
    """A group of gradients in one check would be listed by one truth, or not at all."""
    group = 'check("4.1", {"dW": (dW, complex_step(f, W)), "db": (db, central(f, b))}, bound=1e-5)'
    truth = "complex_step(f, W), central(f, b)"
    assert formulas.checks(page([], [], before=group)) == [("4.1", truth, "1e-05")]


def test_a_stored_cell_keeps_its_fold_and_its_slide_and_nothing_else():
    """A folded cell would open on a reader's page, or a timing make every re-execution differ."""
    cell = new_code_cell(" 1 + 1\n", outputs=[new_output("execute_result", {"text/plain": "2"})])
    kept = {"tags": ["hide-input"], "slideshow": {"slide_type": "skip"}}
    cell.metadata = {**kept, "collapsed": True, "execution": {"iopub.status.busy": "12:00"}}
    plain = new_code_cell(
        "2", metadata={"jupyter": {"source_hidden": True, "outputs_hidden": True}}
    )
    notebook = new_notebook(cells=[cell, plain])
    notebooks.settle(notebook)
    assert cell.metadata == {**kept, "jupyter": {"source_hidden": True}}
    assert plain.metadata == {}
    assert (cell.execution_count, cell.outputs[0].execution_count, cell.source) == (1, 1, " 1 + 1")


@pytest.mark.parametrize("text", ["at 0x7f0123456789", "/home/reader/course"])
def test_what_differs_by_machine_is_not_stored(text):
    """The next reader's run would differ from the stored page, and nothing would be wrong."""
    cell = new_code_cell("1", outputs=[new_output("stream", text=text)])
    with pytest.raises(ValueError, match="differs by machine"):
        notebooks.settle(new_notebook(cells=[cell]))
