from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class ApproverGroup(models.Model):
    """Approvers of whom a policy can ask for one, such as “Finance”. Policies and batches know it by its name, so it
    keeps that, and none is deleted. Who is a member takes two people: see RoleProposal."""

    name = models.CharField(max_length=40)
    # Those among them who are active and approvers count.
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="approver_groups")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(Lower("name"), name="approver_group_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="approver_group_has_name"),
        )

    def __str__(self) -> str:
        return f"approver group {self.name}"
