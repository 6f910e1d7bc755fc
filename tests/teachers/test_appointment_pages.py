"""The pages of appointments, nominations, filing, hand-over, dismissal and leave: who gets in, and that they do it."""

import datetime as dt

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from gaobo_banzhuren.web.actions import FormPage
from teachers.models import Appointment, Dismissal, Handover, Leave, Nomination
from teachers.services import dismissals, handovers, nominations
from tests.factories import assessor, auditor, client_for, college_admin, college_head, hr, office, sysadmin

from .given import SchoolClassFactory, appointed, day, on_leave, teacher_of
from .refusals import everything
from .test_nominations import confirmed, drafted

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """One college with a class, its teacher, and one of everything; a second college that must see nothing."""
    school_class = SchoolClassFactory(name="会计2301班", code="K2301")
    college = school_class.college
    admin, head = college_admin(college), college_head(college)
    appointment = appointed(school_class)
    second = appointed(SchoolClassFactory(college=college), state="filed", filed_on=day("2023-09-10"))
    draft = drafted(admin, SchoolClassFactory(college=college))
    waiting = nominations.submit(admin, confirmed(admin, drafted(admin, SchoolClassFactory(college=college))))
    handover = handovers.start_handover(
        admin, second, teacher=teacher_of(college), takes_over_on=day("2023-11-11"), reason="工作需要"
    )
    dismissal = dismissals.propose(
        admin,
        teacher=appointment.teacher,
        college=college,
        ground="玩忽职守",
        facts="机密事实",
        effective_on=day("2024-04-20"),
    )
    leave = on_leave(appointment.teacher, "2024-03-01", "2024-03-31")
    people = {
        "admin": admin,
        "head": head,
        "assessor": assessor(college),
        "teacher": appointment.teacher.user,
        "office": office(),
        "hr": hr(),
        "sysadmin": sysadmin(),
        "auditor": auditor(),
        "other admin": college_admin(),
        "other teacher": teacher_of().user,
    }
    return type("World", (), {**locals()})


LISTS = ["appointments", "nominations", "handovers", "dismissals", "leaves", "vacancies"]
COLLEGE = {"admin", "head"}
MATRIX = [
    ("appointments", None, COLLEGE | {"office", "other admin"}),
    ("appointment", "appointment", COLLEGE | {"assessor", "office", "teacher"}),
    ("appoint_acting", None, COLLEGE | {"other admin"}),
    ("renew_many", None, COLLEGE | {"other admin"}),
    ("end_appointment", "appointment", COLLEGE),
    ("renew", "appointment", COLLEGE),
    ("correct_appointment", "appointment", COLLEGE | {"office"}),
    ("void_appointment", "appointment", COLLEGE | {"office"}),
    ("handover_start", "appointment", COLLEGE),
    ("vacancies", None, COLLEGE | {"office", "other admin"}),
    ("filing", None, {"office"}),
    ("file_appointment", "appointment", {"office"}),
    ("filing_question", "appointment", {"office"}),
    ("filing_answer", "appointment", COLLEGE),
    ("nominations", None, COLLEGE | {"office", "other admin"}),
    ("nominate", None, COLLEGE | {"other admin"}),
    ("nomination", "draft", COLLEGE | {"office"}),
    ("nomination_conditions", "draft", COLLEGE),
    ("nomination_edit", "draft", COLLEGE),
    ("nomination_submit", "draft", COLLEGE),
    ("nomination_decide", "waiting", COLLEGE),
    ("nomination_reject", "waiting", COLLEGE),
    ("nomination_withdraw", "waiting", COLLEGE),
    ("handovers", None, COLLEGE | {"office", "teacher", "other admin", "other teacher"}),
    ("handover_create", None, COLLEGE | {"other admin"}),
    ("handover", "handover", COLLEGE | {"office"}),
    ("handover_items", "handover", COLLEGE | {"office"}),
    ("handover_confirm", "handover", COLLEGE | {"office"}),
    ("handover_cancel", "handover", COLLEGE),
    ("dismissals", None, COLLEGE | {"office", "teacher", "other admin", "other teacher"}),
    ("dismissal_create", None, COLLEGE | {"other admin"}),
    ("dismissal", "dismissal", COLLEGE | {"office", "teacher"}),
    ("dismissal_statement", "dismissal", {"teacher"}),
    ("dismissal_decide", "dismissal", COLLEGE | {"office"}),
    ("dismissal_reject", "dismissal", COLLEGE | {"office"}),
    ("dismissal_withdraw", "dismissal", COLLEGE),
    ("leaves", None, COLLEGE | {"office", "teacher", "other admin", "other teacher"}),
    ("leave_create", None, COLLEGE | {"office", "other admin"}),
    ("leave_edit", "leave", COLLEGE | {"office"}),
    ("leave_cancel", "leave", COLLEGE | {"office"}),
]


