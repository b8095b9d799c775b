# Scenario everything, written by stackloom convert.
terraform {
  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = "~> 3.0"
    }
  }
}

provider "openstack" {}

variable "secret_1" {
  type      = string
  sensitive = true
}

data "openstack_networking_secgroup_v2" "older" {
  name = "older"
}

data "openstack_networking_secgroup_v2" "default" {
  name = "default"
}

data "openstack_networking_network_v2" "public" {
  name = "public"
}

data "openstack_networking_subnet_v2" "public-subnet" {
  name = "public-subnet"
}

data "openstack_images_image_v2" "cirros" {
  name = "cirros"
}

data "openstack_blockstorage_snapshot_v3" "yesterday" {
  name = "yesterday"
}

data "openstack_networking_port_v2" "web_blue" {
  device_id  = openstack_compute_instance_v2.web.id
  network_id = openstack_networking_network_v2.blue.id
}

data "openstack_networking_port_v2" "web_blue_2" {
  device_id  = openstack_compute_instance_v2.web.id
  network_id = openstack_networking_network_v2.blue.id
}

resource "openstack_networking_addressscope_v2" "scope" {
  name       = "scope"
  ip_version = 4
  shared     = true
}

resource "openstack_networking_subnetpool_v2" "pool" {
  name              = "pool"
  address_scope_id  = openstack_networking_addressscope_v2.scope.id
  prefixes          = ["10.64.0.0/10"]
  description       = "for us"
  default_prefixlen = 24
}

resource "openstack_networking_address_group_v2" "partners" {
  name        = "partners"
  description = "friends"
  addresses   = ["198.51.100.0/24"]
}

resource "openstack_networking_qos_policy_v2" "slow" {
  name        = "slow"
  description = "for guests"
}

resource "openstack_networking_qos_bandwidth_limit_rule_v2" "slow_1" {
  qos_policy_id  = openstack_networking_qos_policy_v2.slow.id
  max_kbps       = 1000
  max_burst_kbps = 100
  direction      = "ingress"
}

resource "openstack_networking_qos_dscp_marking_rule_v2" "slow_2" {
  qos_policy_id = openstack_networking_qos_policy_v2.slow.id
  dscp_mark     = 26
}

resource "openstack_networking_qos_minimum_bandwidth_rule_v2" "slow_3" {
  qos_policy_id = openstack_networking_qos_policy_v2.slow.id
  min_kbps      = 10
}

resource "openstack_networking_network_v2" "plain" {
  name = "plain"
}

resource "openstack_networking_network_v2" "blue" {
  name          = "blue"
  description   = "for servers"
  mtu           = 1400
  dns_domain    = "a.org."
  qos_policy_id = openstack_networking_qos_policy_v2.slow.id
}

resource "openstack_networking_network_v2" "vlan" {
  name                    = "vlan"
  admin_state_up          = false
  shared                  = false
  external                = true
  availability_zone_hints = ["nova"]

  segments {
    network_type     = "vlan"
    physical_network = "physnet1"
    segmentation_id  = 7
  }
}

resource "openstack_networking_subnet_v2" "closed" {
  name            = "closed"
  network_id      = openstack_networking_network_v2.blue.id
  description     = "no way out"
  ip_version      = 4
  cidr            = "10.2.0.0/24"
  no_gateway      = true
  enable_dhcp     = false
  dns_nameservers = ["9.9.9.9"]

  allocation_pool {
    start = "10.2.0.10"
    end   = "10.2.0.99"
  }
}

resource "openstack_networking_subnet_route_v2" "closed_1" {
  subnet_id        = openstack_networking_subnet_v2.closed.id
  destination_cidr = "10.9.0.0/16"
  next_hop         = "10.2.0.253"
}

resource "openstack_networking_subnet_v2" "six" {
  name              = "six"
  network_id        = openstack_networking_network_v2.vlan.id
  ip_version        = 6
  cidr              = "2001:db8::/64"
  ipv6_ra_mode      = "slaac"
  ipv6_address_mode = "slaac"
}

