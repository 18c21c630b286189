"""LLVM's text made into machine code for this processor, once for each text, and kept where a place is given for it.

llvmlite is not there for every system; without it there are no kernels, and everything is worked out in NumPy.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import Any, Protocol

Run = Callable[[ctypes.Array[Any], ctypes.Array[Any], int], int]
_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class Store(Protocol):
    """Where machine code is kept between processes. It must give back nothing that others could have written."""

    def get(self, name: str) -> bytes | None: ...
    def put(self, name: str, code: bytes) -> None: ...


class Machine:
    """This processor, and the kernels that were made for it."""

    def __init__(self) -> None:
        import llvmlite
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.llvm: Any = llvm
        self.name, self.features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
        target = llvm.Target.from_default_triple()
        self.target = target.create_target_machine(cpu=self.name, features=self.features, opt=3, jit=True)
        versions = llvmlite.__version__, llvm.llvm_version_info, target.triple, self.name, self.features
        self.mark = repr(versions).encode()
        self.lanes = 16 if "+avx512dq" in self.features.split(",") else 8
        self.store: Store | None = None
        self._made: dict[str, tuple[Run, Any]] = {}
        self._lock = Lock()

    def made(self, text: str) -> Run:
        """The function ``run`` of a text."""
        name = hashlib.sha256(self.mark + text.encode()).hexdigest()
        with self._lock:
            if name not in self._made:
                self._made[name] = self._loaded(name, text)
            return self._made[name][0]

    def _loaded(self, name: str, text: str) -> tuple[Run, Any]:
        code = self.store.get(name) if self.store else None
        if code is None:
            code = self._compiled(text)
            if self.store:
                self.store.put(name, code)
        empty = self.llvm.parse_assembly("")
        engine = self.llvm.create_mcjit_compiler(empty, self._machine())
        engine.add_object_file(self.llvm.ObjectFileRef.from_data(code))
        engine.finalize_object()
        return _SIGNATURE(engine.get_function_address("run")), engine

    def _machine(self) -> Any:
        target = self.llvm.Target.from_default_triple()
        return target.create_target_machine(cpu=self.name, features=self.features, opt=3, jit=True)

    def _compiled(self, text: str) -> bytes:
        llvm = self.llvm
        module = llvm.parse_assembly(text)
        module.verify()
        options = llvm.create_pipeline_tuning_options(speed_level=3)
        options.loop_vectorization = True
        builder = llvm.create_pass_builder(self.target, options)
        builder.getModulePassManager().run(module, builder)
        code: bytes = self.target.emit_object(module)
        return code


@cache
def machine() -> Machine | None:
    """This machine; None where kernels cannot be made."""
    if find_spec("llvmlite") is None:
        return None
    try:
        return Machine()
    except (ImportError, OSError, RuntimeError):
        return None
