"""From the signed-in user to the core's Actor."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from allocations.domain.policy import Actor, Role


def actor_of(user: AbstractBaseUser | AnonymousUser) -> Actor:
    """Roles are groups of the same name; being a superuser gives none. An inactive or unknown user has no role."""
    if not isinstance(user, User) or not user.is_active:
        return Actor(id=0, name="", roles=frozenset())
    groups = set(user.groups.values_list("name", flat=True))
    return Actor(
        id=user.pk,
        name=user.get_full_name() or user.username,
        roles=frozenset(Role) & {Role(g) for g in groups if g in set(Role)},
    )
