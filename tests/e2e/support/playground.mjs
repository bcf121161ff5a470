// A page under test, driven by what it offers to scripts.

import assert from "node:assert/strict";

const POLL_INTERVAL_MS = 100;
/** For what the CPU does: seconds on an idle machine, more on a busy one. */
export const PATIENCE_MS = 120_000;
/** For what WebGPU does on a software adapter. */
export const GPU_PATIENCE_MS = 600_000;

/** Settles as `promise` does, or fails with `message` after `timeout_ms`. */
export async function within(timeout_ms, message, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(async () => reject(new Error(await message())), timeout_ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Playground {
  constructor(page) {
    this.page = page;
    this.context = page.context();
    /** Errors on the console and uncaught ones. */
    this.problems = [];
    /** Every worker that was started, oldest first; some may have ended. */
    this.workers = [];
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(message.text());
    });
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("worker", (worker) => this.workers.push(worker));
  }

  /** `ganPlayground.snapshot()`; null before the page has one. */
  snapshot() {
    return this.page.evaluate(() => window.ganPlayground?.snapshot() ?? null);
  }

  /** Waits until `condition` holds for a snapshot, and gives that snapshot. */
  async until(description, condition, timeout_ms = PATIENCE_MS) {
    const deadline_ms = performance.now() + timeout_ms;
    for (;;) {
      const snapshot = await this.snapshot();
      if (snapshot !== null && (await condition(snapshot))) return snapshot;
      if (performance.now() > deadline_ms) {
        throw new Error(await this.described(`waited ${timeout_ms / 1000} s for: ${description}`));
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
    }
  }

  untilPhase(phase, timeout_ms) {
    return this.until(`phase ${phase}`, (snapshot) => snapshot.phase === phase, timeout_ms);
  }

  /** Waits until the page has a run with its data that nothing trains yet. */
  untilReady(timeout_ms) {
    return this.untilPhase("ready", timeout_ms);
  }

  untilStep(step, timeout_ms) {
    return this.until(`step ${step}`, (snapshot) => snapshot.step >= step, timeout_ms);
  }

  /** Waits until the lab is whole: its panels are made when they are first shown. */
  untilLab() {
    return this.page.waitForFunction(() => window.ganPlayground?.panel);
  }

  /** Shows the panel of that name, as its tab does. */
  async show(name) {
    await this.untilLab();
    assert.equal(await this.page.evaluate((wanted) => window.ganPlayground.panel(wanted), name), true, name);
  }

  /** Calls a method of `ganPlayground` and gives what its promise settles to. */
  call(method, ...parameters) {
    return this.callWithin(PATIENCE_MS, method, ...parameters);
  }

  callWithin(timeout_ms, method, ...parameters) {
    const called = this.page.evaluate(
      ([name, values]) => window.ganPlayground[name](...values),
      [method, parameters],
    );
    const message = () => this.described(`${method} has not settled in ${timeout_ms / 1000} s`);
    return within(timeout_ms, message, called);
  }

  /** Calls a method that is to be refused; gives the error's code and message. */
  async refusal(method, ...parameters) {
    const called = this.page.evaluate(
      async ([name, values]) => {
        try {
          await window.ganPlayground[name](...values);
          return null;
        } catch (error) {
          return { isError: error instanceof Error, code: error.code, message: error.message };
        }
      },
      [method, parameters],
    );
    const message = () => this.described(`${method} has not settled`);
    const refused = await within(PATIENCE_MS, message, called);
    assert.ok(refused, `${method} was not refused`);
    assert.ok(refused.isError, `${method} was refused with something else than an Error`);
    return refused;
  }

  load(run) {
    return this.call("load", run);
  }

  /** The run's checkpoint as a file. */
  async checkpoint() {
    const bytes = await this.call("checkpoint");
    assert.ok(bytes instanceof Uint8Array, "a checkpoint is a Uint8Array");
    return bytes;
  }

  /** The pixels of `count` samples. */
  async pixels(count = 4, seed = 7) {
    const { pixels } = await this.call("sample", { count, seed });
    return pixels;
  }

  /** The newest worker of a variant that is not known to have ended. */
  worker(variant) {
    const alive = new Set(this.page.workers());
    const wanted = this.workers.filter(
      (worker) => alive.has(worker) && worker.url().includes(`variant=${variant}`),
    );
    assert.ok(wanted.length > 0, `there is no ${variant} worker`);
    return wanted.at(-1);
  }

  /** How many workers of a variant have been started so far. */
  started(variant) {
    return this.workers.filter((worker) => worker.url().includes(`variant=${variant}`)).length;
  }

  /** `message` and what the page looks like to whoever has to find the reason. */
  async described(message) {
    const snapshot = await this.snapshot().catch(String);
    const told = await this.notices().catch(() => []);
    return [
      message,
      `snapshot: ${JSON.stringify(snapshot)}`,
      `notices: ${JSON.stringify(told)}`,
      `console: ${JSON.stringify(this.problems)}`,
    ].join("\n");
  }

  /** The texts of what the page tells its user. */
  notices() {
    return this.page.evaluate(() => {
      const live = document.querySelectorAll("[role=status], [role=alert], [role=log], [aria-live]");
      return [...live].map((element) => element.innerText.trim()).filter((text) => text !== "");
    });
  }

  /** Waits until the page tells something that matches `pattern`. */
  async untilTold(pattern, timeout_ms = 60_000) {
    let told = [];
    const tells = async () => {
      told = (await this.notices()).filter((text) => pattern.test(text));
      return told.length > 0;
    };
    await this.until(`a notice like ${pattern}`, tells, timeout_ms);
    return told[0];
  }

  assertNoProblems() {
    assert.deepEqual(this.problems, [], "errors on the console");
  }
}
