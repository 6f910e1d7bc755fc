"""The register of clauses is whole, its promises hold, and every test names ids that exist."""

import pytest
from django.conf import settings

from gaobo_banzhuren.regulation import data_files, proofs
from gaobo_banzhuren.regulation.clauses import clauses, reading_codes, undelivered_promises, unknown_ids


def by_article(number):
    return [clause.id for clause in clauses() if clause.article == number and not clause.group]


@pytest.mark.parametrize(
    ("article", "count"),
    [
        (0, 3),
        (1, 5),
        (2, 3),
        (3, 5),
        (4, 5),
        (5, 15),
        (6, 7),
        (7, 5),
        (8, 6),
        (9, 21),
        (10, 12),
        (11, 2),
        (12, 1),
        (13, 1),
    ],
)
def test_no_sub_item_of_an_article_was_dropped(article, count):
    assert len(by_article(article)) == count


def test_ids_are_unique_and_in_the_order_of_the_articles():
    ids = [clause.id for clause in clauses()]
    assert len(ids) == len(set(ids))
    numbers = [clause.article for clause in clauses()]
    assert numbers == sorted(numbers)


@pytest.mark.clause("C9.1", "C9.2", "C9.2.1", "C9.2.2", "C9.2.3", "C9.4", "C9.5")
def test_article_9_keeps_the_heading_four_after_two():
    heads = [clause.text for clause in clauses() if clause.group]
    assert [text[:2] for text in heads if not text.startswith("（")] == ["一、", "二、", "四、", "五、"]


def test_every_silent_point_belongs_to_a_clause_that_exists():
    ids = {clause.id for clause in clauses()}
    for reading in data_files.read("readings.json"):
        assert reading["clauses"], reading["code"]
        assert set(reading["clauses"]) <= ids, reading["code"]
    assert len(reading_codes()) == 80


def test_the_proofs_are_up_to_date():
    """When this fails: `python manage.py collect_proofs` and commit the data file."""
    assert data_files.read(proofs.FILE) == proofs.scan(settings.BASE_DIR / "tests")


def test_tests_name_only_ids_that_exist():
    assert unknown_ids(data_files.read(proofs.FILE)) == []


def test_every_delivered_clause_has_a_place_that_opens_and_a_test():
    assert undelivered_promises() == []


def test_a_delivered_clause_without_place_or_test_is_found(monkeypatch):
    import dataclasses

    from gaobo_banzhuren.regulation import clauses as register

    broken = dataclasses.replace(clauses()[0], places=(register.Place("nowhere:at_all", "无"),), tests=())
    bare = dataclasses.replace(clauses()[1], delivered=True, places=(), tests=("x",))
    monkeypatch.setattr(register, "clauses", lambda: (broken, bare))
    assert undelivered_promises() == [
        "C0.1：地址 nowhere:at_all 不存在",
        "C0.1：没有测试证明",
        "C0.2：没有写明在哪里办理",
    ]


def test_an_unknown_id_is_found():
    assert unknown_ids(["C1.1", "A-05", "L18", "C99.9", "A-99"]) == ["A-99", "C99.9"]


def test_marks_are_found_in_functions_classes_modules_and_parameters(tmp_path):
    folder = tmp_path / "tests"
    (folder / "x").mkdir(parents=True)
    (folder / "x" / "test_marks.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.django_db, pytest.mark.clause('C0.1')]\n"
        "@pytest.mark.clause('C2.1', 'A-05')\n"
        "def test_one(): ...\n"
        "@pytest.mark.clause('C10.1a')\n"
        "class TestTwo:\n"
        "    @pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.clause('A-10'))])\n"
        "    def test_inner(self, x): ...\n"
        "def helper(): ...\n",
        encoding="utf-8",
    )
    one, two = "tests/x/test_marks.py::test_one", "tests/x/test_marks.py::TestTwo::test_inner"
    assert proofs.scan(folder) == {
        "A-05": [one],
        "A-10": [two],
        "C0.1": [two, one],
        "C2.1": [one],
        "C10.1a": [two],
    }


def test_a_place_that_is_a_function_is_offered_only_to_whom_it_opens(db):
    from gaobo_banzhuren.regulation.clauses import Place
    from tests.factories import college_admin, hr

    place = Place("duties:tasks", "任务与会议")
    assert place.open_to(college_admin())
    assert not place.open_to(hr())
