"""What can be said of a wrong part when no slip explains it: how it is related to the truth.

A relation is named only where it holds on all inputs that were tried, and where it says something.
"""

import functools
import inspect
import itertools

import numpy as np

CLOSE = 1e-9  # largest difference from the truth that counts as right, by the size of the part
LOOSE = 1e-4  # the same where an answer was computed in float32


def agrees(mine, true):
    """Say whether two parts are the same numbers, up to rounding on the scale of the part."""
    if mine is Ellipsis or mine.shape != true.shape:
        return False
    if mine.dtype == true.dtype == np.float64:  # the short way, where all is finite
        with np.errstate(all="ignore"):
            far = np.abs(mine - true).max(initial=0.0) - CLOSE * np.abs(true).max(initial=0.0)
        if np.isfinite(far):
            return bool(far <= 1e-13)
    return bool(close(mine, true).all())


def close(mine, true):
    """Say the same of each entry."""
    with np.errstate(all="ignore"):
        sizes = np.abs(true)
        scale = sizes[np.isfinite(sizes)].max(initial=0.0)
        bound = CLOSE * scale + 1e-13
        if mine.dtype.itemsize < 8:
            bound = LOOSE * scale + 1e-6
        near = np.abs(mine - true) <= bound
        return near | (mine == true) | (np.isnan(mine) & np.isnan(true))


def pairs_of(part, runs):
    """Return [(the answer's, the true value), ...] of a part, of all runs that returned it."""
    return [(one.parts[part], one.case.true[part]) for one in runs if one.parts]


def plainly(exercise, part, runs):
    """Name the plainest relations of a part to the truth; or return ""."""
    pairs = pairs_of(part, runs)
    tests = {
        "has the wrong sign everywhere": np.negative,
        "is transposed": np.transpose,
        "is 0 everywhere": np.zeros_like,
        "is the absolute value of what it should be": np.abs,
        "is 0 where it should be negative, and right elsewhere": lambda t: np.maximum(t, 0),
    }
    tests |= {
        f"is {words} of what it should be": change
        for words, change in {
            "the logarithm": np.log, "the exponential": np.exp, "the square": np.square,
            "the root": np.sqrt, "the reciprocal": np.reciprocal, "the hyperbolic tangent": np.tanh,
        }.items()
    }  # fmt: skip
    tests |= {
        f"is rounded to {n} decimals": functools.partial(np.round, decimals=n) for n in range(7)
    }
    if exercise.steps == part:
        tests["is one step late"] = lambda t: np.r_[np.zeros_like(t[:1]), t[:-1]]
        tests["stands in the reverse order in time"] = np.flipud
        tests["is one step early"] = lambda t: np.r_[t[1:], np.zeros_like(t[:1])]
    with np.errstate(all="ignore"):
        for words, change in tests.items():
            if all(agrees(m, change(t)) for m, t in pairs):
                return words
        if any(m.shape != t.shape for m, t in pairs):
            return _reshaped(exercise.truth, pairs, runs)
    return ""


def scaled(_exercise, part, runs):
    """Name a factor, the same on every input; or return ""."""
    pairs = pairs_of(part, runs)
    with np.errstate(all="ignore"):
        words = "" if any(m.shape != t.shape for m, t in pairs) else _constant(pairs)
    return words if "times" in words else ""


def related(exercise, part, runs):
    """Name any other relation of a part to the truth; or return ""."""
    pairs = pairs_of(part, runs)
    if any(m.shape != t.shape for m, t in pairs):
        return ""
    with np.errstate(all="ignore"):
        return (
            _digits(pairs)
            or _constant(pairs)
            or _named(exercise, part, pairs, runs)
            or _everywhere(pairs)
        )


RESHAPED = {  # (ours, the truth), which then agree
    "has the right numbers in another shape": lambda m, t: (m.ravel(), t.ravel()),
    "holds what is to be added up along its axis 0": lambda m, t: (m.sum(axis=0), t),
    "holds what is to be added up along its axis 1": lambda m, t: (m.sum(axis=1), t),
    "holds what is to be added up along its last axis": lambda m, t: (m.sum(axis=-1), t),
    "holds pieces one behind the other that are to be added up": lambda m, t: (
        m.reshape(-1, *t.shape).sum(axis=0), t),
    "is the first row alone of what it should be": lambda m, t: (m, t[0]),
    "is the last row alone of what it should be": lambda m, t: (m, t[-1]),
    "has a row too many in front": lambda m, t: (m[1:], t),
    "has entries too many behind the others, which are right": lambda m, t: (
        m[tuple(map(slice, t.shape))], t),
    "lacks the first row": lambda m, t: (m, t[1:]),
    "lacks the last row": lambda m, t: (m, t[:-1]),
    "is the mean of what it should be": lambda m, t: (m.ravel(), t.mean().ravel()),
    "is the sum of what it should be": lambda m, t: (m.ravel(), t.sum().ravel()),
    "is what it should be, added up along axis 0": lambda m, t: (m, t.sum(axis=0)),
    "is what it should be, added up along axis 1": lambda m, t: (m, t.sum(axis=1)),
}  # fmt: skip