resource "openstack_networking_subnet_v2" "cut" {
  name          = "cut"
  network_id    = openstack_networking_network_v2.vlan.id
  ip_version    = 4
  subnetpool_id = openstack_networking_subnetpool_v2.pool.id
  prefix_length = 26
}

resource "openstack_networking_subnet_v2" "default-cut" {
  name       = "default-cut"
  network_id = openstack_networking_network_v2.plain.id
  ip_version = 6
}

resource "openstack_networking_secgroup_v2" "web" {
  name                 = "web"
  description          = "whoever serves pages"
  stateful             = false
  delete_default_rules = true
}

resource "openstack_networking_secgroup_rule_v2" "web_1" {
  security_group_id = openstack_networking_secgroup_v2.web.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 443
  port_range_max    = 443
}

resource "openstack_networking_secgroup_rule_v2" "web_2" {
  security_group_id = openstack_networking_secgroup_v2.web.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 443
  port_range_max    = 443
  remote_group_id   = openstack_networking_secgroup_v2.web.id
}

resource "openstack_networking_secgroup_rule_v2" "web_3" {
  security_group_id = openstack_networking_secgroup_v2.web.id
  direction         = "ingress"
  ethertype         = "IPv6"
  protocol          = "tcp"
  port_range_min    = 443
  port_range_max    = 443
  remote_group_id   = openstack_networking_secgroup_v2.web.id
}

resource "openstack_networking_secgroup_rule_v2" "web_4" {
  security_group_id = openstack_networking_secgroup_v2.web.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 443
  port_range_max    = 443
  remote_group_id   = data.openstack_networking_secgroup_v2.older.id
}

resource "openstack_networking_secgroup_rule_v2" "web_5" {
  security_group_id = openstack_networking_secgroup_v2.web.id
  direction         = "ingress"
  ethertype         = "IPv6"
  protocol          = "tcp"
  port_range_min    = 443
  port_range_max    = 443
  remote_group_id   = data.openstack_networking_secgroup_v2.older.id
}

resource "openstack_networking_secgroup_rule_v2" "web_6" {
  security_group_id = openstack_networking_secgroup_v2.web.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "icmp"
  port_range_min    = 8
  port_range_max    = 0
  description       = "ping"
}

resource "openstack_networking_secgroup_rule_v2" "web_7" {
  security_group_id = openstack_networking_secgroup_v2.web.id
  direction         = "egress"
  ethertype         = "IPv4"
  protocol          = "udp"
  port_range_min    = 53
  port_range_max    = 53
  remote_ip_prefix  = "9.9.9.9/32"
}

resource "openstack_networking_secgroup_rule_v2" "web_8" {
  security_group_id       = openstack_networking_secgroup_v2.web.id
  direction               = "ingress"
  ethertype               = "IPv4"
  protocol                = "tcp"
  port_range_min          = 22
  port_range_max          = 22
  remote_address_group_id = openstack_networking_address_group_v2.partners.id
}

resource "openstack_networking_secgroup_rule_v2" "web_9" {
  security_group_id       = openstack_networking_secgroup_v2.web.id
  direction               = "ingress"
  ethertype               = "IPv6"
  protocol                = "tcp"
  port_range_min          = 22
  port_range_max          = 22
  remote_address_group_id = openstack_networking_address_group_v2.partners.id
}

resource "openstack_networking_secgroup_v2" "quiet" {
  name                 = "quiet"
  delete_default_rules = true
}

resource "openstack_networking_secgroup_v2" "loud" {
  name = "loud"
}

resource "openstack_networking_secgroup_rule_v2" "loud_1" {
  security_group_id = openstack_networking_secgroup_v2.loud.id
  direction         = "egress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 25
  port_range_max    = 25
  remote_ip_prefix  = "192.0.2.1/32"
}