def address(world, name, thing):
    return reverse(f"teachers:{name}", args=[getattr(world, thing).pk] if thing else [])


def test_every_page_opens_for_exactly_the_published_people_and_changes_nothing(world):
    before = everything()
    wrong = []
    for name, thing, readers in MATRIX:
        url = address(world, name, thing)
        view = resolve(url)
        for who, user in world.people.items():
            if who in readers:
                answer = client_for(user).get(url)
                form_shown = not issubclass(view.func.view_class, FormPage) or bool(answer.context["form"].fields)
                opened = answer.status_code == 200 and (form_shown or name == "handover_confirm")
            else:
                opened = not missing(view, url, user)
            if opened != (who in readers):
                wrong.append((name, who, opened))
    assert wrong == []
    assert everything() == before


def missing(view, url, user):
    """Whether the page is a 404 for the person, asked of the view itself: quicker than drawing the page."""
    request = RequestFactory().get(url)
    request.user = user
    try:
        view.func(request, *view.args, **view.kwargs)
    except Http404:
        return True
    return False


def test_every_address_of_these_nouns_is_in_the_matrix():
    from teachers.urls import appointments, filing, handovers, leaves
    from teachers.urls import nominations as nomination_urls

    modules = (appointments, filing, handovers, leaves, nomination_urls)
    assert {pattern.name for module in modules for pattern in module.urlpatterns} == {name for name, _, _ in MATRIX}


def test_strangers_are_sent_to_the_sign_in_page(world):
    for name, thing, _ in MATRIX:
        url = address(world, name, thing)
        answer = client_for(None).get(url)
        assert (answer.status_code, "/accounts/login/" in answer.headers.get("Location", "")) == (302, True), name


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_another_college_is_empty(world, name):
    page = client_for(world.people["other admin"]).get(reverse(f"teachers:{name}"))
    text = page.content.decode()
    assert "会计2301班" not in text
    assert world.appointment.teacher.staff_no not in text


@pytest.mark.parametrize("name", LISTS)
def test_lists_ask_the_same_number_of_questions_whatever_their_length(world, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = client_for(world.admin), reverse(f"teachers:{name}")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(3):
        other = SchoolClassFactory(college=world.college)
        one = appointed(other)
        drafted(world.admin, SchoolClassFactory(college=world.college))
        on_leave(one.teacher, f"2024-0{number + 1}-01", f"2024-0{number + 1}-02", teacher_of(world.college))
        gone = appointed(SchoolClassFactory(college=world.college))
        handovers.start_handover(
            world.admin, gone, teacher=teacher_of(world.college), takes_over_on=day("2023-12-01"), reason="特殊事由"
        )
        dismissals.propose(
            world.admin,
            teacher=one.teacher,
            college=world.college,
            ground="玩忽职守",
            facts="x",
            effective_on=day("2024-05-01"),
        )
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few), [query["sql"] for query in many.captured_queries][-6:]


def post(user, name, *args, **data):
    return client_for(user).post(reverse(f"teachers:{name}", args=args), data)


