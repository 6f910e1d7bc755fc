"""The pages that everybody opens every day, in a college of about 40 class teachers with a year of work, against a bare
signed-in page that lists 50 rows."""

from __future__ import annotations

from typing import Any

SCALE = 4
"""The demo's first college has ten classes at scale 1."""
TURNS = 7


def bench_pages(report: Any) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse
    from django.utils import timezone

    from allowance.demo.loading import load
    from duties import remembering
    from gaobo_banzhuren.accounts.models import User
    from teachers.models import Appointment

    # The suite's settings remember nothing; a server does.
    settings.FACTS_REMEMBERED = 5000
    report.time(f"演示数据（{SCALE} 倍）", lambda: load(SCALE))
    admin = User.objects.get(staff_no="900001")
    college = admin.home_college
    posts = Appointment.objects.on(timezone.localdate()).filter(school_class__college=college)
    report.number("在岗班主任", posts.values("teacher").distinct().count())
    post = posts.select_related("teacher__user", "school_class").order_by("school_class__code").first()
    assert post is not None

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="gaobo_banzhuren.accounts.backends.StaffNumberBackend")
        return client

    def page(label: str, user: User, address: str) -> float:
        client = client_of(user)
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        remembering.forget()
        report.time(f"{label}，刚有改动之后", lambda: client.get(address))
        seconds = report.time(label, lambda: client.get(address), repeat=TURNS)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        report.number(f"查询数：{label}", len(queries))
        return seconds

    teacher, key = post.teacher.user, [post.school_class_id]
    bare = page("学生列表 50 行（尺子）", admin, f"{reverse('teachers:students')}?size=50")
    measured = {
        "首页（班主任）": page("首页（班主任）", teacher, "/"),
        "首页（学院）": page("首页（学院）", admin, "/"),
        "本学期清单": page("本学期清单", teacher, reverse("duties:checklist")),
        "班级概况": page("班级概况", teacher, reverse("duties:class_overview", args=key)),
        "工作检查": page("工作检查", admin, reverse("duties:review")),
    }
    for label, seconds in measured.items():
        report.ratio(f"{label} / 尺子", seconds, bare, at_most=2)
