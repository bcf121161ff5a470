/** What `load` tells of a generator. */
export interface GeneratorFacts {
  /** Pixels of a sample; 0 of a generator of points. */
  width: number;
  height: number;
  /** Classes that it can be asked for; 0 if it is told none. */
  classes: number;
  /** Numbers of a latent, without codes. */
  latentSize: number;
  /** Generator steps that it was trained for. */
  step: number;
}

/** What `sample` tells of a picture. */
export interface SampleFacts {
  count: number;
  seed: number;
  label: number | null;
  /** How long the samples took, in milliseconds. */
  ms: number;
}

export interface FailureFacts {
  /** `network`: not there, or interrupted; `file`: no generator; `module`: the wasm; `usage`: a wrong value. */
  code: "network" | "file" | "module" | "usage";
  message: string;
}

export interface GanSamplerEventMap {
  load: CustomEvent<GeneratorFacts>;
  progress: CustomEvent<{ loaded: number; total: number | undefined }>;
  sample: CustomEvent<SampleFacts>;
  error: CustomEvent<FailureFacts>;
}

/** `<gan-sampler>`: samples of a trained generator, made in the page. */
export class GanSampler extends HTMLElement {
  /** Address of the generator's file. */
  src: string;
  /** Samples in the picture: 16 images or 1,000 points where nobody says; at most 4,096. */
  count: number;
  /** Which latents are drawn. */
  seed: number;
  /** The class of all samples; `null`: classes go round. */
  label: number | null;
  /** Images in a row: the root of their count where nobody says. */
  columns: number | null;
  /** `lazy` (the default) waits until the element is near the window. */
  loading: "lazy" | "eager";
  /** `interaction` waits for a press of a button; `auto` is the default. */
  reveal: "auto" | "interaction";
  /** Whether the toolbar is shown. */
  controls: boolean;
  /** `grid`; `walk`: dragging moves through latent space; `morph`: from one picked sample to another. */
  mode: "grid" | "walk" | "morph";
  /** Address of a picture that is shown first. */
  poster: string;
  /** What the picture shows, for those who do not see it. */
  alt: string;
  /**
   * The inputs of all samples as they are shown, one after another, each a latent and its codes; `null`
   * before the generator is there. Setting takes whole inputs; their count becomes `count`.
   */
  get latent(): Float32Array | null;
  set latent(values: ArrayLike<number>);
  /** Draws new samples, loading the generator first if need be; settles when they are on the screen. */
  sample(): Promise<void>;
  /** Takes another generator once it is there; latents, class and codes stay, if it takes the same. */
  exchange(src: string): Promise<void>;
  /** The picture as a file. */
  toBlob(type?: string): Promise<Blob>;
  addEventListener<K extends keyof GanSamplerEventMap>(
    type: K,
    listener: (event: GanSamplerEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "gan-sampler": GanSampler;
  }
}
