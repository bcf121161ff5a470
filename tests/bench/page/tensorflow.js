// The nets of ../nets in TensorFlow.js, by its plain operations; `window.tf` is its core with one backend.

const { tf } = globalThis;

/** TensorFlow.js takes images with their channels last. */
const isImage = (shape) => shape.length === 3;
const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);

/** Rows of what is padded by 0: the usual arithmetic of convolutions. */
const convolved = (side, { kernel, stride = 1, padding = 0 }) =>
  Math.floor((side + 2 * padding - kernel) / stride) + 1;
const deconvolved = (side, { kernel, stride = 1, padding = 0 }) =>
  (side - 1) * stride - 2 * padding + kernel;

const weights = (shape, sd = 0.05) => tf.variable(tf.randomNormal(shape, 0, sd));
const filled = (shape, value) => tf.variable(tf.fill(shape, value));

/** `{variables, apply, shape}` of one layer for samples of `shape`. */
function layer(spec, shape) {
  const { kind, bias = true } = spec;
  if (kind === "linear") {
    const w = weights([shape[0], spec.units]);
    const b = bias && filled([spec.units], 0);
    return {
      variables: b ? [w, b] : [w],
      apply: (x) => (b ? tf.add(tf.matMul(x, w), b) : tf.matMul(x, w)),
      shape: [spec.units],
    };
  }
  if (kind === "conv" || kind === "conv_transpose") {
    const { kernel, channels, stride = 1, padding = 0 } = spec;
    const [height, width, inputs] = shape;
    const isUp = kind === "conv_transpose";
    const w = weights(isUp ? [kernel, kernel, channels, inputs] : [kernel, kernel, inputs, channels]);
    const b = bias && filled([channels], 0);
    const side = isUp ? deconvolved : convolved;
    const out = [side(height, spec), side(width, spec), channels];
    const convolve = isUp
      ? (x) => tf.conv2dTranspose(x, w, [x.shape[0], ...out], stride, padding, "floor")
      : (x) => tf.conv2d(x, w, stride, padding, "NHWC", 1, "floor");
    return {
      variables: b ? [w, b] : [w],
      apply: (x) => (b ? tf.add(convolve(x), b) : convolve(x)),
      shape: out,
    };
  }
  if (kind === "batch_norm") {
    const count = shape.at(-1);
    const [gain, offset] = [filled([count], 1), filled([count], 0)];
    const axes = isImage(shape) ? [0, 1, 2] : [0];
    return {
      variables: [gain, offset],
      apply: (x) => {
        const { mean, variance } = tf.moments(x, axes);
        return tf.batchNorm(x, mean, variance, offset, gain, 1e-5);
      },
      shape,
    };
  }
  if (kind === "activation") {
    const { name, slope = 0.2 } = spec.function;
    const does = {
      tanh: tf.tanh,
      relu: tf.relu,
      leaky_relu: (x) => tf.leakyRelu(x, slope),
    }[name];
    return { variables: [], apply: does, shape };
  }
  if (kind === "reshape") {
    const image = [spec.height, spec.width, spec.channels];
    return { variables: [], apply: (x) => tf.reshape(x, [-1, ...image]), shape: image };
  }
  if (kind === "flatten") {
    return { variables: [], apply: (x) => tf.reshape(x, [x.shape[0], -1]), shape: [sizeOf(shape)] };
  }
  throw new Error(`no operation for a layer of kind ${kind}`);
}

function net({ layers }, shape) {
  const made = [];
  for (const spec of layers) {
    made.push(layer(spec, made.at(-1)?.shape ?? shape));
  }
  return {
    variables: made.flatMap(({ variables }) => variables),
    apply: (x) => made.reduce((value, { apply }) => apply(value), x),
  };
}

const adam = ({ learning_rate, method: { beta_1 = 0.9, beta_2 = 0.999 } }) =>
  tf.train.adam(learning_rate, beta_1, beta_2, 1e-8);

/** A run that makes steps. */
export class Run {
  #spec;
  #generator;
  #discriminator;
  #optimizers;
  #reals;

  constructor(spec) {
    const { data, latent, batch_size } = spec;
    const shape = data.source === "points" ? [2] : [data.height, data.width, data.channels];
    this.#spec = spec;
    this.#generator = net(spec.generator, [latent.size]);
    this.#discriminator = net(spec.discriminator, shape);
    this.#optimizers = [adam(spec.discriminator_optimizer), adam(spec.generator_optimizer)];
    // What the reals are takes no time away from a step, so noise serves.
    this.#reals = tf.keep(tf.randomUniform([batch_size, ...shape], -1, 1));
  }

