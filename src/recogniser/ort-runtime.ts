/** A tensor as the recogniser sees it; made and read through an {@link OrtRuntime} only. */
export interface OrtTensor {
  readonly dims: readonly number[];
  /** A Float32Array for float tensors. Valid until {@link dispose}. */
  readonly data: unknown;
  /** Gives the tensor's memory back; it must not be used again. */
  dispose(): void;
}

/** One loaded network. At most one {@link run} at a time. */
export interface OrtSession<T extends OrtTensor = OrtTensor> {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the network once.
   *
   * @param feeds One tensor for every input name; read only.
   * @param fetches Names of the outputs wanted; the others are not copied out.
   * @returns The wanted outputs, owned by the caller, who disposes them.
   */
  run(feeds: Readonly<Record<string, T>>, fetches: readonly string[]): Promise<Readonly<Record<string, T>>>;
  /** Frees the network. */
  release(): Promise<void>;
}

/**
 * The little of onnxruntime that the recogniser needs, so that one recogniser runs on the native library on a server
 * and on WebAssembly in a browser. `T` is the runtime's own tensor class: tensors of two runtimes never mix.
 */
export interface OrtRuntime<T extends OrtTensor = OrtTensor> {
  /**
   * Loads a network in ONNX or `.ort` format.
   *
   * @param model The file's bytes; may be dropped once the promise settles.
   */
  createSession(model: Uint8Array): Promise<OrtSession<T>>;
  /** @param values Row-major; kept by the tensor, so the caller must not change them before it is disposed. */
  float32Tensor(values: Float32Array, dims: readonly number[]): T;
  /** @param values Row-major; kept by the tensor, so the caller must not change them before it is disposed. */
  int64Tensor(values: BigInt64Array, dims: readonly number[]): T;
  /** A tensor of one boolean, shape [1]. */
  boolTensor(value: boolean): T;
}
