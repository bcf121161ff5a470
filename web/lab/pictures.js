// The user's own pictures: those that were chosen or dropped, and their pixels. The browser decodes
// them; nothing is sent anywhere.

import { isOpen } from "./teacher.js";

/** What a folder holds besides is counted and left out; what is chosen or dropped by itself is tried. */
const PICTURES = /\.(png|jpe?g|jfif|webp|gif|bmp|avif)$/i;
/** More than so many are not looked at. */
const MOST_FILES = 20_000;
/** What systems and tools keep for themselves is no data: hidden files, and these. */
const KEPT_BY_SYSTEMS = ["__MACOSX", "Thumbs.db", "desktop.ini", "Icon\r"];

/** What is at hand: files, each with its path. */
let found = [];

const byPath = (a, b) => a.path.localeCompare(b.path, "en", { numeric: true });

const isHidden = ({ path }) =>
  path.split("/").some((part) => part.startsWith(".") || KEPT_BY_SYSTEMS.includes(part));

/** Files by what `of` says of each, in their order. */
function grouped(files, of) {
  const groups = new Map();
  for (const file of files) {
    const group = of(file);
    if (!groups.has(group)) {
      groups.set(group, []);
    }
    groups.get(group).push(file);
  }
  return groups;
}

const folderOf = ({ path }) => path.slice(0, path.lastIndexOf("/") + 1);

/** At most `most` files: of each folder as many as of every other one, as far as there are some; in their order. */
export function shared(files, most) {
  if (files.length <= most) {
    return files;
  }
  const folders = grouped(files, folderOf);
  const shares = new Map([...folders.keys()].map((folder) => [folder, 0]));
  let left = most;
  while (left > 0) {
    const open = [...shares].filter(([folder, share]) => share < folders.get(folder).length);
    const each = Math.max(1, Math.floor(left / open.length));
    for (const [folder, share] of open) {
      const more = Math.min(each, folders.get(folder).length - share, left);
      shares.set(folder, share + more);
      left -= more;
    }
  }
  return [...folders].flatMap(([folder, some]) => some.slice(0, shares.get(folder))).sort(byPath);
}

/** How many files there are of each kind, by the endings of their names. */
function kindsOf(files) {
  const kind = ({ path }) => /\.([^./]{1,8})$/.exec(path)?.[1].toUpperCase() ?? "?";
  return [...grouped(files, kind)].map(([name, some]) => ({ name, count: some.length }));
}

/**
 * Keeps the pictures among what was chosen, unless there are none; gives their paths, and what is left out:
 * `{paths, leftOut, hidden, others: [{name, count}]}`. `areAll` where whatever is not hidden is tried.
 */
function take(all, areAll) {
  const plain = all.filter((file) => !isHidden(file));
  const pictures = (areAll ? plain : plain.filter(isPicture)).sort(byPath);
  const some = shared(pictures, MOST_FILES);
  if (some.length > 0) {
    found = some;
  }
  return {
    paths: some.map(({ path }) => path),
    leftOut: pictures.length - some.length,
    hidden: all.length - plain.length,
    others: areAll ? [] : kindsOf(plain.filter((file) => !isPicture(file))),
  };
}

/** A promise of what the user chooses; of `null` where the choice is called off. */
function chosen(folder) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  if (folder) {
    input.webkitdirectory = true;
  } else {
    input.accept = "image/*";
  }
  return new Promise((resolve) => {
    input.addEventListener("cancel", () => resolve(null));
    input.addEventListener("change", () => resolve([...input.files]));
    input.click();
  });
}

const withPath = (file) => ({ file, path: file.webkitRelativePath || file.name });

const isPicture = ({ path }) => PICTURES.test(path);

/** A promise of a dropped file, or of all files below a dropped folder. */
async function below(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    return file ? [{ file, path: entry.fullPath.replace(/^\//, "") }] : [];
  }
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    // A hundred at most come at once.
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) {
      return all;
    }
    for (const one of some) {
      all.push(...(await below(one)));
    }
  }
}

/** A drop of pictures or folders, ahead of the page, to which other files go as ever. */
function followDrops(taken) {
  const onDrop = (event) => {
    const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
    const entries = items.map((item) => item.webkitGetAsEntry?.());
    const ours = items.some(
      (item, index) => entries[index]?.isDirectory || item.type.startsWith("image/"),
    );
    if (!ours || !isOpen("pictures")) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    // The page has seen the dragging begin, and is not to wait for its end.
    dispatchEvent(new DragEvent("dragleave"));
    const loose = items.map((item, index) => (entries[index] ? null : item.getAsFile()));
    const lists = entries.map((entry, index) =>
      entry ? below(entry) : loose[index] ? [withPath(loose[index])] : [],
    );
    Promise.all(lists).then((lists) => taken(take(lists.flat(), !entries.some((entry) => entry?.isDirectory))));
  };
  addEventListener("drop", onDrop, { capture: true });
}

/** The part of a picture that is kept, and where it goes, for a square of `side` pixels. */
function placed({ width, height }, side, whole) {
  const scale = side / (whole ? Math.max(width, height) : Math.min(width, height));
  const [w, h] = [width * scale, height * scale];
  return [(side - w) / 2, (side - h) / 2, w, h];
}

async function pixelsOf(file, context, side, whole) {
  // The file's own numbers: its gamma and its profile are for screens, and other readers leave them aside.
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  try {
    // What is transparent, and what is beside a whole picture, is white as paper is.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
    context.drawImage(bitmap, ...placed(bitmap, side, whole));
  } finally {
    bitmap.close();
  }
  return context.getImageData(0, 0, side, side).data;
}

const does = {
  /** A promise of what `take` gives of what the user chooses: the pictures of a folder, or pictures. */
  async choose({ folder }) {
    const files = (await chosen(folder))?.map(withPath);
    return files && take(files, !folder);
  },
  /** A promise of the RGB pixels of a picture that the user chooses, cut to a square of `side` pixels. */
  async one({ side }) {
    const file = (await chosen(false))?.[0];
    if (!file) {
      return undefined;
    }
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    const rgba = await pixelsOf(file, context, side, false);
    return Uint8Array.from({ length: 3 * side * side }, (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)]);
  },
  /** Calls `taken` with the same of what is dropped. */
  async follow({ taken }) {
    followDrops(taken);
  },
  /**
   * A promise of `{pixels, unread}`: of `count` pictures from the one numbered `from` on, RGB, each
   * cut (or, `whole`, fitted) to a square of `side` pixels; the numbers of those that the browser
   * cannot read, which have no pixels.
   */
  async read({ from, count, side, whole }) {
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    const some = found.slice(from, from + count);
    const pixels = new Uint8Array(3 * side * side * some.length);
    const unread = [];
    let at = 0;
    for (const [index, { file }] of some.entries()) {
      try {
        const rgba = await pixelsOf(file, context, side, whole);
        for (let i = 0; i < rgba.length; i += 4) {
          pixels.set(rgba.subarray(i, i + 3), at);
          at += 3;
        }
      } catch {
        unread.push(from + index);
      }
    }
    return { pixels: pixels.subarray(0, at), unread };
  },
};

/** Asks for one of those. */
export async function pictures(kind, fields) {
  return does[kind](fields);
}
