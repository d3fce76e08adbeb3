"""A small roster of our own rows, as 1.1 and as 1.2, to be bent by each test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)

MANIFEST = """propertyName,value
manifest.version,1.0
oneroster.version,{version}
file.academicSessions,bulk
file.classes,bulk
file.courses,bulk
file.demographics,absent
file.enrollments,bulk
file.orgs,bulk
file.users,bulk
"""
SHARED = {
    "orgs.csv": """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,Sunfield Schools,district,900,
s1,,,East Middle,school,901,d1
s2,,,North High,school,902,d1
dep1,,,East Science,department,,s1
""",
    "academicSessions.csv": """\
sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y1,,,2026-27,schoolYear,2026-08-24,2027-06-11,,2027
t1,,,Fall,semester,2026-08-24,2027-01-22,y1,2027
t0,,,Last spring,semester,2026-01-26,2026-06-12,,2026
""",
    "courses.csv": """\
sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
c1,,,y1,Science,53237,,s1,,
c2,,,y1,Algebra 2,02056,,s2,,
c3,,,y1,Homeroom,HR,,s1,,
""",
    "classes.csv": """\
sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
k1,,,Science 7,,c1,,Scheduled,12,dep1,t1,,,1
k2,,,Algebra 2,"10, 11",c2,,scheduled,14,s2,"y1, t1","Mathematics",,2
k3,,,Old homeroom,,c3,,homeroom,15,s1,t0,,,3
""",
    "enrollments.csv": """\
sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,k1,s1,u1,teacher,true,2026-08-24,2027-01-23
e2,,,k2,s2,u2,teacher,true,,
e3,,,k1,s1,p1,student,,,
e4,,,k1,s1,p2,student,,,
e5,,,k3,s1,u1,teacher,true,,
e6,,,k2,s2,p3,student,,,
""",
}
USERS_1_1 = """\
sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
u1,,,true,s1,teacher,nora,{{FED:1}},NORA,NEW,,T1,Nora.New@example.org,,,,,{password}
u2,,,1,s2,teacher,omar,{{FED:2}},Omar,Old,,T2,omar.old@example.org,,,,,
u3,,,TRUE,"s1,s2",teacher,lone,{{FED:3}},Lone,Teacher,,T3,,,,,,
u4,,,true,s1,administrator,lena,,Lena,Leader,,T4,lena@example.org,,,,,
p1,,,true,s1,student,st1,,Stu,Dent,,P1,st1@example.org,,,,7,
p2,,,true,s1,student,st2,,Stella,Dent,,P2,st2@example.org,,,,07,
p3,,,true,s2,student,st3,,Stan,Dent,,P3,st3@example.org,,,,11,
""".format(password="geheim-12345")
USERS_1_2 = """\
sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
u1,,,true,nora,{FED:1},NORA,NEW,,T1,Nora.New@example.org,,,,,,,,,,s1,
u2,,,true,omar,{FED:2},Omar,Old,,T2,omar.old@example.org,,,,,,,Omi,,,,
u3,,,true,lone,{FED:3},Lone,Teacher,,T3,,,,,,,,,,,,
u4,,,true,lena,,Lena,Leader,,T4,lena@example.org,,,,,,,,,,,
p1,,,true,st1,,Stu,Dent,,P1,,,,,7,,,,,,,
p2,,,true,st2,,Stella,Dent,,P2,,,,,07,,,,,,,
p3,,,true,st3,,Stan,Dent,,P3,,,,,11,,,,,,,
"""
ROLES = """\
sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r1,,,u1,primary,teacher,,,s1,
r2,,,u2,secondary,teacher,,,s1,
r3,,,u2,primary,teacher,,,s2,
r4,,,u3,primary,teacher,,,dep1,
r5,,,u4,primary,siteAdministrator,,,s1,
r6,,,p1,primary,student,,,s1,
r7,,,p2,primary,ext:guest,,,s1,
"""


def files_of(version: str) -> dict[str, str]:
    """Return the files of the small roster in this version."""
    files = {"manifest.csv": MANIFEST.format(version=version), **SHARED}
    if version == "1.1":
        return files | {"users.csv": USERS_1_1}
    return files | {"users.csv": USERS_1_2, "roles.csv": ROLES}


Folder = Callable[[dict[str, str | bytes | None]], Path]


@pytest.fixture
def folder(tmp_path) -> Folder:
    """Return a function: the files of a roster in a folder, some of them changed or left out."""

    def write(changes: dict[str, str | bytes | None], version: str = "1.1") -> Path:
        path = tmp_path / f"roster-{len(list(tmp_path.iterdir()))}"
        path.mkdir()
        for name, text in (files_of(version) | changes).items():
            if text is not None:
                data = text.encode() if isinstance(text, str) else text
                (path / name).write_bytes(data)
        return path

    return write


def zipped(files: dict[str, str | bytes]) -> bytes:
    """Return a zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()
