// The user's own pictures: those that were chosen or dropped, and their pixels. The browser decodes
// them; nothing is sent anywhere.

/** What a folder holds besides is passed over in silence; what is chosen or dropped by itself is tried. */
const PICTURES = /\.(png|jpe?g|jfif|webp|gif|bmp|avif)$/i;
/** More than so many are not looked at. */
const MOST_FILES = 20_000;

/** What is at hand: files, each with its path. */
let found = [];

const byPath = (a, b) => a.path.localeCompare(b.path, "en", { numeric: true });

/** Keeps what was chosen, unless that is nothing; gives the paths, and how many more there were. */
function take(all) {
  const some = all.sort(byPath).slice(0, MOST_FILES);
  if (some.length > 0) {
    found = some;
  }
  return { paths: some.map(({ path }) => path), leftOut: all.length - some.length };
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

/** A promise of a dropped file, or of the pictures below a dropped folder. */
async function below(entry, isInFolder = false) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    const one = { file, path: entry.fullPath.replace(/^\//, "") };
    return file && (!isInFolder || isPicture(one)) ? [one] : [];
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
      all.push(...(await below(one, true)));
    }
  }
}

/** The panel, if a teacher's link has neither hidden nor locked it. */
function panel() {
  const found = document.querySelector(".lab-pictures");
  return found?.getClientRects().length && !found.closest("[inert]") ? found : undefined;
}

/** A drop of pictures or folders, ahead of the page, to which other files go as ever. */
function followDrops(taken) {
  const onDrop = (event) => {
    const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
    const entries = items.map((item) => item.webkitGetAsEntry?.());
    const ours = items.some(
      (item, index) => entries[index]?.isDirectory || item.type.startsWith("image/"),
    );
    if (!ours || !panel()) {
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
    Promise.all(lists).then((lists) => {
      taken(take(lists.flat()));
      // The drop may have been far from where it shows.
      panel()?.scrollIntoView();
    });
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
  const bitmap = await createImageBitmap(file);
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
  /** A promise of `{paths, leftOut}` of what the user chooses: the pictures of a folder, or pictures. */
  async choose({ folder }) {
    const files = (await chosen(folder))?.map(withPath);
    return files && take(folder ? files.filter(isPicture) : files);
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
