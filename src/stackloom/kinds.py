# SPDX-License-Identifier: Apache-2.0
"""Every kind as an attribute of a cloud, and their structs; by ``scripts/docs``.

A kind's module is imported when its attribute is first used.
"""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import TYPE_CHECKING

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.collection import (
    AnyCollection,
    AnySyncCollection,
    Collection,
    SyncCollection,
)

if TYPE_CHECKING:
    from stackloom.cloud.kind import Body
    from stackloom.resources.block_storage.volume import NewVolume, VolumeChange, VolumeState
    from stackloom.resources.block_storage.volume_attachment import (
        NewVolumeAttachment,
        VolumeAttachmentChange,
        VolumeAttachmentState,
    )
    from stackloom.resources.block_storage.volume_backup import (
        NewVolumeBackup,
        VolumeBackupChange,
        VolumeBackupState,
    )
    from stackloom.resources.block_storage.volume_snapshot import (
        NewVolumeSnapshot,
        VolumeSnapshotChange,
        VolumeSnapshotState,
    )
    from stackloom.resources.block_storage.volume_type import (
        NewVolumeType,
        VolumeTypeChange,
        VolumeTypeState,
    )
    from stackloom.resources.compute.aggregate import AggregateChange, AggregateState, NewAggregate
    from stackloom.resources.compute.availability_zone import AvailabilityZoneState
    from stackloom.resources.compute.compute_service import ComputeServiceState
    from stackloom.resources.compute.flavor import FlavorChange, FlavorState, NewFlavor
    from stackloom.resources.compute.hypervisor import HypervisorState
    from stackloom.resources.compute.keypair import KeypairState, NewKeypair
    from stackloom.resources.compute.server import NewServer, ServerChange, ServerState
    from stackloom.resources.compute.server_event import ServerEventState
    from stackloom.resources.compute.server_group import NewServerGroup, ServerGroupState
    from stackloom.resources.identity.application_credential import (
        ApplicationCredentialState,
        NewApplicationCredential,
    )
    from stackloom.resources.identity.credential import (
        CredentialChange,
        CredentialState,
        NewCredential,
    )
    from stackloom.resources.identity.domain import DomainChange, DomainState, NewDomain
    from stackloom.resources.identity.endpoint import EndpointChange, EndpointState, NewEndpoint
    from stackloom.resources.identity.group import GroupChange, GroupState, NewGroup
    from stackloom.resources.identity.project import NewProject, ProjectChange, ProjectState
    from stackloom.resources.identity.region import NewRegion, RegionChange, RegionState
    from stackloom.resources.identity.role import NewRole, RoleChange, RoleState
    from stackloom.resources.identity.role_assignment import RoleAssignmentState
    from stackloom.resources.identity.service import NewService, ServiceChange, ServiceState
    from stackloom.resources.identity.trust import NewTrust, TrustState
    from stackloom.resources.identity.user import NewUser, UserChange, UserState
    from stackloom.resources.image.image import ImageChange, ImageState, NewImage
    from stackloom.resources.image.image_member import (
        ImageMemberChange,
        ImageMemberState,
        NewImageMember,
    )
    from stackloom.resources.network.address_group import (
        AddressGroupChange,
        AddressGroupState,
        NewAddressGroup,
    )
    from stackloom.resources.network.address_scope import (
        AddressScopeChange,
        AddressScopeState,
        NewAddressScope,
    )
    from stackloom.resources.network.extension import ExtensionState
    from stackloom.resources.network.floating_ip import (
        FloatingIpChange,
        FloatingIpState,
        NewFloatingIp,
    )
    from stackloom.resources.network.network import NetworkChange, NetworkState, NewNetwork
    from stackloom.resources.network.network_agent import NetworkAgentChange, NetworkAgentState
    from stackloom.resources.network.network_quota import NetworkQuotaState
    from stackloom.resources.network.port import NewPort, PortChange, PortState
    from stackloom.resources.network.port_forwarding import (
        NewPortForwarding,
        PortForwardingChange,
        PortForwardingState,
    )
    from stackloom.resources.network.qos_bandwidth_limit_rule import (
        BandwidthLimitRuleChange,
        NewBandwidthLimitRule,
    )
    from stackloom.resources.network.qos_dscp_marking_rule import (
        DscpMarkingRuleChange,
        NewDscpMarkingRule,
    )
    from stackloom.resources.network.qos_minimum_bandwidth_rule import (
        MinimumBandwidthRuleChange,
        NewMinimumBandwidthRule,
    )
    from stackloom.resources.network.qos_minimum_packet_rate_rule import (
        MinimumPacketRateRuleChange,
        NewMinimumPacketRateRule,
    )
    from stackloom.resources.network.qos_policy import (
        NewQosPolicy,
        QosPolicyChange,
        QosPolicyState,
        QosRuleState,
    )
    from stackloom.resources.network.rbac_policy import (
        NewRbacPolicy,
        RbacPolicyChange,
        RbacPolicyState,
    )
    from stackloom.resources.network.router import NewRouter, RouterChange, RouterState
    from stackloom.resources.network.security_group import (
        NewSecurityGroup,
        SecurityGroupChange,
        SecurityGroupState,
    )
    from stackloom.resources.network.security_group_rule import (
        NewSecurityGroupRule,
        SecurityGroupRuleState,
    )
    from stackloom.resources.network.subnet import NewSubnet, SubnetChange, SubnetState
    from stackloom.resources.network.subnet_pool import (
        NewSubnetPool,
        SubnetPoolChange,
        SubnetPoolState,
    )
    from stackloom.resources.network.trunk import NewTrunk, TrunkChange, TrunkState
