"""The Celery application. Tasks are wake-up calls: the truth is rows with unique keys."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coop.settings")

app = Celery("partagee")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep often": {"task": "coop.sweeping.sweep_often", "schedule": 2, "options": {"expires": 2}},
    "sweep seldom": {"task": "coop.sweeping.sweep_seldom", "schedule": 30, "options": {"expires": 30}},
}
