// The lab's reader of data files: in a worker of its own, loaded with the first file.

import { answerQuestions } from "./answer-questions.js";
import initialize, { FileReader } from "./gan_reader.js";

let reader;

const does = {
  /**
   * Takes the files `[{name, bytes}]` in place of those before. Gives `{name, points}` where each sample is a
   * point of the plane: x, y, x, y …
   */
  take({ files }) {
    reader?.free();
    reader = new FileReader();
    for (const { name, bytes } of files) {
      reader.add(name, bytes);
    }
    const points = reader.points();
    return points && { name: files[0].name, points };
  },
  /** Reads images from them; gives the summary, JSON, with the pixels of the first `shown` images. */
  look({ choice, shown }) {
    const summary = reader.read(choice);
    return { summary, pixels: reader.preview(shown) };
  },
  /** The files that a run reads, `[{name, bytes}]`: the images and, where there are some, their labels. */
  files() {
    const name = reader.imagesName();
    const files = [
      { name, bytes: reader.imagesFile() },
      { name: `${name} (labels)`, bytes: reader.labelsFile() },
    ];
    return files.filter(({ bytes }) => bytes);
  },
};

answerQuestions(initialize(), does);
