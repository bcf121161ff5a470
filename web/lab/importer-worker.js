// The lab's importer of other frameworks' generators: in a worker of its own, loaded with the first such file.

import { answerQuestions } from "./answer-questions.js";
import initialize, { Importer } from "./gan_importer.js";

let importer;

const does = {
  /** Takes the files `[{name, bytes}]` in place of those before. */
  take({ files }) {
    importer?.free();
    importer = new Importer();
    for (const { name, bytes } of files) {
      importer.add(name, bytes);
    }
  },
  /** Makes a generator by `choice`, JSON; gives `{told, file}`: what was made, JSON, and its file. */
  make({ choice }) {
    const told = importer.make(choice);
    return { told, file: importer.file() };
  },
};

answerQuestions(initialize(), does);
