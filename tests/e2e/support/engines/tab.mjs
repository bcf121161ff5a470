// A page in any browser: what the tests of every browser need of it, and no more.

import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;
/** Seconds on an idle machine, more on a busy one. */
const PATIENCE_MS = 240_000;

/**
 * A page, or a frame in one. Each browser gives `evaluate(script, argument)`, which calls a function in the
 * page and waits for its promise; `click(selector)`, as a user clicks; and `frame(selector)`, the page in a
 * frame. Arguments and answers are plain data.
 */
export class Tab {
  #does;
  /** Ends the page. */
  close;

  constructor(does, close) {
    this.#does = does;
    this.close = close;
  }

  evaluate(script, argument) {
    return this.#does.evaluate(script, argument);
  }

  click(selector) {
    return this.#does.click(selector);
  }

  /** Presses the button that has this text, once it is there. */
  async press(text) {
    const marked = (wanted) => {
      const buttons = [...document.querySelectorAll("button")];
      const button = buttons.find(({ innerText }) => innerText.trim() === wanted);
      document.querySelector("[data-pressed]")?.removeAttribute("data-pressed");
      button?.setAttribute("data-pressed", "");
      return button !== undefined;
    };
    await this.until(`a button ${text}`, marked, text);
    await this.click("[data-pressed]");
  }

  async frame(selector) {
    return new Tab(await this.#does.frame(selector), this.close);
  }

  /** Waits until the function `holds` gives something true in the page, and gives that. */
  async until(description, holds, argument, timeout_ms = PATIENCE_MS) {
    const deadline_ms = performance.now() + timeout_ms;
    for (;;) {
      const found = await this.evaluate(holds, argument);
      if (found) return found;
      if (performance.now() > deadline_ms) {
        const seen = await this.evaluate(described);
        throw new Error(`waited ${timeout_ms / 1000} s for: ${description}\n${seen}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Waits for the playground's run in `phase`, and gives its snapshot. */
  untilPhase(phase) {
    const isIn = (wanted) => {
      const snapshot = window.ganPlayground?.snapshot();
      return snapshot?.phase === wanted && snapshot;
    };
    return this.until(`phase ${phase}`, isIn, phase);
  }

  /** Waits until what can be read in the page matches the regular expression written in `pattern`. */
  untilRead(pattern) {
    const read = (source) => {
      const text = document.body?.innerText ?? "";
      return new RegExp(source).exec(text)?.[0];
    };
    return this.until(`the words ${pattern}`, read, pattern);
  }
}

/** In the page: what somebody who looks for a fault wants to know. */
function described() {
  const snapshot = JSON.stringify(window.ganPlayground?.snapshot());
  return `snapshot: ${snapshot}\ntext: ${document.body?.innerText.slice(0, 1_000)}`;
}
