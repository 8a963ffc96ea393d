from dataclasses import replace
from datetime import UTC, datetime

from django.contrib.auth.models import Group, User
from factory import Sequence, post_generation
from factory.django import DjangoModelFactory

from allocations.actors import actor_of
from allocations.domain.policy import Actor, Role

ALWAYS = datetime(9000, 1, 1, tzinfo=UTC)
PASSWORD = "correct-horse-battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda n: f"person{n}")
    first_name = "Asha"
    last_name = Sequence(lambda n: f"Rao {n}")

    @post_generation
    def roles(self, create, extracted, **kwargs):
        for role in extracted or ():
            self.groups.add(Group.objects.get_or_create(name=Role(role).value)[0])


def person(*roles: str, **fields: object) -> User:
    """Somebody with these roles: person("admin"), person("admin", "approver")."""
    return UserFactory(roles=roles, **fields)


def known(user: User) -> Actor:
    """The actor who has just shown who they are, whatever the test's clock says."""
    return replace(actor_of(user), known_at=ALWAYS)


def actor(*roles: str) -> Actor:
    return known(person(*roles))
