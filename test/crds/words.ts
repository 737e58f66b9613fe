/** What the fields of policies hold, by the fields' names: usual things, and the odd ones. */

const SELECTORS = [
  ...["all()", "color == 'red'", 'has(color) && shape != "circle"', "color in {'red', 'blue'}"],
  ...["!has(color)", "global()", "", " ", "(color == 'red') || has(shape)", "color == 'global('"],
];

const NETS = [
  ...["10.0.0.0/8", "192.0.2.0/24", "192.0.2.1/32", "0.0.0.0/0", "2001:db8::/32", "::/0"],
  ...["::ffff:192.0.2.0/120", "10.0.0.1", "10.0.0.1/8", "2001:db8::1/128"],
];

const ADDRESSES = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "10.0.0.0/8"];
const PORTS = [80, 443, 1, 65_535, "80", "8000:8999", "http", "web-1", 0, "HTTP_PORT", "80-90"];
const PROTOCOLS = [
  ...["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite", 6, 17, 1, 58, 132, 255],
  ...["6", "17", "tcp", 0, 256],
];
const NAMES_OF_OTHERS = ["a", "web", "api.example", "kns.default", "A", ""];

/** Texts and numbers by field; only those of a type that the schema admits are taken. */
export const WORDS: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  selector: SELECTORS,
  notSelector: SELECTORS,
  namespaceSelector: [...SELECTORS, "global( )", "!global()", "global() || has(x)"],
  serviceAccountSelector: SELECTORS,
  nodeSelector: SELECTORS,
  nets: NETS,
  notNets: NETS.slice(0, -3),
  networks: ["10.0.0.0/8", "2001:db8::/32", "10.0.0.1", "10.0.0.0/33", "::/0"],
  cidr: ["10.0.0.0/8", "2001:db8::/32", "10.0.0.1/8", "10.0.0.1"],
  except: ["10.1.0.0/16", "2001:db8:1::/48", "192.0.2.0/24"],
  expectedIPs: ADDRESSES,
  ports: PORTS,
  notPorts: PORTS,
  port: [80, 443, 1, 65_535, "http", 0, 65_536],
  endPort: [90, 443, 65_535, 1, 65_536],
  start: [1, 80, 443, 0],
  end: [90, 443, 65_535, 1, 65_536],
  number: [1, 80, 443, 65_535, 0],
  namedPort: ["http", "web-1", "HTTP", ""],
  protocol: PROTOCOLS,
  notProtocol: PROTOCOLS,
  tier: ["default", "platform", "Admin", "", "kube-admin", "net.sec"],
  order: [0, 10, 1000, 1_000_000, 10_000_000, -1],
  priority: [0, 1, 10, 100, 999, 1000, 1001, -1],
  type: [0, 8, 254, 3],
  code: [0, 1, 255],
  node: ["node-1", "node-2", "node.example", "node-3", "Node_1", ""],
  logActionRateLimit: ["10/second", "9999/day", "1/minute", "10/s", ""],
  ipNetworks: ["10.0.1.1/32", "2001:db8::1/128", "10.0.1.1", "10.0.1.0/24"],
  ipv4Gateway: ["10.0.0.1", "2001:db8::1"],
  ipv6Gateway: ["2001:db8::1", "10.0.0.1"],
  internalIP: ["10.0.1.1", "2001:db8::1"],
  externalIP: ["192.0.2.1", "2001:db8::2"],
  allowSpoofedSourcePrefixes: ["10.0.0.0/8", "x"],
  mac: ["ee:ee:ee:ee:ee:ee", "ee-ee"],
  containerID: ["a1", "a_1", ""],
  interfaceName: ["eth0", "*", "eth0.100", "averylongname12", "eth 0", ""],
  name: NAMES_OF_OTHERS,
  names: NAMES_OF_OTHERS,
  namespace: ["default", "blue", "", "B"],
  profiles: NAMES_OF_OTHERS,
  exact: ["/", "/api/v1", "api", "/a?b", "/a b", ""],
  prefix: ["/", "/api", "api", "/a#b", ""],
  methods: ["GET", "POST", "*", "get", ""],
  key: ["color", "example.org/role", "", "a b", "-a"],
  values: ["red", "blue", "", "a b"],
  operator: ["In", "NotIn", "Exists", "DoesNotExist", "in"],
  matchLabels: ["red", "blue", "", "a b"],
  domainNames: ["example.org", "*.example.org", "example.org.", "Example.org", "*"],
  net: ["10.0.0.0/8", "2001:db8::/32", "x"],
};

/** What objects of a kind are called; of a kind that is not listed, `default`. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  Tier: [
    ...["platform", "platform", "platform", "security", "default", "kube-admin", "kube-baseline"],
    ...["platform", "security", "Net", "net.sec"],
  ],
  FelixConfiguration: ["default", "node.node-1", "other", "other"],
  ClusterNetworkPolicy: ["default", "a"],
  BaselineAdminNetworkPolicy: ["default", "default", "default", "a"],
  default: [
    ...["a", "allow-web", "default.allow-web", "web", "0", "knp.default.web", "b", "c"],
    ...["a", "allow-web", "default.allow-web", "web", "0", "a.b.c", "b", "c"],
    ...["a", "allow-web", "Web", "-a", "a".repeat(254)],
  ],
};
