"""What a dispatcher of Numba asks for code of earlier processes, answered by the store of this one.

Numba's own cache looks at one file's time to see whether code is old, and trusts whoever may write to its folder.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any

from songhe.core.kept import kept

numba: Any = import_module("numba")
serialize: Any = import_module("numba.core.serialize")


class KeptCode:
    """The code of one function. ``mark`` is everything that it depends on, ``missing`` is called before it is compiled."""

    def __init__(self, part: str, mark: Sequence[str], missing: Callable[[], None]) -> None:
        self.part = part
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
        return f"{self.part}-{hashlib.sha256(parts.encode()).hexdigest()}"
