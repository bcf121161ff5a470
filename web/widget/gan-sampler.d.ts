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
  /** Kind of the pictures that it is given; empty of a generator that is given none. */
  picture: "" | "downscaled" | "noised" | "masked" | "edges" | "grey" | "paired" | "translated";
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

/** What `WebAssembly` can be given, and addresses. */
export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

export interface GanSamplerEventMap {
  load: CustomEvent<GeneratorFacts>;
  progress: CustomEvent<{ loaded: number; total: number | undefined }>;
  sample: CustomEvent<SampleFacts>;
  error: CustomEvent<FailureFacts>;
}

/**
 * `<gan-sampler>`: samples of a trained generator, made in the page.
 *
 * Each property but `latent` follows an attribute; `null` and `undefined` take the attribute away. Setting
 * one never throws: a wrong value is told by an `error` event and in the element. What is set before this
 * script is there is taken over when it comes.
 */
export class GanSampler extends HTMLElement {
  /**
   * Address of `gan_widget_bg.wasm`, or the module itself, where it does not lie beside the script.
   * Counts if it is set before the first generator is loaded.
   */
  static get wasm(): WasmSource | undefined;
  static set wasm(source: WasmSource | null | undefined);
  /** Address of the generator's file. */
  get src(): string;
  set src(value: string | null | undefined);
  /** Samples in the picture: 16 images or 1,000 points where nobody says; at most 4,096. */
  get count(): number;
  set count(value: number | string | null | undefined);
  /** Which latents are drawn. */
  get seed(): number;
  set seed(value: number | string | null | undefined);
  /** The class of all samples; `null`: classes go round. */
  get label(): number | null;
  set label(value: number | string | null | undefined);
  /** Images in a row: the root of their count where nobody says. */
  get columns(): number;
  set columns(value: number | string | null | undefined);
  /** `lazy` (the default) waits until the element is near the window. */
  get loading(): "lazy" | "eager";
  set loading(value: "lazy" | "eager" | null | undefined);
  /** `interaction` waits for a press of a button; `auto` is the default. */
  get reveal(): "auto" | "interaction";
  set reveal(value: "auto" | "interaction" | null | undefined);
  /**
   * Of a style-based generator, how far a style keeps from the mean one, in parts of its own distance: 1 where
   * nobody says, 0 makes all samples alike; -2 to 2.
   */
  get truncation(): number;
  set truncation(value: number | string | null | undefined);
  /** Whether the toolbar is shown. As with the platform's own, the attribute `controls=""` is yes, the property "" is no. */
  get controls(): boolean;
  set controls(value: boolean | null | undefined);
  /**
   * `grid`; `walk`: dragging moves through latent space; `morph`: from one picked sample to another; `draw`: readers
   * draw what the generator is given. One that is given pictures is always drawn for.
   */
  get mode(): "grid" | "walk" | "morph" | "draw" | "edit";
  set mode(value: "grid" | "walk" | "morph" | "draw" | "edit" | null | undefined);
  /** Address of the picture that is drawn on at first; an empty board where nobody says. */
  get picture(): string;
  set picture(value: string | null | undefined);
  /** Address of a picture that is shown first. */
  get poster(): string;
  set poster(value: string | null | undefined);
  /** What the picture shows, for those who do not see it. */
  get alt(): string;
  set alt(value: string | null | undefined);
  /**
   * The inputs of all samples as they are shown, one after another, each a latent and its codes; before the
   * generator is there what waits for it, or `null`. Setting takes whole inputs; their count becomes
   * `count`. They hold until `count`, `seed` or `src` changes or new samples are asked for; `null` and
   * `undefined` have the seed draw.
   */
  get latent(): Float32Array | null;
  set latent(values: ArrayLike<number> | string | null | undefined);
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
