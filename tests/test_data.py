"""The data sets are what their README says, and a damaged file is met with a sentence."""

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from types import SimpleNamespace

import numpy as np
import pytest

from data import make
from experiments import _letters, _memory, recall
from helpers import data, lstm, training

LOADERS = {
    "digits.npy": data.digits,
    "first_names.csv": data.first_names,
    "elnino.csv": data.el_nino,
    "torch_lstm.npz": data.torch_lstm,
    "models/names_rnn.npz": lambda: data.model("names_rnn")["660"],
    "models/recall.npz": lambda: data.model("recall")["mixed lags"],
}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Copy the data folder and let the loaders read the copy, which a test may damage."""
    (tmp_path / "models").mkdir()
    for name in LOADERS:
        (tmp_path / name).write_bytes((data.FOLDER / name).read_bytes())
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    return tmp_path


def test_readme_and_loader_state_the_same_sizes_and_checksums():
    """Else who checks a file by the README's table is told that a good file is bad."""
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\S+)` \| ([\d,]+) \| `([0-9a-f]{64})` \|$", readme, re.M)
    sizes = {name: (data.FOLDER / name).stat().st_size for name in data.SHA256}
    assert {name: int(size.replace(",", "")) for name, size, _ in table} == sizes
    assert {name: sha256 for name, _, sha256 in table} == data.SHA256


def test_readme_and_export_script_name_the_same_versions():
    """Else the README's install command leads to an export that refuses to run."""
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    for package, version in make.VERSIONS.items():
        assert f"{package}=={version}" in readme


def test_files_stay_small():
    """Else cloning the course brings more than 200 KB for one data set."""
    assert max((data.FOLDER / name).stat().st_size for name in data.SHA256) <= 200_000


def test_digits():
    """Else notebooks 03 and 11 train on pixels of another scale, order or label."""
    images, labels = data.digits()
    assert images.shape == (1797, 8, 8) and images.dtype == np.float64
    assert images.min() == 0 and images.max() == 1
    assert np.array_equal(images * 16, np.rint(images * 16))
    # The counts are those that the UCI repository publishes for its test set.
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(labels).tolist() == counts
    # The first image is a nought: ink around an empty middle.
    assert labels[0] == 0 and not images[0, 3:5, 3].any() and images[0, 3:5, [2, 5]].all()


def test_first_names():
    """Else notebook 08 meets a character it has no index for, or a name twice."""
    names = data.first_names()
    assert len(names) == len(set(names)) == 5163 and names == sorted(names)
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    assert {len(name) for name in names} == set(range(2, 12))
    assert {"mary", "james", "christopher", "alejandrina", "jo"} <= set(names)


def test_el_nino():
    """Else notebook 09 forecasts a series with shifted months or years."""
    years, temperatures = data.el_nino()
    assert years.tolist() == list(range(1950, 2011))
    assert temperatures.shape == (61, 12) and temperatures.dtype == np.float64
    assert temperatures[0, 0] == 23.11 and temperatures[-1, -1] == 22.07
    # Warmest in March 1998, the great El Niño; on average too, March against September.
    assert np.unravel_index(temperatures.argmax(), (61, 12)) == (1998 - 1950, 2)
    assert temperatures.max() == 29.24 and temperatures.min() == 18.95
    assert temperatures.mean(axis=0).argmax() == 2 and temperatures.mean(axis=0).argmin() == 8


def test_pytorch_lstm_agrees_with_ours():
    """Else notebook 06 compares its layouts with arrays that no LSTM of PyTorch made."""
    a = data.torch_lstm()
    params = {"W_x": a["weight_ih"], "W_h": a["weight_hh"], "b": a["bias_ih"] + a["bias_hh"]}
    (h, c), cache = lstm.forward(params, a["x"], a["h_0"][0], a["c_0"][0])
    grads, dx, dh_0, dc_0 = lstm.backward(params, cache, a["upstream"])
    pairs = [(h, a["h"]), (h[-1:], a["h_T"]), (c[-1:], a["c_T"]), (dx, a["d_x"])]
    pairs += [(dh_0[None], a["d_h_0"]), (dc_0[None], a["d_c_0"]), (grads["W_x"], a["d_weight_ih"])]
    pairs += [(grads["W_h"], a["d_weight_hh"])]
    pairs += [(grads["b"], a[name]) for name in ("d_bias_ih", "d_bias_hh")]
    assert all(np.allclose(ours, theirs, 1e-12, 1e-14) for ours, theirs in pairs)
    assert len(a) == 18


def test_the_stored_names_model_is_the_start_of_that_training():
    """Else page 09 draws a loss, samples and clipped steps of some other network."""
    names = data.first_names()
    names = [names[i] for i in np.random.default_rng(0).permutation(len(names))][1000:]
    sequences = [[0, *(ord(letter) - 96 for letter in name), 0] for name in names]
    rng, stored = np.random.default_rng(1), data.model("names_rnn")
    params = _letters.new("RNN", 64, 27, rng)
    assert all(np.allclose(params[name], w, 1e-6, 1e-9) for name, w in stored["0"].items())
    stream, optimiser = training.batches(sequences, 64, 660, rng), training.Adam(0.01)
    history = training.fit(
        _letters.loss_and_grads, params, stream, optimiser, steps=50, clip=1.0, progress=""
    )
    assert np.allclose(history["loss"], stored["history"]["loss"][:50], 1e-6)
    assert all(np.allclose(params[name], w, 1e-5, 1e-6) for name, w in stored["50"].items())


@pytest.mark.parametrize(
    ("name", "network", "lags"),
    [
        ("orthogonal RNN", "orthogonal RNN", "fixed"),
        ("chrono LSTM", "chrono LSTM", "fixed"),
        ("mixed lags", "LSTM", "mixed"),
    ],
)
def test_the_stored_recall_models_are_rows_of_the_table(name, network, lags):
    """Else page 10 calls a network clock or latch that is none of those it counts."""
    table, params = data.runs("recall"), data.model("recall")[name]
    wanted = {"seed": 0, "network": network, "rate": 0.01, "lag": 40, "lags": lags}
    row = np.all([table[column] == value for column, value in wanted.items()], axis=0)
    assert row.sum() == 1
    assert recall.share(params, 40, 0) == pytest.approx(table["share_after"][row][0], rel=1e-3)
    assert _memory.error(params, *recall.TASK, 40, 0) == pytest.approx(table["error"][row][0], 1e-3)


@pytest.mark.parametrize("name", LOADERS)
def test_every_call_returns_its_own_arrays(name):
    """Else a cell that changes its data in place changes what the next cell loads."""
    first, again = LOADERS[name](), LOADERS[name]()
    first, again = ([*v.values()] if isinstance(v, dict) else v for v in (first, again))
    whole = isinstance(first[0], str)
    parts = [(first, again)] if whole else zip(first, again, strict=True)
    assert all(a is not b and not np.shares_memory(a, b) for a, b in parts)


def cut(file):
    file.write_bytes(file.read_bytes()[:1000])


def altered(file):
    content = file.read_bytes()
    file.write_bytes(content[:1000] + b"?" + content[1001:])


def gone(file):
    shutil.rmtree(file.parent)


@pytest.mark.parametrize(
    ("damage", "error", "found"),
    [
        (cut, ValueError, "has 1,000 bytes"),
        (altered, ValueError, "sha256 .* so it is not the file the course ships"),
        (gone, FileNotFoundError, "cannot be read in .*pip install -e"),
    ],
)
@pytest.mark.parametrize("name", LOADERS)
def test_a_file_that_will_not_do_is_named_in_a_sentence(copy, name, damage, error, found):
    """Else a bad download becomes a NumPy traceback, or a model trained on rubbish."""
    damage(copy / name)
    with pytest.raises(error) as caught:
        LOADERS[name]()
    sentence = str(caught.value)
    assert re.match(f"data/{re.escape(name)} .*{found}", sentence)
    assert f"git checkout -- data/{name}" in sentence and f"data/make.py {name}`" in sentence