  #loss(outputs, isReal) {
    if (this.#spec.objective === "least_squares") {
      const off = isReal ? tf.sub(outputs, 1) : outputs;
      return tf.mul(tf.mean(tf.square(off)), 0.5);
    }
    return tf.mean(tf.softplus(isReal ? tf.neg(outputs) : outputs));
  }

  /** A promise of both losses after one step. */
  async step() {
    const [generator, discriminator] = [this.#generator, this.#discriminator];
    const [optimizeDiscriminator, optimizeGenerator] = this.#optimizers;
    const { latent, batch_size } = this.#spec;
    const losses = tf.tidy(() => {
      const z =
        latent.distribution === "uniform"
          ? tf.randomUniform([batch_size, latent.size], -1, 1)
          : tf.randomNormal([batch_size, latent.size]);
      let discriminatorLoss;
      // The discriminator's step stands inside of the generator's gradient, so that the fakes are made once.
      const generatorLoss = optimizeGenerator.minimize(
        () => {
          const fakes = generator.apply(z);
          const both = () =>
            tf.add(
              this.#loss(discriminator.apply(this.#reals), true),
              this.#loss(discriminator.apply(fakes), false),
            );
          // Kept, or it would go with all else that the gradient needed.
          discriminatorLoss = tf.keep(
            optimizeDiscriminator.minimize(both, true, discriminator.variables),
          );
          return this.#loss(discriminator.apply(fakes), true);
        },
        true,
        generator.variables,
      );
      const losses = tf.stack([discriminatorLoss, generatorLoss]);
      discriminatorLoss.dispose();
      return losses;
    });
    const values = await losses.data();
    losses.dispose();
    return [...values];
  }

  dispose() {
    const nets = [this.#generator, this.#discriminator];
    tf.dispose([...nets.flatMap(({ variables }) => variables), this.#reals]);
    for (const optimizer of this.#optimizers) {
      optimizer.dispose();
    }
  }
}

/**
 * What the wasm backend lacks for training, by plain operations: one matrix product for each place of
 * a convolution's kernel.
 */
function conv2dBackpropFilter({ inputs: { x, dy }, attrs }) {
  const { strides, pad, filterShape } = attrs;
  return tf.tidy(() => {
    const [kernelHeight, kernelWidth, from, to] = filterShape;
    const [stride_y, stride_x] = Array.isArray(strides) ? strides : [strides, strides];
    const margin = Array.isArray(pad) ? pad[1] : [pad, pad];
    const padded = tf.pad(x, [[0, 0], margin, Array.isArray(pad) ? pad[2] : margin, [0, 0]]);
    const [count, rows, columns] = dy.shape;
    const slopes = tf.reshape(dy, [-1, to]);
    const products = [];
    for (let i = 0; i < kernelHeight; i += 1) {
      for (let j = 0; j < kernelWidth; j += 1) {
        const seen = tf.stridedSlice(
          padded,
          [0, i, j, 0],
          [count, i + (rows - 1) * stride_y + 1, j + (columns - 1) * stride_x + 1, from],
          [1, stride_y, stride_x, 1],
        );
        products.push(tf.matMul(tf.reshape(seen, [-1, from]), slopes, true, false));
      }
    }
    return tf.reshape(tf.stack(products), filterShape);
  });
}

/** The gradient of a convolution's kernel, of numbers that are always the same, on backend `name`. */
async function filterGradient(name) {
  await tf.setBackend(name);
  const numbers = (shape) => tf.reshape(tf.sin(tf.range(0, sizeOf(shape))), shape);
  const gradient = tf.tidy(() => {
    const [images, kernel] = [numbers([2, 7, 7, 3]), numbers([4, 4, 3, 5])];
    const sum = (filter) => tf.sum(tf.square(tf.conv2d(images, filter, 2, 1, "NHWC", 1, "floor")));
    return tf.grad(sum)(kernel);
  });
  const values = await gradient.data();
  gradient.dispose();
  return values;
}

/** Adds to the backend what training needs and it lacks; gives the names. */
async function complete(name) {
  const missing = { Conv2DBackpropFilter: conv2dBackpropFilter };
  const lacking = Object.keys(missing).filter((kernel) => !tf.getKernel(kernel, name));
  for (const kernelName of lacking) {
    tf.registerKernel({ kernelName, backendName: name, kernelFunc: missing[kernelName] });
  }
  if (lacking.length > 0) {
    const right = await filterGradient("cpu");
    const found = await filterGradient(name);
    const off = found.findIndex((value, at) => Math.abs(value - right[at]) > 1e-3 * Math.abs(right[at]) + 1e-4);
    if (off >= 0) {
      throw new Error(`what was added to ${name} gives ${found[off]} where cpu gives ${right[off]}`);
    }
  }
  return lacking;
}

/** Chooses the backend; gives what is known of it. */
export async function begin(name) {
  if (name === "wasm") {
    tf.wasm.setWasmPaths("/bench/modules/@tensorflow/tfjs-backend-wasm/dist/");
    tf.wasm.setThreadsCount(1);
  }
  if (!(await tf.setBackend(name))) {
    throw new Error(`the backend ${name} does not start`);
  }
  await tf.ready();
  const added = await complete(name);
  return { version: tf.version_core, added };
}
