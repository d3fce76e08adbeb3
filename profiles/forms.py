"""The four screens of the fitting, and the choices of My settings, as forms."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from django import forms

from . import fitting
from .choices import Format, Grade, Slot, Subject, SupportStyle
from .models import School, Skill, Teacher, Tool, User

#: What each way of being helped means, in the teacher's own voice.
STYLE_WORDS = {
    SupportStyle.WITH_ME: "A coach beside me, once, in my own room.",
    SupportStyle.STEPS: "A clear list; I will do it tonight.",
    SupportStyle.POINT: "Two minutes and a link. I find my way.",
    SupportStyle.FOR_ME: "Set it up for me; show me after.",
}
FORMAT_WORDS = {
    Format.LIVE: "With others, on a date.",
    Format.SELF_PACED: "Whenever I like.",
    Format.COACHED: "Just a coach and me.",
    Format.QUICK_CARD: "One page, ten minutes.",
}
DAYS = (
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
)
PARTS = (("before", "Before", "school"), ("prep", "Prep", "period"), ("after", "After", "school"))
WEEK_LIMITS = (
    ("", "No limit"),
    (15, "15 minutes"),
    (30, "30 minutes"),
    (45, "45 minutes"),
    (60, "1 hour"),
    (90, "1 hour 30 minutes"),
    (120, "2 hours"),
    (180, "3 hours"),
)


class TeacherForm(forms.Form):
    """One screen: shows what is known of a teacher, and stores what they say."""

    title = ""  # the question
    words = ""  # why we ask
    short = ""  # in "Next: …"
    template = ""
    is_all_optional = True  # so the fields need not say it one by one

    def __init__(self, *args, teacher: Teacher, **kwargs):
        self.teacher = teacher
        kwargs |= {"label_suffix": "", "initial": self.known()}
        super().__init__(*args, **kwargs)

    def known(self) -> dict:
        """Return what the screen starts with."""
        raise NotImplementedError

    def store(self, *, now: datetime) -> None:
        """Store what was said."""
        raise NotImplementedError


class RoomForm(TeacherForm):
    title = "Is this your room?"
    short = "your room"
    words = (
        "The roster told us so far. Correct what is wrong; what you correct counts more than the"
        " roster."
    )
    template = "profiles/fitting/room.html"

    main_school = forms.ModelChoiceField(
        School.objects.none(), label="Your school", required=False, empty_label="Not on this list"
    )
    schools = forms.ModelMultipleChoiceField(
        School.objects.none(),
        label="Other schools you teach at",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    grades = forms.MultipleChoiceField(
        choices=Grade.choices, label="Grades", required=False, widget=forms.CheckboxSelectMultiple
    )
    subjects = forms.MultipleChoiceField(
        choices=Subject.choices,
        label="Subjects",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tools = forms.ModelMultipleChoiceField(
        Tool.objects.all(),
        label="Tools in your room",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, teacher: Teacher, only: Collection[str] = (), **kwargs):
        """`only`: the fields to ask, all of them when none is named."""
        super().__init__(*args, teacher=teacher, **kwargs)
        self._is_partial = bool(only)
        if only:
            self.title = "What else is true of your room?"
            self.words = "Nobody has told us this yet. You may leave it open."
        asked = {*only, "schools"} if "main_school" in only else {*only}
        for name in [name for name in self.fields if only and name not in asked]:
            del self.fields[name]
        schools = School.objects.filter(is_active=True)
        for name in {"main_school", "schools"} & self.fields.keys():
            cast(forms.ModelChoiceField, self.fields[name]).queryset = schools

    def known(self) -> dict:
        teacher = self.teacher
        return {
            "main_school": teacher.main_school_id,
            "schools": [
                school.pk for school in teacher.schools.all() if school.pk != teacher.main_school_id
            ],
            "grades": teacher.grades,
            "subjects": teacher.subjects,
            "tools": [tool.pk for tool in teacher.tools.all()],
        }

    def store(self, *, now: datetime) -> None:
        teacher, said = self.teacher, self.cleaned_data
        if self._is_partial:  # what was asked because nobody knew it, and left open, is not said
            said = {name: value for name, value in said.items() if value}
        if not said:
            return
        if said.keys() == {"tools"}:
            fitting.say_tools(teacher=teacher, **said)
            return
        held = {
            "main_school": teacher.main_school,
            "schools": teacher.schools.all(),
            "grades": teacher.grades,
            "subjects": teacher.subjects,
            "tools": teacher.tools.all(),
        }
        fitting.say_room(teacher=teacher, **(held | said))


class StyleForm(TeacherForm):
    title = "How do you like to be helped?"
    short = "how you like to be helped"
    words = (
        "Pick what suits you; change it whenever you like. It decides the kind of session we"
        " propose, never whether you may take one."
    )
    template = "profiles/fitting/style.html"

    support_style = forms.ChoiceField(
        choices=SupportStyle.choices,
        label="When something new comes along",
        required=False,
        widget=forms.RadioSelect,
    )
    formats = forms.MultipleChoiceField(
        choices=Format.choices,
        label="Kinds of session you like",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def known(self) -> dict:
        return {"support_style": self.teacher.support_style, "formats": self.teacher.formats}

    def store(self, *, now: datetime) -> None:
        fitting.say_style(teacher=self.teacher, **self.cleaned_data)

    def styles(self) -> list[dict]:
        """Return the ways of being helped, each with its meaning and whether it is picked."""
        return self._worded("support_style", STYLE_WORDS)

    def kinds(self) -> list[dict]:
        """Return the kinds of session in the same form."""
        return self._worded("formats", FORMAT_WORDS)

    def _worded(self, name: str, words: dict) -> list[dict]:
        return [
            {"widget": choice, "words": words[key]}
            for choice, key in zip(self[name], words, strict=True)
        ]


class WeekForm(TeacherForm):
    title = "What does your week allow?"
    short = "your week"
    words = "Your path keeps to it. Nothing here is a promise, and nobody else sees it."
    template = "profiles/fitting/week.html"

    hours_a_term = forms.DecimalField(
        label="Hours you set aside this term",
        required=False,
        min_value=0,
        max_value=200,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )
    minutes_a_week = forms.TypedChoiceField(
        label="At most in one week",
        required=False,
        coerce=int,
        empty_value=None,
        choices=WEEK_LIMITS,
    )
    free_slots = forms.MultipleChoiceField(
        choices=Slot.choices,
        label="When you are free",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, teacher: Teacher, minutes_usual: int, **kwargs):
        self.minutes_usual = minutes_usual
        super().__init__(*args, teacher=teacher, **kwargs)
        said = teacher.minutes_a_week
        if said is not None and said not in dict(WEEK_LIMITS):
            field = cast(forms.ChoiceField, self.fields["minutes_a_week"])
            field.choices = [*WEEK_LIMITS, (said, f"{said} minutes")]
        usual = f"{minutes_usual / 60:g} hours"
        hours = self.fields["hours_a_term"]
        hours.help_text = f"Left empty, we plan for {usual}, as your district does."

    def known(self) -> dict:
        minutes = self.teacher.minutes_a_term
        return {
            "hours_a_term": None if minutes is None else f"{minutes / 60:g}",
            "minutes_a_week": self.teacher.minutes_a_week,
            "free_slots": self.teacher.free_slots,
        }

    def store(self, *, now: datetime) -> None:
        hours = self.cleaned_data["hours_a_term"]
        fitting.say_week(
            teacher=self.teacher,
            minutes_a_term=None if hours is None else round(hours * 60),
            minutes_a_week=self.cleaned_data["minutes_a_week"],
            free_slots=self.cleaned_data["free_slots"],
        )

    def slots(self) -> list[dict]:
        """Return the week as rows: a day and its three places."""
        boxes = {str(box.data["value"]): box for box in self["free_slots"]}
        return [
            {
                "name": name,
                "places": [(label, more, boxes[f"{day}-{part}"]) for part, label, more in PARTS],
            }
            for day, name in DAYS
        ]


class GoalForm(forms.Form):
    """A goal in the teacher's own words, and the skills it is about."""

    words = forms.CharField(
        label="What would you like to do better this year?",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    skills = forms.ModelMultipleChoiceField(
        Skill.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class MailForm(forms.ModelForm):
    """Which kinds of mail somebody wants: all but the last come together, once a day at most."""

    class Meta:
        model = User
        fields = ("wants_digest", "wants_reminders", "wants_evaluations", "wants_invitations")
        labels = {
            "wants_digest": "What changed on my path",
            "wants_reminders": "My dates that come up",
            "wants_evaluations": "How a session went",
            "wants_invitations": "Invitations for my calendar",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if getattr(self.instance, "teacher", None) is None:
            self.fields = {"wants_digest": self.fields["wants_digest"]}
            self.fields["wants_digest"].label = "Who asks for a coach"
            self.fields["wants_digest"].help_text = "Once a day at most, on days when somebody did."
