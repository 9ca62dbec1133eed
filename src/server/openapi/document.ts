import type { Release } from '../release.ts';
import { metricCatalogueOperation, metricSeriesOperation, postMetricsOperation } from './metrics-operations.ts';
import {
  COMMON_REFUSALS,
  errorAnswer,
  jsonResponse,
  type OperationObject,
  PUBLIC,
  type ResponseObject,
} from './operation.ts';
import { SCHEMAS } from './schemas.ts';
import { transcriptionOperation } from './transcription-operation.ts';

/** A description of the API. Source: OpenAPI Specification 3.1.1. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

const webPage: ResponseObject = {
  description: 'A web page.',
  content: { 'text/html': { schema: { type: 'string' } } },
};

/**
 * Describes every route but the page's files.
 *
 * @param isKeyed True when callers of `/v1` must send a key or a token.
 */
export function openApiDocument(release: Release, isKeyed: boolean): OpenApiDocument {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Ossicle',
      version: '1',
      summary: 'Speech to text by one recogniser, in the shape of the OpenAI API.',
      description: 'Audio and text are neither stored nor logged.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: isKeyed ? [{ bearer: [] }] : [{}, { bearer: [] }],
    paths: {
      '/v1/audio/transcriptions': { post: transcriptionOperation(release) },
      '/v1/models': {
        get: {
          operationId: 'listModels',
          summary: 'Releases that answer',
          tags: ['Models'],
          responses: { '200': jsonResponse('The releases.', 'ModelList'), ...COMMON_REFUSALS },
        },
      },
      '/v1/models/{id}': {
        get: {
          operationId: 'getModel',
          summary: 'One release',
          tags: ['Models'],
          parameters: [
            { name: 'id', in: 'path', required: true, description: 'Its name.', schema: { type: 'string' } },
          ],
          responses: {
            '200': jsonResponse('The release.', 'Model'),
            '404': errorAnswer('There is none of this name.'),
            ...COMMON_REFUSALS,
          },
        },
      },
      '/v1/session': { get: sessionOperation },
      '/v1/search': { get: searchOperation },
      '/v1/metrics': { get: metricCatalogueOperation, post: postMetricsOperation },
      '/v1/metrics/series': { get: metricSeriesOperation },
      '/healthz': { get: healthOperation },
      '/readyz': { get: readinessOperation },
      '/metrics': { get: metricsOperation },
      '/openapi.json': {
        get: {
          operationId: 'getOpenApi',
          summary: 'This description',
          tags: ['Server'],
          security: PUBLIC,
          responses: {
            '200': { description: 'OpenAPI.', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
      '/docs': {
        get: {
          operationId: 'getDocs',
          summary: 'A page to try the API',
          tags: ['Server'],
          security: PUBLIC,
          responses: { '200': webPage, '404': errorAnswer('swagger-ui-dist is not installed beside the server.') },
        },
      },
    },
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A key, or a short-lived token signed by the site.' },
      },
    },
  };
}

const sessionOperation: OperationObject = {
  operationId: 'getSession',
  summary: 'What a page has to know before the press',
  tags: ['Speech'],
  parameters: [
    {
      name: 'X-Session-Key',
      in: 'header',
      description: 'Random, the same for one visit; neither kept nor logged.',
      schema: { type: 'string', maxLength: 200 },
    },
  ],
  responses: {
    '200': jsonResponse('Release, automation and clip contract.', 'Session'),
    '400': errorAnswer('The session key is empty or too long.'),
    ...COMMON_REFUSALS,
  },
};

const searchOperation: OperationObject = {
  operationId: 'searchMenu',
  summary: "Search the demo's menu",
  tags: ['Demo'],
  parameters: [
    {
      name: 'q',
      in: 'query',
      required: true,
      description: 'The words.',
      schema: { type: 'string', maxLength: 500, examples: ['iced latte'] },
    },
    { name: 'limit', in: 'query', description: 'Most hits.', schema: { type: 'integer', minimum: 1, maximum: 50 } },
  ],
  responses: {
    '200': jsonResponse('What fits, best first.', 'SearchAnswer'),
    '400': errorAnswer('The words are missing or too many, or the limit is none.'),
    ...COMMON_REFUSALS,
  },
};

const healthOperation: OperationObject = {
  operationId: 'getHealth',
  summary: 'Whether the process runs',
  tags: ['Server'],
  security: PUBLIC,
  responses: { '200': jsonResponse('It runs.', 'Health') },
};

const readinessOperation: OperationObject = {
  operationId: 'getReadiness',
  summary: 'Whether clips are taken',
  tags: ['Server'],
  security: PUBLIC,
  responses: {
    '200': jsonResponse('They are.', 'Ready'),
    '503': jsonResponse('The recogniser starts, cannot start, or the server stops.', 'NotReady'),
  },
};

const metricsOperation: OperationObject = {
  operationId: 'getMetrics',
  summary: 'Figures for Prometheus',
  description: 'For this machine and holders of a key, unless the server was set otherwise.',
  tags: ['Server'],
  responses: {
    '200': { description: "Prometheus' text format.", content: { 'text/plain': { schema: { type: 'string' } } } },
    '401': errorAnswer('No key, or one that is not valid here.'),
    '404': errorAnswer('Metrics are switched off, or prom-client is not installed beside the server.'),
  },
};
