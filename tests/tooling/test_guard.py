"""The constructs that the project does without are found where they are planted, and only there."""

import pytest

from tools import guard


def test_the_product_is_free_of_them() -> None:
    assert guard.check() == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.safestring import mark_safe",
        "text = safestring.mark_safe(name)",
        "from django.views.decorators.csrf import csrf_exempt",
        "rows = Line.objects.raw('select 1')",
        "rows = Line.objects.extra(where=['1=1'])",
        "class Meta:\n    fields = '__all__'",
        "amount = float(text)",
        "amount = round(total / 3, 2)",
        "from django.db.models.signals import post_save",
        "eval(text)",
    ],
)
def test_forbidden_code_is_named(source: str) -> None:
    assert len(list(guard.code_faults(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""Never mark_safe, never round() or float()."""',
        "# csrf_exempt is not used\nx = 1",
        "rounded = money.round_half_up(amount)",
        "fields = ['name', 'college']",
    ],
)
def test_speaking_of_it_is_allowed(source: str) -> None:
    assert list(guard.code_faults(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ name|safe }}",
        "{% autoescape off %}{{ name }}{% endautoescape %}",
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<div hx-on:click="go()">',
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link href="//cdn.example.org/x.css">',
    ],
)
def test_forbidden_markup_is_named(source: str) -> None:
    assert len(list(guard.template_faults("<p>1</p>\n" + source))) >= 1
    assert next(iter(guard.template_faults("<p>1</p>\n" + source)))[0] == 2


@pytest.mark.parametrize(
    "source",
    [
        "{# never |safe, never style= #}",
        '{% comment %}<p style="x">{% endcomment %}',
        '<script src="{% static "js/app.js" %}" defer></script>',
        '{{ data|json_script:"figures" }}',
        '<p class="safe" data-style="compact">',
        '<a href="/teachers/">',
    ],
)
def test_ordinary_markup_passes(source: str) -> None:
    assert list(guard.template_faults(source)) == []


def test_a_paper_for_print_may_carry_its_styles() -> None:
    assert list(guard.template_faults("<style>@page{}</style>", pdf=True)) == []
    assert list(guard.template_faults("<script>1</script>", pdf=True)) != []
