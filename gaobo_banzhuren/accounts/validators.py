"""Password rules: length, and no words that anybody in the college would try first. No composition rules, no expiry."""

from __future__ import annotations

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError

from .models import User
from .names import pinyin_of

SCHOOL_WORDS = frozenset(
    "gaobo gaoboruanjian suzhou szgb jiangsu ruanjian zhiye xueyuan jishu jixujiaoyu jijiao banzhuren bzr zhuanjieben zikao"
    " zhuxue jintie kaohe laoshi jiaoshi xuesheng 苏州 高博 软件 技术 职业 学院 学校 江苏 继续教育 继教 班主任 班级 专接本"
    " 自考 助学 津贴 考核 老师 教师 学生".split()
)
USUAL_WORDS = frozenset(
    "password passwd admin root guest test user login welcome mima huanying guanliyuan woaini iloveyou woaizhongguo"
    " qwertyuiop qwerty asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qazwsx 1qaz2wsx abcdefg abcdef abcd abc letmein monkey"
    " dragon student teacher 密码 口令 管理员 欢迎 你好 我爱你 nihao wohenhao".split()
)
LOOK_ALIKES = str.maketrans({"@": "a", "0": "o", "1": "l", "3": "e", "$": "s", "5": "s", "!": "i", "7": "t"})
LETTERS_NEEDED = 6
DISTINCT_NEEDED = 5
NUMBER_LENGTH_NEEDED = 20


class LengthValidator:
    """From `shortest` to `longest` characters; nothing is cut off, so 64 or 128 characters count in full."""

    def __init__(self, shortest: int = 10, longest: int = 128) -> None:
        self.shortest = shortest
        self.longest = longest

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < self.shortest:
            raise ValidationError(
                f"密码太短：至少 {self.shortest} 个字符，现在是 {len(password)} 个。", code="too_short"
            )
        if len(password) > self.longest:
            raise ValidationError(f"密码太长：最多 {self.longest} 个字符。", code="too_long")

    def get_help_text(self) -> str:
        return f"{self.shortest} 到 {self.longest} 个字符，汉字、空格、符号都可以，例如几个不相干的词连成一句话。"


class ContextWordValidator:
    """Refuses what is left too thin once names, 工号, school words, usual words and digits are taken away."""

    def validate(self, password: str, user: User | None = None) -> None:
        plain = _folded(password)
        if len(set(plain)) < DISTINCT_NEEDED:
            raise ValidationError("密码里不同的字符太少，容易被猜到。", code="too_uniform")
        if plain.isdecimal() and len(plain) < NUMBER_LENGTH_NEEDED:
            raise ValidationError("密码不能只是一串数字（手机号、日期、编号容易被猜到）。", code="only_digits")
        words = _words_about(user)
        if any(_too_thin(text, words) for text in {plain, plain.translate(LOOK_ALIKES)}):
            raise ValidationError(
                "密码主要由姓名、工号、学校名称或常见词组成，容易被猜到。请换成别人想不到的一句话。",
                code="context_word",
            )

    def get_help_text(self) -> str:
        return "不能主要由姓名、工号、学校名称、“班主任”之类的词加数字组成。"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words_about(user: User | None) -> frozenset[str]:
    words = {_folded(settings.SCHOOL_NAME), *SCHOOL_WORDS, *USUAL_WORDS}
    if user is not None:
        full, initials = pinyin_of(user.name)
        words |= {_folded(user.staff_no), _folded(user.name), full, initials, *_parts(user.name)}
        if user.home_college:
            words |= _parts_of_college(user.home_college.name)
    return frozenset(word for word in words if len(word) >= 2)


def _parts(name: str) -> set[str]:
    """Surname and given name apart, in pinyin: 陈雨桐 gives chen and yutong."""
    return {pinyin_of(name[:cut])[0] for cut in (1, 2)} | {pinyin_of(name[cut:])[0] for cut in (1, 2)} | {name[1:]}


def _parts_of_college(name: str) -> set[str]:
    """The whole name, the name without 学院, and its pairs of characters, each also in pinyin."""
    short = name.removesuffix("学院")
    parts = {name, short, *(short[start : start + 2] for start in range(0, len(short), 2))}
    return {_folded(part) for part in parts} | {pinyin_of(part)[0] for part in parts}


def _too_thin(text: str, words: frozenset[str]) -> bool:
    rest = text
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    if rest == text:
        return False
    return _weight(rest) < LETTERS_NEEDED


def _weight(text: str) -> int:
    """Letters that still have to be guessed; a Chinese character counts for two."""
    return sum(2 if char > "⺀" else 1 for char in re.sub(r"[\W\d_]", "", text))
