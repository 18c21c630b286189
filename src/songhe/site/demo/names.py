"""Made-up Chinese names as code points: surnames by frequency, given names by sex and the years they were in use."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Shares of the twenty most frequent surnames in per mille (2020 census order); the rest fall off as a power of rank.
COMMON = "王 72 李 71 张 67 刘 54 陈 45 杨 31 黄 22 赵 21 吴 21 周 19 徐 17 孙 15 马 13 朱 12 胡 12 郭 11 何 11 林 11 高 10 罗 9"
OTHERS = (
    "郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦"
    "邱侯江尹薛闫雷段龙陶黎史贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文温施樊庄洪季殷颜牛葛翟梅"
    "申倪童凌毕齐安岳鲁焦聂柴路耿柳关邢裴左包祁曲涂骆翁欧尚辛谷符田蓝苗鲍房项祝佟纪舒屈滕饶宁甘"
    "时费卞艾丛鞠牟迟宫栾衣解冷车初隋战逄矫阎娄阮成商詹霍柯司景盛游穆应连桑党占巩郎卓冉戚甄花简"
    "单邬池仇敖晏吉麦窦刁农冼匡沙仲明原班谈原席晋满敬闻芦查帅米苑佘褚师郁代边楚伏蒲雍狄臧惠宗闵荆"
    "元和虞步井底冀邸郜宿訾缪喻蔺靳暴亓阚昝逯扈禚乜仉麴璩"
)
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "东方", "夏侯")
COMPOUND_SHARE = 0.001
LOCAL = {  # per mille added where a surname is at home
    "371000": "于 45 丛 18 鞠 12 毕 10 姜 18 宋 12 邹 8 王 30 孙 15",
    "370800": "孔 28 孟 10 颜 6 曾 4 王 20 张 20 刘 10",
    "410300": "郭 12 张 20 王 20 李 15 裴 4 姚 4",
    "410100": "张 25 王 22 李 20 郑 5 申 4 冯 5",
}
RARE = "𬭎𬸚𫖯𬱖𬍛𪣻𡈼𤧛𣲘㛃頔喆堃甡犇翀淼赟燊骉"
RARE_SHARE = 0.0008
FEMALE, MALE = 2, 1


class Given(NamedTuple):
    """Given names in use for people born before `until`: whole names people chose, and characters they combined."""

    until: int
    whole: str
    first: str
    last: str
    single_share: float


MEN = (
    Given(
        1943,
        "德福 福寿 金山 玉山 长福 振东 振海 文山 学义 守仁 宝山 广福 洪福 殿臣 连生 富贵 有财 忠义 兆祥 永祥 庆祥 凤山 清海 书田",
        "德福长玉金文学守宝广洪永庆振凤清书世传继万春兴连",
        "山海福寿贵财义仁祥臣生田林堂泉亭奎江俊武荣华昌盛",
        0.05,
    ),
    Given(
        1953,
        "建国 国庆 解放 保国 胜利 志坚 新民 光明 长江 德胜 永胜 庆国 振华 志国 和平 延安 援朝 文明 学文 树林 福军 洪军 玉林",
        "建国志新光长德永庆振文学树福洪玉春明立成保培运克",
        "国庆民明江胜华平安朝林军生海山才文武忠刚强義昌".replace("義", "义"),
        0.10,
    ),
    Given(
        2100,
        "建军 建华 卫东 卫国 红军 跃进 向东 志强 永红 国强 爱国 建平 学军 文革 立新 建民 建设 春生 国华 新建 军 伟 强 勇 平 刚 明",
        "建卫红跃向志永国爱学立春新军文海晓继宏忠俊树培",
        "军华东国进强红平民新生设伟勇刚峰涛明波林杰辉斌",
        0.22,
    ),
)
WOMEN = (
    Given(
        1943,
        "桂英 秀英 玉兰 秀兰 桂兰 淑珍 玉珍 淑英 凤英 素珍 玉英 兰英 桂芝 淑兰 秀珍 凤兰 翠英 月英 金花 桂荣 淑芳 玉芝 素兰 香兰",
        "桂秀玉淑凤素翠兰金月香春爱瑞彩云巧荣菊银芝",
        "英兰珍芝荣花香芳莲梅娥琴贞云美凤菊环清仙",
        0.04,
    ),
    Given(
        1953,
        "秀英 秀兰 玉兰 桂兰 淑华 秀芳 玉梅 凤霞 秀荣 桂芳 淑芹 玉华 秀云 桂花 玉芬 爱华 翠兰 秀华 素芬 春兰 桂香 美英 淑琴",
        "秀玉淑桂凤素爱春翠美瑞彩云文慧丽敏惠红雪",
        "英兰华芳梅霞荣芹云花芬香琴莲珍凤娟玲萍菊",
        0.07,
    ),
    Given(
        2100,
        "丽华 爱华 秀丽 红梅 建华 丽萍 玉玲 秀玲 爱玲 红霞 淑敏 秀敏 桂玲 丽娟 春梅 爱红 卫红 永红 晓红 敏 丽 静 燕 红 霞 玲",
        "丽爱红秀建春淑玉晓卫永文海雪慧艳亚冬志小",
        "华梅萍玲霞敏娟红英芳云丽燕静琴艳杰荣君莉",
        0.20,
    ),
)


def codes(words: list[str], width: int) -> NDArray[np.uint32]:
    """Words as rows of code points, padded with zeros."""
    table = np.zeros((len(words), width), np.uint32)
    for row, word in enumerate(words):
        table[row, : len(word)] = [ord(sign) for sign in word]
    return table


def surnames(city: str) -> tuple[str, NDArray[np.float64]]:
    """Single-character surnames of a city and their shares, which add up to one."""
    pairs = COMMON.split()
    share = dict(zip(pairs[::2], map(float, pairs[1::2]), strict=True))
    for rank, name in enumerate(dict.fromkeys(OTHERS)):
        share.setdefault(name, 560 * (rank + 21) ** -1.38)
    local = LOCAL.get(city, "").split()
    for name, more in zip(local[::2], local[1::2], strict=True):
        share[name] = share.get(name, 0.0) + float(more)
    weights = np.array(list(share.values()))
    return "".join(share), weights / weights.sum()


def names(
    sex: NDArray[np.uint8],
    *,
    year: NDArray[np.int64],
    city: str,
    rng: np.random.Generator,
) -> NDArray[np.str_]:
    """One name per person, at most four characters."""
    letters, shares = surnames(city)
    table = codes(list(letters), 1)[:, 0]
    family = table[rng.choice(len(table), len(sex), p=shares)]
    given = _given(sex, year, rng)
    _oldest(given, sex=sex, year=year, family=(table, shares), rng=rng)
    rows = np.zeros((len(sex), 4), np.uint32)
    rows[:, 0] = family
    rows[:, 1:3] = given
    double = rng.random(len(sex)) < COMPOUND_SHARE
    pick = rng.integers(len(COMPOUND), size=int(double.sum()))
    rows[double, 2:4] = given[double]
    rows[double, 0:2] = codes(list(COMPOUND), 2)[pick]
    return rows.view("<U4")[:, 0]


def _given(sex: NDArray[np.uint8], year: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint32]:
    given = np.zeros((len(sex), 2), np.uint32)
    rare = np.flatnonzero(rng.random(len(sex)) < RARE_SHARE)
    for code, fashions in ((MALE, MEN), (FEMALE, WOMEN)):
        since = 0
        for fashion in fashions:
            rows = np.flatnonzero((sex == code) & (year >= since) & (year < fashion.until))
            given[rows] = _draw(fashion, len(rows), rng)
            since = fashion.until
    signs = codes(list(RARE), 1)[:, 0]
    given[rare, 0] = signs[rng.integers(len(signs), size=len(rare))]
    return given


def _draw(fashion: Given, count: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    whole = codes(fashion.whole.split(), 2)
    first, last = (
        codes(list(fashion.first), 1)[:, 0],
        codes(list(fashion.last), 1)[:, 0],
    )
    chosen = whole[_early(len(whole), count, rng)]
    mixed = rng.random(count) < 0.62
    chosen[mixed, 0] = first[_early(len(first), count, rng)][mixed]
    chosen[mixed, 1] = last[_early(len(last), count, rng)][mixed]
    single = mixed & (rng.random(count) < fashion.single_share)
    chosen[single, 0] = chosen[single, 1]
    chosen[single, 1] = 0
    return chosen


def _early(size: int, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Positions in a list where the front is in fashion."""
    return (size * rng.random(count) ** 1.6).astype(np.int64)


def _oldest(
    given: NDArray[np.uint32],
    *,
    sex: NDArray[np.uint8],
    year: NDArray[np.int64],
    family: tuple[NDArray[np.uint32], NDArray[np.float64]],
    rng: np.random.Generator,
) -> None:
    """Some women born before 1938 are registered under both surnames and 氏, as 张王氏."""
    rows = np.flatnonzero((sex == FEMALE) & (year < 1938) & (rng.random(len(sex)) < 0.06))
    table, shares = family
    given[rows, 0] = table[rng.choice(len(table), len(rows), p=shares)]
    given[rows, 1] = ord("氏")
