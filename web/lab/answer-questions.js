// The side of the workers whose other side is asked-worker.js.

/**
 * Answers each question by the function of `does` that has the question's kind, once the worker's module is `ready`. An error
 * is `fatal` where the module is lost, so that the worker is to be started anew.
 */
export function answerQuestions(ready, does) {
  let isThere = false;
  ready.then(() => (isThere = true)).catch(() => {});
  addEventListener("message", async ({ data: { id, kind, ...fields } }) => {
    try {
      await ready;
      postMessage({ id, value: await does[kind](fields) });
    } catch (error) {
      // After a trap nothing of the module can be trusted.
      const fatal = !isThere || error instanceof WebAssembly.RuntimeError;
      postMessage({ id, error: String(error?.message ?? error), fatal });
    }
  });
}
