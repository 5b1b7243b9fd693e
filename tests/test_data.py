"""The data sets are what their README says, and a damaged file is met with a sentence."""

import importlib.util
import re
import shutil
from importlib import metadata
from types import SimpleNamespace

import numpy as np
import pytest

from helpers import data, lstm

LOADERS = {
    "digits.npy": data.digits,
    "first_names.csv": data.first_names,
    "elnino.csv": data.el_nino,
    "torch_lstm.npz": data.torch_lstm,
}


def script(name):
    """Name the script that makes a file."""
    return "export_torch.py" if name == "torch_lstm.npz" else "export_data.py"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Copy the data folder and let the loaders read the copy, which a test may damage."""
    for name in LOADERS:
        (tmp_path / name).write_bytes((data.FOLDER / name).read_bytes())
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def export():
    """Return the script tools/export_data.py as a module."""
    file = data.FOLDER.parent / "tools" / "export_data.py"
    spec = importlib.util.spec_from_file_location("export_data", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme_and_loader_state_the_same_sizes_and_checksums():
    """Else who checks a file by the README's table is told that a good file is bad."""
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\S+)` \| ([\d,]+) \| `([0-9a-f]{64})` \|$", readme, re.M)
    assert {name: int(size.replace(",", "")) for name, size, _ in table} == data.SIZES
    assert {name: sha256 for name, _, sha256 in table} == data.SHA256


def test_readme_and_export_script_name_the_same_versions(export):
    """Else the README's install command leads to an export that refuses to run."""
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    for package, version in export.VERSIONS.items():
        assert f"{package}=={version}" in readme
        assert f"**Exported from:** {package} {version}" in readme


def test_files_stay_small():
    """Else cloning the course brings more than 200 KB for one data set."""
    assert max(data.SIZES.values()) <= 200_000


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


@pytest.mark.parametrize("name", LOADERS)
def test_every_call_returns_its_own_arrays(name):
    """Else a cell that changes its data in place changes what the next cell loads."""
    first, again = LOADERS[name](), LOADERS[name]()
    first, again = ([*v.values()] if isinstance(v, dict) else v for v in (first, again))
    whole = isinstance(first[0], str)
    parts = [(first, again)] if whole else zip(first, again, strict=True)
    assert all(a is not b and not np.shares_memory(a, b) for a, b in parts)


DAMAGE = {
    "empty": (lambda content: b"", "has 0 bytes"),
    "truncated": (lambda content: content[:1000], "has 1,000 bytes"),
    "too long": (lambda content: content + b"\n" * 100_000, "has [12]\\d\\d,\\d\\d\\d bytes"),
    "altered": (lambda content: content[:1000] + b"?" + content[1001:], "has sha256 "),
    "a web page": (lambda content: b"<!DOCTYPE html>", "has 15 bytes"),
}


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("name", LOADERS)
def test_damaged_file_is_named_in_a_sentence(copy, name, how):
    """Else a bad download becomes a NumPy traceback, or a model trained on rubbish."""
    change, found = DAMAGE[how]
    (copy / name).write_bytes(change((copy / name).read_bytes()))
    with pytest.raises(ValueError) as error:
        LOADERS[name]()
    sentence = str(error.value)
    assert re.match(f"data/{re.escape(name)} {found}", sentence) and "expected" in sentence
    assert f"git checkout -- data/{name}" in sentence and f"tools/{script(name)}" in sentence


def replaced_by_folder(file):
    file.unlink()
    file.mkdir()


def folder_gone(file):
    shutil.rmtree(file.parent)


def folder_is_a_file(file):
    folder_gone(file)
    file.parent.write_text("no folder")


OUT_OF_REACH = {
    "missing": (lambda file: file.unlink(), FileNotFoundError),
    "a folder": (replaced_by_folder, (IsADirectoryError, PermissionError)),  # so on Windows
    "its folder gone": (folder_gone, FileNotFoundError),
    "its folder a file": (folder_is_a_file, (NotADirectoryError, FileNotFoundError)),
}


@pytest.mark.parametrize("how", OUT_OF_REACH)
@pytest.mark.parametrize("name", LOADERS)
def test_file_that_cannot_be_read_is_named_in_a_sentence(copy, name, how):
    """Else a reader is not told which file is missing, where it belongs, and the remedy."""
    remove, kind = OUT_OF_REACH[how]
    remove(copy / name)
    with pytest.raises(kind) as error:
        LOADERS[name]()
    sentence = str(error.value)
    assert sentence.startswith(f"data/{name} cannot be read") and str(copy) in sentence
    assert f"git checkout -- data/{name}" in sentence and f"tools/{script(name)}" in sentence


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("digits.npy", np.zeros((5, 65), np.uint8), r"shape \(5, 65\)"),
        ("digits.npy", np.full((1797, 65), 17, np.uint8), "pixel of 17"),
        ("digits.npy", np.full((1797, 65), 12, np.uint8), "label of 12"),
        ("digits.npy", np.array(3), r"shape \(\)"),
        ("digits.npy", b"no table", "another form"),
        ("first_names.csv", b"name,female,male\nmary,1,\n", "1 names"),
        ("first_names.csv", b"forename\nmary\n", "another form .*KeyError"),
        ("first_names.csv", "name\nzoë\n".encode(), "another form .*UnicodeDecodeError"),
        ("elnino.csv", b"year,jan\n1950,20\n", r"shape \(1, 1\)"),
        ("elnino.csv", b"year,jan\n1950,warm\n", "another form .*warm"),
        ("elnino.csv", b"year,jan\n1950,20\n1951\n", "another form .*inhomogeneous"),
        ("elnino.csv", b"", "another form"),
    ],
)
def test_wrong_contents_are_refused_even_with_a_new_checksum(
    copy, monkeypatch, name, content, found
):
    """Else a new export that went wrong passes as soon as its checksum is pasted in."""
    if isinstance(content, np.ndarray):
        np.save(copy / name, content)
        content = (copy / name).read_bytes()
    (copy / name).write_bytes(content)
    sha256 = data.hashlib.sha256(content).hexdigest()
    monkeypatch.setitem(data.SIZES, name, len(content))
    monkeypatch.setitem(data.SHA256, name, sha256)
    with pytest.raises(ValueError, match=rf"data/{name} has .*{found}"):
        LOADERS[name]()


def test_own_text_is_read_whatever_its_line_ends_and_script(tmp_path):
    """Else a text saved on Windows brings characters to learn that its reader never typed."""
    (tmp_path / "own.txt").write_bytes("\ufeffné à\r\n循環\rπ\n".encode() * 50)
    text = data.read_text(str(tmp_path / "own.txt"))
    assert text.split("\n")[:3] == ["né à", "循環", "π"] and "\r" not in text


BAD_TEXTS = {
    "empty": (b" \n\t\n", "is empty; a model needs at least 200 characters"),
    "short": (b"To be, or not to be.", "has only 15 characters"),
    "binary": (b"GIF89a\x01\x00\x01", "is binary .byte 8 is zero"),
    "UTF-16": (("naïve " * 99).encode("utf-16"), "binary .* UTF-16.; if it is a text, save it"),
    "Latin-1": (b"plain\nna\xefve" * 99, "not in UTF-8 .line 2 has the byte EF .* save it again"),
    "long": (b"x" * 2000, "has 2,000 bytes, and at most 1,000 can be used"),
}


@pytest.mark.parametrize("what", BAD_TEXTS)
def test_own_text_that_will_not_do_is_met_with_a_sentence(tmp_path, what):
    """Else a reader's own file ends in a decoder's traceback, or in a model of rubbish."""
    content, sentence = BAD_TEXTS[what]
    (tmp_path / "own.txt").write_bytes(content)
    with pytest.raises(ValueError, match=rf"own\.txt .*{sentence}"):
        data.read_text(tmp_path / "own.txt", most=1000 if what == "long" else 20_000_000)


def test_own_text_that_cannot_be_opened_is_met_with_a_sentence(tmp_path, monkeypatch):
    """Else a misspelt path ends in a traceback that does not say where the search began."""
    with pytest.raises(IsADirectoryError, match="is a folder; give the path of one text file"):
        data.read_text(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no file own\.txt; .* starts in ") as error:
        data.read_text("own.txt")
    assert str(tmp_path) in str(error.value)
    (tmp_path / "own.txt").write_text("locked")
    denied = PermissionError(13, "Permission denied")
    monkeypatch.setattr(data.Path, "read_bytes", lambda path: (_ for _ in ()).throw(denied))
    with pytest.raises(PermissionError, match=r"cannot be read .Permission denied."):
        data.read_text("own.txt")


@pytest.mark.parametrize(
    ("installed", "found"),
    [
        (None, "scikit-learn is not installed"),
        ("0.0.1", "scikit-learn has version 0.0.1"),
        ("1.9.1", "scikit-learn 1.9.1 is installed without sklearn/datasets"),
    ],
)
def test_export_says_which_package_is_missing_or_different(
    export, tmp_path, monkeypatch, installed, found
):
    """Else who exports again gets a traceback, other data unnoticed, or half the files."""

    def distribution(package):
        if installed is None:
            raise metadata.PackageNotFoundError(package)
        return SimpleNamespace(version=installed, locate_file=lambda path: tmp_path / path)

    monkeypatch.setattr(metadata, "distribution", distribution)
    with pytest.raises(SystemExit, match=found):
        export.main(["--to", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
