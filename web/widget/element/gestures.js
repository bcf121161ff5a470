// What readers do, by mouse, finger or keyboard.

/** The place of a pointer in `box`: -1 to 1 across and up. */
function placeIn(box, { clientX, clientY }) {
  const place = (at, from, length) => (2 * (at - from)) / length - 1;
  return [place(clientX, box.left, box.width), -place(clientY, box.top, box.height)];
}

/** Saves `picture` as a file of the reader's. */
function save(picture) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(picture);
  link.download = "samples.png";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Listens to the parts for as long as they are there.
 *
 * @param parts as `makeParts` gives them
 * @param element the element: for its mode, and for new samples and the picture
 * @param acts `{ isThere, load, openPanel, walkTo, draw, back, easel }`: whether there is a
 *   generator to walk through, what the parts do, and what is drawn on
 */
export function listen(parts, element, acts) {
  const on = (part, type, handler) => parts[part].addEventListener(type, handler);
  // What fails is said in the element, and by its event.
  on("again", "click", () => element.sample().catch(() => {}));
  on("act", "click", acts.load);
  on("classes", "change", () => {
    element.label = parts.classes.value === "" ? null : Number(parts.classes.value);
  });
  for (const tool of ["draw", "erase", "cut"]) {
    on(tool, "click", () => acts.easel().take(tool));
  }
  on("clear", "click", () => acts.easel().clear());
  on("restart", "click", () => acts.easel().restart());
  on("codes", "click", acts.openPanel);
  for (const slider of ["across", "up"]) {
    on(slider, "input", () => acts.walkTo(Number(parts.across.value), Number(parts.up.value)));
  }
  on("share", "input", acts.draw);
  on("back", "click", acts.back);
  on("download", "click", async () => {
    const picture = await element.toBlob().catch(() => null);
    if (picture) {
      save(picture);
    }
  });
  const drag = (event) => {
    if (element.mode === "walk" && acts.isThere() && event.buttons !== 0) {
      acts.walkTo(...placeIn(parts.canvas.getBoundingClientRect(), event));
    }
  };
  on("canvas", "pointerdown", (event) => {
    if (element.mode === "walk") {
      parts.canvas.setPointerCapture(event.pointerId);
      drag(event);
    }
  });
  on("canvas", "pointermove", drag);
}
