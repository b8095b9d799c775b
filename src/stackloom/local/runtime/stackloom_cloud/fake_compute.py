# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""Nova's fake hypervisor, made to survive a restart: it remembers node and instances.

Nova looks for its driver below ``nova.virt`` only (nova/virt/driver.py, ``load_compute_driver``,
34.0); ``programs/nova.py`` puts this module there.
"""

from __future__ import annotations

from typing import Any, ClassVar

from nova import context, objects
from nova.virt import fake

_VCPUS = 100_000
_MEMORY_MIB = 400_000_000
_DISK_GIB = 100_000_000


class StackloomDriver(fake.FakeDriverWithoutFakeNodes):
    """One large node that boots nothing and forgets nothing."""

    # There is one host only: what is resized or migrated stays on it.
    capabilities: ClassVar[dict[str, bool]] = {
        **fake.FakeDriver.capabilities,
        "supports_migrate_to_same_host": True,
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

    def _remember(self, instance: Any) -> None:
        flavor = instance.flavor
        self.resources.claim(vcpus=flavor.vcpus, mem=flavor.memory_mb, disk=flavor.root_gb)
        self.instances[instance.uuid] = fake.FakeInstance(
            instance.name, instance.power_state, instance.uuid
        )
