/** The names and addresses that random clusters are made of. */

export const NAMESPACES = ["blue", "green"] as const;
export const COLORS = ["red", "green", "blue"] as const;
export const SERVICE_ACCOUNTS = ["default", "api"] as const;
export const PORT_NAMES = ["web", "dns", "alt-80"] as const;

/** Services that rules name; a cluster may lack them. */
export const SERVICES = ["shop", "api"] as const;

export const METHODS = ["GET", "POST", "*"] as const;
export const PATHS = ["/", "/shop", "/shop/cart", "/api/v1"] as const;

/** Profiles that endpoints name; the last never exists. */
export const PROFILES = ["open", "shut", "missing"] as const;

export const NODES = [
  { name: "node-1", v4: "172.16.0.1", v6: "fd10::1" },
  { name: "node-2", v4: "172.16.0.2", v6: "fd10::2" },
] as const;

/** Addresses that nothing in a cluster has. */
export const OUTSIDE = ["192.0.2.1", "192.0.2.200", "2001:db8::1", "10.0.1.99"] as const;

export const NETS_V4 = [
  "10.0.0.0/23",
  "10.0.1.0/24",
  "10.0.0.1/32",
  "192.0.2.0/25",
  "172.16.0.0/16",
  "0.0.0.0/0",
] as const;
export const NETS_V6 = [
  "fd00::/112",
  "fd00::1:0/112",
  "fd00::2/128",
  "2001:db8::/32",
  "fd10::/64",
  "::/0",
] as const;

/** Nets that a rule may exclude: the whole family would leave nothing to match. */
export const EXCEPT = { 4: NETS_V4.slice(0, -1), 6: NETS_V6.slice(0, -1) } as const;

export const NETS: readonly string[] = [...NETS_V4, ...NETS_V6];

export const PORTS = [22, 53, 80, 81, 443, 4789, 8080, 65535] as const;
