"""Documents: made once, stored as they were made."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers the sweeper of waiting documents, and what a worker's process does before its first one."""

    name = "coop.documents"

    def ready(self) -> None:
        """Make both known."""
        from celery.signals import worker_process_init

        from coop import sweeping
        from coop.documents import services, workers

        sweeping.register(services.ring_for_waiting, often=True)
        sweeping.register(services.remove_dead_drafts)
        worker_process_init.connect(workers.start, weak=False)
