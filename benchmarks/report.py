"""Put a measured table into ``benchmarks/README.md``, with machine, versions and date."""

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"


def machine(*packages):
    """Return one line: processor, cores, Python and the packages' versions, today's date."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    return (
        f"*{_processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, {versions}; "
        f"{datetime.date.today()}*"
    )


def write(section, lines):
    """Replace what stands between the marks of ``section`` in the README.

    Raises
    ------
    ValueError
        When the README has no such section.
    """
    begin, end = f"<!-- {section}: begin -->\n", f"<!-- {section}: end -->"
    text = README.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{README.name} has no marks for {section!r}; add {begin.strip()} … {end}")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    body = "\n".join(lines)
    README.write_text(f"{before}{begin}{body}\n{end}{after}", encoding="utf-8", newline="\n")


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((x.split(":")[1].strip() for x in lines if "model name" in x), platform.machine())
