import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { requires } from "../../../test/requirements.ts";
import { address, formatAddress } from "../../core/net/address.ts";
import { ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from "../../core/net/protocol.ts";
import { Lab } from "./lab.ts";
import { NETNS_FOLDER } from "./namespace.ts";
import type { ProbeRequest } from "./prober.ts";
import { namespacesOf, sweepStaleLabs } from "./sweep.ts";
import { type LabTopology, OUTSIDE } from "./topology.ts";

const skip = requires({ root: true, tools: ["ip", "nft"] });

const ADDRESSES = {
  "shop/web": ["10.0.1.1", "fd01::1:1"],
  "shop/db": ["10.0.1.2", "fd01::1:2"],
  "shop/far": ["10.0.2.1", "fd01::2:1"],
  one: ["172.16.0.1", "fd02::1"],
  two: ["172.16.0.2", "fd02::2"],
  [OUTSIDE]: ["203.0.113.7", "2001:db8::7"],
} as const satisfies Record<string, readonly [string, string]>;
type Name = keyof typeof ADDRESSES;

const both = (name: Name) => ADDRESSES[name].map((text) => address(text));
const TOPOLOGY: LabTopology = {
  nodes: [
    { name: "one", interfaces: [{ name: "eth0", addresses: both("one") }] },
    { name: "two", interfaces: [{ name: "eth0", addresses: both("two") }] },
  ],
  workloads: [
    { place: "shop/web", node: "one", interfaceName: "cali1", addresses: both("shop/web") },
    { place: "shop/db", node: "one", interfaceName: "cali2", addresses: both("shop/db") },
    { place: "shop/far", node: "two", interfaceName: "cali3", addresses: both("shop/far") },
  ],
  leftOut: [],
};

function request(from: Name, to: Name, family: 4 | 6, protocol: number): ProbeRequest {
  const at = (name: Name) => address(ADDRESSES[name][family === 4 ? 0 : 1]);
  const ports = [TCP, UDP, SCTP].includes(protocol) ? { destinationPort: 80 } : {};
  return { from, source: at(from), destination: at(to), protocol, ...ports };
}

function named(netns: string, ...command: string[]): void {
  const { status, stderr } = spawnSync("ip", ["netns", "exec", netns, ...command]);
  assert.equal(status, 0, String(stderr));
}

describe("a lab", { skip }, () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.up(TOPOLOGY);
  });
  after(() => lab.down());

  it("delivers every protocol of both families from everywhere to everywhere", async () => {
    const names = Object.keys(ADDRESSES) as Name[];
    const requests = names.flatMap((from) =>
      names.flatMap((to) =>
        from === to
          ? []
          : [
              ...[TCP, UDP, ICMP, SCTP, UDPLITE, 47].map((each) => request(from, to, 4, each)),
              ...[TCP, UDP, ICMPV6, SCTP, UDPLITE, 47].map((each) => request(from, to, 6, each)),
            ],
      ),
    );
    const results = await lab.probeAll(requests);
    const odd = results.flatMap(({ outcome, answered }, i) => {
      const { from, destination, protocol } = requests[i] ?? assert.fail();
      if (outcome === "delivered" && answered !== false) return [];
      return [`${from} -> ${formatAddress(destination)} ${protocol}: ${outcome} ${answered}`];
    });
    assert.deepEqual(odd, []);
    assert.equal(results.length, requests.length);
  });

  it("drops what a node's rules drop, replies too, and nothing else", async () => {
    const rule = 'meta l4proto tcp oifname "cali2" drop';
    const chain = "chain forward { type filter hook forward priority 0;";
    named(lab.netnsOf("one"), "nft", `table inet t { ${chain} ${rule}; }; }`);
    const results = await lab.probeAll([
      request("shop/web", "shop/db", 4, TCP),
      request("shop/far", "shop/db", 6, TCP),
      request("shop/web", "shop/db", 4, UDP),
      request("shop/db", "shop/web", 4, TCP),
    ]);
    named(lab.netnsOf("one"), "nft", "delete table inet t");
    assert.deepEqual(
      results.map(({ outcome, answered }) => [outcome, answered]),
      [
        ["dropped", undefined],
        ["dropped", undefined],
        ["delivered", undefined],
        ["delivered", false],
      ],
    );
  });

  it("sees what the receiving host's own firewall drops, and what the sender's does", async () => {
    const input = "chain i { type filter hook input priority 0; udp dport 80 drop; }";
    const output = "chain o { type filter hook output priority 0; meta l4proto sctp drop; }";
    named(lab.netnsOf("two"), "nft", `table inet t { ${input}; ${output}; }`);
    const results = await lab.probeAll([
      request("one", "two", 4, UDP),
      request("one", "two", 4, TCP),
      request("two", "one", 6, SCTP),
    ]);
    named(lab.netnsOf("two"), "nft", "delete table inet t");
    assert.deepEqual(
      results.map((one) => one.outcome),
      ["dropped", "delivered", "dropped"],
    );
  });

  it("takes no probe for a reply to an earlier one", async () => {
    const established = "ct state established,related accept; ip saddr 10.0.1.2 drop";
    const chain = `chain f { type filter hook forward priority 0; ${established}; }`;
    named(lab.netnsOf("one"), "nft", `table inet t { ${chain}; }`);
    const there = request("shop/web", "shop/db", 4, 47);
    const back = request("shop/db", "shop/web", 4, 47);
    const udp = { ...request("shop/web", "shop/db", 4, UDP), sourcePort: 1000 };
    const udpBack = { ...request("shop/db", "shop/web", 4, UDP), sourcePort: 80 };
    const results = await lab.probeAll([there, back, udp, { ...udpBack, destinationPort: 1000 }]);
    named(lab.netnsOf("one"), "nft", "delete table inet t");
    assert.deepEqual(
      results.map((one) => one.outcome),
      ["delivered", "dropped", "delivered", "dropped"],
    );
  });

  it("drops a packet with a forged source at the workload's node", async () => {
    const forged = { ...request("shop/web", "shop/far", 4, UDP), forged: true };
    const result = await lab.probe({ ...forged, source: address("10.0.1.2") });
    assert.equal(result.outcome, "dropped");
  });

  it("says that a packet cannot be sent at all", async () => {
    const strange = { ...request("shop/web", "shop/far", 4, UDP), source: address("10.9.9.9") };
    assert.equal((await lab.probe(strange)).outcome, "unsent");
    assert.equal((await lab.probe(request("shop/web", "shop/far", 6, 44))).outcome, "unsent");
  });

  it("follows the model: workloads come, go and change their addresses", async () => {
    const [web, db, far] = TOPOLOGY.workloads;
    assert.ok(web && db && far);
    const moved = { ...db, node: "two", addresses: [address("10.0.1.22")] };
    const fresh = { ...web, place: "shop/new", interfaceName: "cali9" };
    const added = { ...fresh, addresses: [address("10.0.1.9")] };
    await lab.update({ ...TOPOLOGY, workloads: [web, moved, added] });
    const at = (text: string) => ({ destination: address(text), destinationPort: 1 });
    const results = await lab.probeAll([
      { ...request("shop/web", "shop/db", 4, TCP), ...at("10.0.1.22") },
      { ...request("shop/web", "shop/db", 4, TCP), ...at("10.0.1.9") },
    ]);
    assert.deepEqual(
      results.map(({ outcome, answered }) => [outcome, answered]),
      [
        ["delivered", true],
        ["delivered", true],
      ],
    );
    assert.equal(namespacesOf(lab.id).includes(lab.netnsOf("shop/far")), false);
    await lab.update(TOPOLOGY);
    const again = await lab.probe(request("shop/far", "shop/db", 6, TCP));
    assert.equal(again.answered, true);
  });

  it("uses a host's second interface for the addresses on it", async () => {
    const own = [address("172.16.9.1"), address("fd02::9:1")];
    const [one, two] = TOPOLOGY.nodes;
    assert.ok(one && two);
    const wide = { name: "one", interfaces: [...one.interfaces, { name: "eth1", addresses: own }] };
    await lab.update({ ...TOPOLOGY, nodes: [wide, two] });
    const chain = 'chain o { type filter hook output priority 0; oifname "eth1" drop; }';
    named(lab.netnsOf("one"), "nft", `table inet t { ${chain}; }`);
    const sent = own.map((source) => ({
      ...request("one", "two", source.family, UDP),
      source,
    }));
    const results = await lab.probeAll([...sent, request("one", "two", 4, UDP)]);
    named(lab.netnsOf("one"), "nft", "delete table inet t");
    await lab.update(TOPOLOGY);
    assert.deepEqual(
      results.map((each) => each.outcome),
      ["dropped", "dropped", "delivered"],
    );
  });

  it("leaves nothing behind, and can be taken down twice", async () => {
    const brief = await Lab.up(TOPOLOGY);
    const stay = ["sh", "-c", "echo inside; exec sleep 1000"];
    const inside = spawn("ip", ["netns", "exec", brief.netnsOf("one"), ...stay]);
    const ended = once(inside, "exit");
    await once(inside.stdout, "data");
    brief.down();
    assert.deepEqual(namespacesOf(brief.id), []);
    assert.deepEqual(await ended, [null, "SIGKILL"]);
    await brief.down();
    await assert.rejects(brief.update(TOPOLOGY), /is down/);
  });

  it("leaves nothing behind when it is taken down in the middle of a change", async () => {
    const brief = await Lab.prepare(TOPOLOGY);
    const change = brief.connect();
    await brief.down();
    await change.catch(() => {});
    assert.deepEqual(namespacesOf(brief.id), []);
  });
});

describe("sweepStaleLabs", { skip }, () => {
  it("removes the lab of a killed process and leaves a living one's", async () => {
    const living = await Lab.up({ nodes: [], workloads: [], leftOut: [] });
    const source = `
      import { Lab } from ${JSON.stringify(new URL("lab.ts", import.meta.url).href)};
      const lab = await Lab.up(${JSON.stringify(TOPOLOGY)});
      process.stdout.write(lab.netnsOf("one"));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", source]);
    const closed = once(owner, "close");
    owner.stdout.once("data", () => owner.kill("SIGKILL"));
    const [dead = ""] = await owner.stdout.setEncoding("utf8").take(1).toArray();
    await closed;
    assert.ok(readdirSync(NETNS_FOLDER).includes(dead));
    const swept = sweepStaleLabs();
    const left = readdirSync(NETNS_FOLDER);
    await living.down();
    assert.ok(swept.includes(dead));
    assert.equal(left.includes(dead), false);
    assert.ok(left.includes(living.netnsOf(OUTSIDE)));
  });
});
