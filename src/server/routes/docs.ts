import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { RefusedRequest } from '../openai-error.ts';
import { createStaticFiles } from '../static-files.ts';

/** Where the page is; its files lie under it. */
export const DOCS_PATH = '/docs';

const INTERFACE_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Ossicle: try the API</title>
<link rel="icon" href="${DOCS_PATH}/favicon-32x32.png">
<link rel="stylesheet" href="${DOCS_PATH}/swagger-ui.css">
<script src="${DOCS_PATH}/swagger-ui-bundle.js" defer></script>
<script src="${DOCS_PATH}/start.js" defer></script>
</head>
<body>
<main id="api"><noscript>This page needs JavaScript; <a href="/openapi.json">the description</a> does not.</noscript></main>
</body>
</html>
`;

/** A file of its own, because inline scripts do not run here. */
const START_SCRIPT = `const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({ url: '/openapi.json', domNode: document.getElementById('api'), tryItOutEnabled: true });
`;

/** Answers `GET /docs` and what lies under it. */
export interface DocsRoute {
  /**
   * @throws RefusedRequest 404 without swagger-ui-dist.
   * @returns Undefined for a file that is not the page's.
   */
  serve(path: string, request: Request): Promise<Response | undefined>;
}

/** The page to try the API: Swagger UI, from this server alone. */
export function createDocs(): DocsRoute {
  const folder = interfaceFolder();
  const files = folder === undefined ? undefined : createStaticFiles(folder);
  return {
    async serve(path, request) {
      if (files === undefined) {
        throw new RefusedRequest({
          status: 404,
          message: 'The page is not installed here. Install swagger-ui-dist beside the server, and start it again.',
          code: 'docs_unavailable',
        });
      }
      const name = path.slice(DOCS_PATH.length + 1);
      if (name === '') return written(PAGE, 'text/html; charset=utf-8');
      if (name === 'start.js') return written(START_SCRIPT, 'text/javascript; charset=utf-8');
      return INTERFACE_FILES.includes(name) ? await files.serve(`/${name}`, request) : undefined;
    },
  };
}

function written(body: string, contentType: string): Response {
  return new Response(body, { headers: { 'Content-Type': contentType, 'Cache-Control': 'no-cache' } });
}

function interfaceFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  } catch {
    return undefined;
  }
}
