/**
 * Keeps onnxruntime from reporting to its maker.
 *
 * Since 1.29 its native library sends the names and hashes of models and graphs, run times and a device id to Microsoft,
 * and keeps a database and a log for it under the home folder and the folder for temporary files.
 *
 * The library reads the variable once, when it starts, from the process: it must be set on the main thread, before any
 * thread loads it. Source: microsoft/onnxruntime, pull request 27379.
 */
export function refuseOrtTelemetry(): void {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
}
