// What the bench found, as text.

const OURS = "ours, CPU worker";
const figure = (value) => Number(value.toPrecision(3)).toString();
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** Lines of columns; the first column is text, the others are numbers. */
function table(head, lines) {
  const rows = [head, ...lines].map((line) => line.map(String));
  const widths = head.map((_, at) => Math.max(...rows.map((line) => line[at].length)));
  for (const line of rows) {
    const cells = line.map((cell, at) => (at < 1 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])));
    console.log(`  ${cells.join("  ").trimEnd()}`);
  }
}

/** GFLOP/s that an engine's step can at most reach on one core, where that was measured. */
function limit(engine, { simd, relaxed, native }) {
  if (engine === OURS) {
    // Chromium runs the build with relaxed SIMD.
    return relaxed ?? simd;
  }
  if (engine === "TensorFlow.js, wasm") {
    return simd;
  }
  return engine === "ours, native, flex" || engine === "PyTorch, 1 thread" ? native : null;
}

/** Prints what was found. */
export function print({ version, peaks, rows, onDevice, flops, memory, compiling, startUps }) {
  const told = Object.entries(peaks).map(([name, peak]) => `${name} ${peak ? peak.toFixed(0) : "not known"}`);
  console.log(`\nChromium ${version}; one core's f32 peak, GFLOP/s: ${told.join(", ")}`);
  for (const net of new Set(rows.map((row) => row.net))) {
    const found = rows.filter((row) => row.net === net);
    const ours = found.find((row) => row.engine === OURS)?.median_ms;
    const counted = flops[net] ? `, ${figure(flops[net] / 1e6)} MFLOP a step` : "";
    console.log(`\n${net}, batch ${found[0].batch}${counted}`);
    const lines = found.map(({ engine, backend, median_ms, min_ms, max_ms, runs }) => {
      const rate = flops[net] / median_ms / 1e6;
      const most = limit(engine, peaks);
      return [
        engine,
        figure(median_ms),
        `${figure(min_ms)}–${figure(max_ms)}`,
        runs,
        ours ? figure(median_ms / ours) : "–",
        rate ? figure(rate) : "–",
        most && rate ? `${((100 * rate) / most).toFixed(0)} %` : "–",
        backend,
      ];
    });
    table(["engine", "ms a step", "range", "runs", "/ ours", "GFLOP/s", "of peak", "on"], lines);
  }
  if (onDevice.length > 0) {
    console.log("\non WebGPU, a step");
    const lines = onDevice.map(({ net, engine, dispatches, submits, buffers, queueing_ms }) => [
      `${net}: ${engine}`,
      dispatches,
      submits,
      buffers,
      figure(queueing_ms),
    ]);
    table(["", "dispatches", "submits", "new buffers", "ms of the processor"], lines);
  }
  const compiled = Object.entries(compiling).map(([name, ms]) => `${name} ${figure(ms)} ms`);
  console.log(`\ncompiling the workers' modules: ${compiled.join(", ") || "–"}`);
  if (startUps.length > 0) {
    const [least, middle, most] = [0, Math.floor(startUps.length / 2), startUps.length - 1].map((at) =>
      figure(startUps[at]),
    );
    console.log(
      `navigation to first sheet: ${middle} ms (${least}–${most}, ${startUps.length} visits)`,
    );
  }
  for (const { worker, found } of memory) {
    const all = (key) => found.map((at) => mebibytes(at[key])).join(", ");
    const steps = found.map(({ steps }) => steps).join(", ");
    const buffers = worker === "gpu" ? `; buffers ${all("buffers")}` : "";
    console.log(`memory of the ${worker} worker after ${steps} steps: module ${all("wasm")}${buffers}`);
  }
}
