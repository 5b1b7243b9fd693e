"""Plain `pytest` and `pytest tests` need no browser: tests/browser runs when it is named."""


def pytest_ignore_collect(collection_path, config):
    """Leave out tests/browser unless an argument leads there."""
    named = any("browser" in str(argument) for argument in config.invocation_params.args)
    return True if collection_path.name == "browser" and not named else None
