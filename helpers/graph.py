"""A computational graph of array-valued nodes: each operation's backward beside its forward.

Write formulas with ``Node`` operands, call ``loss.backward()``, and read ``.grad`` on any node;
or take the backward pass one node at a time with ``steps(loss)``.

Every operation gives its new node one *edge* per use of a parent: a pair ``(parent, pull)``, where
``pull(upstream)`` is upstream × local = downstream, the contribution of this use to the parent's
gradient, in the parent's shape.

Values may be complex. Derivatives are then complex derivatives, with no conjugate anywhere, so the
complex step passes through the engine; comparisons look at real parts, and at a tie forward and
backward take the same side. NaN and infinity are let through, as NumPy does: showing where they
come from is part of what a graph is for.
"""

from contextlib import contextmanager

import numpy as np

from helpers import _door


def _elementwise(op, forward, pull):
    def operation(a):
        a = _lift(a)
        x, y = a.value, forward(a.value)
        return _node(op, y, (a, lambda up: pull(up, x, y)))

    operation.__doc__ = f"Apply {op} to every entry of a node, array or number."
    return operation


def _binary(op, forward, pull_a, pull_b):
    def operation(a, b):
        a, b = _lift(a, b), _lift(b, a)
        x, y = a.value, b.value
        with _named(op, a, b):
            value = forward(x, y)
        return _node(op, value, (a, lambda up: pull_a(up, x, y)), (b, lambda up: pull_b(up, x, y)))

    operation.__doc__ = f"Combine nodes, arrays or numbers by {op}, entry by entry, broadcasting."
    return operation


def _largest(x, y):
    largest = np.maximum(x, y)
    if np.iscomplexobj(largest):  # where NumPy lets imaginary parts decide a tie, we halve
        largest = np.where(x.real == y.real, (x + y) / 2, largest)
    return largest


def _route(up, mine, other):
    winner = np.where(mine.real > other.real, up, 0 * up)
    return np.where(mine.real == other.real, up / 2, winner)


# The rules: symbol, value y = f(x), and upstream × local in terms of x and y.
exp = _elementwise("exp", np.exp, lambda up, x, y: up * y)
log = _elementwise("log", np.log, lambda up, x, y: up / x)
tanh = _elementwise("tanh", np.tanh, lambda up, x, y: up * (1 - y**2))
# (1 + tanh(x/2))/2 equals 1/(1 + exp(−x)) and cannot overflow.
sigmoid = _elementwise("σ", lambda x: (1 + np.tanh(x / 2)) / 2, lambda up, x, y: up * y * (1 - y))
# At 0 exactly, where relu has no derivative, we take 0.
relu = _elementwise(
    "relu", lambda x: np.where(x.real <= 0, 0, x), lambda up, x, y: up * (x.real > 0)
)

# Two operands: symbol, value of (x, y), the pull to x, the pull to y.
# Add distributes; multiply swaps, scaled by the upstream; max routes, a tie halves.
add = _binary("+", np.add, lambda up, x, y: up, lambda up, x, y: up)
subtract = _binary("−", np.subtract, lambda up, x, y: up, lambda up, x, y: -up)
multiply = _binary("×", np.multiply, lambda up, x, y: up * y, lambda up, x, y: up * x)
divide = _binary("/", np.divide, lambda up, x, y: up / y, lambda up, x, y: -up * x / y**2)
maximum = _binary("max", _largest, _route, lambda up, x, y: _route(up, y, x))


def matmul(a, b):
    """Multiply matrices or vectors; leading axes are batch axes and broadcast.

    For y = W x: dx = Wᵀ dy and dW = dy xᵀ. A vector on the left is a matrix of one row, on the
    right of one column, for as long as the product takes.
    """
    a, b = _lift(a, b), _lift(b, a)
    with _named("@", a, b):
        value = a.value @ b.value
    row, column = (-2,) * (a.value.ndim == 1), (-1,) * (b.value.ndim == 1)
    X, Y = np.expand_dims(a.value, row), np.expand_dims(b.value, column)

    def pull_a(up):
        return np.squeeze(np.expand_dims(up, row + column) @ Y.swapaxes(-1, -2), row)

    def pull_b(up):
        return np.squeeze(X.swapaxes(-1, -2) @ np.expand_dims(up, row + column), column)

    return _node("@", value, (a, pull_a), (b, pull_b))