else:  # a __getattr__ in sight of type checkers would hide mistyped names

    def __getattr__(name: str) -> object:
        if name not in _MODULE_BY_NAME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_MODULE_BY_NAME[name]), name)


_MODULE_BY_NAME = {
    "AddressGroupChange": "stackloom.resources.network.address_group",
    "AddressGroupState": "stackloom.resources.network.address_group",
    "AddressScopeChange": "stackloom.resources.network.address_scope",
    "AddressScopeState": "stackloom.resources.network.address_scope",
    "AggregateChange": "stackloom.resources.compute.aggregate",
    "AggregateState": "stackloom.resources.compute.aggregate",
    "ApplicationCredentialState": "stackloom.resources.identity.application_credential",
    "AvailabilityZoneState": "stackloom.resources.compute.availability_zone",
    "BandwidthLimitRuleChange": "stackloom.resources.network.qos_bandwidth_limit_rule",
    "ComputeServiceState": "stackloom.resources.compute.compute_service",
    "CredentialChange": "stackloom.resources.identity.credential",
    "CredentialState": "stackloom.resources.identity.credential",
    "DomainChange": "stackloom.resources.identity.domain",
    "DomainState": "stackloom.resources.identity.domain",
    "DscpMarkingRuleChange": "stackloom.resources.network.qos_dscp_marking_rule",
    "EndpointChange": "stackloom.resources.identity.endpoint",
    "EndpointState": "stackloom.resources.identity.endpoint",
    "ExtensionState": "stackloom.resources.network.extension",
    "FlavorChange": "stackloom.resources.compute.flavor",
    "FlavorState": "stackloom.resources.compute.flavor",
    "FloatingIpChange": "stackloom.resources.network.floating_ip",
    "FloatingIpState": "stackloom.resources.network.floating_ip",
    "GroupChange": "stackloom.resources.identity.group",
    "GroupState": "stackloom.resources.identity.group",
    "HypervisorState": "stackloom.resources.compute.hypervisor",
    "ImageChange": "stackloom.resources.image.image",
    "ImageMemberChange": "stackloom.resources.image.image_member",
    "ImageMemberState": "stackloom.resources.image.image_member",
    "ImageState": "stackloom.resources.image.image",
    "KeypairState": "stackloom.resources.compute.keypair",
    "MinimumBandwidthRuleChange": "stackloom.resources.network.qos_minimum_bandwidth_rule",
    "MinimumPacketRateRuleChange": "stackloom.resources.network.qos_minimum_packet_rate_rule",
    "NetworkAgentChange": "stackloom.resources.network.network_agent",
    "NetworkAgentState": "stackloom.resources.network.network_agent",
    "NetworkChange": "stackloom.resources.network.network",
    "NetworkQuotaState": "stackloom.resources.network.network_quota",
    "NetworkState": "stackloom.resources.network.network",
    "NewAddressGroup": "stackloom.resources.network.address_group",
    "NewAddressScope": "stackloom.resources.network.address_scope",
    "NewAggregate": "stackloom.resources.compute.aggregate",
    "NewApplicationCredential": "stackloom.resources.identity.application_credential",
    "NewBandwidthLimitRule": "stackloom.resources.network.qos_bandwidth_limit_rule",
    "NewCredential": "stackloom.resources.identity.credential",
    "NewDomain": "stackloom.resources.identity.domain",
    "NewDscpMarkingRule": "stackloom.resources.network.qos_dscp_marking_rule",
    "NewEndpoint": "stackloom.resources.identity.endpoint",
    "NewFlavor": "stackloom.resources.compute.flavor",
    "NewFloatingIp": "stackloom.resources.network.floating_ip",
    "NewGroup": "stackloom.resources.identity.group",
    "NewImage": "stackloom.resources.image.image",
    "NewImageMember": "stackloom.resources.image.image_member",
    "NewKeypair": "stackloom.resources.compute.keypair",
    "NewMinimumBandwidthRule": "stackloom.resources.network.qos_minimum_bandwidth_rule",
    "NewMinimumPacketRateRule": "stackloom.resources.network.qos_minimum_packet_rate_rule",
    "NewNetwork": "stackloom.resources.network.network",
    "NewPort": "stackloom.resources.network.port",
    "NewPortForwarding": "stackloom.resources.network.port_forwarding",
    "NewProject": "stackloom.resources.identity.project",
    "NewQosPolicy": "stackloom.resources.network.qos_policy",
    "NewRbacPolicy": "stackloom.resources.network.rbac_policy",
    "NewRegion": "stackloom.resources.identity.region",
    "NewRole": "stackloom.resources.identity.role",
    "NewRouter": "stackloom.resources.network.router",
    "NewSecurityGroup": "stackloom.resources.network.security_group",
    "NewSecurityGroupRule": "stackloom.resources.network.security_group_rule",
    "NewServer": "stackloom.resources.compute.server",
    "NewServerGroup": "stackloom.resources.compute.server_group",
    "NewService": "stackloom.resources.identity.service",
    "NewSubnet": "stackloom.resources.network.subnet",
    "NewSubnetPool": "stackloom.resources.network.subnet_pool",
    "NewTrunk": "stackloom.resources.network.trunk",
    "NewTrust": "stackloom.resources.identity.trust",
    "NewUser": "stackloom.resources.identity.user",
    "NewVolume": "stackloom.resources.block_storage.volume",
    "NewVolumeAttachment": "stackloom.resources.block_storage.volume_attachment",
    "NewVolumeBackup": "stackloom.resources.block_storage.volume_backup",
    "NewVolumeSnapshot": "stackloom.resources.block_storage.volume_snapshot",
    "NewVolumeType": "stackloom.resources.block_storage.volume_type",
    "PortChange": "stackloom.resources.network.port",
    "PortForwardingChange": "stackloom.resources.network.port_forwarding",
    "PortForwardingState": "stackloom.resources.network.port_forwarding",
    "PortState": "stackloom.resources.network.port",
    "ProjectChange": "stackloom.resources.identity.project",
    "ProjectState": "stackloom.resources.identity.project",
    "QosPolicyChange": "stackloom.resources.network.qos_policy",
    "QosPolicyState": "stackloom.resources.network.qos_policy",
    "QosRuleState": "stackloom.resources.network.qos_policy",
    "RbacPolicyChange": "stackloom.resources.network.rbac_policy",
    "RbacPolicyState": "stackloom.resources.network.rbac_policy",
    "RegionChange": "stackloom.resources.identity.region",
    "RegionState": "stackloom.resources.identity.region",
    "RoleAssignmentState": "stackloom.resources.identity.role_assignment",
    "RoleChange": "stackloom.resources.identity.role",
    "RoleState": "stackloom.resources.identity.role",
    "RouterChange": "stackloom.resources.network.router",
    "RouterState": "stackloom.resources.network.router",
    "SecurityGroupChange": "stackloom.resources.network.security_group",
    "SecurityGroupRuleState": "stackloom.resources.network.security_group_rule",
    "SecurityGroupState": "stackloom.resources.network.security_group",
    "ServerChange": "stackloom.resources.compute.server",
    "ServerEventState": "stackloom.resources.compute.server_event",
    "ServerGroupState": "stackloom.resources.compute.server_group",
    "ServerState": "stackloom.resources.compute.server",
    "ServiceChange": "stackloom.resources.identity.service",
    "ServiceState": "stackloom.resources.identity.service",
    "SubnetChange": "stackloom.resources.network.subnet",
    "SubnetPoolChange": "stackloom.resources.network.subnet_pool",
    "SubnetPoolState": "stackloom.resources.network.subnet_pool",
    "SubnetState": "stackloom.resources.network.subnet",
    "TrunkChange": "stackloom.resources.network.trunk",
    "TrunkState": "stackloom.resources.network.trunk",
    "TrustState": "stackloom.resources.identity.trust",
    "UserChange": "stackloom.resources.identity.user",
    "UserState": "stackloom.resources.identity.user",
    "VolumeAttachmentChange": "stackloom.resources.block_storage.volume_attachment",
    "VolumeAttachmentState": "stackloom.resources.block_storage.volume_attachment",
    "VolumeBackupChange": "stackloom.resources.block_storage.volume_backup",
    "VolumeBackupState": "stackloom.resources.block_storage.volume_backup",
    "VolumeChange": "stackloom.resources.block_storage.volume",
    "VolumeSnapshotChange": "stackloom.resources.block_storage.volume_snapshot",
    "VolumeSnapshotState": "stackloom.resources.block_storage.volume_snapshot",
    "VolumeState": "stackloom.resources.block_storage.volume",
    "VolumeTypeChange": "stackloom.resources.block_storage.volume_type",
    "VolumeTypeState": "stackloom.resources.block_storage.volume_type",
}
__all__ = [
    "AddressGroupChange",
    "AddressGroupState",
    "AddressScopeChange",
    "AddressScopeState",
    "AggregateChange",
    "AggregateState",
    "ApplicationCredentialState",
    "AvailabilityZoneState",
    "BandwidthLimitRuleChange",
    "ComputeServiceState",
    "CredentialChange",
    "CredentialState",
    "DomainChange",
    "DomainState",
    "DscpMarkingRuleChange",
    "EndpointChange",
    "EndpointState",
    "ExtensionState",
    "FlavorChange",
    "FlavorState",
    "FloatingIpChange",
    "FloatingIpState",
    "GroupChange",
    "GroupState",
    "HypervisorState",
    "ImageChange",
    "ImageMemberChange",
    "ImageMemberState",
    "ImageState",
    "KeypairState",
    "Kinds",
    "MinimumBandwidthRuleChange",
    "MinimumPacketRateRuleChange",
    "NetworkAgentChange",
    "NetworkAgentState",
    "NetworkChange",
    "NetworkQuotaState",
    "NetworkState",
    "NewAddressGroup",
    "NewAddressScope",
    "NewAggregate",
    "NewApplicationCredential",
    "NewBandwidthLimitRule",
    "NewCredential",
    "NewDomain",
    "NewDscpMarkingRule",
    "NewEndpoint",
    "NewFlavor",
    "NewFloatingIp",
    "NewGroup",
    "NewImage",
    "NewImageMember",
    "NewKeypair",
    "NewMinimumBandwidthRule",
    "NewMinimumPacketRateRule",
    "NewNetwork",
    "NewPort",
    "NewPortForwarding",
    "NewProject",
    "NewQosPolicy",
    "NewRbacPolicy",
    "NewRegion",
    "NewRole",
    "NewRouter",
    "NewSecurityGroup",
    "NewSecurityGroupRule",
    "NewServer",
    "NewServerGroup",
    "NewService",
    "NewSubnet",
    "NewSubnetPool",
    "NewTrunk",
    "NewTrust",
    "NewUser",
    "NewVolume",
    "NewVolumeAttachment",
    "NewVolumeBackup",
    "NewVolumeSnapshot",
    "NewVolumeType",
    "PortChange",
    "PortForwardingChange",
    "PortForwardingState",
    "PortState",
    "ProjectChange",
    "ProjectState",
    "QosPolicyChange",
    "QosPolicyState",
    "QosRuleState",
    "RbacPolicyChange",
    "RbacPolicyState",
    "RegionChange",
    "RegionState",
    "RoleAssignmentState",
    "RoleChange",
    "RoleState",
    "RouterChange",
    "RouterState",
    "SecurityGroupChange",
    "SecurityGroupRuleState",
    "SecurityGroupState",
    "ServerChange",
    "ServerEventState",
    "ServerGroupState",
    "ServerState",
    "ServiceChange",
    "ServiceState",
    "SubnetChange",
    "SubnetPoolChange",
    "SubnetPoolState",
    "SubnetState",
    "SyncKinds",
    "TrunkChange",
    "TrunkState",
    "TrustState",
    "UserChange",
    "UserState",
    "VolumeAttachmentChange",
    "VolumeAttachmentState",
    "VolumeBackupChange",
    "VolumeBackupState",
    "VolumeChange",
    "VolumeSnapshotChange",
    "VolumeSnapshotState",
    "VolumeState",
    "VolumeTypeChange",
    "VolumeTypeState",
]


