// Loads the lab once the page has its first samples: nothing that the page needs waits for it.

// The page writes the address anew when it has loaded its run.
const lesson = new URLSearchParams(location.hash.slice(1)).get("lesson") ?? undefined;

const untilDrawn = async () => {
  while (window.ganPlayground.snapshot().phase === "loading") {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const open = async () => {
  await untilDrawn();
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("lab.css", import.meta.url).href;
  document.head.append(style);
  const [{ default: initialize, open: openLab }, { ask }] = await Promise.all([
    import("./gan_lab.js"),
    import("./inspector.js"),
  ]);
  await initialize();
  openLab(document.getElementById("lab"), lesson, ask);
};

// Without the lab the page is whole.
const begin = () => open().catch((error) => console.warn("the lab could not be loaded:", error));

if (window.ganPlayground) {
  begin();
} else {
  document.addEventListener("gan-playground-ready", begin, { once: true });
}
