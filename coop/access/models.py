"""Users and their dated grants."""

import uuid
from typing import Any

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coop.dated import Dated, DatedQuerySet, range_is_ordered
from coop.entities.models import Activity, Cooperative, Group, Language


class UserManager(BaseUserManager["User"]):
    """Makes users, known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password they cannot log in until they set one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user of the technical administration; it has no right on any cooperative's data."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in. What they may see and do follows from their grants alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.FRENCH)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a grant lets somebody be."""

    ENTREPRENEUR = "entrepreneur", _("entrepreneur")
    COACH = "coach", _("coach")
    PAYROLL_OFFICER = "payroll_officer", _("payroll officer")
    ACCOUNTANT = "accountant", _("accountant")
    COOPERATIVE_ADMIN = "cooperative_admin", _("cooperative administrator")
    GROUP_ADMIN = "group_admin", _("group administrator")
    AUDITOR = "auditor", _("auditor")


ROLES_ON_ACTIVITIES = (Role.ENTREPRENEUR, Role.COACH)
ROLES_ON_COOPERATIVES = (Role.PAYROLL_OFFICER, Role.ACCOUNTANT, Role.COOPERATIVE_ADMIN, Role.AUDITOR)


@pghistory.track()
class Grant(Dated):
    """A role of a user from a day on: of an activity, of a cooperative or of the group, by the kind of the role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    cooperative = models.ForeignKey(Cooperative, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            range_is_ordered("grant_ordered"),
            models.CheckConstraint(
                name="grant_scope",
                condition=Q(
                    role__in=ROLES_ON_ACTIVITIES, activity__isnull=False, cooperative__isnull=True, group__isnull=True
                )
                | Q(
                    role__in=ROLES_ON_COOPERATIVES, activity__isnull=True, cooperative__isnull=False, group__isnull=True
                )
                | Q(role=Role.GROUP_ADMIN, activity__isnull=True, cooperative__isnull=True, group__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["user", "role"], name="grant_by_user")]

    def __str__(self) -> str:
        return f"{self.role} from {self.valid_from}"
