// What a worker asks of its WebGPU device, and when.

/**
 * In the worker: notes every dispatch, submit, read and new buffer from now on in `self.gpuTrace`, and the
 * bytes of the buffers that are alive in `self.gpuBytes`.
 */
export function traceGpu() {
  self.gpuTrace = [];
  self.gpuBytes = 0;
  const note = (prototype, method, kind) => {
    const original = prototype[method];
    prototype[method] = function (...parameters) {
      self.gpuTrace.push([kind, performance.now()]);
      return original.apply(this, parameters);
    };
  };
  note(GPUComputePassEncoder.prototype, "dispatchWorkgroups", "dispatch");
  note(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", "dispatch");
  note(GPUQueue.prototype, "submit", "submit");
  note(GPUBuffer.prototype, "mapAsync", "read");
  note(GPUDevice.prototype, "createBuffer", "buffer");
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  const alive = new WeakSet();
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    alive.add(buffer);
    self.gpuBytes += buffer.size;
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    if (alive.delete(this)) {
      self.gpuBytes -= this.size;
    }
    return destroy.call(this);
  };
}

/**
 * Of a trace of `steps` steps: for each read that followed a step's worth of work, the time in ms
 * from the first dispatch to the last submit before it; dispatches, submits and new buffers a step.
 */
export function tracedSteps(trace, steps) {
  const count = (kind) => trace.filter(([found]) => found === kind).length;
  const batches = [];
  let batch = { dispatches: 0 };
  for (const [kind, at_ms] of trace) {
    if (kind === "dispatch") {
      batch.dispatches += 1;
      batch.first_ms ??= at_ms;
    } else if (kind === "submit") {
      batch.last_ms = at_ms;
    } else if (kind === "read" && batch.dispatches > 0) {
      batches.push(batch);
      batch = { dispatches: 0 };
    }
  }
  // Sheets are drawn between steps, with far less work.
  batches.sort((a, b) => b.dispatches - a.dispatches);
  return {
    queueing_ms: batches.slice(0, steps).map(({ first_ms, last_ms }) => last_ms - first_ms),
    dispatches: Math.round(count("dispatch") / steps),
    submits: Math.round(count("submit") / steps),
    buffers: Math.round(count("buffer") / steps),
  };
}
