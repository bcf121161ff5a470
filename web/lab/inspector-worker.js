// The lab's second worker: it asks a run's discriminator and reads digits, beside the run.

import { answerQuestions } from "./answer-questions.js";
import initialize, { Editor, Inspector, Maker, Mapper, Reader, Styler } from "./gan_inspector.js";

let inspector;
let reader;

async function pretrained(name) {
  const answer = await fetch(new URL(`../pretrained/${name}.safetensors`, import.meta.url));
  if (!answer.ok) {
    throw new Error(`${name}.safetensors: status ${answer.status}`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

const readerOfDigits = async () => new Reader(await pretrained("digit-classifier"));

let editor;

function editing() {
  if (!editor) {
    throw new Error("no generator has been taken");
  }
  return editor;
}

let mapper;
let styler;

/** Trained generators by their names. */
const makers = new Map();

/** The trained generator of this name. */
function maker(name) {
  if (!makers.has(name)) {
    const made = pretrained(name).then((file) => new Maker(file));
    // What could not be fetched is fetched again by the next question.
    made.catch(() => makers.delete(name));
    makers.set(name, made);
  }
  return makers.get(name);
}

function inspected() {
  if (!inspector) {
    throw new Error("no checkpoint has been taken");
  }
  return inspector;
}

const does = {
  /** Takes the nets of a checkpoint. */
  inspect({ checkpoint }) {
    inspector?.free();
    inspector = undefined;
    inspector = new Inspector(checkpoint);
  },
  /** The discriminator's outputs for images. */
  verdicts: ({ pixels, labels }) => inspected().verdicts(pixels, labels),
  /** The picture that the generator is given of an image, and what it makes of it. */
  restored: ({ pixels, missing, seed, isSample, label }) =>
    inspected().restored(pixels, missing, seed, isSample, label),
  /** The file of a checkpoint's generator alone; what was taken before stays. */
  generator({ checkpoint, isSmall }) {
    const whole = new Inspector(checkpoint);
    try {
      return whole.generatorFile(Boolean(isSmall));
    } finally {
      whole.free();
    }
  },
  /** The header of a trained generator's file, as JSON. */
  header: async ({ name }) => (await maker(name)).header,
  /** Samples of a trained generator. */
  make: async ({ name, values, labels }) => (await maker(name)).images(values, labels),
  /** Takes a generator to edit: a trained one by its name, or that of a checkpoint. */
  async takeToEdit({ name, checkpoint }) {
    const classifier = await pretrained("digit-classifier");
    const file = checkpoint ?? (await pretrained(name));
    editor?.free();
    editor = undefined;
    editor = new Editor(file, classifier);
  },
  /** A sample, with what it measures and what is read in it: JSON, as are the next two. */
  drawToEdit: ({ seed }) => editing().drawn(seed),
  /** The sample that is nearest to an image. */
  invert: ({ pixels }) => editing().inverted(pixels),
  /** The sample near another whose measures are these. */
  edit: ({ input, wanted }) => editing().edited(input, wanted),
  /** The sample of an input moved along directions that nobody named. */
  moveFound: ({ input, byActivations, amounts }) => editing().moved(input, byActivations, amounts),
  /** A map of real samples with those of a checkpoint's generator on it: JSON. */
  async map({ checkpoint, reals, made, onDigits }) {
    const classifier = onDigits ? await pretrained("digit-classifier") : new Uint8Array();
    mapper?.free();
    mapper = undefined;
    mapper = new Mapper(checkpoint, classifier, reals, made);
    return mapper.places();
  },
  /** What is made of a real's latent, moved to another place on the map. */
  moveOnMap({ real, place }) {
    if (!mapper) {
      throw new Error("no map has been drawn");
    }
    return mapper.moved(real, place);
  },
  /** Takes the style-based generator of a checkpoint. */
  takeStyles({ checkpoint }) {
    styler?.free();
    styler = undefined;
    styler = new Styler(checkpoint);
  },
  /** Distance and diversity of the generator's samples for each truncation: a `Float64Array` of pairs. */
  async styleCurve({ reals, truncations }) {
    if (!styler) {
      throw new Error("no generator has been taken");
    }
    return styler.curve(await pretrained("digit-classifier"), reals, truncations);
  },
  /** A table of samples whose styles are mixed. */
  mixStyles({ seed, rows, columns, from, truncation }) {
    if (!styler) {
      throw new Error("no generator has been taken");
    }
    return styler.table(seed, rows, columns, from, truncation);
  },
  /** How probable each digit is, image after image. */
  async read({ pixels }) {
    reader ??= readerOfDigits();
    // What could not be fetched is fetched again by the next question.
    reader.catch(() => (reader = undefined));
    return (await reader).read(pixels);
  },
};

answerQuestions(initialize(), does);
