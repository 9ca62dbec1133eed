/** The part of Node's WebAssembly that is used here; TypeScript declares it for browsers only. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  type Module = object;
  interface Instance {
    readonly exports: Exports;
  }
  function instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: Instance }>;
}
