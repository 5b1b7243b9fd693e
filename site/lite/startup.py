"""What the kernel in a browser runs before the first cell."""

import importlib
import logging

# Matplotlib builds a list of fonts each time, and says on stderr that this takes long.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
for name in ("matplotlib.pyplot", "ipywidgets"):  # seconds, while the reader still reads
    importlib.import_module(name)
del importlib, logging, name
