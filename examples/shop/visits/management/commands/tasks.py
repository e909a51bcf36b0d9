import json

from django.core.management.base import BaseCommand

from visits import tally


class Command(BaseCommand):
    help = "Prints how many tasks were sent and how many are done, as JSON."

    def handle(self, *args, **options):
        self.stdout.write(json.dumps(tally.numbers()))
