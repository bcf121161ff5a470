// How a reader draws: by mouse, finger, pen or keyboard, or with a picture that is dropped.

/** Where the keyboard's pencil goes from a place. */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Listens to the parts of the board for as long as they are there.
 *
 * @param parts as `makeParts` gives them
 * @param easel gives what is drawn on
 */
export function listenToHand({ board: place, pencil }, easel) {
  const board = () => easel().board;
  let last;
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = place.getBoundingClientRect();
    const { width: columns, height: rows } = board();
    return [((clientX - left) / width) * columns, ((clientY - top) / height) * rows];
  };
  const draw = (event) => {
    if (!board() || event.buttons === 0) {
      return;
    }
    pencil.hidden = true;
    // Between two events of a quick hand lie many pixels.
    for (const one of [...(event.getCoalescedEvents?.() ?? []), event]) {
      const now = at(one);
      last ? board().stroke(last, now) : board().dab(now);
      last = now;
    }
    easel().strokesCome();
  };
  place.addEventListener("pointerdown", (event) => {
    last = undefined;
    place.setPointerCapture(event.pointerId);
    draw(event);
  });
  place.addEventListener("pointermove", draw);

  let cursor;
  place.addEventListener("keydown", (event) => {
    const step = STEPS[event.key] ?? (event.key === " " || event.key === "Enter" ? [0, 0] : undefined);
    if (!board() || !step || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    event.preventDefault();
    const { width, height } = board();
    const from = cursor ?? [Math.floor(width / 2) + 0.5, Math.floor(height / 2) + 0.5];
    const within = (x, most) => Math.min(most - 0.5, Math.max(0.5, x));
    cursor = [within(from[0] + step[0], width), within(from[1] + step[1], height)];
    pencil.hidden = false;
    pencil.style.left = `${(100 * (cursor[0] - 0.5)) / width}%`;
    pencil.style.top = `${(100 * (cursor[1] - 0.5)) / height}%`;
    pencil.style.width = `${100 / width}%`;
    pencil.style.height = `${100 / height}%`;
    if (event.shiftKey || !STEPS[event.key]) {
      board().dab(cursor);
      easel().strokesCome();
    }
  });
  place.addEventListener("blur", () => {
    pencil.hidden = true;
  });

  place.addEventListener("dragover", (event) => {
    if (board() && event.dataTransfer.types.includes("Files")) {
      event.preventDefault();
    }
  });
  place.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files;
    if (board() && file) {
      event.preventDefault();
      easel().takeFile(file);
    }
  });
}
