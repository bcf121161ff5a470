// The page's controls by role and name, as its users find them.

const WORDS = {
  en: {
    start: "Start",
    goOn: "Continue",
    pause: "Pause",
    step: "Step",
    reset: "Reset",
    tryAgain: "Try again",
    newSamples: "New samples",
    preset: "Networks",
    data: "Data",
    chooseData: "Choose files…",
    backend: "Compute on",
    seed: "Seed",
    batchSize: "Batch size",
    objective: "Objective",
    generatorRate: "Generator learning rate",
    discriminatorRate: "Discriminator learning rate",
    labelSmoothing: "Label smoothing",
    discriminatorSteps: "Discriminator steps",
    saveCheckpoint: "Save checkpoint",
    openCheckpoint: "Open checkpoint…",
    dismiss: "Dismiss",
  },
  zh: { start: "开始", pause: "暂停", reset: "重置" },
};

/** The controls of a page in a language, as locators and actions. */
export function controlsOf({ page }, lang = "en") {
  const words = WORDS[lang];
  const button = (name) => page.getByRole("button", { name: words[name], exact: true });
  const select = (name) => page.getByRole("combobox", { name: words[name] });
  const number = (name) => page.getByRole("textbox", { name: words[name] });

  return {
    start: button("start"),
    goOn: button("goOn"),
    pause: button("pause"),
    step: button("step"),
    reset: button("reset"),
    tryAgain: button("tryAgain"),
    // Not those of a generator in the lab.
    newSamples: page.locator(".sheets").getByRole("button", { name: words.newSamples, exact: true }),
    /** Saves a checkpoint by the page's own button. */
    async saveCheckpoint() {
      await showPanelOf(page, button("saveCheckpoint"), "take");
      await button("saveCheckpoint").click();
    },
    chinese: page.getByRole("button", { name: "中文", exact: true }),
    english: page.getByRole("button", { name: "English", exact: true }),

    preset: select("preset"),
    data: select("data"),
    backend: select("backend"),
    objective: select("objective"),
    seed: number("seed"),
    batchSize: number("batchSize"),
    generatorRate: number("generatorRate"),
    generatorRateSlider: page.getByRole("slider", { name: words.generatorRate }),
    discriminatorRate: number("discriminatorRate"),
    labelSmoothing: number("labelSmoothing"),
    discriminatorSteps: number("discriminatorSteps"),

    fixedSheet: page.getByRole("img", { name: /from fixed noise/ }),
    freshSheet: page.getByRole("img", { name: /from new noise/ }),

    /** Chooses data files by the page's own button. */
    async chooseData(...files) {
      await showPanelOf(page, button("chooseData"), "run");
      await choose(page, button("chooseData"), files);
    },
    /** Opens a checkpoint by the page's own button. */
    async openCheckpoint(...files) {
      await showPanelOf(page, button("openCheckpoint"), "take");
      await choose(page, button("openCheckpoint"), files);
    },

    /** Closes everything that the page has told. */
    async dismissNotices() {
      const dismiss = button("dismiss");
      while ((await dismiss.count()) > 0) await dismiss.first().click();
    },
  };
}

/** Presses the tab of the panel in which a control is, unless it is in sight. */
async function showPanelOf(page, control, panel) {
  // Before the lab puts up its tabs, everything is in sight.
  await page.waitForFunction(() => window.ganPlayground?.panel);
  if (!(await control.isVisible())) await page.locator(`#tab-${panel}`).click();
}

async function choose(page, button, files) {
  const chooser = page.waitForEvent("filechooser");
  await button.click();
  await (await chooser).setFiles(files);
}

/** Types a value into a number's field, as a user does. */
export async function type(field, value) {
  await field.fill(String(value));
  await field.press("Enter");
}

/** A file as a file chooser takes it. */
export function upload(name, content) {
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(content) };
}

/** What a canvas shows, as one string. */
export function fingerprint(canvas) {
  return canvas.evaluate((element) => element.toDataURL());
}

/** Whether a canvas shows more than one colour. */
export function isDrawn(canvas) {
  return canvas.evaluate((element) => {
    const { width, height } = element;
    const { data } = element.getContext("2d").getImageData(0, 0, width, height);
    return data.some((value, index) => index % 4 !== 3 && value !== data[index % 4]);
  });
}
