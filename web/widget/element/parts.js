// What the element is made of, in its shadow root.

function make(tag, { parts, children = [], ...properties } = {}) {
  const node = document.createElement(tag);
  if (parts) {
    node.setAttribute("part", parts);
  }
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role" || name === "for") {
      node.setAttribute(name, value);
    } else {
      node[name] = value;
    }
  }
  node.append(...children);
  return node;
}

function range(least, most, step, value) {
  const input = make("input", { type: "range", parts: "slider" });
  // The value is cut off by the limits that are there when it is set.
  Object.assign(input, { min: least, max: most, step });
  input.value = value;
  return input;
}

/** Every part by its name; nothing listens yet. */
export function makeParts() {
  const parts = {
    canvas: make("canvas", { parts: "canvas", role: "img", hidden: true }),
    fallback: make("div", { className: "fallback", children: [make("slot")] }),
    poster: make("img", { parts: "poster", className: "poster", hidden: true, decoding: "async" }),
    cover: make("div", { className: "cover", hidden: true }),
    say: make("p", { parts: "message" }),
    progress: make("progress", { parts: "progress", hidden: true }),
    act: make("button", { type: "button", parts: "button", hidden: true }),
    board: make("div", { className: "board", parts: "board", role: "application", tabIndex: 0, hidden: true }),
    pencil: make("div", { className: "pencil", hidden: true }),
    hint: make("p", { className: "hint" }),
    picks: make("div", { className: "picks", role: "group", hidden: true }),
    panel: make("div", { className: "panel", parts: "panel", role: "group", hidden: true }),
    again: make("button", { type: "button", parts: "button" }),
    classes: make("select", { parts: "select", hidden: true }),
    tools: make("span", { className: "tools", role: "group", hidden: true }),
    draw: make("button", { type: "button", parts: "button" }),
    erase: make("button", { type: "button", parts: "button" }),
    cut: make("button", { type: "button", parts: "button" }),
    clear: make("button", { type: "button", parts: "button" }),
    restart: make("button", { type: "button", parts: "button" }),
    codes: make("button", { type: "button", parts: "button", hidden: true, "aria-expanded": "false" }),
    across: range(-1, 1, 0.01, 0),
    up: range(-1, 1, 0.01, 0),
    share: range(0, 1, 0.01, 0),
    moves: make("span", { className: "tools", role: "group", hidden: true }),
    back: make("button", { type: "button", parts: "button", hidden: true }),
    download: make("button", { type: "button", parts: "button" }),
    told: make("div", { className: "told", role: "status" }),
  };
  parts.cover.append(parts.say, parts.progress, parts.act);
  parts.board.append(parts.hint, parts.pencil);
  parts.tools.append(parts.draw, parts.erase, parts.cut, parts.clear, parts.restart);
  parts.frame = make("div", {
    className: "frame",
    parts: "frame",
    tabIndex: -1,
    children: [
      parts.fallback,
      parts.poster,
      parts.canvas,
      parts.board,
      parts.picks,
      parts.panel,
      parts.cover,
    ],
  });
  parts.toolbar = make("div", {
    className: "toolbar",
    parts: "toolbar",
    role: "group",
    hidden: true,
    children: [
      parts.tools,
      parts.again,
      parts.classes,
      parts.codes,
      // A slider alone does not say what it moves.
      make("label", { children: ["↔", parts.across] }),
      make("label", { children: ["↕", parts.up] }),
      make("label", { children: ["1→2", parts.share] }),
      parts.moves,
      parts.back,
      parts.download,
    ],
  });
  return parts;
}

/** A slider for each of the directions; `moved(i, by)` is called when one moves. */
export function fillMoves(moves, directions, words, moved) {
  const rows = directions.map(({ name, range: most }, i) => {
    const slider = range(-most, most, most / 50, 0);
    slider.addEventListener("input", () => moved(i, Number(slider.value)));
    return make("label", { children: [words.directions[name] ?? name, slider] });
  });
  moves.replaceChildren(...rows);
}

/** A slider for each code in the panel; `changed()` is called when one moves. */
export function fillPanel(panel, codes, words, changed) {
  const row = (text, control) => make("label", { children: [text, control] });
  const rows = codes.map((code, index) => {
    const name = words.code(index + 1);
    if (code.categories) {
      const options = [make("option", { value: "", textContent: words.free })];
      for (let category = 0; category < code.categories; category += 1) {
        options.push(make("option", { value: String(category), textContent: String(category) }));
      }
      const select = make("select", { parts: "select", children: options });
      select.value = code.value === undefined ? "" : String(code.value);
      select.addEventListener("change", () => {
        code.value = select.value === "" ? undefined : Number(select.value);
        changed();
      });
      return row(name, select);
    }
    const slider = range(-1, 1, 0.02, code.value ?? 0);
    slider.addEventListener("input", () => {
      code.value = Number(slider.value);
      changed();
    });
    return row(name, slider);
  });
  panel.replaceChildren(...rows);
}
