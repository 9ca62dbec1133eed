import { RefusedRequest } from '../openai-error.ts';
import type { Release } from '../release.ts';

/** `GET /v1/models`: the releases that answer, in OpenAI's shape with licence and languages added. */
export function getModels(releases: readonly Release[]): Response {
  return Response.json({ object: 'list', data: releases.map(modelJson) });
}

/**
 * `GET /v1/models/:id`.
 *
 * @throws RefusedRequest 404 for an unknown id.
 */
export function getModel(id: string, releases: readonly Release[]): Response {
  const release = releases.find((each) => each.id === id);
  if (release === undefined) {
    throw new RefusedRequest({
      status: 404,
      message: `There is no model ${JSON.stringify(id.slice(0, 60))} here. GET /v1/models lists them.`,
      param: 'model',
      code: 'model_not_found',
    });
  }
  return Response.json(modelJson(release));
}

function modelJson(release: Release): object {
  return {
    id: release.id,
    object: 'model',
    created: release.publishedUnixSeconds,
    owned_by: release.owner,
    licence: release.licence,
    languages: release.languages,
  };
}