@pytest.mark.clause("C1.1", "C1.2", "C1.3", "C1.4", "C1.5", "A-80")
def test_from_nomination_to_filing_in_the_browser(world):
    school_class, teacher = SchoolClassFactory(college=world.college), teacher_of(world.college)
    answer = post(
        world.admin, "nominate", school_class=school_class.pk, teacher=teacher.pk, kind="main", starts_on="2023-10-09"
    )
    nomination = Nomination.objects.get(school_class=school_class)
    assert answer.headers["Location"] == reverse("teachers:nomination_conditions", args=[nomination.pk])

    four = {f"C1_{number}-confirmed": "on" for number in range(1, 5)}
    client = client_for(world.admin)
    url = reverse("teachers:nomination_conditions", args=[nomination.pk])
    page = client.post(url, {"version": nomination.version, "submit": "1", **four}, follow=True)
    assert "已保存草稿，还不能提交：还有条件没有确认：贯彻与合作" in page.content.decode()
    nomination.refresh_from_db()
    assert (nomination.state, nomination.conditions.filter(confirmed=True).count()) == ("draft", 4)

    five = four | {"C1_5-confirmed": "on", "C1_3-remark": "心理健康进修"}
    post(world.admin, "nomination_conditions", nomination.pk, version=nomination.version, submit="1", **five)
    nomination.refresh_from_db()
    assert (nomination.state, nomination.conditions.get(clause="C1.3").remark) == ("submitted", "心理健康进修")

    assert post(world.admin, "nomination_decide", nomination.pk, version=nomination.version).status_code == 403
    post(world.head, "nomination_decide", nomination.pk, version=nomination.version)
    appointment = Appointment.objects.get(nomination=nomination)
    clerk = world.people["office"]
    queue = client_for(clerk).get(reverse("teachers:filing")).content.decode()
    assert school_class.name in queue
    post(clerk, "filing", rows=[f"{appointment.pk}:{appointment.version}"], filing_no="7号", filed_on="2023-10-20")
    appointment.refresh_from_db()
    assert (appointment.state, appointment.filing_no) == ("filed", "7号")


@pytest.mark.parametrize(("field", "value"), [("school_class", "foreign_class"), ("teacher", "foreign_teacher")])
def test_foreign_keys_in_forms_are_refused(world, field, value):
    foreign_class, foreign_teacher = SchoolClassFactory(), teacher_of()
    ids = {"foreign_class": foreign_class.pk, "foreign_teacher": foreign_teacher.pk}
    own = {"school_class": SchoolClassFactory(college=world.college).pk, "teacher": teacher_of(world.college).pk}
    before = Nomination.objects.count(), Appointment.objects.count()
    for name in ("nominate", "appoint_acting"):
        page = post(world.admin, name, kind="main", starts_on="2023-10-09", **(own | {field: ids[value]}))
        assert (page.status_code, bool(page.context["form"].errors[field])) == (200, True)
    assert (Nomination.objects.count(), Appointment.objects.count()) == before


@pytest.mark.clause("A-19", "A-85")
def test_a_teacher_of_another_college_is_named_by_number(world):
    guest = teacher_of()
    school_class = SchoolClassFactory(college=world.college)
    data = {"school_class": school_class.pk, "kind": "main", "starts_on": "2023-10-09"}
    missing = post(world.admin, "nominate", staff_no="no such", **data)
    assert "没有这个工号" in str(missing.context["form"].errors["staff_no"])
    post(world.admin, "nominate", staff_no=guest.staff_no, **data)
    assert Nomination.objects.get(school_class=school_class).teacher == guest


def test_a_draft_is_changed_and_what_is_submitted_is_not(world):
    data = {"kind": "acting", "starts_on": "2024-02-26", "planned_end_on": "2024-06-30"}
    version = world.draft.version
    post(world.admin, "nomination_edit", world.draft.pk, version=version, **data)
    world.draft.refresh_from_db()
    assert (world.draft.kind, world.draft.starts_on) == ("acting", day("2024-02-26"))
    stale = post(world.admin, "nomination_edit", world.draft.pk, version=version, **data)
    late = post(world.admin, "nomination_edit", world.waiting.pk, version=world.waiting.version, **data)
    assert (stale.status_code, late.status_code) == (409, 403)
    world.waiting.refresh_from_db()
    assert world.waiting.kind == "main"


def test_a_bulk_filing_with_one_foreign_row_does_nothing(world):
    row = world.appointment
    page = post(
        world.people["office"],
        "filing",
        rows=[f"{row.pk}:{row.version}", "999999:1"],
        filing_no="7号",
        filed_on="2023-10-20",
    )
    assert "已不在列表里" in str(page.context["form"].errors["rows"])
    row.refresh_from_db()
    assert row.filed_on is None


@pytest.mark.clause("C2.3")
def test_a_bulk_renewal_takes_own_rows_only(world):
    today = timezone.localdate()
    mine = appointed(SchoolClassFactory(college=world.college), planned_end_on=today)
    foreign = appointed(SchoolClassFactory(), planned_end_on=today)
    until = (today + dt.timedelta(days=300)).isoformat()
    rows = [f"{mine.pk}:{mine.version}", f"{foreign.pk}:{foreign.version}"]
    page = post(world.admin, "renew_many", rows=rows, planned_end_on=until)
    assert page.context["form"].errors["rows"]
    post(world.admin, "renew_many", rows=rows[:1], planned_end_on=until)
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert (mine.planned_end_on.isoformat(), foreign.planned_end_on) == (until, today)


