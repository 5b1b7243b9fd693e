"""Pictures of notebook 07: norms against the lag, directions, and its three explorers.

Functions whose name ends in ``_panels`` draw what stays fixed, create what moves with
``animated=True``, and return a function that moves it: the same picture serves as a figure and
in an explorer.
"""

import numpy as np
from matplotlib import patheffects

from helpers import _door, style
from helpers.draw._door import axes, figure, several
from helpers.draw.plots import heat, label_curve

_RIM = 2.0  # a larger eigenvalue or singular value is drawn here, hollow
_REACH = 1.05 * _RIM  # half the width of the complex plane shown
_LEAST = 1e-250  # a norm of 0 is drawn here, far below every frame
_FLAT = 1e-10  # a loss below is drawn here, at the lower edge
_PAIR = style.GRADIENT, style.FORWARD
_FATES = {"vanishes": style.FORWARD, "explodes": style.GRADIENT, "neither": style.REFERENCE}


def norm_axes(ax, steps, *, low=-15, high=15, name=r"$\|\partial h_T/\partial h_{T-k}\|$"):
    """Set up axes for norms against the lag k: log scale from 10^low to 10^high, a line at 1."""
    axes(ax)
    _door.size("steps", steps)
    _door.size("low", low, least=-300)
    _door.size("high", high, least=low + 1)
    ax.axhline(1, color=style.FRAME, linewidth=0.8)
    ax.set(yscale="log", xlim=(0, steps), ylim=(10.0**low, 10.0**high),
           yticks=10.0 ** np.arange(-5 * (-low // 5), high + 1, 5),
           xlabel="lag $k$ (steps back)", ylabel=name)  # fmt: skip
    ax.minorticks_off()
    return ax


def norm_curves(ax, curves, *, colour=style.GRADIENT, lines=("-",)):
    """Draw ``curves``, a dict of name to norms (T+1,), and write the names at their ends.

    A name that starts with "_" is not written. ``colour`` is one of the four colours; ``lines``
    are line styles, taken in turn.
    """
    axes(ax), style.ink(colour)
    if not isinstance(lines, tuple | list) or not lines:
        raise ValueError(f"lines must be a list of line styles, but it is {_door.shown(lines)}.")
    for n, (name, norms) in enumerate(_door.instance("curves", curves, dict, "a dict").items()):
        norms = _door.real(f"curves[{name!r}]", norms, ("T+1",))
        ax.plot(norms, linestyle=lines[n % len(lines)], color=colour)
        if not name.startswith("_"):
            label_curve(ax, len(norms) - 1, norms[-1], name, colour)


def fan(ax, directions, *, axis=None):
    """Draw directions (n, 2) as arrows from the centre, the first bold; ``axis``: a dashed line."""
    axes(ax)
    directions = _door.real("directions", directions, ("n", 2))
    if axis is not None:
        axis = _door.real("axis", axis, (2,))
        ax.plot(*np.outer(axis, [-1.25, 1.25]), "--", color=style.FRAME, linewidth=1)
    light, bold = style.GRADIENT, style.ink(style.GRADIENT)
    for part, colour, width in ((directions[1:], light, 0.018), (directions[:1], bold, 0.035)):
        ax.quiver(*np.zeros_like(part.T), *part.T, color=colour, width=width, angles="xy",
                  scale_units="xy", scale=1, headwidth=4, headlength=5)  # fmt: skip
    ax.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def jacobian_panels(fig, *, steps=60, units=32):
    """Draw norms against the lag with their bounds, the spectrum, singular values, and slopes.

    ``steps`` is the largest T, ``units`` is H. Returns ``move(data, headline, fate)``: data is a
    dict of norms (T+1,) ``norms``, ``unsaturated``, ``upper``, ``reference``; ``eigenvalues`` and
    singular ``values`` (H,), times γ; ``slopes`` over γ. The fate, "vanishes", "explodes" or
    "neither", colours the headline. What lies beyond the plane or the ladder is drawn hollow, at
    the rim, and its size is written.
    """
    figure(fig)
    _door.size("units", units)
    grid = fig.add_gridspec(2, 3, width_ratios=[2.1, 1.1, 1], height_ratios=[1.25, 1])
    main = norm_axes(fig.add_subplot(grid[:, 0]), steps)
    plane, ladder = fig.add_subplot(grid[0, 1]), fig.add_subplot(grid[0, 2])
    bins = fig.add_subplot(grid[1, 1:])
    curves = {}
    free = r"without saturation: $\|(\gamma W_{hh})^k\|$"
    # The dash-dotted one lies on top, so that both are seen where nothing saturates.
    for name, label, colour, line, width, z in (
        ("upper", r"bound $(\gamma\,\sigma_{max})^k$", style.FRAME, ":", 1.6, 2),
        ("reference", r"$(\gamma\rho)^k$", style.FRAME, "--", 1.2, 2),
        ("unsaturated", free, style.REFERENCE, "-.", 2, 3),
        ("norms", "measured norm", style.GRADIENT, "-", 3, 2),
    ):
        look = {"color": colour, "linestyle": line, "linewidth": width, "zorder": z}
        (curves[name],) = main.plot([], [], label=label, animated=True, **look)
    title = main.set_title(" ", fontweight="bold", animated=True)
    fig.legend(handles=list(curves.values()), loc="outside lower left", ncols=4, fontsize=10)
    around = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(around), np.sin(around), "-", color=style.FRAME, linewidth=1)
    plane.set(xlim=(-_REACH, _REACH), ylim=(-_REACH, _REACH), aspect="equal", xticks=[-1, 0, 1],
              yticks=[-1, 0, 1], title=r"eigenvalues $\gamma\lambda_j$")  # fmt: skip
    ladder.axhline(1, color=style.FRAME, linewidth=1)
    ladder.set(xlim=(0, units + 1), ylim=(_RIM - _REACH, _REACH), xlabel="$j$", xticks=[1, units],
               yticks=[0, 1, 2], title=r"sing. values $\gamma\,\sigma_j$")  # fmt: skip
    bins.set(xlim=(0, 1), ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="share",
             xlabel=r"slope $f\,'(a)/\gamma$ (0: saturated, 1: full)")  # fmt: skip
    points, beyond = [], []
    for ax, x, y, ha in ((plane, 0.5, -0.21, "center"), (ladder, 0.03, 0.07, "left")):
        look = {"color": style.FORWARD, "markersize": 4, "animated": True}
        inside, outside = ax.plot([], [], "o", [], [], "o", **look)
        outside.set(markerfacecolor="white")
        words = ax.text(x, y, "", fontsize=9, ha=ha, va="top" if y < 0 else "bottom",
                        transform=ax.transAxes, animated=True, in_layout=False)  # fmt: skip
        points.append((inside, outside)), beyond.append(words)
    bars = bins.stairs(np.zeros(10), np.linspace(0, 1, 11), fill=True, color=style.FORWARD)
    bars.set_animated(True)

    def move(data, headline, fate):
        _door.keys("data", data, (*curves, "eigenvalues", "values", "slopes"), more=True)
        _door.one_of("fate", fate, _FATES)
        for name, curve in curves.items():
            curve.set_data(np.arange(len(data[name])), np.clip(data[name], _LEAST, 1 / _LEAST))
        title.set(text=headline, color=style.ink(_FATES[fate]))
        rim = _RIM * (1 + 1e-9)
        for pair, text, name in zip(points, beyond, ("eigenvalues", "values"), strict=True):
            size, number = np.abs(data[name]), np.arange(1, len(data[name]) + 1)
            text.set_text(f"hollow: up to {size.max():.1f}" if size.max() > rim else "")
            z = data[name] * np.minimum(1, _RIM / np.maximum(size, 1e-9))
            x, y = (z.real, z.imag) if name == "eigenvalues" else (number, z)
            for artist, part in zip(pair, (size <= rim, size > rim), strict=True):
                artist.set_data(x[part], y[part])
        counts, _ = np.histogram(data["slopes"], bins=10, range=(0, 1))
        bars.set_data(counts / max(counts.sum(), 1))

    return move


def descent_panels(fig, w, b, surface, *, steps, names=("no clipping", "clipped")):
    """Draw two descents on a loss surface over grids ``w`` and ``b``, and their losses by step.

    Returns ``move(paths, losses)``: two paths (n, 2) of (w, b), and two arrays of n losses. The
    first is orange and dashed, the second blue; ``names`` says what they are. A white dot marks
    their common start, a coloured one each end.
    """
    figure(fig)
    sizes = {}
    surface = _door.real("surface", surface, ("m", "n"), sizes=sizes)
    for name, grid, along in (("w", w, "n"), ("b", b, "m")):
        grid = _door.plain(name, grid)
        _door.real(name, grid, (along,) if grid.ndim == 1 else ("m", "n"), sizes=sizes)
    _door.size("steps", steps)
    several("names", names, 2, "one for each descent")
    left, right = fig.subplots(1, 2, width_ratios=[1.15, 1])
    levels = np.linspace(0, 0.45, 10)
    fig.colorbar(left.contourf(w, b, surface, levels), ax=left, label="loss $L$", ticks=levels[::3])
    left.grid(False)
    left.set(xlabel="$w$", ylabel="$b$", xlim=(w.min(), w.max()), ylim=(b.min(), b.max()))
    right.set(yscale="log", xlim=(0, steps), ylim=(_FLAT, 1), xlabel="descent step", ylabel="$L$",
              yticks=_FLAT ** np.linspace(0, 1, 6))  # fmt: skip
    right.minorticks_off()
    paths, ends, curves = [], [], []
    # The dashed one lies on top, so that both are seen where they agree.
    for name, colour, line, width, z in zip(
        names, _PAIR, ("--", "-"), (1.6, 1), (3, 2), strict=True
    ):
        edge = [patheffects.withStroke(linewidth=width + 1.5, foreground="white")]
        look = {"linestyle": line, "color": colour, "zorder": z, "animated": True}
        paths += left.plot([], [], linewidth=width, path_effects=edge, **look)
        ends += left.plot([], [], "o", color=colour, markeredgecolor="white",
                          markersize=12 - 2 * z, zorder=z + 2, animated=True)  # fmt: skip
        curves += right.plot([], [], label=name, **look)
    (start,) = left.plot([], [], "o", color="white", markeredgecolor=style.FRAME, markersize=6,
                         zorder=6, animated=True)  # fmt: skip
    fig.legend(handles=curves, loc="outside lower right", ncols=2)

    def move(new_paths, losses):
        pair = several("paths", new_paths, 2, "one for each descent")
        for artist, end, path in zip(paths, ends, pair, strict=True):
            path = np.clip(_door.real("paths", path, ("n", 2)), -99, 99)
            artist.set_data(*path.T)
            end.set_data(*path[-1:].T)
            start.set_data(*path[:1].T)
        losses = several("losses", losses, 2, "one for each descent")
        for artist, loss in zip(curves, losses, strict=True):
            artist.set_data(np.arange(len(loss)), np.maximum(loss, _FLAT))

    return move


def memory_panels(fig, steps, units):
    """Draw three norms against the lag, beside a Jacobian (2H, 2H) of an LSTM's (c, h).

    Returns ``move(data)`` with the norms ``lstm``, ``line``, ``rnn`` (each (T+1,)) and ``step``.
    """
    figure(fig)
    _door.size("units", units)
    left, right = fig.subplots(1, 2, width_ratios=[1.6, 1])
    norm_axes(left, steps, low=-30, high=10, name="norm of the Jacobian")
    curves = {}
    for name, label, colour, line in (
        ("lstm", "LSTM, all routes", style.GRADIENT, "-"),
        ("line", "LSTM, cell line only", style.REFERENCE, "--"),
        ("rnn", "RNN", style.FRAME, "-."),
    ):
        (curves[name],) = left.plot([], [], line, color=colour, label=label, animated=True)
    fig.legend(handles=list(curves.values()), loc="outside lower left", ncols=3)
    image = heat(right, np.zeros((2 * units, 2 * units)), limit=1)
    image.set_animated(True)
    fig.colorbar(image, ax=right, shrink=0.8)
    for line in (right.axhline, right.axvline):
        line(units - 0.5, color=style.FRAME, linewidth=0.8, animated=True)
    middles = [units / 2 - 0.5, 1.5 * units - 0.5]
    right.set(title="LSTM: one step's Jacobian", xticks=middles, yticks=middles,
              xticklabels=["$c_{t-1}$", "$h_{t-1}$"], yticklabels=["$c_t$", "$h_t$"])  # fmt: skip

    def move(data):
        _door.keys("data", data, (*curves, "step"), more=True)
        _door.real("data['step']", data["step"], (2 * units, 2 * units))
        for name, curve in curves.items():
            curve.set_data(np.arange(len(data[name])), np.maximum(data[name], _LEAST))
        image.set_data(data["step"])

    return move
