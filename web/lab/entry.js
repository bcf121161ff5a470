// Loads the lab once the page has its first samples: nothing that the page needs waits for it.

import { keepOffline } from "../worker/browser.js";
import { applyAddress } from "./teacher.js";

applyAddress();

const untilDrawn = async () => {
  while (window.ganPlayground.snapshot().phase === "loading") {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const open = async () => {
  await untilDrawn();
  const styles = [];
  for (const part of ["lab", "plane", "images", "lessons", "places", "anatomy", "welcome", "beside", "sweep", "microscope", "code", "shelf", "teacher", "builder", "pictures"]) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL(`${part}.css`, import.meta.url).href;
    // A panel without its looks would move when they come; a style that does not come is done without.
    styles.push(new Promise((settle) => {
      style.onload = settle;
      style.onerror = settle;
    }));
    document.head.append(style);
  }
  const [{ default: initialize, open: openLab }, { keepFocus }, ...workers] = await Promise.all([
    import("./gan_lab.js"),
    import("./focus.js"),
    import("./inspector.js"),
    import("./other-runs.js"),
    import("./sweep.js"),
    import("./linked.js"),
    import("./microscope.js"),
    import("./course.js"),
    import("./shelf.js"),
    import("./pictures.js"),
    import("./reader.js"),
    import("./importer.js"),
  ]);
  await Promise.all([initialize(), ...styles]);
  openLab(Object.assign({}, ...workers));
  keepFocus();
};

// To keep the site for later is to load and to hash all of it, which would compete with the page's first seconds.
const CALM_AFTER_MS = 4_000;
const untilCalm = () => new Promise((resolve) => setTimeout(resolve, CALM_AFTER_MS));

// Without the lab the page is whole.
const begin = () =>
  open()
    .catch((error) => {
      console.warn("the lab could not be loaded:", error);
      // The room that was kept for it.
      document.getElementById("anatomy")?.remove();
    })
    .then(untilCalm)
    .then(() => keepOffline(new URL("../service-worker.js", import.meta.url)));

if (window.ganPlayground) {
  begin();
} else {
  document.addEventListener("gan-playground-ready", begin, { once: true });
}
