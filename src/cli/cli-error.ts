/** Exit codes of the command line: what the caller got wrong, and what went wrong here. */
export const EXIT_CODES: { readonly usage: 2; readonly failure: 1; readonly interrupted: 130 } = {
  usage: 2,
  failure: 1,
  interrupted: 130,
};

/** An error that is shown as one line, without a stack: what happened, where, and what to do. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_CODES.usage, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** What was thrown, as text on one line. */
export function oneLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

/** The system's error code (`ENOENT`, `ERR_MODULE_NOT_FOUND`) of anything thrown; undefined when it has none. */
export function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
