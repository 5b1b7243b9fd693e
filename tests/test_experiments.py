"""Tables of runs can be made again, and however often their making was interrupted."""

import importlib
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.__main__ import NAMES, complete, main
from helpers import data

MODULES = {name: importlib.import_module(f"experiments.{name}") for name in NAMES}


@pytest.fixture
def toy(monkeypatch):
    """A small experiment named toy that keeps a list of the rows it was asked for."""
    asked = []

    def run(seed, lag, start):
        asked.append((seed, lag, start))
        draw = np.random.default_rng(seed).normal(lag)
        return {"loss": draw, "steps": np.int64(lag * 10), "solved": draw > 3, "best": start}

    grid = [dict(lag=lag, start=s) for lag in (3, 1) for s in ("plain", "with, comma")]
    module = SimpleNamespace(SETTINGS=grid, SEEDS=range(2), run=run, asked=asked)
    monkeypatch.setitem(sys.modules, "experiments.toy", module)
    return module


def test_an_interrupted_table_is_completed_to_the_same_file(toy, tmp_path):
    """Else half a line, or a row run twice, would stand in a table that a page believes."""
    complete("toy", tmp_path)
    table = tmp_path / "toy.csv"
    whole = table.read_bytes()
    for end in range(len(whole)):
        table.write_bytes(whole[:end])
        toy.asked.clear()
        complete("toy", tmp_path)
        assert table.read_bytes() == whole
        assert len(toy.asked) == 8 - max(whole[:end].count(b"\n") - 1, 0)


def test_rows_come_back_in_the_grids_order_and_stale_ones_go(toy, tmp_path):
    """Rows finish in any order on many cores; two complete runs must give one file."""
    complete("toy", tmp_path)
    table = tmp_path / "toy.csv"
    header, *rows = table.read_text("utf-8").splitlines()
    table.write_text("\n".join([header, "0,7,gone,1,1,1,x", *rows[::-1]]) + "\n", "utf-8")
    toy.asked.clear()
    complete("toy", tmp_path)
    assert table.read_text("utf-8").splitlines() == [header, *rows] and not toy.asked


def test_other_seeds_make_a_table_longer(toy, tmp_path):
    """Else trying ten more seeds would throw away the hours that the first ten took."""
    complete("toy", tmp_path)
    before = (tmp_path / "toy.csv").read_text("utf-8").splitlines()
    complete("toy", tmp_path, seeds=[7])
    complete("toy", tmp_path)
    after = (tmp_path / "toy.csv").read_text("utf-8").splitlines()
    assert len(toy.asked) == 12 and set(before) < set(after)
    assert [row.split(",")[0] for row in after[1:4]] == ["0", "1", "7"]


def test_two_processes_make_the_rows_of_one(tmp_path):
    """`make experiments` uses all cores: workers must find the runner and agree with it."""
    line = [sys.executable, "-m", "experiments", "saturation", "--seeds", "0:2", "--out", tmp_path]
    subprocess.run([*line, "--jobs", "2"], cwd=data.FOLDER.parent, check=True, timeout=60)
    stored = (data.FOLDER / "runs" / "saturation.csv").read_text("utf-8").splitlines()
    rows = (tmp_path / "saturation.csv").read_text("utf-8").splitlines()
    assert len(rows) == 1 + 2 * len(MODULES["saturation"].SETTINGS) and set(rows) <= set(stored)


def test_a_table_with_other_columns_is_not_touched(toy, tmp_path):
    """Else rows of an older experiment would be mixed with those of the new one."""
    (tmp_path / "toy.csv").write_text("seed,rate,loss\n0,1,2\n", "utf-8")
    with pytest.raises(SystemExit, match="move the table away"):
        complete("toy", tmp_path)
    assert (tmp_path / "toy.csv").read_text("utf-8") == "seed,rate,loss\n0,1,2\n"


def test_tables_are_read_as_numbers_and_words(toy, tmp_path, monkeypatch):
    """Pages compute with these columns."""
    complete("toy", tmp_path / "runs", seeds=range(5, 8))
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    table = data.runs("toy")
    assert list(table) == ["seed", "lag", "start", "loss", "steps", "solved", "best"]
    assert table["seed"].tolist() == [5, 6, 7] * 4 and table["lag"].dtype == float
    assert set(table["start"]) == {"plain", "with, comma"} and set(table["solved"]) <= {0, 1}


def test_an_unknown_experiment_is_named(capsys):
    """A slip of the keyboard gets the list of what there is."""
    with pytest.raises(SystemExit):
        main(["recal"])
    assert "there is no experiment recal" in capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_stored_table_holds_the_whole_grid_and_readme_its_columns(name):
    """Else a claim rests on cells that were never run, or a column has no meaning."""
    module, table = MODULES[name], data.runs(name)
    assert len(table["seed"]) == len(module.SETTINGS) * len(module.SEEDS)
    readme = (data.FOLDER / "README.md").read_text("utf-8")
    section = readme.split(f"**`{name}.csv`**")[1].split("\n- **`")[0]
    assert not [column for column in table if f"`{column}`" not in section and column != "seed"]


@pytest.mark.parametrize(
    ("name", "seed", "settings"), [(n, *row) for n in NAMES for row in MODULES[n].CHEAP]
)
def test_a_cheap_row_can_be_made_again(name, seed, settings):
    """Else the tables are numbers that no one can reach from the code beside them."""
    table = data.runs(name)
    here = table["seed"] == seed
    for setting, value in settings.items():
        here &= table[setting] == value
    assert here.sum() == 1
    for column, value in MODULES[name].run(seed, **settings).items():
        stored = table[column][here][0]
        same = stored == value if isinstance(value, str) else np.isclose(value, stored, 1e-4, 1e-12)
        assert same, f"{column}: {value}, stored {stored}"
