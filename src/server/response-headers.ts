/**
 * What a browser may do with our pages: only our own files, the microphone for ourselves, no framing by others, and
 * cross-origin isolation, so that the on-device recogniser may use threads.
 *
 * Source: OWASP HTTP Headers Cheat Sheet; `wasm-unsafe-eval` allows WebAssembly and nothing else (CSP Level 3).
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "object-src 'none'",
  ].join('; '),
  'Permissions-Policy': 'microphone=(self)',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Headers of ours and of HTTP's that a foreign page may read. */
const EXPOSED_HEADERS = 'X-Release, X-Ignored-Params, X-Request-Id, Idempotent-Replayed, Retry-After';

/** Adds what lets the page at `origin` read the answer. */
export function addCorsHeaders(headers: Headers, origin: string): void {
  headers.set('Access-Control-Allow-Origin', origin);
  headers.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
  headers.set('Cross-Origin-Resource-Policy', 'cross-origin');
  headers.append('Vary', 'Origin');
}

/** The answer to a browser's question whether a page of an allowed site may call. */
export function preflightResponse(asksForPrivateNetwork: boolean): Response {
  const headers = new Headers({
    'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
    'Access-Control-Allow-Headers':
      'Authorization, Content-Type, Idempotency-Key, X-Clip-Contract, X-Deadline-Ms, X-Session-Key',
    'Access-Control-Max-Age': '600',
  });
  // Chromium asks before a public page may reach a private address. Source: WICG Private Network Access.
  if (asksForPrivateNetwork) headers.set('Access-Control-Allow-Private-Network', 'true');
  return new Response(null, { status: 204, headers });
}
