"""The loop around a row, and running it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from songhe.core.rules.many.decided import Decided
from songhe.core.rules.many.kernel.form import BYTE, FLAG, Val
from songhe.core.rules.many.kernel.inputs import Unfit
from songhe.core.rules.many.kernel.machine import machine
from songhe.core.rules.many.kernel.rows import Given, Row

MODULE = """\
declare i32 @llvm.smin.i32(i32, i32)
declare i64 @llvm.smin.i64(i64, i64)
declare i32 @llvm.smax.i32(i32, i32)
declare i64 @llvm.smax.i64(i64, i64)
declare i32 @llvm.abs.i32(i32, i1)
declare i64 @llvm.abs.i64(i64, i1)

define i32 @run(ptr %arrays, ptr %numbers, i64 %size) {{
{loads}
%found = call i32 @rows(ptr %numbers, i64 %size{given})
ret i32 %found
}}

define internal i32 @rows(ptr noalias readonly %numbers, i64 %size{taken}) noinline nounwind {{
{entry}
%some = icmp sgt i64 %size, 0
br i1 %some, label %head, label %none
head:
br label %body
body:
%i = phi i64 [ 0, %head ], [ %next, %body ]
%bad = phi i32 [ 0, %head ], [ %worse, %body ]
{lines}
%worse = or i32 %bad, {refused}
%next = add nuw nsw i64 %i, 1
%more = icmp ult i64 %next, %size
br i1 %more, label %body, label %done, !llvm.loop !0
done:
ret i32 %worse
none:
ret i32 0
}}
!0 = distinct !{{!0, !1, !2}}
!1 = !{{!"llvm.loop.vectorize.width", i32 {lanes}}}
!2 = !{{!"llvm.loop.interleave.count", i32 1}}
"""


def worked_out(given: Given, made: Mapping[str, Decided]) -> bool:
    """Fill in what the wanted rules give everybody; False where this has to be done in columns."""
    here = machine()
    if here is None:
        return False
    try:
        row = Row(given)
        for code, found in made.items():
            _store(row, code, found)
    except Unfit:
        return False
    try:
        kernel = here.made(_module(row, here.lanes))
    except RuntimeError:  # a system on which code may not be made at run time
        return False
    return not kernel([one.ctypes.data for one in row.inputs.arrays], row.inputs.numbers, given.columns.size)


def _store(row: Row, code: str, found: Decided) -> None:
    """Write what a rule gives into its arrays; 0 where it is pending."""
    val, case = row.rule(code)
    form, at = row.form, val.at
    row.refuse(val.bad)
    if val.unknown is None:
        found.unknown = None
    else:
        at = form.pick(val.unknown, val.type, "false" if val.type == FLAG else "0", at)
        found.unknown = np.empty(row.given.columns.size, bool)
        _put(row, f"{code}, unknown", found.unknown, Val(val.unknown, FLAG))
    _put(row, f"{code}, values", found.values, Val(at, val.type))
    _put(row, f"{code}, cases", found.cases, Val(case, BYTE))


def _put(row: Row, name: str, array: np.ndarray, val: Val) -> None:
    at, kind = val.at, val.type
    if kind == FLAG:
        at, kind = row.form.op(f"zext i1 {at} to i8"), BYTE
    to = row.form.op(f"getelementptr inbounds {kind}, ptr {row.inputs.array(name, array)}, i64 %i")
    row.form.do(f"store {kind} {at}, ptr {to}")


def _module(row: Row, lanes: int) -> str:
    count = range(len(row.inputs.arrays))
    lines = row.form
    refused = "0" if row.refused is None else lines.op(f"zext i1 {row.refused} to i32")
    return MODULE.format(
        lanes=lanes,
        loads="\n".join(
            f"%q{n} = getelementptr ptr, ptr %arrays, i64 {n}\n%p{n} = load ptr, ptr %q{n}" for n in count
        ),
        given="".join(f", ptr %p{n}" for n in count),
        taken="".join(f", ptr noalias %a{n}" for n in count),
        entry="\n".join(row.inputs.entry.lines),
        lines="\n".join(lines.lines),
        refused=refused,
    )
