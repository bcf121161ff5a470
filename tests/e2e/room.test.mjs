// Which of the kept runs make way, by the rule alone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { surplus } from "../../web/lab/shelf.js";

const run = (id, step, more = {}) => ({ id, step, saved_ms: step, ...more });
const long = Array.from({ length: 11 }, (_, number) => run(`long-${number}`, 2_000 + number));

test("the run with the fewest steps makes way, never the one that was just kept", () => {
  assert.deepEqual(surplus([run("now", 30), ...long], "now"), []);
  assert.deepEqual(surplus([run("now", 30), run("short", 156), ...long], "now"), ["short"]);
  assert.deepEqual(surplus([run("now", 30), run("longer", 9_000), ...long], "now"), ["long-0"]);
});

test("of runs with as many steps the oldest makes way", () => {
  const runs = [run("new", 5, { saved_ms: 9 }), run("old", 5, { saved_ms: 1 }), run("now", 7), ...long.slice(1)];
  assert.deepEqual(surplus(runs, "now"), ["old"]);
});

test("pinned runs never make way and take no room", () => {
  const pinned = Array.from({ length: 20 }, (_, number) => run(`pinned-${number}`, 21, { pinned: true }));
  assert.deepEqual(surplus([...pinned, ...long, run("now", 30)], "now"), []);
  assert.deepEqual(surplus([...pinned, ...long, run("short", 156), run("now", 30)], "now"), ["short"]);
  assert.deepEqual(surplus([...pinned, ...long, run("short", 156)], "pinned-3"), []);
});
