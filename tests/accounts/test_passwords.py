"""Which passwords are taken, and what a change does."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from gaobo_banzhuren.accounts.models import User
from gaobo_banzhuren.accounts.services import change_password, issue_code, sign_out_everywhere
from gaobo_banzhuren.audit.models import AuditEntry
from tests.factories import PASSWORD, CollegeFactory, UserFactory, audit_entries, client_for, sysadmin

from .conftest import SignIn

pytestmark = pytest.mark.django_db
CHANGE = "/accounts/password/"
OTHER = "雨后 操场边的 桂花"

BAD = """
123456 1234567890 12345678901 13800138000 20240901 0000000000 1111111111 aaaaaaaaaa abababababab 9876543210
password password1 Password2024 P@ssw0rd2024 passw0rd123 admin123456 Admin@2024!! administrator root123456 welcome123
qwertyuiop qwerty123456 qwerty2024! asdfghjkl1 1qaz2wsx3edc zxcvbnm123 qazwsx12345 abcdefg123 abc1234567 letmein123
iloveyou123 woaini1314520 woaini5201314 nihao12345 huanying2024 mima123456 mima2024!! guanliyuan1 dragon1234 monkey12345
gaobo12345 gaobo2024! Gaobo@2024 GAOBO2024888 gaobogaobo1 suzhougaobo suzhougaobo2024 gaoboxueyuan gaoboxueyuan1
szgb2024!! suzhou2024! ruanjian2024 zhiyexueyuan 高博高博高博高博高博 苏州高博软件技术职业学院 苏州高博2024!! 高博学院2024年
软件技术职业学院 班主任2024班主任 班主任20242024 班主任123456 banzhuren2024 banzhuren123 BanZhuRen!! bzr20242024
bzr1234567 jixujiaoyu1 继续教育学院2024 继续教育学院12 zikao2024!! zhuanjieben1 专接本自考助学2024 jintie2024! laoshi2024!
xuesheng123 chenyutong chenyutong1 chenyutong2024 Chenyutong! yutong2024! yutong123456 yutongchen1 cyt20242024 cyt1234567
陈雨桐2024年 陈雨桐20240901 陈雨桐陈雨桐陈雨桐 雨桐雨桐雨桐雨桐 chenyutong@gaobo 2001200120 20012024!! gaobo2001!! 2001banzhuren
cyt@2001gaobo 信息工程学院2024 xinxigongchengxueyuan1 xinxigongcheng陈 gaobo班主任 班主任gaobo1 教师教师教师教师教师 student2024
teacher!!! 密码密码密码密码密码 我爱你我爱你我爱你我 ！！！！！！！！！！ ..........
""".split()  # fmt: skip

GOOD = [
    "银杏落在 自行车筐里",
    "操场边的桂花又开了一次",
    "correct horse battery staple",
    "tumble-walrus-cactus-9",
    "Kx7#mQ2p!vLw",
    "f8Gz2Rb9Tq4W",
    "  leading and trailing  ",
    "🐟🐠 游过窗台 🪴🪟☕️",
    "湖水 bicycle 37 凌晨",
    "zither lantern 雪夜",
    "我在高博教书，窗外有一棵歪脖子树",
    "gaobo 门口卖煎饼的阿姨姓什么",
    "2001 年的夏天特别长，西瓜很甜",
    "Naïve façade coöperate",
    "перо и чернила",
    "ЖЗЛ-собрание-томов",
    "三只松鼠搬走了邻居的梯子",
    "x" * 6 + "larkspur" + "meander",
    "larkspur meander quilt " * 2 + "0123456789abcdefgh",
    ("琥珀 lantern 渡口 " * 10)[:128],
]


@pytest.fixture
def teacher() -> User:
    college = CollegeFactory(name="信息工程学院")
    return UserFactory(staff_no="2001", name="陈雨桐", home_college=college, password=PASSWORD)


def test_a_hundred_guessable_passwords_are_refused(teacher: User) -> None:
    assert len(BAD) >= 100
    accepted = []
    for password in BAD:
        try:
            validate_password(password, teacher)
        except ValidationError:
            continue
        accepted.append(password)
    assert accepted == []


@pytest.mark.parametrize("password", GOOD)
def test_a_phrase_of_ones_own_is_accepted_whole(teacher: User, password: str) -> None:
    validate_password(password, teacher)
    change_password(teacher, password)
    teacher.refresh_from_db()
    assert teacher.check_password(password)
    assert not teacher.check_password(password[:-1])


def test_a_password_has_ten_to_128_characters(teacher: User) -> None:
    for password, code in (("Kx7#mQ2p!", "too_short"), (GOOD[-1] + "x", "too_long")):
        with pytest.raises(ValidationError) as refused:
            validate_password(password, teacher)
        assert [error.code for error in refused.value.error_list] == [code]


def test_refusals_are_told_in_chinese(teacher: User) -> None:
    for password in ("short", "password", "陈雨桐2024年", "aaaaaaaaaaaa", "chenyutong"):
        with pytest.raises(ValidationError) as refused:
            validate_password(password, teacher)
        assert all("一" <= message[0] <= "鿿" for message in refused.value.messages), refused.value.messages


def change(client: Client, old: str, new: str, again: str | None = None):
    data = {"old_password": old, "new_password": new, "repeated_password": new if again is None else again}
    return client.post(CHANGE, data)


def test_a_change_ends_all_other_sessions_and_keeps_this_one(teacher: User) -> None:
    here, phone, library = (client_for(teacher) for _ in range(3))
    assert change(here, PASSWORD, OTHER)["Location"] == "/"
    assert [client.get("/").status_code for client in (here, phone, library)] == [200, 302, 302]
    assert [entry.actor_id for entry in audit_entries("accounts.change_password")] == [teacher.pk]
    assert OTHER not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("old", "new", "again", "message"),
    [
        ("wrong", OTHER, OTHER, "现在的密码不对"),
        (PASSWORD, "chenyutong1", "chenyutong1", "容易被猜到"),
        (PASSWORD, PASSWORD, PASSWORD, "不能和现在的密码相同"),
        (PASSWORD, OTHER, OTHER + "x", "两次输入的新密码不一样"),
    ],
)
def test_a_refused_change_changes_nothing(teacher: User, old: str, new: str, again: str, message: str) -> None:
    answer = change(client_for(teacher), old, new, again)
    assert message in answer.content.decode()
    assert new not in answer.content.decode()
    teacher.refresh_from_db()
    assert teacher.check_password(PASSWORD)


def test_an_open_session_does_not_serve_for_guessing_the_password(teacher: User) -> None:
    client = client_for(teacher)
    answers = [change(client, f"wrong {number}", OTHER).status_code for number in range(5)]
    assert answers == [200, 200, 200, 200, 302]
    assert client.get("/").status_code == 302


def test_a_change_withdraws_open_codes(teacher: User, sign_in: SignIn) -> None:
    issued = issue_code(sysadmin(), teacher)
    change_password(teacher, OTHER)
    assert sign_in("2001", issued.code).status_code == 200


def test_signing_out_everywhere_ends_every_session(teacher: User) -> None:
    here, phone = client_for(teacher), client_for(teacher)
    assert here.post(reverse("accounts:sign_out_everywhere"))["Location"] == reverse("accounts:login")
    assert [client.get("/").status_code for client in (here, phone)] == [302, 302]
    assert [entry.actor_id for entry in audit_entries("accounts.sign_out_everywhere")] == [teacher.pk]


def test_sessions_outlive_a_change_of_the_secret_key(teacher: User, settings) -> None:
    client = client_for(teacher)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret key for the next year, long enough to be one"
    assert client.get("/").status_code == 200
    sign_out_everywhere(teacher)
    assert client.get("/").status_code == 302