resource "openstack_networking_port_v2" "database" {
  name        = "database"
  network_id  = openstack_networking_network_v2.blue.id
  description = "rows"
  mac_address = "fa:16:3e:00:00:01"
  dns_name    = "database"
  security_group_ids = [
    openstack_networking_secgroup_v2.web.id,
    data.openstack_networking_secgroup_v2.default.id,
  ]
  qos_policy_id = openstack_networking_qos_policy_v2.slow.id

  fixed_ip {
    subnet_id  = openstack_networking_subnet_v2.closed.id
    ip_address = "10.2.0.50"
  }

  allowed_address_pairs {
    ip_address = "10.2.0.100"
  }

  allowed_address_pairs {
    ip_address  = "10.3.0.0/24"
    mac_address = "fa:16:3e:00:00:02"
  }

  extra_dhcp_option {
    name  = "mtu"
    value = "1400"
  }

  extra_dhcp_option {
    name       = "ntp-server"
    value      = "2001:db8::1"
    ip_version = 6
  }

  binding {
    vnic_type = "direct"
  }

  depends_on = [openstack_networking_subnet_v2.blue]
}

resource "openstack_networking_port_v2" "open" {
  name                  = "open"
  network_id            = openstack_networking_network_v2.blue.id
  port_security_enabled = false
  no_security_groups    = true
  depends_on = [
    openstack_networking_subnet_v2.blue,
    openstack_networking_subnet_v2.closed,
  ]
}

resource "openstack_networking_port_v2" "uplink" {
  name       = "uplink"
  network_id = openstack_networking_network_v2.blue.id
  depends_on = [
    openstack_networking_subnet_v2.blue,
    openstack_networking_subnet_v2.closed,
  ]
}

resource "openstack_networking_port_v2" "inner" {
  name       = "inner"
  network_id = openstack_networking_network_v2.vlan.id
  depends_on = [openstack_networking_subnet_v2.cut, openstack_networking_subnet_v2.six]
}

resource "openstack_networking_port_v2" "loose" {
  name       = "loose"
  network_id = openstack_networking_network_v2.vlan.id
  depends_on = [openstack_networking_subnet_v2.cut, openstack_networking_subnet_v2.six]
}

resource "openstack_networking_trunk_v2" "uplink" {
  name           = "uplink"
  description    = "many in one"
  admin_state_up = true
  port_id        = openstack_networking_port_v2.uplink.id

  sub_port {
    port_id           = openstack_networking_port_v2.inner.id
    segmentation_id   = 101
    segmentation_type = "vlan"
  }

  sub_port {
    port_id           = openstack_networking_port_v2.loose.id
    segmentation_id   = 0
    segmentation_type = "inherit"
  }
}

resource "openstack_networking_router_v2" "hub" {
  name                = "hub"
  description         = "joins"
  external_network_id = data.openstack_networking_network_v2.public.id
  enable_snat         = false

  external_fixed_ip {
    subnet_id  = data.openstack_networking_subnet_v2.public-subnet.id
    ip_address = "203.0.113.9"
  }
}

resource "openstack_compute_keypair_v2" "mine" {
  name       = "mine"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
}

resource "openstack_compute_servergroup_v2" "apart" {
  name     = "apart"
  policies = ["anti-affinity"]

  rules {
    max_server_per_host = 2
  }
}

resource "openstack_images_image_v2" "uploaded" {
  name             = "uploaded"
  local_file_path  = "tiny.raw"
  container_format = "bare"
  disk_format      = "raw"
}

resource "openstack_images_image_v2" "fetched" {
  name             = "fetched"
  image_source_url = "http://images.example.org/a.qcow2"
  container_format = "bare"
  min_disk_gb      = 1
  disk_format      = "qcow2"
  properties = {
    hw_disk_bus = "virtio"
  }
}

resource "openstack_blockstorage_volume_v3" "boot" {
  name        = "boot"
  size        = 5
  image_id    = data.openstack_images_image_v2.cirros.id
  volume_type = "fast"
  description = "a system"
  metadata = {
    a = "b"
  }
}

