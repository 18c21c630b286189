"""LLVM's text made into machine code for this processor, once for each text, and kept where a place is given for it.

llvmlite is not there for every system; without it there are no kernels, and everything is worked out in NumPy.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from threading import Lock
from typing import Any

from songhe.core.kept import kept

MOST = 64
"""Kernels kept in memory; each holds some ten thousand bytes."""
_LOCK = Lock()
_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class Kernel:
    """A function in machine code. It lives as long as somebody holds it."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._run = _SIGNATURE(engine.get_function_address("run"))

    def __call__(self, arrays: Sequence[int], numbers: Sequence[int], size: int) -> int:
        """Run it on the addresses of arrays and on numbers; what it found."""
        given = (ctypes.c_void_p * (len(arrays) + 1))(*arrays)
        return int(self._run(given, (ctypes.c_int64 * (len(numbers) + 1))(*numbers), size))


class Machine:
    """This processor, and the kernels that were made for it of late. ``effort`` (0 to 3): how good they shall be."""

    def __init__(self, effort: int = 3) -> None:
        self.effort = effort
        llvm: Any = import_module("llvmlite.binding")
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.llvm = llvm
        self.name, self.features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
        self.lanes = 16 if "+avx512dq" in self.features.split(",") else 8
        self.target = self._target()
        self.mark = repr((version("llvmlite"), self.target.triple, self.name, self.features, effort)).encode()
        self._made: OrderedDict[str, Kernel] = OrderedDict()
        self._lock = Lock()

    def made(self, text: str) -> Kernel:
        """The function ``run`` of a text."""
        name = hashlib.sha256(self.mark + text.encode()).hexdigest()
        with self._lock:
            kernel = self._made.pop(name, None) or self._loaded(name, text)
            self._made[name] = kernel
            if len(self._made) > MOST:
                self._made.popitem(last=False)
        return kernel

    def _loaded(self, name: str, text: str) -> Kernel:
        store = kept()
        code = store.get(name) if store else None
        if code is None:
            code = self.compiled(text)
            if store:
                store.put(name, code)
        engine = self.llvm.create_mcjit_compiler(self.llvm.parse_assembly(""), self._target())
        engine.add_object_file(self.llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        return Kernel(engine)

    def _target(self) -> Any:
        target = self.llvm.Target.from_default_triple()
        return target.create_target_machine(cpu=self.name, features=self.features, opt=self.effort, jit=True)

    def compiled(self, text: str) -> bytes:
        """Machine code as an object file."""
        module = self.llvm.parse_assembly(text)
        module.verify()
        options = self.llvm.create_pipeline_tuning_options(speed_level=self.effort)
        options.loop_vectorization = self.effort > 1
        builder = self.llvm.create_pass_builder(self.target, options)
        builder.getModulePassManager().run(module, builder)
        code: bytes = self.target.emit_object(module)
        return code


def machine() -> Machine | None:
    """This machine; None where kernels cannot be made."""
    with _LOCK:
        return _machine()


@cache
def _machine() -> Machine | None:
    if find_spec("llvmlite") is None:
        return None
    try:
        return Machine()
    except (ImportError, OSError, RuntimeError):
        return None