class Node:
    """One value in a computational graph, and the gradient that arrives at it.

    ``value`` is copied; integers become float64, other types of numbers are kept (TypeError or
    ValueError for what is none). ``name`` is what drawings call the node. ``grad``, in value's
    shape, is None before a backward pass has reached the node; ``op`` is the symbol of the
    operation that made it, such as ``"×"``, empty for a leaf; ``edges`` are (parent, pull) pairs,
    one per use: ``a + a`` has two edges to ``a``.
    """

    __slots__ = ("edges", "grad", "name", "op", "value")
    __array_ufunc__ = None  # array * node is then one product, not one for each entry

    def __init__(self, value, *, name=""):
        given, value = value, np.array(_door.plain("The value of a node", value))
        value = value.astype(float) if value.dtype.kind in "iu" else value
        if value.dtype.kind not in "fc":
            raise TypeError(
                "The value of a node must be real or complex numbers, but it is "
                f"{_door.shown(given)}, of dtype {value.dtype}; convert to float first, or join "
                "nodes with stack()."
            )
        self.value, self.grad, self.name, self.op, self.edges = value, None, name, "", ()

    def __repr__(self):
        shown = self.value if self.value.ndim == 0 else f"array of shape {self.value.shape}"
        return f"Node({shown}, name={self.name!r}, op={self.op!r})"

    __add__, __radd__ = add, lambda self, left: add(left, self)
    __sub__, __rsub__ = subtract, lambda self, left: subtract(left, self)
    __mul__, __rmul__ = multiply, lambda self, left: multiply(left, self)
    __truediv__, __rtruediv__ = divide, lambda self, left: divide(left, self)
    __matmul__, __rmatmul__ = matmul, lambda self, left: matmul(left, self)

    def __neg__(self):
        return _node("−", -self.value, (self, lambda up: -up))

    def __pow__(self, n):
        _door.need(n, int | float | complex | np.number, "The exponent of ** must be a number")
        x = self.value
        local = n * x ** (n - 1) if n else np.zeros_like(x)
        return _node(f"**{n:g}", x**n, (self, lambda up: up * local))

    def __getitem__(self, key):
        """Take entries by any NumPy index; an entry taken twice receives both gradients."""
        try:
            value = self.value[key]
        except (IndexError, TypeError, ValueError):  # IndexError, because it ends a for loop
            raise IndexError(
                f"The index {_door.shown(key)} does not fit a node of shape {self.value.shape}; "
                "give whole numbers, slices or masks that do."
            ) from None

        def pull(up):
            down = np.zeros(self.value.shape, up.dtype)
            np.add.at(down, key, up)  # down[key] += up would count a repeated index once
            return down

        return _node("[ ]", value, (self, pull))

    def transpose(self, axes=None):
        """Permute the axes (by default reverse them); the gradient is permuted back."""
        x = self.value
        with _named(f"transpose to the axes {axes!r}", self):
            value = x.transpose(axes)
            back = None if axes is None else np.argsort([axis % x.ndim for axis in axes])
        return _node("T", value, (self, lambda up: up.transpose(back)))

    T = property(transpose)

    def reshape(self, *shape):
        """Give the entries another shape; the gradient takes the old shape again."""
        x, shape = self.value, shape[0] if len(shape) == 1 else shape
        with _named(f"reshape to {shape!r}", self):
            value = x.reshape(shape)
        return _node("reshape", value, (self, lambda up: up.reshape(x.shape)))

    def sum(self, axis=None, *, keepdims=False):
        """Sum over axes: every summand receives a copy of the upstream gradient."""
        x = self.value
        with _named(f"sum over axis {axis!r}", self):
            value = x.sum(axis=axis, keepdims=keepdims)
        kept = x.sum(axis=axis, keepdims=True).shape
        return _node("Σ", value, (self, lambda up: np.broadcast_to(up.reshape(kept), x.shape)))

    def mean(self, axis=None, *, keepdims=False):
        """Take the mean over axes: the sum, divided by how many entries it has."""
        total = self.sum(axis, keepdims=keepdims)
        return total / (self.value.size / total.value.size)

    def backward(self, seed=None):
        """Set ``.grad`` of every node in this node's graph to ∂(this node)/∂(that node).

        ``seed``, in this node's shape, is the gradient that arrives here: 1 by default, for which
        the node must be a scalar (else ValueError). Earlier gradients are forgotten first, so that
        a second pass gives the same answer.
        """
        for _ in steps(self, seed):
            pass


