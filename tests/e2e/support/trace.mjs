// What a worker asks of its WebGPU device, and when.

/**
 * In the worker: notes every dispatch, submit, read and new buffer from now on in `self.gpuTrace`, and the
 * bytes of the buffers that are alive in `self.gpuBytes`: those neither destroyed nor collected.
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
  // Buffers need not be destroyed: the browser takes back those that nobody holds any more.
  const alive = new WeakSet();
  const forgotten = new FinalizationRegistry((size) => {
    self.gpuBytes -= size;
  });
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    alive.add(buffer);
    forgotten.register(buffer, buffer.size, buffer);
    self.gpuBytes += buffer.size;
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    if (alive.delete(this)) {
      forgotten.unregister(this);
      self.gpuBytes -= this.size;
    }
    return destroy.call(this);
  };
}

/**
 * The batches of a trace, each what lies between two reads, in their order: `{dispatch, submit, buffer}`,
 * counts, and the time in ms from its first dispatch to its last submit.
 */
export function batches(trace) {
  const empty = () => ({ dispatch: 0, submit: 0, buffer: 0 });
  const found = [];
  let batch = empty();
  for (const [kind, at_ms] of trace) {
    if (kind !== "read") {
      batch[kind] += 1;
      if (kind === "dispatch") {
        batch.first_ms ??= at_ms;
      } else if (kind === "submit") {
        batch.last_ms = at_ms;
      }
    } else if (batch.dispatch > 0) {
      found.push({ ...batch, queueing_ms: batch.last_ms - batch.first_ms });
      batch = empty();
    }
  }
  return found;
}

/**
 * Of a trace of `steps` steps: for each read that followed a step's worth of work, the time in ms
 * from the first dispatch to the last submit before it; dispatches and submits a step, sheets and all
 * else that is drawn between steps included.
 */
export function tracedSteps(trace, steps) {
  const count = (kind) => trace.filter(([found]) => found === kind).length;
  return {
    queueing_ms: batches(trace)
      .sort((a, b) => b.dispatch - a.dispatch)
      .slice(0, steps)
      .map(({ queueing_ms }) => queueing_ms),
    dispatches: Math.round(count("dispatch") / steps),
    submits: Math.round(count("submit") / steps),
  };
}
