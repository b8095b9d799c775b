# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""Nova's fake hypervisor, made to survive a restart, and to do what clients can see of snapshots.

Nova looks for its driver below ``nova.virt`` only (nova/virt/driver.py, ``load_compute_driver``,
34.0); ``programs/nova.py`` puts this module there.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, ClassVar

from nova import context, objects
from nova.image import glance
from nova.virt import fake

_VCPUS = 100_000
_MEMORY_MIB = 400_000_000
_DISK_GIB = 100_000_000
_CONSOLE_LINES = 40
_DISK_CONTENT = b"stackloom: a placeholder. The fake driver boots nothing.\n".ljust(1024, b"\0")


class StackloomDriver(fake.FakeDriverWithoutFakeNodes):
    """One large node that boots nothing and forgets nothing."""

    # There is one host only: what is resized or migrated stays on it.
    capabilities: ClassVar[dict[str, bool]] = {
        **fake.FakeDriver.capabilities,
        "supports_migrate_to_same_host": True,
        "supports_bfv_rescue": True,
    }
    vcpus = _VCPUS
    memory_mb = _MEMORY_MIB
    local_gb = _DISK_GIB

    def init_host(self, host: str) -> None:
        """Take up the instances that Nova's database says run here.

        The driver that this is made from starts empty, so after a restart Nova would find every
        server gone and stop it (nova/compute/manager.py, ``_sync_instance_power_state``, 34.0).
        """
        super().init_host(host)
        found = objects.InstanceList.get_by_host(
            context.get_admin_context(), host, expected_attrs=["flavor"]
        )
        for instance in found:
            if instance.vm_state in {"deleted", "soft-delete", "building", "error"}:
                continue
            self._remember(instance)

    def snapshot(self, context: Any, instance: Any, image_id: str, update_task_state: Any) -> None:
        """Upload something: Nova's own fake leaves the image queued for ever."""
        super().snapshot(context, instance, image_id, update_task_state)
        formats = {"disk_format": "raw", "container_format": "bare"}
        glance.API().update(
            context, image_id, formats, io.BytesIO(_DISK_CONTENT), purge_props=False
        )

    def get_console_output(self, context: Any, instance: Any) -> str:
        """Say something in enough lines to ask for some of them."""
        del context
        lines = [f"[{at:5}.000000] stackloom: nothing boots here" for at in range(_CONSOLE_LINES)]
        return "\n".join([*lines, f"{instance.hostname} login: "])

    def get_host_uptime(self) -> str:
        """Say how long this machine is up, in the words of ``uptime``."""
        minutes = int(float(Path("/proc/uptime").read_text().split()[0])) // 60
        load = ", ".join(Path("/proc/loadavg").read_text().split()[:3])
        days, hours = minutes // 1440, minutes // 60 % 24
        return (
            f" 00:00:00 up {days} days, {hours:2}:{minutes % 60:02},  1 user,  load average: {load}"
        )

    def _remember(self, instance: Any) -> None:
        flavor = instance.flavor
        self.resources.claim(vcpus=flavor.vcpus, mem=flavor.memory_mb, disk=flavor.root_gb)
        self.instances[instance.uuid] = fake.FakeInstance(
            instance.name, instance.power_state, instance.uuid
        )