def test_extra_fields_in_a_post_have_no_effect(world):
    one = world.appointment
    extra = {"state": "filed", "filed_on": "2023-01-01", "filing_no": "X", "teacher": 1, "recorded_by": 1, "share": 5}
    post(world.admin, "end_appointment", one.pk, version=one.version, last_day="2024-03-31", reason="期满", **extra)
    one.refresh_from_db()
    assert (one.state, one.filed_on, one.filing_no, one.share, one.recorded_by) == ("ended", None, "", None, None)


def test_the_appointed_and_the_assessor_do_not_read_what_was_written_about_the_post(world):
    draft = drafted(world.admin, SchoolClassFactory(college=world.college))
    rows = {row.clause: nominations.ConditionInput(True, "机密评语") for row in draft.conditions.all()}
    nominations.submit(world.admin, nominations.save_conditions(world.admin, draft, rows))
    one = nominations.approve(world.head, draft)
    post(world.people["office"], "filing_question", one.pk, version=one.version, text="机密退问")

    def read(user):
        text = client_for(user).get(one.get_absolute_url()).content.decode()
        return "机密评语" in text, "机密退问" in text

    assert [read(user) for user in (world.admin, world.head, world.people["office"])] == [(True, True)] * 3
    assert [read(user) for user in (one.teacher.user, world.people["assessor"])] == [(False, False)] * 2


def test_a_stale_page_answers_409_and_changes_nothing(world):
    one = world.appointment
    page = post(world.admin, "end_appointment", one.pk, version=one.version + 1, last_day="2024-03-31", reason="期满")
    one.refresh_from_db()
    assert (page.status_code, one.state) == (409, "appointed")


def test_ending_renewing_correcting_and_voiding_by_form(world):
    one = appointed(SchoolClassFactory(college=world.college), planned_end_on=day("2024-08-31"))
    post(world.admin, "renew", one.pk, version=one.version, planned_end_on="2025-08-31")
    one.refresh_from_db()
    assert one.planned_end_on == day("2025-08-31")
    post(
        world.admin, "correct_appointment", one.pk, version=one.version, starts_on="2023-09-11", reason="录错",
        planned_end_on="2025-08-31",
    )  # fmt: skip
    right = Appointment.objects.get(school_class=one.school_class, state="appointed")
    assert right.starts_on == day("2023-09-11")
    post(world.admin, "void_appointment", right.pk, version=right.version, reason="班级取消")
    right.refresh_from_db()
    assert right.state == "voided"


@pytest.mark.clause("C11.1")
def test_question_and_answer_by_form(world):
    one = world.appointment
    post(world.people["office"], "filing_question", one.pk, version=one.version, text="类别？")
    one.refresh_from_db()
    assert "类别？" in client_for(world.head).get(one.get_absolute_url()).content.decode()
    post(world.head, "filing_answer", one.pk, version=one.version, text="校内")
    one.refresh_from_db()
    assert one.filing_question == ""


@pytest.mark.clause("C2.1")
def test_hand_over_by_form_and_both_confirm(world):
    one, new = appointed(SchoolClassFactory(college=world.college)), teacher_of(world.college)
    data = {"version": one.version, "teacher": new.pk, "takes_over_on": "2024-03-11", "reason": "工作需要"}
    gap = post(world.admin, "handover_start", one.pk, **data, last_day="2024-03-01")
    assert "空缺 9 天" in str(gap.context["form"].errors["gap_confirmed"])
    post(world.admin, "handover_start", one.pk, **data)
    handover = Handover.objects.get(outgoing=one)
    old = one.teacher.user
    items = {f"{kind}_done": "on" for kind in ("roster", "fees", "talks", "tasks")}
    assert "填写清单" in client_for(old).get(handover.get_absolute_url()).content.decode()
    three = {name: tick for name, tick in items.items() if name != "tasks_done"}
    early = post(old, "handover_items", handover.pk, **three, confirm="1", talks_content="关注 1 人")
    assert (early.status_code, handover.items.get(kind="talks").content) == (302, "关注 1 人")
    handover.refresh_from_db()
    assert handover.outgoing_confirmed_at is None
    post(old, "handover_items", handover.pk, **items, fees_content="欠费 2 人", confirm="1")
    post(new.user, "handover_confirm", handover.pk)
    handover.refresh_from_db()
    assert (handover.state, handover.items.get(kind="fees").content) == ("done", "欠费 2 人")


