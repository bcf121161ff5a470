// Asks the lab's second worker; see inspector-worker.js for the questions.

import { askedWorker } from "./asked-worker.js";

export const ask = askedWorker("inspector-worker.js", "the inspector's worker failed");
