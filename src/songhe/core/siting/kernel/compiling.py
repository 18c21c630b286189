"""Making the loops into machine code: copies of the functions whose names mean compiled functions."""

from __future__ import annotations

import hashlib
import inspect
import pickle
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from types import FunctionType, ModuleType
from typing import Any

from songhe.core.kept import kept

numba: Any = import_module("numba")
serialize: Any = import_module("numba.core.serialize")
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
Told = Callable[[str], None]


def compiled(
    modules: Sequence[ModuleType], doors: Mapping[str, tuple[Any, ...]], told: Told | None
) -> dict[str, Any]:
    """The functions called from outside, each for the types of the arguments given as an example."""
    spaces = [dict(vars(module)) for module in modules]
    made: dict[FunctionType, Any] = {}
    for space in spaces:
        for name, value in list(space.items()):
            if isinstance(value, FunctionType) and value.__module__ == space["__name__"]:
                made[value] = numba.njit(FunctionType(value.__code__, space, name), **OPTIONS)
    for space in spaces:
        space |= {
            name: made[value]
            for name, value in space.items()
            if isinstance(value, FunctionType) and value in made
        }
    mark = [inspect.getsource(module) for module in modules]
    teller = _Once(told)
    return {
        one.__name__: _door(made[one], mark, doors[one.__name__], teller)
        for one in made
        if one.__name__ in doors
    }


def _door(found: Any, mark: Sequence[str], example: tuple[Any, ...], told: Callable[[], None]) -> Any:
    found._cache = _Kept([*mark, found.__name__], told)
    found.compile(tuple(numba.typeof(one) for one in example))
    found.disable_compile()
    return found


class _Once:
    """Tells once that compiling begins."""

    def __init__(self, told: Told | None) -> None:
        self.told = told

    def __call__(self) -> None:
        if self.told:
            self.told("compiling the search for sites for this processor, once")
            self.told = None


class _Kept:
    """What a dispatcher of Numba asks for code of earlier processes, answered by the store of this one.

    Numba's own cache looks at one file's time to see whether code is old, and trusts whoever may write to its folder.
    """

    def __init__(self, mark: Sequence[str], missing: Callable[[], None]) -> None:
        self.mark = [*mark, version("numba"), version("llvmlite")]
        self.missing = missing

    def load_overload(self, sign: Any, context: Any) -> Any:
        """The compiled function; None where it has to be compiled."""
        context.refresh()
        store = kept()
        code = store.get(self._name(sign, context.codegen())) if store else None
        if code is None:
            self.missing()
            return None
        return numba.core.compiler.CompileResult._rebuild(context, *pickle.loads(code))  # noqa: S301 — only we can have written it

    def save_overload(self, sign: Any, made: Any) -> None:
        """Keep a compiled function."""
        store = kept()
        if store:
            store.put(self._name(sign, made.codegen), serialize.dumps(made._reduce()))

    def _name(self, sign: Any, codegen: Any) -> str:
        parts = repr((self.mark, str(sign), codegen.magic_tuple()))
        return f"siting-{hashlib.sha256(parts.encode()).hexdigest()}"
