from django.core.management.base import BaseCommand

from visits import tally


class Command(BaseCommand):
    help = "Counts the confirmed visits and puts the number into the cache."

    def handle(self, *args, **options):
        found = tally.make()
        self.stdout.write(f"confirmed: {found['confirmed']}")
