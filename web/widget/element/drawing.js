// One picture after the other: the newest wish is what counts.

export class Drawing {
  /** Changes with the generator and with its inputs: a picture of old ones is not finished. */
  #job = 0;
  #isDrawing = false;
  #isChanged = false;
  #waiting = [];

  /** Makes the picture in hand one that nobody wants any more. */
  supersede() {
    this.#job += 1;
  }

  /** Whether somebody waits for the next picture. */
  get isAwaited() {
    return this.#waiting.length > 0;
  }

  /** Settles with the next picture. */
  next() {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** What answers those who have waited for this picture. */
  answer() {
    const waiting = this.#waiting.splice(0);
    return () => waiting.forEach(({ resolve }) => resolve());
  }

  /** Gives up, for whoever waits. */
  refuse(reason) {
    this.supersede();
    for (const { reject } of this.#waiting.splice(0)) {
      reject(reason);
    }
  }

  /** Has `once(isWanted)` draw, now or as soon as the picture in hand is done. */
  async draw(once) {
    this.#isChanged = true;
    if (this.#isDrawing) {
      return;
    }
    this.#isDrawing = true;
    try {
      while (this.#isChanged) {
        this.#isChanged = false;
        const job = this.#job;
        await once(() => job === this.#job);
      }
    } finally {
      this.#isDrawing = false;
    }
  }
}