def steps(root, seed=None):
    """Run the backward pass from ``root`` one node at a time, children before parents.

    Yields ``(node, contributions)``: a node whose ``.grad`` is complete, as everything that uses
    it has been visited, and for each of its edges ``(parent, upstream × local)``, already added to
    the parent's ``.grad``. Raises as ``Node.backward``, when the first step is asked for.
    """
    order = topological_order(root)
    upstream = np.ones_like(root.value) if seed is None else _lift(seed, root).value
    if upstream.shape != root.value.shape or (seed is None and upstream.size != 1):
        given = "there is none" if seed is None else f"its shape is {upstream.shape}"
        raise ValueError(
            f"backward() starts from a scalar; from a node of shape {root.value.shape} it needs a "
            f"seed, the gradient that arrives there, in that shape, but {given}."
        )
    for node in order:
        node.grad = None
    root.grad = upstream
    for node in reversed(order):
        contributions = [(parent, pull(node.grad)) for parent, pull in node.edges]
        for parent, contribution in contributions:
            # +=, because a value that is used twice reaches the root along two routes, and the
            # chain rule sums over routes. Never in place: a contribution may be a view.
            first = parent.grad is None
            parent.grad = np.array(contribution) if first else parent.grad + contribution
        yield node, contributions


def topological_order(root):
    """Return every node that ``root`` depends on once, parents before children, root last.

    A stack of our own instead of recursion, which Python ends at about 1,000 calls.
    """
    _door.need(root, Node, "root must be a Node")
    order, entered, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif node not in entered:
            entered.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in reversed(node.edges))
    return order


def stack(nodes, axis=0):
    """Join nodes of one shape along a new axis; each receives its own slice back."""
    nodes = [_lift(node) for node in nodes]
    with _named(f"stack along axis {axis!r}", *nodes):
        value = np.stack([node.value for node in nodes], axis)
    pulls = [lambda up, i=i: np.take(up, i, axis) for i in range(len(nodes))]
    return _node("stack", value, *zip(nodes, pulls, strict=True))


def concatenate(nodes, axis=0):
    """Join nodes along an axis they have; each receives its own part back."""
    nodes = [_lift(node) for node in nodes]
    with _named(f"concatenate along axis {axis!r}", *nodes):
        value = np.concatenate([node.value for node in nodes], axis)
        cuts = np.cumsum([node.value.shape[axis] for node in nodes])[:-1]
    pulls = [lambda up, i=i: np.split(up, cuts, axis)[i] for i in range(len(nodes))]
    return _node("concatenate", value, *zip(nodes, pulls, strict=True))


def _node(op, value, *edges):
    node = Node.__new__(Node)  # not Node(value), which copies and checks
    node.value, node.grad, node.name, node.op = np.asarray(value), None, "", op
    node.edges = tuple((parent, _into(parent.value.shape, pull)) for parent, pull in edges)
    return node


def _into(shape, pull):
    """Sum what ``pull`` returns over the axes along which an array of ``shape`` was broadcast.

    Broadcasting uses one entry many times, as if it had been copied. Each copy has its own
    gradient, and the gradients of copies of one value add.
    """

    def summed(up):
        gradient = pull(up)
        if gradient.shape == shape:
            return gradient
        gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
        stretched = tuple(i for i, n in enumerate(shape) if n != gradient.shape[i])
        return gradient.sum(axis=stretched, keepdims=True)

    return summed


def _lift(constant, like=None):
    """Make a constant into a leaf; a plain number takes the type of the node it meets."""
    if isinstance(constant, Node):
        return constant
    if isinstance(like, Node) and type(constant) in (int, float, complex):
        constant = np.asarray(constant, np.result_type(like.value.dtype, constant))
    leaf = Node(constant)
    leaf.name = f"{leaf.value:g}" if leaf.value.ndim == 0 else ""
    return leaf


@contextmanager
def _named(op, *nodes):
    try:
        yield
    except (TypeError, ValueError):
        shapes = " and ".join(str(node.value.shape) for node in nodes) or "of no node at all"
        raise ValueError(
            f"The operation {op} does not fit the shapes {shapes}; "
            "look at its operands, and transpose or reshape one."
        ) from None
