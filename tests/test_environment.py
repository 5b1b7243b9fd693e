"""environment.yml: what a conda reader gets is what a pip reader gets, and conda can read it.

Whether conda-forge offers every name cannot be asked without a network. Instead each name must be
that of a distribution installed here, in a version that the bound admits by conda's own rules.
"""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CONDA = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
PIP = [entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict)]


def test_environment_and_pyproject_agree():
    """A conda reader must get the same packages, with the same bounds, as a pip reader."""
    tested = PROJECT["optional-dependencies"]["test"]
    assert sorted(CONDA[1:]) == sorted([*PROJECT["dependencies"], *tested, "pip"])
    assert len(set(CONDA)) == len(CONDA)


def test_python_is_one_minor_version_that_the_course_allows():
    """repo2docker, which builds for Binder, ignores a bound and takes an older Python."""
    minor = int(re.fullmatch(r"python=3\.(\d+)", CONDA[0])[1])
    assert minor >= int(PROJECT["requires-python"].removeprefix(">=3."))


def test_course_itself_is_installed_from_where_the_file_lies():
    """Without it `from helpers import ...` fails; another channel would give other builds."""
    assert PIP == [["--editable ."]]
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    assert set(ENVIRONMENT) == {"name", "channels", "dependencies"}


@pytest.mark.parametrize("entry", CONDA)
def test_conda_reads_every_entry(entry):
    """A name or bound that conda cannot resolve ends `conda env create` with an error."""
    rattler = pytest.importorskip(
        "rattler", reason="conda's parser (py-rattler) is not installed; `make check` installs it"
    )
    spec = rattler.MatchSpec(entry, strict=True, exact_names_only=True)
    name = spec.name.normalized
    assert entry.startswith(name)
    if name == "python":
        assert str(spec.version) == entry.removeprefix("python=") + ".*"
        return
    installed = metadata.version(name)
    if spec.version:
        assert rattler.VersionSpec(str(spec.version)).matches(rattler.Version(installed))
    else:
        assert entry == name == "pip"
