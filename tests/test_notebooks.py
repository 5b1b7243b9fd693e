"""The notebooks as files: stored from one clean run, formulas and checks in step, readable.

That their outputs are right is shown by nbval, which runs every cell and compares.
"""

import re
import symtable
from collections import Counter

import pytest

from tools import course, formulas
from tools.notebooks import MACHINE_TRACE
from tools.pages import is_folded, measured

NOTEBOOKS = {path.stem: course.read(path) for path in course.paths()}

pytestmark = pytest.mark.parametrize("name", NOTEBOOKS)


def code(name):
    return course.code(NOTEBOOKS[name])


def prose(name):
    return course.prose(NOTEBOOKS[name])


def outputs(name):
    return course.outputs(NOTEBOOKS[name])


def bound(table):
    return [symbol for symbol in table.get_symbols() if symbol.is_assigned()]


def read_by_functions(table):
    names = set()
    for inner in table.get_children():
        names |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global()}
        names |= read_by_functions(inner)
    return names


def test_stored_from_one_clean_run(name):
    """nbval never compares a cell without execution count, so a gap would go untested."""
    assert [cell.execution_count for cell in code(name)] == list(range(1, len(code(name)) + 1))
    ids = [cell.id for cell in NOTEBOOKS[name].cells]
    assert len(set(ids)) == len(ids)
    assert set(NOTEBOOKS[name].metadata) == {"kernelspec", "language_info"}


def test_stored_outputs_hold_on_any_machine(name):
    """An error, a warning, widget state or a machine's path would greet the next reader."""
    for output in outputs(name):
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        assert not any("widget" in kind for kind in output.get("data", {}))
        assert not MACHINE_TRACE.search(
            output.get("text", "") + output.get("data", {}).get("text/plain", "")
        )


def test_every_picture_has_its_text(name):
    """Readers who cannot see a picture get its alt text; nbval compares its plain form."""
    for output in outputs(name):
        if "image/png" in output.get("data", {}):
            assert len(output.data["text/plain"].split()) >= 5
            assert len(output.metadata["image/png"]["alt"].split()) >= 5


def test_words_follow_each_picture(name):
    """A picture without a sentence that reads it leaves half of its readers guessing."""
    cells = NOTEBOOKS[name].cells
    for k, cell in enumerate(cells):
        if cell.cell_type == "code" and any("image/png" in o.get("data", {}) for o in cell.outputs):
            after = next(cell for cell in cells[k + 1 :] if cell.cell_type == "markdown")
            between = cells[k + 1 : cells.index(after)]
            assert not any("image/png" in str(cell.get("outputs")) for cell in between), k
            assert len(after.source.split()) >= 8, f"cell {k}: {after.source!r}"


def test_an_explorers_cell_can_be_run_again(name):
    """A name that a later cell binds anew would break an explorer that is run once more."""
    cells = [symtable.symtable(cell.source, "cell", "exec") for cell in code(name)]
    for number, cell in enumerate(cells):
        if "live.Explorer(" in code(name)[number].source:
            later = {symbol.get_name() for other in cells[number + 1 :] for symbol in bound(other)}
            assert not read_by_functions(cell) & later


def test_every_formula_is_checked_and_every_check_has_its_formula(name):
    """Nothing is asserted that is not executed: the tags printed are the tags checked."""
    assert formulas.problems(int(name[:2]), NOTEBOOKS[name]) == []


def test_exceptions_from_comparison_are_counted(name):
    """Each cell that nbval does not compare is a place where the course could lie."""
    tags = Counter(tag for cell in NOTEBOOKS[name].cells for tag in cell.metadata.get("tags", []))
    comments = sum("NBVAL" in cell.source for cell in code(name))
    assert set(tags) <= {"nbval-ignore-output", "hide-input"}
    assert tags["nbval-ignore-output"] + comments <= 1


def test_folded_cells_are_folded_everywhere(name):
    """JupyterLab folds by one mark and a site by another; who unfolds looks at the first line."""
    for cell in code(name):
        marks = {"source_hidden": True} if is_folded(cell) else {}
        assert cell.metadata.get("jupyter", {}) == marks
        first_words = ("# ", "import ", "from ")
        assert cell.source.startswith(first_words) or not is_folded(cell), cell.source


def test_page_follows_the_pattern(name):
    """Every notebook says first what it gives, and ends in a recap and a way on."""
    whole = "\n".join(prose(name))
    opening, *sections = re.split(r"(?m)^## ", whole)
    assert whole.startswith("# ")
    assert len(re.findall(r"(?m)^# ", whole)) == 1
    assert "**You will be able to**" in opening
    assert "**You need**" in opening
    titles = {section.splitlines()[0] for section in sections}
    assert titles >= {"Recap", "Further reading"}
    for cell in code(name):
        assert not re.search(r"(?m);\s*$", cell.source), "a trailing ';' shows its value in nbval"


def test_what_is_visible_teaches_in_small_pieces(name):
    """Readers met long cells, and plotting between the ideas; now that is folded away."""
    page = measured(NOTEBOOKS[name])
    assert page["longest"] <= 12 and page["median"] <= 5
    assert page["draws"] <= 0.05
    assert page["words"] <= 2100 and page["lines"] <= 210
    visible = "\n".join(cell.source for cell in code(name) if not is_folded(cell))
    longest = max(visible.splitlines(), key=len)
    assert len(longest) <= 100, f"cut at the window's edge: {longest}"


def test_the_readme_states_a_pages_minutes(name):
    """Who plans an evening by the README's table would find the page longer."""
    readme = (course.ROOT / "README.md").read_text(encoding="utf-8")
    (minutes,) = re.findall(rf"\(notebooks/{name}\.ipynb\) \|.*\| (\d+) \|", readme)
    assert measured(NOTEBOOKS[name])["minutes"] == int(minutes)


def test_one_notation(name):
    """A letter or a colour with a second meaning sends a reader back to the page before."""
    maths = " ".join(re.findall(r"(?s)\$\$.*?\$\$|\$[^$]+\$", "\n".join(prose(name))))
    whole = "\n".join(cell.source for cell in NOTEBOOKS[name].cells)
    assert name.startswith("00") or not re.search(r"\\delta\b|δ", whole), "δ for a gradient"
    assert not re.search(r"(?<![A-Za-z\\_{])S(?![A-Za-z])", maths), "S for probabilities"
    assert not re.search(r"\\(?:text)?color\b", maths), "a colour that carries meaning"
    assert not re.search(r"[\"'](RdBu|coolwarm|bwr|seismic|jet)", whole), "a colour map"


def test_punctuation_stays_with_its_formula(name):
    """JupyterLab may break a line after a formula, and the next would begin with a comma."""
    for words in prose(name):
        words = re.sub(r"(?s)```.*?```|`[^`\n]*`|\$\$.*?\$\$", "", words)
        assert not re.search(r"(?<=[^\s$(])\$[.,;:?](?=\s|$)", words), words


def test_links_lead_somewhere(name):
    """A dead link to the next notebook ends the course early."""
    for target in re.findall(r"\]\(([^)#\s]+\.ipynb)", "\n".join(prose(name))):
        assert (course.NOTEBOOKS / target).exists(), target


def test_file_is_light(name):
    """Heavy notebooks open slowly and bury the prose in their diffs."""
    path = course.NOTEBOOKS / f"{name}.ipynb"
    assert path.stat().st_size < 600 * 1024