def _reshaped(function, pairs, runs):
    """Relate a part of a wrong shape to the truth."""
    mine, true = max((p for p in pairs if p[0].shape != p[1].shape), key=lambda pair: pair[1].size)
    shapes = f" (on one input its shape is {mine.shape}, expected is {true.shape})"
    columns = [terms(function, one.case.args, {}, "") for one in runs]
    tests = {words: lambda m, t, _, f=sides: f(m, t) for words, sides in RESHAPED.items()}
    for a in columns[0]:
        right = f"would be right if it were multiplied (@) by {a}"
        tests[right] = lambda m, t, c, a=a: (m @ c[a], t)
        for b in columns[0]:
            outer = f"is the outer product of {a} and {b}"
            tests[outer] = lambda m, _, c, a=a, b=b: (m, np.outer(c[a], c[b]))
    for words, sides in tests.items():
        try:
            if all(agrees(*sides(m, t, c)) for (m, t), c in zip(pairs, columns, strict=True)):
                return words + shapes
        except (ValueError, IndexError, KeyError):
            pass
    return ""


MEASURED = (
    "as where a slope is measured over a small step, a part is computed in float32, or a small "
    "number is added; the exact formula is asked for"
)


def _digits(pairs):
    sizes = np.array([np.abs(t).max(initial=0.0) for _, t in pairs])
    off = np.array([np.abs(m - t).max(initial=0.0) for m, t in pairs])
    near = off <= 1e-4 * sizes + 1e-7
    big = near & (sizes > 1e-3)
    if near.mean() > 0.95 and big.mean() > 0.25:  # a slope that is steep is measured badly
        digits = -np.log10(max((off[big] / sizes[big]).max(), 1e-16))
        where = "" if near.all() else ", and not on all inputs"
        if digits < 9:  # else those are right, and the others wrong
            return f"agrees to {int(digits)} digits only{where}, {MEASURED}"
    if off.max() < 0.01 * sizes.max() and not any(agrees(m, t) for m, t in pairs if t.any()):
        return f"is on no input quite right, on none off by more than {off.max():.2g}, {MEASURED}"
    return ""


def _constant(pairs):
    """Name one factor, or one number that is added, which must be the same in many numbers."""
    big = [(m, t) for m, t in pairs if np.abs(t).max(initial=0.0) > 0]
    if len(big) < (3 if any(t.size > 1 for _, t in big) else 10):
        return ""
    mine, true = max(big, key=lambda pair: np.abs(pair[1]).max())
    at = np.abs(true).argmax()
    factor, more = mine.flat[at] / true.flat[at], mine.flat[at] - true.flat[at]
    if factor and np.isfinite(factor) and all(agrees(m / factor, t) for m, t in pairs):
        return f"is {factor:.6g} times what it should be, on every input"
    if more and all(agrees(m, t + more) for m, t in pairs):
        return f"is too {'large' if more > 0 else 'small'} by {abs(more):.6g}, on every input"
    return ""


def _everywhere(pairs):
    whole = all((m % 1 == 0).all() for m, _ in pairs) and any((t % 1).any() for _, t in pairs)
    if whole and len({m.tobytes() for m, _ in pairs}) > 1:  # not one number, whatever the input
        return "holds whole numbers only, as an array of ints does, which cuts off the rest"
    big = [(m, t) for m, t in pairs if t.size > 1 and (t != t.flat[0]).any()]
    if len(big) > 2 and all(len(m) > 1 and (m == m[0]).all() for m, _ in big):
        return (
            "has equal rows, as where one array is stored again and again and then changed in place"
            if any(m.ndim > 1 for m, _ in big)
            else "has equal entries"
        )
    return ""


