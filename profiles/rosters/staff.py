"""Writes a roster's teachers: finds each one's row, changes what differs, keeps what they said."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from ..choices import RoomFact
from ..imports import Problems, Progress, silent
from ..models import StaffRole, Teacher, TeacherIdentifier, Ticket, User
from .departures import sign_out
from .matching import Names, is_address, is_same_person, names_of
from .persons import ADDRESS_MARK
from .shape import Roster, RosterTeacher

TeacherSchool = Teacher.schools.through
#: They sign in by a code, or choose a password.
NO_PASSWORD = "!"  # noqa: S105
#: The domain that leads nowhere, for accounts whose address is somebody else's now.
NOWHERE = "reissued.invalid"
#: Between two words of progress.
TEACHERS_BETWEEN_WORDS = 500


class Staff:
    """The teachers of a roster against those in the database.

    `moved` holds the ids of teachers whose plan may change.
    """

    def __init__(
        self,
        *,
        roster: Roster,
        schools: dict[str, int],
        leaving: list[int],
        as_of: date,
        problems: Problems,
    ):
        self.roster = roster
        self.schools = schools
        self.leaving = set(leaving)
        self.as_of = as_of
        self.problems = problems
        self.created = self.changed = self.returned = 0
        self.moved: set[int] = set()
        self._withheld: set[str] = set()  # reissued, but an account with a role holds them
        # Written at the end, together: ten thousand teachers are not to hold up everybody else.
        self._new_identifiers: list[TeacherIdentifier] = []
        self._new_places: list = []
        self._load()

    def _load(self) -> None:
        """Read in a fixed number of queries what is known of everybody."""
        self._teachers = {teacher.pk: teacher for teacher in Teacher.objects.all()}
        self._by_email = {
            teacher.email.lower(): pk for pk, teacher in self._teachers.items() if teacher.email
        }
        self._by_identifier: dict[str, int] = {}
        self._named: set[int] = set()  # by a roster, of whatever source
        for source, identifier, teacher in TeacherIdentifier.objects.values_list(
            "source", "external_id", "teacher_id"
        ):
            self._named.add(teacher)
            if source == self.roster.source:
                self._by_identifier[identifier] = teacher
        self._identified = set(self._by_identifier.values())
        self._is_first_roster = not self._by_identifier
        self._users = {user.pk: user for user in User.objects.all()}
        self._user_of_email = {user.email: user for user in self._users.values()}
        self._teacher_of_user = {
            teacher.user_id: pk for pk, teacher in self._teachers.items() if teacher.user_id
        }
        self._schools_of: dict[int, set[int]] = defaultdict(set)
        for teacher, school in TeacherSchool.objects.values_list("teacher_id", "school_id"):
            self._schools_of[teacher].add(school)

    def _free_addresses(self) -> None:
        """Take an address that was reissued from whoever had it, before anybody is written."""
        with_roles = set(StaffRole.objects.values_list("user_id", flat=True))
        signed_out: list[int] = []
        for row in self.roster.teachers:
            holder = self._holder_of(row.email)
            found = self._find(row)
            if holder is None or holder.pk == found:
                continue
            has_left = not holder.is_active or holder.pk in self.leaving
            is_new = found is None and holder.email.lower() == row.email
            if not (has_left or is_new):
                continue
            user = self._users.get(holder.user_id) if holder.user_id else None
            if user and user.email == row.email and (user.is_superuser or user.pk in with_roles):
                self._withheld.add(row.email)
                continue
            signed_out += self._give_up(holder, user, row.email)
        sign_out(users=signed_out)

    def _holder_of(self, address: str) -> Teacher | None:
        """The teacher who has an address, or signs in with it."""
        if not address:
            return None
        user = self._user_of_email.get(address)
        pk = self._by_email.get(address) or (user and self._teacher_of_user.get(user.pk))
        return self._teachers[pk] if pk else None

    def _give_up(self, teacher: Teacher, user: User | None, address: str) -> list[int]:
        """Take an address from a teacher and all that signs in with it; return whose sessions are
        to end. What was done under it stays with them."""
        if teacher.email.lower() == address:
            teacher.email = ""
            teacher.save(update_fields=["email"])
            del self._by_email[address]
        marked = f"{ADDRESS_MARK}{address}"
        TeacherIdentifier.objects.filter(teacher=teacher, external_id=marked).delete()
        if self._by_identifier.get(marked) == teacher.pk:
            del self._by_identifier[marked]
        EmailAddress.objects.filter(email__iexact=address).delete()
        self.problems.warning(
            self.roster.people_file,
            "an address was given to somebody else",
            "Who had it before keeps their history, and can't sign in with it any more.",
            column="email",
        )
        if user is None or user.email != address:
            return []
        EmailAddress.objects.filter(user=user).delete()
        SocialAccount.objects.filter(user=user).delete()
        del self._user_of_email[address]
        user.email, user.is_active = f"{user.pk}@{NOWHERE}", False
        user.save(update_fields=["email", "is_active"])
        return [user.pk]

    def _make_users(self) -> None:
        """Make the accounts of newcomers together, before their rows refer to them."""
        fresh: dict[str, User] = {}
        for row in self.roster.teachers:
            if row.email and row.email not in self._user_of_email and self._find(row) is None:
                fresh[row.email] = User(
                    email=row.email,
                    first_name=row.given_name,
                    last_name=row.family_name,
                    password=NO_PASSWORD,
                )
        for user in User.objects.bulk_create(fresh.values(), batch_size=500):
            self._users[user.pk] = self._user_of_email[user.email] = user

    def _lend_user(self, teacher: Teacher) -> None:
        """Give a new teacher the account of their address, when it is there and nobody's."""
        user = self._user_of_email.get(teacher.email) if teacher.email else None
        if user is not None and user.pk not in self._teacher_of_user:
            teacher.user = user

    def apply(self, progress: Progress = silent) -> None:
        """Write every teacher of the roster."""
        self._free_addresses()
        self._make_users()
        count = len(self.roster.teachers)
        for place, row in enumerate(self.roster.teachers, start=1):
            if place % TEACHERS_BETWEEN_WORDS == 0:
                progress(f"{place:,} of {count:,} teachers written", place, count)
            pk = self._find(row)
            if pk is None and self._is_withheld(row):
                continue
            teacher = self._teachers[pk] if pk is not None else Teacher()
            is_new = pk is None
            was_away = not is_new and not teacher.is_active
            differs = self._fill(teacher, row)
            if is_new:
                if not self._is_first_roster:
                    teacher.started_date = self.as_of
                self._lend_user(teacher)
                teacher.save()
                if teacher.user_id:
                    self._teacher_of_user[teacher.user_id] = teacher.pk
                self._teachers[teacher.pk] = teacher
            elif differs:
                teacher.save()
            if teacher.email:
                self._by_email[teacher.email] = teacher.pk
            differs |= self._give_user(teacher)
            differs |= self._identify(teacher, row)
            differs |= self._place(teacher, row)
            self.created += is_new
            self.returned += was_away
            self.changed += differs and not is_new and not was_away
            if is_new or differs:
                self.moved.add(teacher.pk)
        TeacherIdentifier.objects.bulk_create(self._new_identifiers, batch_size=500)
        TeacherSchool.objects.bulk_create(self._new_places, batch_size=500)

    def _find(self, row: RosterTeacher) -> int | None:
        """The teacher's primary key: by any id of the feed, else by address."""
        for identifier in row.external_ids:
            pk = self._by_identifier.get(identifier)
            if pk is not None and (not is_address(identifier) or self._is_meant(pk, row)):
                return pk
        pk = self._by_email.get(row.email) if row.email else None
        return pk if pk is not None and self._is_meant(pk, row) else None

    def _is_meant(self, pk: int, row: RosterTeacher) -> bool:
        """Whether a row means the teacher who has its address: called the same, or added by hand,
        or of a roster that tells no names."""
        teacher = self._teachers[pk]
        before, now = names_of(teacher), names_of(row)
        if is_same_person(before, now):
            return True
        if not teacher.is_active or pk in self._identified:
            return False
        return pk not in self._named or not (any(before) and any(now))

    def _is_withheld(self, row: RosterTeacher) -> bool:
        """Whether an account with a role has the address that is all this row is known by."""
        if row.email not in self._withheld or not all(map(is_address, row.external_ids)):
            return False
        self.problems.warning(
            self.roster.people_file,
            "a teacher's address belongs to an account with a role here",
            "The row is left out until one of the two has another address.",
            column="email",
        )
        return True

    def _fill(self, teacher: Teacher, row: RosterTeacher) -> bool:
        """Set what the roster says about the teacher's own row; return whether it differs."""
        email = row.email or teacher.email
        owner = self._by_email.get(email)
        if email and owner is not None and owner != teacher.pk:
            self.problems.warning(
                self.roster.people_file,
                "a teacher's new address already belongs to another teacher here",
                "The old address stays.",
                column="email",
            )
            email = teacher.email
        wanted: dict = {
            "email": email,
            "given_name": row.given_name,
            "family_name": row.family_name,
            "is_active": True,
            "left_date": None,
        }
        said = teacher.said_of_room
        if row.main_school in self.schools and RoomFact.SCHOOLS not in said:
            wanted["main_school_id"] = self.schools[row.main_school]
        if row.grades and RoomFact.GRADES not in said:
            wanted["grades"] = list(row.grades)
        if row.subjects and RoomFact.SUBJECTS not in said:
            wanted["subjects"] = list(row.subjects)
        differs = {name: getattr(teacher, name) for name in wanted} != wanted
        if teacher.email and teacher.email != email:
            self._by_email.pop(teacher.email.lower(), None)
        for name, value in wanted.items():
            setattr(teacher, name, value)
        return differs

    def _give_user(self, teacher: Teacher) -> bool:
        """See that the teacher can sign in with the roster's address; return whether it differs."""
        if not teacher.email:
            return False
        user = self._users.get(teacher.user_id) if teacher.user_id else None
        if user is None:
            return self._link_user(teacher)
        before = (user.email, user.is_active, user.first_name, user.last_name)
        if user.email != teacher.email:
            if teacher.email in self._user_of_email:
                self.problems.warning(
                    self.roster.people_file,
                    "a teacher's new address already belongs to another account here",
                    "They sign in with the old one until one of the two is changed.",
                    column="email",
                )
            else:
                # An address that left the roster must open nothing any more. The district's own
                # sign-in knows people by ids that outlive addresses: it stays with the person.
                EmailAddress.objects.filter(user=user).delete()
                if not is_same_person(Names(user.first_name, user.last_name), names_of(teacher)):
                    SocialAccount.objects.filter(user=user).delete()
                self._user_of_email.pop(user.email, None)
                user.email = teacher.email
                self._user_of_email[user.email] = user
        user.is_active = True
        user.first_name = teacher.given_name
        user.last_name = teacher.family_name
        differs = before != (user.email, user.is_active, user.first_name, user.last_name)
        if differs:
            user.save(update_fields=["email", "is_active", "first_name", "last_name"])
        return differs

    def _link_user(self, teacher: Teacher) -> bool:
        user = self._user_of_email.get(teacher.email)
        if user is None:
            user = User.objects.create(
                email=teacher.email,
                first_name=teacher.given_name,
                last_name=teacher.family_name,
                password=NO_PASSWORD,
            )
            self._users[user.pk] = self._user_of_email[user.email] = user
        elif user.pk in self._teacher_of_user:
            return False
        elif not user.is_active:
            User.objects.filter(pk=user.pk).update(is_active=True)
        teacher.user = user
        self._teacher_of_user[user.pk] = teacher.pk
        Teacher.objects.filter(pk=teacher.pk).update(user=user)
        return True

    def _identify(self, teacher: Teacher, row: RosterTeacher) -> bool:
        """Remember every id of the person; a row that was another teacher until now moves over."""
        differs = False
        for identifier in row.external_ids:
            owner = self._by_identifier.get(identifier)
            if owner == teacher.pk:
                continue
            if owner is not None and is_address(identifier) and not self._is_meant(owner, row):
                continue
            differs = True
            self._identified.add(teacher.pk)
            self._by_identifier[identifier] = teacher.pk
            if owner is None:
                self._new_identifiers.append(
                    TeacherIdentifier(
                        teacher=teacher, source=self.roster.source, external_id=identifier
                    )
                )
            else:
                self._move_identifier(identifier, teacher)
                self._absorb(owner, teacher)
        return differs

    def _move_identifier(self, identifier: str, teacher: Teacher) -> None:
        stored = TeacherIdentifier.objects.filter(source=self.roster.source, external_id=identifier)
        if not stored.update(teacher=teacher):  # it came in with this very roster
            for fresh in self._new_identifiers:
                if fresh.external_id == identifier:
                    fresh.teacher = teacher

    def _absorb(self, owner: int, teacher: Teacher) -> None:
        """Two rows that turn out to be one person: the tickets go with the ids, and so does the
        wish to be forgotten, which leaves none."""
        erased_at = teacher.erased_at or self._teachers[owner].erased_at
        if erased_at is None:
            Ticket.objects.filter(teacher_id=owner).update(teacher=teacher)
        else:
            Ticket.objects.filter(teacher_id__in=(owner, teacher.pk)).delete()
            teacher.erased_at, teacher.uses_tickets = erased_at, False
            teacher.save(update_fields=["erased_at", "uses_tickets"])
        Teacher.objects.filter(pk=owner, is_active=True).update(
            is_active=False, left_date=self.as_of
        )
        self.problems.warning(
            self.roster.people_file,
            "two teachers turn out to be one person",
            "Tickets were put together under one; the other became inactive.",
        )

    def _place(self, teacher: Teacher, row: RosterTeacher) -> bool:
        """Set the teacher's schools, unless the teacher said them."""
        if RoomFact.SCHOOLS in teacher.said_of_room:
            return False
        wanted = {self.schools[school] for school in row.schools if school in self.schools}
        held = self._schools_of[teacher.pk]
        if not wanted or wanted == held:
            return False
        if held - wanted:
            TeacherSchool.objects.filter(teacher=teacher, school_id__in=held - wanted).delete()
        self._new_places += [
            TeacherSchool(teacher_id=teacher.pk, school_id=school)
            for school in sorted(wanted - held)
        ]
        self._schools_of[teacher.pk] = wanted
        return True
