// Brings the element's parts up to date with what it is; nothing moves on the page by it.

import { sheetSize } from "./picture.js";
import { panesOf } from "./sampling.js";

/**
 * @param parts as `makeParts` gives them
 * @param words as `wordsOf` gives them
 * @param element the element, for its attributes
 * @param state `{ generator, steering, board, mode, isMorphing, isIdle }`: what is loaded, what can be
 *   done with it, and whether nothing is loaded until somebody asks for it
 * @param pick called with the number of a sample that is picked
 */
export function dress(parts, words, element, state, pick) {
  const { columns, count, controls, poster, alt, label } = element;
  const { generator, steering, board, mode, isMorphing, isIdle } = state;
  parts.frame.style.aspectRatio = proportions(element, state).join(" / ");
  parts.frame.classList.toggle("walks", mode === "walk" && Boolean(generator));
  parts.toolbar.hidden = !controls;
  dressPoster(parts, poster, alt);
  if (isIdle && parts.cover.hidden) {
    cover(parts, words, "idle");
  }
  parts.fallback.hidden = Boolean(poster) || !parts.canvas.hidden || !parts.cover.hidden;
  say(parts, words, count, generator?.picture);
  for (const name of ["again", "download", "codes", "classes", "across", "up"]) {
    parts[name].disabled = !generator;
  }
  parts.across.hidden = parts.up.hidden = mode !== "walk";
  parts.share.hidden = mode !== "morph";
  parts.share.disabled = !isMorphing;
  parts.back.hidden = !isMorphing;
  parts.codes.hidden = !steering?.codes.length || mode === "draw";
  parts.moves.hidden = mode !== "edit" || !generator?.directions.length;
  dressBoard(parts, words, element, generator, board);
  dressClasses(parts.classes, words, generator?.classes ?? 0, label);
  // Without the toolbar there would be no way on from two picks.
  const isOffered = mode === "morph" && controls && Boolean(generator?.width) && !isMorphing;
  parts.picks.hidden = !isOffered;
  if (isOffered) {
    dressPicks(parts.picks, words, count, columns, steering.picks, pick);
  }
}

/** Width and height of the frame, in units of their own. */
function proportions(element, { generator, mode }) {
  const { columns, count } = element;
  if (mode === "draw" && generator) {
    return sheetSize(generator, panesOf(generator), panesOf(generator));
  }
  if (mode === "draw") {
    return [element.hasAttribute("columns") ? columns : 2, 1];
  }
  return [columns, generator?.width === 0 ? columns : Math.ceil(count / columns)];
}

/** What a reader draws with; `board` is there once there is something to draw on. */
function dressBoard(parts, words, { picture }, generator, board) {
  parts.board.hidden = parts.tools.hidden = !board;
  parts.again.hidden = false;
  if (!board) {
    return;
  }
  const [whole] = sheetSize(generator, panesOf(generator), panesOf(generator));
  parts.board.style.inlineSize = `${(100 * generator.width) / whole}%`;
  for (const tool of ["draw", "erase", "cut"]) {
    parts[tool].setAttribute("aria-pressed", String(board.tool === tool));
  }
  parts.cut.hidden = !board.isCut;
  parts.restart.hidden = !picture;
  // Where nothing is drawn by lot there is nothing to be drawn anew.
  parts.again.hidden = !["noised", "masked"].includes(generator.picture) && generator.latentSize === 0;
  parts.hint.hidden = !board.isEmpty;
  parts.hint.textContent = words.drawHere;
}

/** A message, progress or a button over the picture. */
export function cover(parts, words, kind, message) {
  const { cover, say, progress, act, canvas, fallback } = parts;
  cover.hidden = false;
  fallback.hidden = true;
  cover.classList.toggle("veil", kind === "failed" || !canvas.hidden);
  cover.setAttribute("role", kind === "failed" ? "alert" : "group");
  cover.setAttribute("part", kind === "failed" ? "error" : "cover");
  progress.hidden = kind !== "loading";
  progress.removeAttribute("value");
  progress.setAttribute("aria-label", words.loading);
  act.hidden = kind === "loading";
  act.textContent = kind === "failed" ? words.retry : words.show;
  say.hidden = kind !== "failed";
  say.textContent = message ? `${words.failed} ${message}` : "";
}

function dressPoster({ poster, canvas }, address, alt) {
  poster.hidden = !address || !canvas.hidden;
  poster.alt = alt;
  if (address && poster.getAttribute("src") !== address) {
    poster.src = address;
  }
}

function say(parts, words, count, picture) {
  const again = { noised: words.anotherNoise, masked: words.anotherHole }[picture] ?? words.again;
  for (const [name, text] of [
    ["again", again],
    ["draw", words.draw],
    ["erase", words.erase],
    ["cut", words.cut],
    ["clear", words.clear],
    ["restart", words.restart],
    ["codes", words.codes],
    ["back", words.back],
    ["download", "PNG"],
  ]) {
    parts[name].textContent = text;
  }
  for (const [name, text] of [
    ["download", words.download],
    ["classes", words.class],
    ["across", words.across],
    ["up", words.up],
    ["share", words.morph],
    ["board", words.board],
    ["tools", words.tools],
    ["toolbar", picture ? words.drawing : words.images(count)],
    ["picks", words.pick],
    ["panel", words.codes],
    ["moves", words.edit],
  ]) {
    parts[name].setAttribute("aria-label", text);
  }
}

function dressClasses(classes, words, count, label) {
  classes.hidden = count === 0;
  if (classes.options.length !== count + 1 || classes.options[0]?.text !== words.all) {
    const options = Array.from({ length: count }, (_, i) => new Option(String(i), String(i)));
    classes.replaceChildren(new Option(words.all, ""), ...options);
  }
  classes.value = label === null ? "" : String(label);
}

/** One button on each sample. */
function dressPicks(picks, words, count, columns, picked, pick) {
  picks.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
  picks.style.gridTemplateRows = `repeat(${Math.ceil(count / columns)}, 1fr)`;
  if (picks.children.length !== count) {
    const button = (_, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => pick(index));
      return button;
    };
    picks.replaceChildren(...Array.from({ length: count }, button));
  }
  [...picks.children].forEach((button, index) => {
    button.setAttribute("aria-label", words.sample(index + 1));
    button.setAttribute("aria-pressed", String(picked.includes(index)));
  });
}