FORMS = {
    "{}": lambda v: v,
    "{}.T": np.transpose,
    "{}**2": np.square,
    "(1 - {})": lambda v: 1 - v,
    "(1 - {}**2)": lambda v: 1 - v**2,
    "tanh({})": np.tanh,
    "(1 - tanh({})**2)": lambda v: 1 - np.tanh(v) ** 2,
    "sigmoid({})": lambda v: 1 / (1 + np.exp(-v)),
}
RELATIONS = {
    "is {} itself": lambda m, t, v: (m, v),
    "is −{}": lambda m, t, v: (m, -v),
    "would be right if it were multiplied by {}": lambda m, t, v: (m * v, t),
    "would be right if it were divided by {}": lambda m, t, v: (m, t * v),
    "would be right if {} were subtracted from it": lambda m, t, v: (m, t + v),
    "would be right if {} were added to it": lambda m, t, v: (m + v, t),
    "would be right if it were subtracted from {}": lambda m, t, v: (v - m, t),
}


def _named(exercise, part, pairs, runs):
    """Relate a part to an argument, a size, or another part, which every learner can name."""
    wrong = [k for k, pair in enumerate(pairs) if not agrees(*pair)]
    first = sorted(wrong, key=lambda k: -pairs[k][1].size)[:1] + list(range(len(pairs)))
    columns = [terms(exercise.truth, one.case.args, one.case.true, part) for one in runs]
    several = max(t.size for _, t in pairs) > 1
    for (name, (form, change)), (words, sides) in itertools.product(
        itertools.product(columns[0], FORMS.items()), RELATIONS.items()
    ):
        if form == "{}.T" and np.ndim(columns[0][name]) < 2:
            continue
        telling = 0
        for k in first:
            mine, true = pairs[k]
            value = change(columns[k].get(name, np.nan))
            try:
                left, right = sides(mine, true, value)
            except ValueError:
                break
            if left.shape != right.shape or right.shape != true.shape or not agrees(left, right):
                break
            telling += k in wrong and true.any()
        else:
            if telling > (3 if several else 9):
                return words.format(form.format(name))
    return ""


def terms(function, args, true, part):
    """Return {name: array} of arguments, of their sizes, and of the right values of other parts."""
    found = {}
    for name, value in zip(inspect.signature(function).parameters, args, strict=True):
        inside = value.items() if isinstance(value, dict) else ()
        for shown, one in [(name, value), *((f'{name}["{key}"]', one) for key, one in inside)]:
            if isinstance(one, np.ndarray | int | float) and np.asarray(one).dtype.kind in "fi":
                found[shown] = np.asarray(one, dtype=float)
        for axis, size in enumerate(np.shape(value) if isinstance(value, np.ndarray) else ()):
            found[f"{name}.shape[{axis}]" if axis else f"len({name})"] = np.array(float(size))
            if not axis:
                found[f"(len({name}) - 1)"] = np.array(size - 1.0)
    return found | {f"the right {name}": v for name, v in true.items() if name != part}


def placed(function, part, runs):
    """Say on which of the inputs a part is wrong, if one simple condition tells them apart."""
    wrong = [not one.right(part) for one in runs]
    if all(wrong) or min(sum(wrong), len(wrong) - sum(wrong)) < 3:
        return ""
    columns = [terms(function, one.case.args, {}, "") for one in runs]
    names = [n for n in columns[0] if all(n in c and c[n].size for c in columns)]
    tests = {
        f"{name} {sign} {bound}": [test(c[name], bound) for c in columns]
        for name in names
        for bound in (0, 1, 2)
        for sign, test in COMPARED.items()
    }
    numbers = [n for n in names if n.isidentifier() and all(c[n].ndim == 0 for c in columns)]
    for (a, b), (sign, test) in itertools.product(
        itertools.combinations(numbers, 2), COMPARED.items()
    ):
        tests[f"{a} {sign} {b}"] = [test(c[a], c[b]) for c in columns]
    fits = [words for words, holds in tests.items() if holds == wrong]
    holding = [one for one in tests.items() if np.all(np.array(one[1])[wrong])]  # wherever wrong
    fits += [
        f"{one} and {other}"
        for (one, here), (other, there) in itertools.combinations(holding, 2)
        if [x and y for x, y in zip(here, there, strict=True)] == wrong
    ]
    return f" Of the inputs tried it is wrong on just those where {fits[0]}." if fits else ""


COMPARED = {
    ">": lambda a, b: bool((a > b).all()),
    "<": lambda a, b: bool((a < b).all()),
    "is": lambda a, b: bool((a == b).all()),
    "is not": lambda a, b: bool((a != b).all()),
}