resource "openstack_blockstorage_volume_v3" "copy" {
  name              = "copy"
  snapshot_id       = data.openstack_blockstorage_snapshot_v3.yesterday.id
  availability_zone = "nova"
}

resource "openstack_compute_instance_v2" "web" {
  name              = "web"
  image_id          = openstack_images_image_v2.fetched.id
  flavor_name       = "m1.tiny"
  key_pair          = openstack_compute_keypair_v2.mine.name
  availability_zone = "nova"
  config_drive      = true
  metadata = {
    quote = "say \"hi\" \\ "
    of    = openstack_networking_floatingip_v2.free.address
  }
  tags = ["one", "two"]
  user_data = <<EOT
#!/bin/sh
echo "$${HOME} ${openstack_networking_port_v2.database.all_fixed_ips[0]} %%{x}" > /etc/motd
echo root:${var.secret_1} | chpasswd
EOT
  security_groups = [openstack_networking_secgroup_v2.web.name, "older", "default"]

  network {
    uuid = openstack_networking_network_v2.blue.id
  }

  network {
    port = openstack_networking_port_v2.web_blue.id
  }

  network {
    port = openstack_networking_port_v2.database.id
  }

  scheduler_hints {
    group = openstack_compute_servergroup_v2.apart.id
  }

  depends_on = [
    openstack_networking_floatingip_v2.free,
    openstack_networking_subnet_v2.blue,
    openstack_networking_subnet_v2.closed,
  ]
}

resource "openstack_compute_instance_v2" "from-disk" {
  name        = "from-disk"
  flavor_name = "m1.tiny"

  network {
    port = openstack_networking_port_v2.uplink.id
  }

  block_device {
    uuid                  = openstack_blockstorage_volume_v3.boot.id
    source_type           = "volume"
    destination_type      = "volume"
    boot_index            = 0
    delete_on_termination = false
  }

  depends_on = [openstack_networking_trunk_v2.uplink]
}

resource "openstack_compute_instance_v2" "from-image" {
  name        = "from-image"
  flavor_name = "m1.tiny"

  network {
    uuid = "11111111-2222-3333-4444-555555555555"
  }

  block_device {
    uuid                  = data.openstack_images_image_v2.cirros.id
    source_type           = "image"
    destination_type      = "volume"
    volume_size           = 3
    volume_type           = "fast"
    boot_index            = 0
    delete_on_termination = true
  }
}

resource "openstack_networking_floatingip_v2" "web" {
  pool        = "public"
  port_id     = data.openstack_networking_port_v2.web_blue.id
  description = "for all"
  value_specs = {
    qos_policy_id = openstack_networking_qos_policy_v2.slow.id
  }
  depends_on = [
    openstack_networking_router_interface_v2.hub_blue,
    openstack_networking_router_interface_v2.hub_closed,
    openstack_networking_router_v2.hub,
  ]
}

resource "openstack_networking_floatingip_v2" "database" {
  pool     = "public"
  port_id  = openstack_networking_port_v2.database.id
  fixed_ip = "10.2.0.50"
  depends_on = [
    openstack_networking_router_interface_v2.hub_blue,
    openstack_networking_router_interface_v2.hub_closed,
    openstack_networking_router_v2.hub,
  ]
}

resource "openstack_networking_floatingip_v2" "free" {
  pool       = "public"
  address    = "203.0.113.77"
  dns_name   = "free"
  dns_domain = "a.org."
}

resource "openstack_networking_floatingip_v2" "other" {
  pool = "public"
}

resource "openstack_networking_portforwarding_v2" "ssh" {
  floatingip_id       = openstack_networking_floatingip_v2.free.id
  protocol            = "tcp"
  external_port       = 2222
  internal_port       = 22
  internal_port_id    = openstack_networking_port_v2.database.id
  internal_ip_address = openstack_networking_port_v2.database.all_fixed_ips[0]
  depends_on = [
    openstack_networking_router_interface_v2.hub_blue,
    openstack_networking_router_interface_v2.hub_closed,
    openstack_networking_router_v2.hub,
  ]
}