class Kinds:
    """One attribute a kind."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _all(self, module: str) -> AnyCollection:
        kind = importlib.import_module(f"stackloom.resources.{module}").KIND
        return Collection(self._cloud, kind)

    @cached_property
    def address_groups(self) -> Collection[AddressGroupState, NewAddressGroup, AddressGroupChange]:
        """All address groups."""
        return self._all("network.address_group")

    @cached_property
    def address_scopes(self) -> Collection[AddressScopeState, NewAddressScope, AddressScopeChange]:
        """All address scopes."""
        return self._all("network.address_scope")

    @cached_property
    def aggregates(self) -> Collection[AggregateState, NewAggregate, AggregateChange]:
        """All aggregates."""
        return self._all("compute.aggregate")

    @cached_property
    def application_credentials(
        self,
    ) -> Collection[ApplicationCredentialState, NewApplicationCredential, Body]:
        """All application credentials."""
        return self._all("identity.application_credential")

    @cached_property
    def availability_zones(self) -> Collection[AvailabilityZoneState, Body, Body]:
        """All availability zones."""
        return self._all("compute.availability_zone")

    @cached_property
    def compute_services(self) -> Collection[ComputeServiceState, Body, Body]:
        """All compute services."""
        return self._all("compute.compute_service")

    @cached_property
    def credentials(self) -> Collection[CredentialState, NewCredential, CredentialChange]:
        """All credentials."""
        return self._all("identity.credential")

    @cached_property
    def domains(self) -> Collection[DomainState, NewDomain, DomainChange]:
        """All domains."""
        return self._all("identity.domain")

    @cached_property
    def endpoints(self) -> Collection[EndpointState, NewEndpoint, EndpointChange]:
        """All endpoints."""
        return self._all("identity.endpoint")

    @cached_property
    def extensions(self) -> Collection[ExtensionState, Body, Body]:
        """All extensions."""
        return self._all("network.extension")

    @cached_property
    def flavors(self) -> Collection[FlavorState, NewFlavor, FlavorChange]:
        """All flavors."""
        return self._all("compute.flavor")

    @cached_property
    def floating_ips(self) -> Collection[FloatingIpState, NewFloatingIp, FloatingIpChange]:
        """All floating ips."""
        return self._all("network.floating_ip")

    @cached_property
    def groups(self) -> Collection[GroupState, NewGroup, GroupChange]:
        """All groups."""
        return self._all("identity.group")

    @cached_property
    def hypervisors(self) -> Collection[HypervisorState, Body, Body]:
        """All hypervisors."""
        return self._all("compute.hypervisor")

    @cached_property
    def images(self) -> Collection[ImageState, NewImage, ImageChange]:
        """All images."""
        return self._all("image.image")

    @cached_property
    def image_members(self) -> Collection[ImageMemberState, NewImageMember, ImageMemberChange]:
        """All image members."""
        return self._all("image.image_member")

    @cached_property
    def keypairs(self) -> Collection[KeypairState, NewKeypair, Body]:
        """All keypairs."""
        return self._all("compute.keypair")

    @cached_property
    def networks(self) -> Collection[NetworkState, NewNetwork, NetworkChange]:
        """All networks."""
        return self._all("network.network")

    @cached_property
    def network_agents(self) -> Collection[NetworkAgentState, Body, NetworkAgentChange]:
        """All network agents."""
        return self._all("network.network_agent")

    @cached_property
    def network_quotas(self) -> Collection[NetworkQuotaState, Body, Body]:
        """All network quotas."""
        return self._all("network.network_quota")

    @cached_property
    def ports(self) -> Collection[PortState, NewPort, PortChange]:
        """All ports."""
        return self._all("network.port")

    @cached_property
    def port_forwardings(
        self,
    ) -> Collection[PortForwardingState, NewPortForwarding, PortForwardingChange]:
        """All port forwardings."""
        return self._all("network.port_forwarding")

    @cached_property
    def projects(self) -> Collection[ProjectState, NewProject, ProjectChange]:
        """All projects."""
        return self._all("identity.project")

    @cached_property
    def qos_bandwidth_limit_rules(
        self,
    ) -> Collection[QosRuleState, NewBandwidthLimitRule, BandwidthLimitRuleChange]:
        """All qos bandwidth limit rules."""
        return self._all("network.qos_bandwidth_limit_rule")

    @cached_property
    def qos_dscp_marking_rules(
        self,
    ) -> Collection[QosRuleState, NewDscpMarkingRule, DscpMarkingRuleChange]:
        """All qos dscp marking rules."""
        return self._all("network.qos_dscp_marking_rule")

    @cached_property
    def qos_minimum_bandwidth_rules(
        self,
    ) -> Collection[QosRuleState, NewMinimumBandwidthRule, MinimumBandwidthRuleChange]:
        """All qos minimum bandwidth rules."""
        return self._all("network.qos_minimum_bandwidth_rule")

    @cached_property
    def qos_minimum_packet_rate_rules(
        self,
    ) -> Collection[QosRuleState, NewMinimumPacketRateRule, MinimumPacketRateRuleChange]:
        """All qos minimum packet rate rules."""
        return self._all("network.qos_minimum_packet_rate_rule")

    @cached_property
    def qos_policies(self) -> Collection[QosPolicyState, NewQosPolicy, QosPolicyChange]:
        """All qos policies."""
        return self._all("network.qos_policy")

    @cached_property
    def rbac_policies(self) -> Collection[RbacPolicyState, NewRbacPolicy, RbacPolicyChange]:
        """All rbac policies."""
        return self._all("network.rbac_policy")

    @cached_property
    def regions(self) -> Collection[RegionState, NewRegion, RegionChange]:
        """All regions."""
        return self._all("identity.region")

    @cached_property
    def roles(self) -> Collection[RoleState, NewRole, RoleChange]:
        """All roles."""
        return self._all("identity.role")

    @cached_property
    def role_assignments(self) -> Collection[RoleAssignmentState, Body, Body]:
        """All role assignments."""
        return self._all("identity.role_assignment")

    @cached_property
    def routers(self) -> Collection[RouterState, NewRouter, RouterChange]:
        """All routers."""
        return self._all("network.router")

    @cached_property
    def security_groups(
        self,
    ) -> Collection[SecurityGroupState, NewSecurityGroup, SecurityGroupChange]:
        """All security groups."""
        return self._all("network.security_group")

    @cached_property
    def security_group_rules(
        self,
    ) -> Collection[SecurityGroupRuleState, NewSecurityGroupRule, Body]:
        """All security group rules."""
        return self._all("network.security_group_rule")

    @cached_property
    def servers(self) -> Collection[ServerState, NewServer, ServerChange]:
        """All servers."""
        return self._all("compute.server")

    @cached_property
    def server_events(self) -> Collection[ServerEventState, Body, Body]:
        """All server events."""
        return self._all("compute.server_event")

    @cached_property
    def server_groups(self) -> Collection[ServerGroupState, NewServerGroup, Body]:
        """All server groups."""
        return self._all("compute.server_group")

    @cached_property
    def services(self) -> Collection[ServiceState, NewService, ServiceChange]:
        """All services."""
        return self._all("identity.service")

    @cached_property
    def subnets(self) -> Collection[SubnetState, NewSubnet, SubnetChange]:
        """All subnets."""
        return self._all("network.subnet")

    @cached_property
    def subnet_pools(self) -> Collection[SubnetPoolState, NewSubnetPool, SubnetPoolChange]:
        """All subnet pools."""
        return self._all("network.subnet_pool")

    @cached_property
    def trunks(self) -> Collection[TrunkState, NewTrunk, TrunkChange]:
        """All trunks."""
        return self._all("network.trunk")

    @cached_property
    def trusts(self) -> Collection[TrustState, NewTrust, Body]:
        """All trusts."""
        return self._all("identity.trust")

    @cached_property
    def users(self) -> Collection[UserState, NewUser, UserChange]:
        """All users."""
        return self._all("identity.user")

    @cached_property
    def volumes(self) -> Collection[VolumeState, NewVolume, VolumeChange]:
        """All volumes."""
        return self._all("block_storage.volume")

    @cached_property
    def volume_attachments(
        self,
    ) -> Collection[VolumeAttachmentState, NewVolumeAttachment, VolumeAttachmentChange]:
        """All volume attachments."""
        return self._all("block_storage.volume_attachment")

    @cached_property
    def volume_backups(self) -> Collection[VolumeBackupState, NewVolumeBackup, VolumeBackupChange]:
        """All volume backups."""
        return self._all("block_storage.volume_backup")

    @cached_property
    def volume_snapshots(
        self,
    ) -> Collection[VolumeSnapshotState, NewVolumeSnapshot, VolumeSnapshotChange]:
        """All volume snapshots."""
        return self._all("block_storage.volume_snapshot")

    @cached_property
    def volume_types(self) -> Collection[VolumeTypeState, NewVolumeType, VolumeTypeChange]:
        """All volume types."""
        return self._all("block_storage.volume_type")


class SyncKinds:
    """The same without an event loop."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _all(self, module: str) -> AnySyncCollection:
        kind = importlib.import_module(f"stackloom.resources.{module}").KIND
        return SyncCollection(self._cloud, kind)

    @cached_property
    def address_groups(
        self,
    ) -> SyncCollection[AddressGroupState, NewAddressGroup, AddressGroupChange]:
        """All address groups."""
        return self._all("network.address_group")

    @cached_property
    def address_scopes(
        self,
    ) -> SyncCollection[AddressScopeState, NewAddressScope, AddressScopeChange]:
        """All address scopes."""
        return self._all("network.address_scope")

    @cached_property
    def aggregates(self) -> SyncCollection[AggregateState, NewAggregate, AggregateChange]:
        """All aggregates."""
        return self._all("compute.aggregate")

    @cached_property
    def application_credentials(
        self,
    ) -> SyncCollection[ApplicationCredentialState, NewApplicationCredential, Body]:
        """All application credentials."""
        return self._all("identity.application_credential")

    @cached_property
    def availability_zones(self) -> SyncCollection[AvailabilityZoneState, Body, Body]:
        """All availability zones."""
        return self._all("compute.availability_zone")

    @cached_property
    def compute_services(self) -> SyncCollection[ComputeServiceState, Body, Body]:
        """All compute services."""
        return self._all("compute.compute_service")

    @cached_property
    def credentials(self) -> SyncCollection[CredentialState, NewCredential, CredentialChange]:
        """All credentials."""
        return self._all("identity.credential")

    @cached_property
    def domains(self) -> SyncCollection[DomainState, NewDomain, DomainChange]:
        """All domains."""
        return self._all("identity.domain")

    @cached_property
    def endpoints(self) -> SyncCollection[EndpointState, NewEndpoint, EndpointChange]:
        """All endpoints."""
        return self._all("identity.endpoint")

    @cached_property
    def extensions(self) -> SyncCollection[ExtensionState, Body, Body]:
        """All extensions."""
        return self._all("network.extension")

    @cached_property
    def flavors(self) -> SyncCollection[FlavorState, NewFlavor, FlavorChange]:
        """All flavors."""
        return self._all("compute.flavor")

    @cached_property
    def floating_ips(self) -> SyncCollection[FloatingIpState, NewFloatingIp, FloatingIpChange]:
        """All floating ips."""
        return self._all("network.floating_ip")

    @cached_property
    def groups(self) -> SyncCollection[GroupState, NewGroup, GroupChange]:
        """All groups."""
        return self._all("identity.group")

    @cached_property
    def hypervisors(self) -> SyncCollection[HypervisorState, Body, Body]:
        """All hypervisors."""
        return self._all("compute.hypervisor")

    @cached_property
    def images(self) -> SyncCollection[ImageState, NewImage, ImageChange]:
        """All images."""
        return self._all("image.image")

    @cached_property
    def image_members(self) -> SyncCollection[ImageMemberState, NewImageMember, ImageMemberChange]:
        """All image members."""
        return self._all("image.image_member")

    @cached_property
    def keypairs(self) -> SyncCollection[KeypairState, NewKeypair, Body]:
        """All keypairs."""
        return self._all("compute.keypair")

    @cached_property
    def networks(self) -> SyncCollection[NetworkState, NewNetwork, NetworkChange]:
        """All networks."""
        return self._all("network.network")

    @cached_property
    def network_agents(self) -> SyncCollection[NetworkAgentState, Body, NetworkAgentChange]:
        """All network agents."""
        return self._all("network.network_agent")

    @cached_property
    def network_quotas(self) -> SyncCollection[NetworkQuotaState, Body, Body]:
        """All network quotas."""
        return self._all("network.network_quota")

    @cached_property
    def ports(self) -> SyncCollection[PortState, NewPort, PortChange]:
        """All ports."""
        return self._all("network.port")

    @cached_property
    def port_forwardings(
        self,
    ) -> SyncCollection[PortForwardingState, NewPortForwarding, PortForwardingChange]:
        """All port forwardings."""
        return self._all("network.port_forwarding")

    @cached_property
    def projects(self) -> SyncCollection[ProjectState, NewProject, ProjectChange]:
        """All projects."""
        return self._all("identity.project")

    @cached_property
    def qos_bandwidth_limit_rules(
        self,
    ) -> SyncCollection[QosRuleState, NewBandwidthLimitRule, BandwidthLimitRuleChange]:
        """All qos bandwidth limit rules."""
        return self._all("network.qos_bandwidth_limit_rule")

    @cached_property
    def qos_dscp_marking_rules(
        self,
    ) -> SyncCollection[QosRuleState, NewDscpMarkingRule, DscpMarkingRuleChange]:
        """All qos dscp marking rules."""
        return self._all("network.qos_dscp_marking_rule")

    @cached_property
    def qos_minimum_bandwidth_rules(
        self,
    ) -> SyncCollection[QosRuleState, NewMinimumBandwidthRule, MinimumBandwidthRuleChange]:
        """All qos minimum bandwidth rules."""
        return self._all("network.qos_minimum_bandwidth_rule")

    @cached_property
    def qos_minimum_packet_rate_rules(
        self,
    ) -> SyncCollection[QosRuleState, NewMinimumPacketRateRule, MinimumPacketRateRuleChange]:
        """All qos minimum packet rate rules."""
        return self._all("network.qos_minimum_packet_rate_rule")

    @cached_property
    def qos_policies(self) -> SyncCollection[QosPolicyState, NewQosPolicy, QosPolicyChange]:
        """All qos policies."""
        return self._all("network.qos_policy")

    @cached_property
    def rbac_policies(self) -> SyncCollection[RbacPolicyState, NewRbacPolicy, RbacPolicyChange]:
        """All rbac policies."""
        return self._all("network.rbac_policy")

    @cached_property
    def regions(self) -> SyncCollection[RegionState, NewRegion, RegionChange]:
        """All regions."""
        return self._all("identity.region")

    @cached_property
    def roles(self) -> SyncCollection[RoleState, NewRole, RoleChange]:
        """All roles."""
        return self._all("identity.role")

    @cached_property
    def role_assignments(self) -> SyncCollection[RoleAssignmentState, Body, Body]:
        """All role assignments."""
        return self._all("identity.role_assignment")

    @cached_property
    def routers(self) -> SyncCollection[RouterState, NewRouter, RouterChange]:
        """All routers."""
        return self._all("network.router")

    @cached_property
    def security_groups(
        self,
    ) -> SyncCollection[SecurityGroupState, NewSecurityGroup, SecurityGroupChange]:
        """All security groups."""
        return self._all("network.security_group")

    @cached_property
    def security_group_rules(
        self,
    ) -> SyncCollection[SecurityGroupRuleState, NewSecurityGroupRule, Body]:
        """All security group rules."""
        return self._all("network.security_group_rule")

    @cached_property
    def servers(self) -> SyncCollection[ServerState, NewServer, ServerChange]:
        """All servers."""
        return self._all("compute.server")

    @cached_property
    def server_events(self) -> SyncCollection[ServerEventState, Body, Body]:
        """All server events."""
        return self._all("compute.server_event")

    @cached_property
    def server_groups(self) -> SyncCollection[ServerGroupState, NewServerGroup, Body]:
        """All server groups."""
        return self._all("compute.server_group")

    @cached_property
    def services(self) -> SyncCollection[ServiceState, NewService, ServiceChange]:
        """All services."""
        return self._all("identity.service")

    @cached_property
    def subnets(self) -> SyncCollection[SubnetState, NewSubnet, SubnetChange]:
        """All subnets."""
        return self._all("network.subnet")

    @cached_property
    def subnet_pools(self) -> SyncCollection[SubnetPoolState, NewSubnetPool, SubnetPoolChange]:
        """All subnet pools."""
        return self._all("network.subnet_pool")

    @cached_property
    def trunks(self) -> SyncCollection[TrunkState, NewTrunk, TrunkChange]:
        """All trunks."""
        return self._all("network.trunk")

    @cached_property
    def trusts(self) -> SyncCollection[TrustState, NewTrust, Body]:
        """All trusts."""
        return self._all("identity.trust")

    @cached_property
    def users(self) -> SyncCollection[UserState, NewUser, UserChange]:
        """All users."""
        return self._all("identity.user")

    @cached_property
    def volumes(self) -> SyncCollection[VolumeState, NewVolume, VolumeChange]:
        """All volumes."""
        return self._all("block_storage.volume")

    @cached_property
    def volume_attachments(
        self,
    ) -> SyncCollection[VolumeAttachmentState, NewVolumeAttachment, VolumeAttachmentChange]:
        """All volume attachments."""
        return self._all("block_storage.volume_attachment")

    @cached_property
    def volume_backups(
        self,
    ) -> SyncCollection[VolumeBackupState, NewVolumeBackup, VolumeBackupChange]:
        """All volume backups."""
        return self._all("block_storage.volume_backup")

    @cached_property
    def volume_snapshots(
        self,
    ) -> SyncCollection[VolumeSnapshotState, NewVolumeSnapshot, VolumeSnapshotChange]:
        """All volume snapshots."""
        return self._all("block_storage.volume_snapshot")

    @cached_property
    def volume_types(self) -> SyncCollection[VolumeTypeState, NewVolumeType, VolumeTypeChange]:
        """All volume types."""
        return self._all("block_storage.volume_type")
