// A browser driven by plain WebDriver: a session is one browser with one page.

import { setTimeout as sleep } from "node:timers/promises";

/** The key by which WebDriver refers to an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/**
 * Calls a function, given as text, with the argument; its promise is kept. The function is a part of what the driver
 * runs: pages may forbid scripts to evaluate text.
 */
const calling = (script) => `
  const [argument] = arguments;
  const call = (window.ganCall = {});
  const settle = (outcome) => Object.assign(call, outcome, { isSettled: true });
  Promise.resolve(argument)
    .then(${script})
    .then((value) => settle({ value }), (error) => settle({ error: String(error) }));
`;
/** What came of the call so far; nothing if the page has been left for another one. */
const ANSWER = "return window.ganCall ?? null;";
const POLL_MS = 20;

/**
 * Where an element is and what lies over its centre, if that is something else. WebDriver presses at once; in Chromium
 * the driver waits until an element stands still and nothing covers it, as a hand would.
 */
const PLACE = `
  const [element] = arguments;
  element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  const { x, y, width, height } = element.getBoundingClientRect();
  const hit = document.elementFromPoint(x + width / 2, y + height / 2);
  return { box: [x, y, width, height].join(), cover: element.contains(hit) ? null : (hit?.outerHTML.slice(0, 200) ?? "") };
`;
const STILL_MS = 100;
const PRESSABLE_WITHIN_MS = 20_000;

async function ask(method, address, body, signal) {
  const content = body && JSON.stringify(body);
  const answer = await fetch(address, { method, body: content, signal });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

export class Session {
  #address;
  /** The frame that the driver looks into: selectors of frames, from the page inwards. */
  #frames = [];

  /** Starts a browser with the wanted `capabilities` by the driver at `driver`; a `TimeoutError` after `limit_ms`. */
  static async begin(driver, capabilities, limit_ms) {
    const wanted = { capabilities: { alwaysMatch: capabilities } };
    const limit = AbortSignal.timeout(limit_ms);
    const { sessionId, capabilities: found } = await ask("POST", `${driver}/session`, wanted, limit);
    const session = new Session();
    session.#address = `${driver}/session/${sessionId}`;
    session.version = found.browserVersion;
    return session;
  }

  #ask(method, path, body) {
    return ask(method, this.#address + path, body);
  }

  goTo(url) {
    return this.#ask("POST", "/url", { url });
  }

  end() {
    return this.#ask("DELETE", "");
  }

  #find(selector) {
    return this.#ask("POST", "/element", { using: "css selector", value: selector });
  }

  #run(script, ...args) {
    return this.#ask("POST", "/execute/sync", { script, args });
  }

  /** Waits until the element stands still and nothing lies over its centre. */
  async #untilPressable(selector, element) {
    const deadline_ms = performance.now() + PRESSABLE_WITHIN_MS;
    let before = null;
    for (;;) {
      const place = await this.#run(PLACE, element);
      if (place.cover === null && place.box === before) return;
      if (performance.now() > deadline_ms) {
        throw new Error(`${selector} cannot be pressed: it moves, or something covers it: ${place.cover}`);
      }
      before = place.box;
      await sleep(STILL_MS);
    }
  }

  async #enter(frames) {
    if (frames.join() === this.#frames.join()) return;
    await this.#ask("POST", "/frame", { id: null });
    for (const selector of frames) {
      await this.#ask("POST", "/frame", { id: await this.#find(selector) });
    }
    this.#frames = frames;
  }

  /** What a tab needs of the page, or of the frame within its `frames`. */
  in(frames = []) {
    return {
      evaluate: async (script, argument = null) => {
        await this.#enter(frames);
        // No script of WebDriver's waits itself: when a page comes in the place of another, its answer may be lost.
        await this.#run(calling(script), argument);
        for (;;) {
          const call = await this.#run(ANSWER);
          if (call?.error !== undefined) throw new Error(call.error);
          if (call === null || call.isSettled) return call?.value;
          await sleep(POLL_MS);
        }
      },
      click: async (selector) => {
        await this.#enter(frames);
        const { [ELEMENT]: id } = await this.#find(selector);
        await this.#untilPressable(selector, { [ELEMENT]: id });
        await this.#ask("POST", `/element/${id}/click`, {});
      },
      frame: async (selector) => this.in([...frames, selector]),
    };
  }
}
