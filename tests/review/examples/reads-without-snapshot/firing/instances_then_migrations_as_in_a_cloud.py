# file: compute/tracker.py
# The shape of clouds' resource trackers, which sum up what each host uses.
from compute import objects


class Tracker:
    def update(self, context, host):
        instances = objects.InstanceList.get_by_host(context, host, expected_attrs=[])
        by_id = {each.uuid: each for each in instances}
        migrations = objects.MigrationList.get_in_progress(context, host)  # here
        for migration in migrations:
            if migration.instance_uuid not in by_id:
                self.free(migration.instance_uuid)

    def free(self, uuid):
        print(uuid)