@pytest.mark.parametrize("folder", ["notebooks", ".", "notebooks/solutions"])
def test_data_is_found_when_the_package_lies_elsewhere(tmp_path, folder):
    """After an ordinary install, a page opened in the course's folder would find no data."""
    shutil.copytree(data.FOLDER.parent / "helpers", tmp_path / "site" / "helpers")
    code = "from helpers import data; print(data.__file__, data.FOLDER, len(data.first_names()))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=data.FOLDER.parent / folder,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site"), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    file, found, names = run.stdout.split()
    assert file.startswith(str(tmp_path)) and found == str(data.FOLDER) and names == "5163"


def test_own_text_is_read_whatever_its_line_ends_and_script(tmp_path):
    """Else a text saved on Windows brings characters to learn that its reader never typed."""
    (tmp_path / "own.txt").write_bytes("\ufeffné à\r\n循環\rπ\n".encode() * 50)
    text = data.read_text(str(tmp_path / "own.txt"))
    assert text.split("\n")[:3] == ["né à", "循環", "π"] and "\r" not in text


BAD_TEXTS = {
    "empty": (b" \n\t\n", "is empty; a model needs at least 200 to"),
    "short": (b"To be, or not to be.", "has only 15 characters"),
    "binary": (b"GIF89a\x01\x00\x01", "is binary .byte 8 is zero"),
    "UTF-16": (("naïve " * 99).encode("utf-16"), "binary .* UTF-16.; if it is a text, save it"),
    "Latin-1": (
        b"plain\nna\xefve" * 99,
        "not in UTF-8 .line 2 has the byte EF, which is none.; .* save it again",
    ),
    "long": (b"x" * 10_000_002, "has 10,000,002 bytes, 2 more than the 10,000,000 that can be"),
}


