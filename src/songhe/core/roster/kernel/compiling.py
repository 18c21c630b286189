"""Making the loops into machine code: copies of the functions whose names mean compiled functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from songhe.core.compiled import KeptCode
from songhe.core.roster.kernel import layout

numba: Any = import_module("numba")
types: Any = numba.types
signatures: Any = import_module("numba.core.sigutils")
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
INNER: dict[str, Any] = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


SMALL = ("layout", "chance", "links", "fits", "starts")
"""Parts whose functions are a few instructions each."""


class Compiler:
    """Compiles each function for one set of types, whom it calls before it, so that nothing is done twice."""

    def __init__(self, modules: Sequence[ModuleType], told: Callable[[str], None] | None) -> None:
        self.told = told
        self.mark = [inspect.getsource(module) for module in modules]
        self.spaces = [dict(vars(module)) for module in modules]
        self.made: dict[Any, Any] = {layout.address: _address}
        self.written: dict[FunctionType, FunctionType] = {}
        self.ready: set[Any] = {layout.address}

    def doors(self, doors: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The functions called from outside, ready to be called."""
        for space in self.spaces:
            for name, value in list(space.items()):
                own = isinstance(value, FunctionType) and value.__module__ == space["__name__"]
                if own and value not in self.made:
                    self.written[value] = FunctionType(value.__code__, space, name)
                    options = OPTIONS if name in doors else INNER
                    if value.__module__.rpartition(".")[2] in SMALL:
                        options = options | {"forceinline": True}
                    self.made[value] = numba.njit(self.written[value], **options)
        for space in self.spaces:
            space |= {
                name: self.made[value]
                for name, value in space.items()
                if isinstance(value, FunctionType) and value in self.made
            }
        return {
            one.__name__: self._door(one, doors[one.__name__]) for one in self.made if one.__name__ in doors
        }

    def _door(self, function: FunctionType, taken: Sequence[str]) -> Any:
        found = self.made[function]
        board = _board(lambda form: types.Array(form, 1, "C"))
        sign = (board, *(signatures._parse_signature_string(one) for one in taken))
        found._cache = KeptCode("roster", [*self.mark, function.__name__], lambda: self._prepare(function))
        found.compile(sign)
        found.disable_compile()
        return found

    def _prepare(self, function: FunctionType) -> None:
        """Compile what a function calls."""
        if self.told:
            self.told("compiling the scheduler for this processor, once")
            self.told = None
        for called in self._called(function):
            if called not in self.ready:
                self.ready.add(called)
                self._prepare(called)
                self.made[called].compile(_signature(called))
                self.made[called].disable_compile()

    def _called(self, function: FunctionType) -> list[Any]:
        known = {id(one): one for one in self.made}
        found = (function.__globals__.get(name) for name in function.__code__.co_names)
        return [known[id(one)] for one in found if id(one) in known]


@numba.extending.intrinsic  # type: ignore[untyped-decorator]
def _address(_context: Any, array: Any) -> Any:
    """``address`` for machine code: where an array's data lie."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return context.make_array(array)(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), code


def _board(form: Callable[[Any], Any]) -> Any:
    """The type of a board whose arrays are of some form."""
    members = [
        form(getattr(types, layout.FORMS[name])) if name in layout.FORMS else types.int64
        for name in layout.Board._fields
    ]
    return types.NamedTuple(members, layout.Board)


def _signature(function: FunctionType) -> tuple[Any, ...]:
    """The types of a function's arguments, out of its annotations."""
    inner = {
        "Board": _board(types.CPointer),
        "int": types.int64,
        "float": types.float64,
        "bool": types.boolean,
        "Rows": types.Array(types.int32, 1, "C"),
        "Found": types.Array(types.int64, 1, "C"),
    }
    if function is layout.bare:
        return (_board(lambda form: types.Array(form, 1, "C")),)
    return tuple(inner[str(kind)] for name, kind in function.__annotations__.items() if name != "return")
