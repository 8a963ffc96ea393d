"""People and their roles. Demo people are marked as such in name and user name."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db import transaction

from allocations.domain.policy import Role
from allocations.gateway import database_now
from allocations.services import trail

DEMO_PREFIX = "demo-"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    name: str
    role: Role


DEMO_PEOPLE = (
    DemoPerson("demo-owner", "Demo Owner", Role.OWNER),
    DemoPerson("demo-admin", "Demo Admin One", Role.ADMIN),
    DemoPerson("demo-admin-2", "Demo Admin Two", Role.ADMIN),
    DemoPerson("demo-approver", "Demo Approver One", Role.APPROVER),
    DemoPerson("demo-approver-2", "Demo Approver Two", Role.APPROVER),
    DemoPerson("demo-auditor", "Demo Auditor", Role.AUDITOR),
)


def ensure_roles() -> None:
    """One group per role."""
    for role in Role:
        Group.objects.get_or_create(name=role.value)


def create_demo_people(*, password: str) -> list[DemoPerson]:
    """The demo people that are missing; those who are there keep their password."""
    ensure_roles()
    return [person for person in DEMO_PEOPLE if _create(person, password)]


@transaction.atomic
def _create(person: DemoPerson, password: str) -> bool:
    if User.objects.filter(username=person.username).exists():
        return False
    first, _, last = person.name.partition(" ")
    user = User.objects.create_user(
        person.username, email=f"{person.username}@demo.invalid", password=password, first_name=first, last_name=last
    )
    user.groups.add(Group.objects.get(name=person.role.value))
    trail.write_entry(
        "demo person created", at=database_now(), object_type="user", object_id=user.pk, role=person.role.value
    )
    return True
