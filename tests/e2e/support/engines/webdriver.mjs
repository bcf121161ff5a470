// A browser driven by plain WebDriver: a session is one browser with one page.

/** The key by which WebDriver refers to an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const TIMEOUTS = { script: 600_000, pageLoad: 120_000 };

/** Calls the function that the first argument holds as text with the second, and waits for its promise. */
const CALL = `
  const [script, argument, done] = arguments;
  Promise.resolve(argument)
    .then((0, eval)("(" + script + ")"))
    .then((value) => done({ value }), (error) => done({ error: String(error) }));
`;

async function ask(method, address, body) {
  const content = body && JSON.stringify(body);
  const answer = await fetch(address, { method, body: content });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

export class Session {
  #address;
  /** The frame that the driver looks into: selectors of frames, from the page inwards. */
  #frames = [];

  /** Starts a browser with the wanted `capabilities` by the driver at `driver`. */
  static async begin(driver, capabilities) {
    const wanted = { capabilities: { alwaysMatch: capabilities } };
    const { sessionId, capabilities: found } = await ask("POST", `${driver}/session`, wanted);
    const session = new Session();
    session.#address = `${driver}/session/${sessionId}`;
    session.version = found.browserVersion;
    await session.#ask("POST", "/timeouts", TIMEOUTS);
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
        const call = { script: CALL, args: [String(script), argument] };
        const { value, error } = await this.#ask("POST", "/execute/async", call);
        if (error !== undefined) throw new Error(error);
        return value;
      },
      click: async (selector) => {
        await this.#enter(frames);
        const { [ELEMENT]: id } = await this.#find(selector);
        await this.#ask("POST", `/element/${id}/click`, {});
      },
      frame: async (selector) => this.in([...frames, selector]),
    };
  }
}