@pytest.mark.parametrize("what", BAD_TEXTS)
def test_own_text_that_will_not_do_is_met_with_a_sentence(tmp_path, what):
    """Else a reader's own file ends in a decoder's traceback, or in a model of rubbish."""
    content, sentence = BAD_TEXTS[what]
    (tmp_path / "own.txt").write_bytes(content)
    with pytest.raises(ValueError, match=rf"own\.txt .*{sentence}"):
        data.read_text(tmp_path / "own.txt")


def test_a_notebook_is_no_text(tmp_path):
    """Else a network spends an evening on the base64 of pictures."""
    (tmp_path / "own.ipynb").write_text('{"cells": []}' * 99)
    with pytest.raises(ValueError, match=r"own\.ipynb is a notebook, .* save its words"):
        data.read_text(tmp_path / "own.ipynb")


def test_rare_characters_of_very_many_are_read_as_one(tmp_path, capsys):
    """Else a text of 3,000 characters trains for minutes, nearly all of it on rare ones."""
    often, rare = (map(chr, range(start, start + 500)) for start in (0x4E00, 0x8000))
    text = "".join(often) * 2 + "\n" + "".join(rare)
    (tmp_path / "own.txt").write_text(text, encoding="utf-8")
    read = data.read_text(tmp_path / "own.txt")
    assert read == text[:1001] + 500 * "□"
    said = "has 1,000 different characters; the rarest 500 (33.3% of the text) are read as □."
    assert said in capsys.readouterr().out


def test_own_text_that_cannot_be_opened_is_met_with_a_sentence(tmp_path, monkeypatch):
    """Else a misspelt path ends in a traceback that does not say where the search began."""
    with pytest.raises(IsADirectoryError, match="is a folder; give the path of one text file"):
        data.read_text(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"own\.txt is not there; .* starts in ") as error:
        data.read_text("own.txt")
    assert str(tmp_path) in str(error.value)


@pytest.mark.parametrize(
    ("installed", "found"),
    [
        (None, "scikit-learn is not installed"),
        ("0.0.1", "scikit-learn has version 0.0.1"),
    ],
)
def test_export_says_which_package_is_missing_or_different(tmp_path, monkeypatch, installed, found):
    """Else who exports again gets a traceback, other data unnoticed, or half the files."""

    def distribution(package):
        if installed is None:
            raise metadata.PackageNotFoundError(package)
        return SimpleNamespace(version=installed)

    monkeypatch.setattr(metadata, "distribution", distribution)
    with pytest.raises(SystemExit, match=found):
        make.main(["digits.npy", "--to", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
