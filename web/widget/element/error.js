// Errors with a code.

/** An error with a code that says what kind it is. */
export class SamplerError extends Error {
  /**
   * @param {"network" | "file" | "module" | "usage"} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "SamplerError";
    this.code = code;
  }
}
