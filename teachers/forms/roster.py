"""Forms of classes, students and class teachers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from gaobo_banzhuren.accounts.models import College, User
from gaobo_banzhuren.accounts.roles import Role
from gaobo_banzhuren.documents.printable import validate_printable

from ..models import ClassTeacher, Guardian, ProjectType, SchoolClass, Sex, StaffCategory, Student, StudentState
from ..services.classes import ClassFields
from ..services.students import StudentFields
from .fields import ClassChoice, DateField, LongText
from .phones import PhoneForm

SEXES = [("", "未填"), *Sex.choices]


def kept_colleges(user: User) -> Any:
    """Colleges whose roster the person keeps."""
    rows = College.objects.visible_to(user).filter(is_active=True)
    return rows if user.access.has(Role.OFFICE) else rows.filter(pk__in=user.access.colleges(Role.COLLEGE_ADMIN))


def kept_classes(user: User) -> Any:
    """Classes of these colleges that are not closed."""
    return (
        SchoolClass.objects.visible_to(user)
        .filter(college__in=kept_colleges(user))
        .exclude(closes_on__lt=timezone.localdate())
    )


class NameField(forms.CharField):
    """A name that the documents can print."""

    default_validators = [validate_printable]


class ClassForm(forms.Form):
    code = forms.CharField(label="班级代码", max_length=30)
    college = forms.ModelChoiceField(label="二级学院", queryset=College.objects.none(), empty_label="请选择")
    name = NameField(label="班级名称", max_length=80)
    project_type = forms.ChoiceField(label="项目类型", choices=[("", "请选择"), *ProjectType.choices])
    sponsor = forms.CharField(label="主考院校", max_length=60, required=False)
    major = forms.CharField(label="专业", max_length=60, required=False)
    entry_year = forms.IntegerField(label="入学年份", min_value=1990, max_value=2100, required=False)
    opens_on = DateField(label="开班日期", help_text="班级的第一天。")
    teaching_ends_on = DateField(
        label="教学结束日期", required=False, help_text="最后一个教学日；次月起按毕业班计发（第十条）。"
    )
    closes_on = DateField(label="结班日期", required=False, help_text="班级的最后一天。")
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, user: User, existing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if existing:
            del self.fields["code"], self.fields["college"]
            return
        choice = self.fields["college"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = kept_colleges(user)
        if choice.queryset.count() == 1:
            choice.initial = choice.queryset.first()

    def class_fields(self) -> ClassFields:
        return ClassFields(**{name: self.cleaned_data[name] for name in ClassFields.__dataclass_fields__})


class StudentForm(PhoneForm):
    student_no = forms.CharField(label="学号", max_length=30)
    school_class = ClassChoice(label="班级", queryset=SchoolClass.objects.none(), empty_label="请选择")
    joins_on = DateField(label="入班日期", help_text="在名册上的第一天。")
    name = NameField(label="姓名", max_length=50)
    sex = forms.ChoiceField(label="性别", choices=SEXES, required=False)
    exam_no = forms.CharField(label="准考证号", max_length=30, required=False)
    phone = forms.CharField(label="手机", max_length=30, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, user: User, existing: Student | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if existing:
            self.keep_number(existing.phone)
            del self.fields["student_no"], self.fields["school_class"], self.fields["joins_on"]
            return
        choice = self.fields["school_class"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = kept_classes(user)

    def student_fields(self) -> StudentFields:
        return StudentFields(**{name: self.cleaned_data[name] for name in StudentFields.__dataclass_fields__})


class StateForm(forms.Form):
    state = forms.ChoiceField(label="新状态", choices=[("", "请选择"), *StudentState.choices])
    from_day = DateField(label="从哪一天起", help_text="这一天已是新状态：1 日退学的学生，当月 1 日不计人数。")
    note = forms.CharField(label="说明", max_length=200, required=False)


class MoveForm(forms.Form):
    school_class = ClassChoice(label="转入班级", queryset=SchoolClass.objects.none(), empty_label="请选择")
    from_day = DateField(label="从哪一天起", help_text="这一天已在新班级。")
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["school_class"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = kept_classes(user)


class CorrectStartForm(forms.Form):
    starts_on = DateField(label="正确的开始日期")
    reason = LongText(label="依据", max_length=200, rows=2, help_text="如退学审批表、报到单。原记录作废但保留。")


class GuardianForm(PhoneForm):
    name = NameField(label="家长姓名", max_length=50)
    relation = forms.CharField(label="关系", max_length=20, required=False)
    phone = forms.CharField(label="电话", max_length=30, required=False)

    def __init__(self, *args: Any, guardian: Guardian | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if guardian:
            self.keep_number(guardian.phone)
            self.initial.update({"name": guardian.name, "relation": guardian.relation})


class TeacherForm(PhoneForm):
    staff_no = forms.CharField(label="工号", max_length=20)
    name = NameField(label="姓名", max_length=50)
    college = forms.ModelChoiceField(label="所属学院", queryset=College.objects.none(), empty_label="请选择")
    category = forms.ChoiceField(label="人员类别", choices=StaffCategory.choices)
    sex = forms.ChoiceField(label="性别", choices=SEXES, required=False)
    phone = forms.CharField(label="手机", max_length=30, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, user: User, existing: ClassTeacher | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["college"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = kept_colleges(user)
        if existing:
            self.keep_number(existing.phone)
            del self.fields["staff_no"]
        elif choice.queryset.count() == 1:
            choice.initial = choice.queryset.first()


class DocumentForm(forms.Form):
    title = forms.CharField(label="材料名称", max_length=80)
    file = forms.FileField(label="文件", help_text="PDF、图片、Word 或 Excel，不超过 10 MB。")


def initial_of(student: Student) -> dict[str, Any]:
    """What a student's form starts with: everything but the number."""
    return {name: getattr(student, name) for name in ("name", "sex", "exam_no", "version")}
