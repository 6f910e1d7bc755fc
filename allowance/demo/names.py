"""Invented names and numbers: the same ones every time, none twice."""

from __future__ import annotations

from random import Random

SURNAMES = "沈顾陆闻祝单纪乔翁聂柯樊殷温虞路邵童康宁向阮庄柏舒屈项盛岳凌池费裴席卢阎"
FIRST = "若明清子书云思景一文予知怀安嘉沐星远望言修承"
SECOND = "溪澈宁谦桐朗然舟禾航白川瑜楠恬晖遥霖栩衡嵘黎"


class Names:
    """Hands out full names of three characters; a run of the demo never meets the same name twice."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  invented names, no secrets
        self._given: set[str] = set()

    def take(self) -> str:
        while True:
            name = "".join(self._random.choice(part) for part in (SURNAMES, FIRST, SECOND))
            if name not in self._given or len(self._given) > 15_000:
                self._given.add(name)
                return name

    def phone(self) -> str:
        """A number from the range 199 0000, which is given to nobody here."""
        return f"1990000{self._random.randrange(10_000):04d}"

    def sex(self) -> str:
        return self._random.choice("男女")

    def between(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent
