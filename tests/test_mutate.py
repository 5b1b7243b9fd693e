"""The mutation tool breaks what it says, where it says, and only in its own copy."""

import ast
from pathlib import Path

import pytest

from tools import mutate

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {
    name: (ROOT / "helpers" / f"{name}.py").read_text(encoding="utf-8") for name in mutate.BACKWARD
}
FOUND = {name: mutate.mutants(name, source) for name, source in SOURCES.items()}
KNOWN = [  # each kind of mistake, with one that the tool must try
    ("graph.exp", "up * y", "up / y"),
    ("graph.divide", "-up * x / y**2", "up * x / y**2"),
    ("graph.steps", "else parent.grad + contribution", "else contribution"),
    ("graph.matmul.pull_a", "Y.swapaxes(-1, -2)", "Y"),
    ("layers.affine_backward", "dy.T @ x", "dy @ x"),
    ("layers.affine_backward", "dy.sum(axis=0)", "dy.sum(axis=1)"),
    ("layers.softmax_cross_entropy", "(np.exp(log_S) - q) / N", "(np.exp(log_S) - q)"),
    ("rnn.backward", "h[:-1]", "h[1:]"),
    ("lstm.backward", "di, df, dg, do =", "di, dg, df, do ="),
]


@pytest.mark.parametrize(("where", "old", "new"), KNOWN)
def test_a_known_mistake_is_tried(where, old, new):
    """The table would say that every mutant was caught because hardly any was made."""
    module = where.split(".")[0]
    changes = [
        mutant.lines(SOURCES[module])[1:]
        for mutant in FOUND[module]
        if f"{module}.{mutant.function}" == where
    ]
    assert any(before.replace(old, new) == after for before, after in changes if old in before)


@pytest.mark.parametrize("module", FOUND)
def test_every_mutant_is_another_program(module):
    """A mutant that is the original, or no Python, would be counted as survived or as caught."""
    changed = {mutant.apply(SOURCES[module]) for mutant in FOUND[module]}
    assert len(changed) == len(FOUND[module]) > 80
    for source in sorted(changed)[::20]:
        assert ast.dump(ast.parse(source)) != ast.dump(ast.parse(SOURCES[module]))


def test_new_backward_code_must_be_listed():
    """A new layer's backward would never be broken, and the table would not say so."""
    new = "\n\ndef pool_backward(x, dy):\n    return dy\n"
    with pytest.raises(mutate.Unlisted, match="pool_backward looks like backward code"):
        mutate.mutants("layers", SOURCES["layers"] + new)


def test_explanations_still_match_a_line():
    """An explanation of a line that is gone would excuse nothing, and mislead who reads it."""
    found = [mutant for mutants in FOUND.values() for mutant in mutants]
    assert mutate.stale(found, SOURCES) == []


def test_a_mutant_is_caught_in_a_copy(tmp_path):
    """The reader's own files would be left broken, or the unbroken ones be tested."""
    copy = mutate.copy_tree(tmp_path / "copy")
    source = SOURCES["layers"]
    (mutant,) = [
        m for m in FOUND["layers"] if m.lines(source)[2] == "return dy @ x, dy.sum(axis=0), dy @ W"
    ]
    assert mutate.judge(mutant, source, copy, {"own": 60}) == "own"
    assert (ROOT / "helpers" / "layers.py").read_text(encoding="utf-8") == source
    assert (copy / "helpers" / "layers.py").read_text(encoding="utf-8") == source
