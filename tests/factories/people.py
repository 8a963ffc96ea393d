from django.contrib.auth.models import Group, User
from factory import Sequence, post_generation
from factory.django import DjangoModelFactory

from allocations.actors import actor_of
from allocations.domain.policy import Actor, Role

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


def actor(*roles: str) -> Actor:
    return actor_of(person(*roles))
