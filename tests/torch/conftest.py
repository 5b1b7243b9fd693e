"""Plain `pytest` and `pytest tests` leave this folder out: `pytest tests/torch` runs it."""

from pathlib import Path

HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(collection_path, config):
    """Leave the folder out unless an argument names it, or something in it."""
    places = [Path(config.invocation_params.dir, str(arg).split("::")[0]) for arg in config.args]
    named = any(HERE in (place, *place.parents) for place in map(Path.resolve, places))
    return None if named else True