resource "openstack_networking_portforwarding_v2" "names" {
  floatingip_id       = openstack_networking_floatingip_v2.free.id
  protocol            = "udp"
  external_port       = 53
  internal_port       = 53
  internal_port_id    = data.openstack_networking_port_v2.web_blue_2.id
  internal_ip_address = data.openstack_networking_port_v2.web_blue_2.all_fixed_ips[0]
  depends_on = [
    openstack_networking_router_interface_v2.hub_blue,
    openstack_networking_router_interface_v2.hub_closed,
    openstack_networking_router_v2.hub,
  ]
}

resource "openstack_networking_rbac_policy_v2" "network_blue_access_as_shared_0123456789abcdef0123456789abcdef" {
  action        = "access_as_shared"
  object_type   = "network"
  object_id     = openstack_networking_network_v2.blue.id
  target_tenant = "0123456789abcdef0123456789abcdef"
}

resource "openstack_networking_rbac_policy_v2" "address_group_partners_access_as_shared_0123456789abcdef0123456789abcdef" {
  action        = "access_as_shared"
  object_type   = "address_group"
  object_id     = openstack_networking_address_group_v2.partners.id
  target_tenant = "0123456789abcdef0123456789abcdef"
}

resource "openstack_networking_subnet_v2" "blue" {
  name       = "blue"
  network_id = openstack_networking_network_v2.blue.id
  ip_version = 4
  cidr       = "10.1.0.0/24"
}

resource "openstack_networking_router_interface_v2" "hub_blue" {
  router_id = openstack_networking_router_v2.hub.id
  subnet_id = openstack_networking_subnet_v2.blue.id
}

resource "openstack_networking_port_v2" "hub_closed" {
  name       = "hub.closed"
  network_id = openstack_networking_network_v2.blue.id

  fixed_ip {
    subnet_id  = openstack_networking_subnet_v2.closed.id
    ip_address = "10.2.0.9"
  }

  depends_on = [openstack_networking_subnet_v2.blue]
}

resource "openstack_networking_router_interface_v2" "hub_closed" {
  router_id = openstack_networking_router_v2.hub.id
  port_id   = openstack_networking_port_v2.hub_closed.id
}

resource "openstack_networking_router_route_v2" "hub_1" {
  router_id        = openstack_networking_router_v2.hub.id
  destination_cidr = "10.77.0.0/16"
  next_hop         = "10.1.0.7"
  depends_on       = [openstack_networking_router_interface_v2.hub_blue]
}

resource "openstack_networking_port_v2" "web_blue" {
  name                  = "web.blue"
  network_id            = openstack_networking_network_v2.blue.id
  port_security_enabled = false

  fixed_ip {
    subnet_id  = openstack_networking_subnet_v2.blue.id
    ip_address = "10.1.0.77"
  }

  depends_on = [openstack_networking_subnet_v2.closed]
}

resource "openstack_compute_volume_attach_v2" "web_copy" {
  instance_id = openstack_compute_instance_v2.web.id
  volume_id   = openstack_blockstorage_volume_v3.copy.id
}

output "url" {
  description = "the pages"
  value       = "http://${openstack_networking_floatingip_v2.web.address}/"
}

output "addresses" {
  value = compact(flatten([for place in openstack_compute_instance_v2.web.network : [place.fixed_ip_v4, place.fixed_ip_v6]]))
}

output "mtu" {
  value = openstack_networking_network_v2.blue.mtu
}

output "key" {
  value = openstack_compute_keypair_v2.mine.name
}

output "place" {
  value = openstack_networking_port_v2.database.all_fixed_ips
}

output "password" {
  value     = var.secret_1
  sensitive = true
}

output "status" {
  value = null
}
