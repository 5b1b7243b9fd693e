"""A pytest plugin for tools/hostile.py: other orders, and kernels that start elsewhere.

HOSTILE_ORDER=reversed or random:SEED orders the tests; HOSTILE_CWD is where every kernel starts.
"""

import os
import random


def pytest_collection_modifyitems(items):
    """Bring the tests into the order that HOSTILE_ORDER asks for."""
    order = os.environ.get("HOSTILE_ORDER", "")
    if order == "reversed":
        items.reverse()
    elif order:
        random.Random(int(order.removeprefix("random:"))).shuffle(items)


def pytest_configure():
    """Let nbval start its kernels in HOSTILE_CWD instead of the notebook's own folder."""
    if not (elsewhere := os.environ.get("HOSTILE_CWD")):
        return
    from nbval import plugin

    class Elsewhere(plugin.RunningKernel):
        def __init__(self, kernel_name, cwd=None, startup_timeout=60):
            super().__init__(kernel_name, elsewhere, startup_timeout)

    plugin.RunningKernel = Elsewhere
