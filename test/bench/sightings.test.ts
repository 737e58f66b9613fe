import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Sightings } from "../../bench/sightings.ts";

/** Packets with tokens `first` to `last`, a millisecond apart; token and time are the same. */
function send(sightings: Sightings, first: number, last: number): void {
  for (let token = first; token <= last; token++) sightings.sent(token, token);
}

describe("sightings", () => {
  it("know nothing before a packet is sent", () => {
    const sightings = new Sightings();
    assert.equal(sightings.firstHeard, undefined);
    assert.equal(sightings.firstLost, undefined);
  });

  it("keep the first time that one was heard", () => {
    const sightings = new Sightings();
    send(sightings, 1, 2);
    sightings.heard(1, 5);
    sightings.heard(2, 6);
    assert.equal(sightings.firstHeard, 5);
  });

  it("count from the first of those that never arrive", () => {
    const sightings = new Sightings();
    send(sightings, 1, 5);
    sightings.heard(5, 6);
    send(sightings, 6, 40);
    assert.equal(sightings.firstLost, 6);
  });

  it("take no pause for a loss", () => {
    const sightings = new Sightings();
    sightings.sent(1, 0);
    sightings.sent(2, 500);
    assert.equal(sightings.firstLost, undefined);
  });

  it("take back what they thought of packets that were only late", () => {
    const sightings = new Sightings();
    send(sightings, 1, 15);
    sightings.heard(10, 16);
    send(sightings, 16, 35);
    assert.equal(sightings.firstLost, 11);
    sightings.heard(34, 36);
    assert.equal(sightings.firstLost, undefined);
  });
});
