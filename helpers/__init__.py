"""The small package that the notebooks of *Gradients through time* share.

Layered one way: notebooks use ``live``, which uses ``draw``, which uses the
number modules (``graph``, ``gradcheck``, ``layers``, ``rnn``, ``lstm``, ``spectra``, ``data``),
which use NumPy and nothing else. Importing any of them has no visible effect.
"""
