"""Closed lists that people, sessions and tickets are described with."""

from django.db import models


class Role(models.TextChoices):
    """What somebody may do here. Being a teacher is having a Teacher row; the rest are granted."""

    TEACHER = "teacher", "Teacher"
    COACH = "coach", "Coach"
    COORDINATOR = "coordinator", "Coordinator"
    LEADER = "leader", "School leader"


class DateOrder(models.TextChoices):
    """In which order a help desk writes its dates, where that is not the ISO one."""

    MONTH = "mdy", "Month first"
    DAY = "dmy", "Day first"
    YEAR = "ymd", "Year first"


class SupportStyle(models.TextChoices):
    WITH_ME = "with-me", "Do it with me"
    STEPS = "steps", "Give me the steps"
    POINT = "point", "Point me there"
    FOR_ME = "for-me", "Take it off my hands"


class Format(models.TextChoices):
    LIVE = "live", "Live"
    SELF_PACED = "self-paced", "Self-paced"
    COACHED = "coached", "With a coach"
    QUICK_CARD = "quick-card", "Quick card"


class Level(models.TextChoices):
    """DigCompEdu progression levels."""

    A1 = "A1", "Newcomer"
    A2 = "A2", "Explorer"
    B1 = "B1", "Integrator"
    B2 = "B2", "Expert"
    C1 = "C1", "Leader"
    C2 = "C2", "Pioneer"


class Subject(models.TextChoices):
    """Subject areas; the first ten follow the SCED areas that rosters carry."""

    ELA = "ela", "English language arts"
    MATH = "math", "Mathematics"
    SCIENCE = "science", "Science"
    SOCIAL = "social", "Social studies"
    ARTS = "arts", "Arts and music"
    LANGUAGES = "languages", "World languages"
    PE = "pe", "PE and health"
    COMPUTING = "computing", "Computing"
    BUSINESS = "business", "Business"
    ENGINEERING = "engineering", "Engineering and technology"
    GENERAL = "general", "All subjects of one class"
    SPECIAL = "special", "Special education"
    ENGLISH_LEARNERS = "english-learners", "English learners"
    LIBRARY = "library", "Library and media"


class Grade(models.TextChoices):
    """CEDS entry grade codes as OneRoster writes them."""

    IT = "IT", "Infant/toddler"
    PR = "PR", "Preschool"
    PK = "PK", "Prekindergarten"
    TK = "TK", "Transitional kindergarten"
    KG = "KG", "Kindergarten"
    G01 = "01", "Grade 1"
    G02 = "02", "Grade 2"
    G03 = "03", "Grade 3"
    G04 = "04", "Grade 4"
    G05 = "05", "Grade 5"
    G06 = "06", "Grade 6"
    G07 = "07", "Grade 7"
    G08 = "08", "Grade 8"
    G09 = "09", "Grade 9"
    G10 = "10", "Grade 10"
    G11 = "11", "Grade 11"
    G12 = "12", "Grade 12"
    G13 = "13", "Grade 13"


class GradeBand(models.TextChoices):
    PK_2 = "pk-2", "Prekindergarten to grade 2"
    G3_5 = "3-5", "Grades 3 to 5"
    G6_8 = "6-8", "Grades 6 to 8"
    G9_12 = "9-12", "Grades 9 to 12"


BAND_OF_GRADE = {
    **dict.fromkeys(("IT", "PR", "PK", "TK", "KG", "01", "02"), GradeBand.PK_2),
    **dict.fromkeys(("03", "04", "05"), GradeBand.G3_5),
    **dict.fromkeys(("06", "07", "08"), GradeBand.G6_8),
    **dict.fromkeys(("09", "10", "11", "12", "13"), GradeBand.G9_12),
}


class RoomFact(models.TextChoices):
    """What a roster tells of a teacher's room, and the teacher may know better."""

    SCHOOLS = "schools", "schools"
    GRADES = "grades", "grades"
    SUBJECTS = "subjects", "subjects"


class Slot(models.TextChoices):
    """Recurring places in a teacher's week where a short session fits."""

    MON_BEFORE = "mon-before", "Monday before school"
    MON_PREP = "mon-prep", "Monday prep period"
    MON_AFTER = "mon-after", "Monday after school"
    TUE_BEFORE = "tue-before", "Tuesday before school"
    TUE_PREP = "tue-prep", "Tuesday prep period"
    TUE_AFTER = "tue-after", "Tuesday after school"
    WED_BEFORE = "wed-before", "Wednesday before school"
    WED_PREP = "wed-prep", "Wednesday prep period"
    WED_AFTER = "wed-after", "Wednesday after school"
    THU_BEFORE = "thu-before", "Thursday before school"
    THU_PREP = "thu-prep", "Thursday prep period"
    THU_AFTER = "thu-after", "Thursday after school"
    FRI_BEFORE = "fri-before", "Friday before school"
    FRI_PREP = "fri-prep", "Friday prep period"
    FRI_AFTER = "fri-after", "Friday after school"


class DayKind(models.TextChoices):
    PD = "pd", "Professional development day"
    EARLY_RELEASE = "early-release", "Early release"
    REPORT_CARDS = "report-cards", "Report cards due"
    TESTING = "testing", "Testing"
    HOLIDAY = "holiday", "No school"


class TicketKind(models.TextChoices):
    HOW_TO = "how-to", "How-to"
    PEDAGOGY = "pedagogy", "Teaching with it"
    ACCESS = "access", "Access"
    BREAK = "break", "Something broke"
    OUTAGE = "outage", "Outage"
    REQUEST = "request", "Request"
