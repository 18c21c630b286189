"""What goes wrong in county lists, one function per fault; each spoils a copy of a good row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from songhe.core.codes.resident_id import check_sign

Row = dict[str, str | float | int]

WIDE = {ord(str(digit)): 0xFF10 + digit for digit in range(10)}
REPAIR, REFUSE, DUPLICATE, KEEP = "repair", "refuse", "duplicate", "keep"


@dataclass(frozen=True, slots=True)
class Fault:
    """`adds`: the spoiled row is put in behind the good one instead of replacing it."""

    kind: str
    column: str
    expect: str
    spoil: Callable[[Row], Row]
    adds: bool = False


def change(column: str, how: Callable[[str], str | float | int]) -> Callable[[Row], Row]:
    """A spoiler that rewrites one cell."""

    def spoil(row: Row) -> Row:
        row[column] = how(str(row[column]))
        return row

    return spoil


def put(column: str, value: str | float) -> Callable[[Row], Row]:
    """A spoiler that overwrites one cell."""
    return change(column, lambda _: value)


def rounded(number: str) -> str:
    """An identity number as a spreadsheet shows it after taking it for a number."""
    return f"{float(number[:17] + '0'):.2E}".replace("E+0", "E+")


def zeroed(number: str) -> int:
    """The same number after saving: fifteen digits survive, the rest are zeros."""
    return int(number[:15] + "000")


def wrong_check(number: str) -> str:
    """The number with another last sign."""
    return number[:17] + ("1" if number[17] != "1" else "2")


def thirty_first(number: str) -> str:
    """A number whose birthday is 31 February; its check sign is right, so only the date gives it away."""
    first17 = number[:10] + "0231" + number[14:17]
    return first17 + check_sign(first17)


def dotted(day: str) -> str:
    """1950-03-07 as 1950.3.7."""
    return ".".join(str(int(part)) for part in day.split("-"))


def chinese(day: str) -> str:
    """1950-03-07 as 1950年3月7日."""
    year, month, dom = day.split("-")
    return f"{year}年{int(month)}月{int(dom)}日"


def renamed(row: Row) -> Row:
    """The same identity number under another name."""
    row["姓名"] = str(row["姓名"])[0] + "另名"
    return row


def other_sex(sex: str) -> str:
    """The sex that the identity number does not say."""
    return "女" if sex == "男" else "男"


PERSON_FAULTS = (
    Fault("id_in_scientific_notation", "身份证号", REFUSE, change("身份证号", rounded)),
    Fault("id_rounded_to_15_digits", "身份证号", REFUSE, change("身份证号", zeroed)),
    Fault("wrong_check_sign", "身份证号", REFUSE, change("身份证号", wrong_check)),
    Fault(
        "impossible_birthday_in_id",
        "身份证号",
        REFUSE,
        change("身份证号", thirty_first),
    ),
    Fault(
        "id_too_short",
        "身份证号",
        REFUSE,
        change("身份证号", lambda number: number[:16]),
    ),
    Fault(
        "full_width_digits",
        "身份证号",
        REPAIR,
        change("身份证号", lambda number: number.translate(WIDE)),
    ),
    Fault(
        "apostrophe_before_id",
        "身份证号",
        REPAIR,
        change("身份证号", lambda number: f"'{number}"),
    ),
    Fault(
        "spaces_inside_id",
        "身份证号",
        REPAIR,
        change("身份证号", lambda n: f"{n[:6]} {n[6:14]} {n[14:]}"),
    ),
    Fault("trailing_spaces", "姓名", REPAIR, change("姓名", lambda name: f"{name}  ")),
    Fault(
        "ideographic_space_in_name",
        "姓名",
        REPAIR,
        change("姓名", lambda name: f"{name[0]}\u3000{name[1:]}"),
    ),
    Fault("missing_name", "姓名", REFUSE, put("姓名", "")),
    Fault("rare_character", "姓名", KEEP, put("姓名", "王𬭎")),
    Fault("middle_dot_name", "姓名", KEEP, put("姓名", "阿依古丽·买买提")),
    Fault("dotted_date", "出生日期", REPAIR, change("出生日期", dotted)),
    Fault("chinese_date", "出生日期", REPAIR, change("出生日期", chinese)),
    Fault(
        "compact_date",
        "出生日期",
        REPAIR,
        change("出生日期", lambda day: day.replace("-", "")),
    ),
    Fault(
        "slashed_date",
        "出生日期",
        REPAIR,
        change("出生日期", lambda day: day.replace("-", "/")),
    ),
    Fault("impossible_date", "出生日期", REFUSE, put("出生日期", "1950-02-30")),
    Fault("sex_against_id", "性别", REFUSE, change("性别", other_sex)),
    Fault("unknown_village", "村(社区)", REFUSE, put("村(社区)", "不存在村委会")),
    Fault("phone_with_dashes", "联系电话", REPAIR, put("联系电话", "138-0631-5566")),
    Fault("phone_too_short", "联系电话", REFUSE, put("联系电话", "1380631")),
    Fault(
        "formula",
        "备注",
        KEEP,
        put("备注", '=HYPERLINK("http://198.51.100.7/x","点此")'),
    ),
    Fault("emoji", "备注", KEEP, put("备注", "爱笑😀,腿脚不便🦽")),
    Fault("line_break_in_cell", "备注", KEEP, put("备注", "子女在外\n每月回家一次")),
    Fault("yes_in_other_words", "是否独居", REPAIR, put("是否独居", "√")),
    Fault("duplicate_row", "身份证号", DUPLICATE, dict, adds=True),
    Fault("same_id_other_name", "身份证号", DUPLICATE, renamed, adds=True),
)

FACILITY_FAULTS = (
    Fault("wrong_check_sign", "统一社会信用代码", REFUSE, change("统一社会信用代码", lambda code: code[:17] + ("A" if code[17] != "A" else "B"))),
    Fault("lower_case_code", "统一社会信用代码", REPAIR, change("统一社会信用代码", str.lower)),
    Fault("missing_name", "机构名称", REFUSE, put("机构名称", "")),
    Fault("trailing_spaces", "机构名称", REPAIR, change("机构名称", lambda name: f"{name}  ")),
    Fault("unknown_kind", "类型", REFUSE, put("类型", "网吧")),
    Fault("beds_in_words", "床位数", REFUSE, put("床位数", "三十张")),
    Fault("full_width_digits", "床位数", REPAIR, change("床位数", lambda beds: beds.translate(WIDE))),
    Fault("more_nursing_beds_than_beds", "护理型床位", REFUSE, put("护理型床位", "999")),
    Fault("swapped_coordinates", "经度", REFUSE, lambda row: {**row, "经度": row["纬度"], "纬度": row["经度"]}),
    Fault("coordinates_abroad", "纬度", REFUSE, put("纬度", "51.477928")),
    Fault("unknown_town", "所在乡镇", REFUSE, put("所在乡镇", "无此镇")),
    Fault("formula", "法人", KEEP, put("法人", "=1+1")),
    Fault("duplicate_row", "统一社会信用代码", DUPLICATE, dict, adds=True),
)  # fmt: skip
