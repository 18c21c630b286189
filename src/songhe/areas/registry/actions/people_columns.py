"""The columns of a list of persons, and how each cell is read."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import writing
from songhe.areas.registry.models.terms import by_words
from songhe.core.codes import parse_id, parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, normalise, normalise_name, parse_date
from songhe.engines.imports.api import Target

YES = frozenset({"是", "有", "√", "✓", "✔", "1", "y", "yes", "true", "对"})
NO = frozenset({"否", "无", "×", "✗", "0", "n", "no", "false", "不", "非"})
ORDINARY = frozenset(
    {
        "无",
        "普通",
        "普通老人",
        "一般",
        "一般老人",
        "社会老人",
        "自理",
        "自理老人",
        "高龄",
        "高龄老人",
        "正常",
        "其他",
    }
)
HOME = ("居住地址", "现住址", "家庭住址", "住址", "常住地址")
CONTACTS = ("联系人", "紧急联系人", "监护人", "赡养人", "家属", "子女")
"""Groups of columns under a heading of their own."""
_SPLIT = re.compile(r"[、,，;；/|\s]+")


def _sex(cell: object) -> str:
    text = halfwidth(str(cell)).removesuffix("性").removesuffix(".0")
    if text in ("男", "1", "M", "m"):
        return "male"
    if text in ("女", "2", "F", "f"):
        return "female"
    raise Refused("sex_shape", "“{text}” is not a gender. Write 男 or 女.", text=text[:10])


def _yes(cell: object) -> bool:
    text = halfwidth(str(cell)).lower().removesuffix(".0")
    if text in YES:
        return True
    if text in NO:
        return False
    raise Refused("yes_shape", "“{text}” is neither yes nor no. Write 是 or 否.", text=text[:10])


def _category(cell: object) -> dict[str, str]:
    words = by_words()
    found: dict[str, str] = {}
    for word in filter(None, _SPLIT.split(normalise(str(cell)).strip("（）()"))):
        if word in ORDINARY:
            continue
        if word not in words:
            raise Refused(
                "category_unknown",
                "“{text}” is not a known category. Use words such as 低保, 特困, 失能, 残疾, or 普通老人.",
                text=word[:20],
            )
        term, grade = words[word]
        found[term] = grade or found.get(term, "")
    return found


def _text(cell: object) -> str:
    return normalise(str(cell), lines=True)[:500]


def _is_id(text: str) -> bool:
    return bool(re.fullmatch(r"\d{17}[\dXx]", halfwidth(text)))


def _is_mobile(text: str) -> bool:
    return bool(re.fullmatch(r"1[3-9]\d{9}", halfwidth(text)))


def _under(groups: tuple[str, ...], *columns: str) -> tuple[str, ...]:
    return tuple(group + column for group in groups for column in columns)


TARGETS = (
    Target(name="name", label=_("Name"), synonyms=("姓名", "老人姓名", "老年人姓名", "人员姓名"),
           parse=lambda cell: normalise_name(str(cell)), required=True, sample="王建国"),
    Target(name="sex", label=_("Gender"), synonyms=("性别",), parse=_sex, recurs=True, sample="男"),
    Target(name="id_number", label=_("Identity number"),
           synonyms=("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号码", "居民身份证号"),
           parse=parse_id, required=True, looks=_is_id, sample="11010519491231002X"),
    Target(name="born", label=_("Born"), synonyms=("出生日期", "出生年月日", "生日"),
           parse=parse_date, recurs=True, sample="1949-12-31"),
    Target(name="phone", label=_("Telephone"), synonyms=("联系电话", "手机号", "电话", "手机号码", "联系方式", "本人电话"),
           parse=lambda cell: parse_phone(cell).dialled, looks=_is_mobile, sample="13800000000"),
    Target(name="registered", label=_("Registered address"), synonyms=("户籍地址", "户籍所在地", "户口所在地", "户籍地"), parse=_text,
           sample="荣成市俚岛镇大庄许家社区"),
    Target(name="address", label=_("Address"), synonyms=("居住地址", "现住址", "家庭住址", "住址", "详细地址", "常住地址"),
           parse=lambda cell: writing.plain_address(str(cell)), sample="荣成市俚岛镇大庄许家社区8号"),
    Target(name="village", label=_("Village or community"),
           synonyms=("村(社区)", "村社区", "所在村居", "村居", "社区", "村", "行政村", "居委会", "所属社区", "村(居)",
                     *_under(HOME, "村", "社区", "村(社区)", "村居")),
           parse=lambda cell: normalise(str(cell)), recurs=True, sample="大庄许家社区"),
    Target(name="town", label=_("Town or street"), synonyms=("乡镇(街道)", "乡镇街道", "镇街", "乡镇", "街道", "所属街道", "镇(街道)",
                     *_under(HOME, "乡镇", "街道", "乡镇(街道)", "镇街")),
           parse=lambda cell: normalise(str(cell)), recurs=True, sample="俚岛镇"),
    Target(name="category", label=_("Category"), synonyms=("人员类别", "类别", "人员类型", "老人类别", "身份类别", "救助类别"),
           parse=_category, recurs=True, sample="低保、失能"),
    Target(name="alone", label=_("Lives alone"), synonyms=("是否独居", "独居", "是否独居老人"), parse=_yes, recurs=True, sample="否"),
    Target(name="contact_name", label=_("Emergency contact"), synonyms=("紧急联系人", "联系人", "监护人", "赡养人", "家属姓名", *_under(CONTACTS, "姓名")),
           parse=lambda cell: normalise_name(str(cell)), sample="王小明"),
    Target(name="contact_phone", label=_("Emergency telephone"),
           synonyms=("紧急联系电话", "联系人电话", "紧急联系人电话", "监护人电话", "家属电话",
                     *_under(CONTACTS, "电话", "联系电话", "手机号", "手机号码", "联系方式")),
           parse=lambda cell: parse_phone(cell).dialled, sample="13900000000"),
    Target(name="note", label=_("Note"), synonyms=("备注", "说明"), parse=_text),
)  # fmt: skip