@pytest.mark.clause("C2.2", "A-82")
def test_the_teacher_reads_and_answers_a_dismissal_and_others_do_not(world):
    teacher, url = world.people["teacher"], world.dismissal.get_absolute_url()
    assert "机密事实" in client_for(teacher).get(url).content.decode()
    post(teacher, "dismissal_statement", world.dismissal.pk, text="情况有误")
    assert "情况有误" in client_for(world.people["office"]).get(url).content.decode()
    post(world.people["office"], "dismissal_decide", world.dismissal.pk, decision_no="12号", effective_on="2024-04-20")
    world.appointment.refresh_from_db()
    assert (world.appointment.state, world.appointment.ends_on) == ("dismissed", day("2024-04-19"))
    assert Dismissal.objects.get().state == "decided"


def test_proposing_a_dismissal_by_form_with_evidence(world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from .test_nominations import PDF

    one = appointed(SchoolClassFactory(college=world.college))
    files = [SimpleUploadedFile(f"证据{n}.pdf", PDF) for n in range(2)]
    post(
        world.admin, "dismissal_create", teacher=one.teacher.pk, college=world.college.pk, ground="不履行职责",
        facts="多次缺岗", effective_on="2024-05-01", evidence=files,
    )  # fmt: skip
    made = Dismissal.objects.get(teacher=one.teacher)
    assert (made.facts, made.evidence.count()) == ("多次缺岗", 2)


@pytest.mark.clause("A-14")
def test_leave_by_form_says_what_it_means_for_pay(world):
    teacher = teacher_of(world.college)
    client = client_for(world.admin)
    data = {"teacher": teacher.pk, "kind": "病假", "starts_on": "2024-03-01", "ends_on": "2024-03-30"}
    text = client.post(reverse("teachers:leave_create"), data, follow=True).content.decode()
    assert "没有代班人，请假期间无人计发津贴" in text
    leave = Leave.objects.get(teacher=teacher)
    post(world.admin, "leave_edit", leave.pk, stand_in=teacher_of(world.college).pk)
    post(world.admin, "leave_cancel", leave.pk, reason="提前返岗")
    leave.refresh_from_db()
    assert leave.stand_in is not None
    assert leave.cancel_reason == "提前返岗"


def test_acting_by_form(world):
    school_class = SchoolClassFactory(college=world.college)
    teacher = teacher_of(world.college)
    post(world.admin, "appoint_acting", school_class=school_class.pk, teacher=teacher.pk, starts_on="2023-10-09")
    assert Appointment.objects.get(school_class=school_class).kind == "acting"


def test_lists_are_searched_without_names_in_the_address(world):
    client = client_for(world.admin)
    found = {
        "appointments": world.appointment,
        "handovers": world.handover,
        "dismissals": world.dismissal,
        "leaves": world.leave,
    }
    for name, row in found.items():
        person = row.incoming.teacher if name == "handovers" else row.teacher
        page = client.post(reverse(f"teachers:{name}"), {"text": person.name}, follow=True)
        assert (page.redirect_chain, row in page.context["object_list"]) == ([(reverse(f"teachers:{name}"), 302)], True)
        client.post(reverse(f"teachers:{name}"), {"text": "没有这个人"})
        assert list(client.get(reverse(f"teachers:{name}")).context["object_list"]) == []
    page = client.post(reverse("teachers:appointments"), {"text": "K2301"}, follow=True)
    assert list(page.context["object_list"]) == [world.appointment]


def test_filters_of_the_appointment_list(world):
    over = appointed(SchoolClassFactory(college=world.college, name="过期班"), planned_end_on=day("2024-08-31"))
    gone = appointed(SchoolClassFactory(college=world.college, name="作废班"), state="voided")

    def shown(**query):
        page = client_for(world.admin).get(reverse("teachers:appointments"), query)
        return set(page.context["object_list"])

    assert over in shown(show="expiring")
    assert shown(show="voided") == {gone}
    assert gone not in shown()
    assert world.second not in shown(show="unfiled")
    assert world.appointment in shown(show="now")
    assert over not in shown(show="now")
    assert world.second in shown(show="over")
