/** Says on one line of standard error, where that is a terminal, what is being done. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
