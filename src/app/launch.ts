import { SHARED_PARAMETER } from '../protocol/app-worker-messages.ts';

/** What the page was opened for, besides a search in its address. */
export type Launch =
  | { readonly for: 'nothing' }
  /** By the app's shortcuts. */
  | { readonly for: 'speaking' }
  | { readonly for: 'typing' }
  /** By another program, with a file that waits under this name. */
  | { readonly for: 'shared-file'; readonly shareId: string };

const SPEAK = 'speak';
const TYPE = 'type';

/** Reads what the address says; pure. @param search Query string of the address. */
export function launchOf(search: string): Launch {
  const parameters = new URLSearchParams(search);
  const shareId = parameters.get(SHARED_PARAMETER);
  if (shareId !== null) return { for: 'shared-file', shareId };
  if (parameters.has(SPEAK)) return { for: 'speaking' };
  return parameters.has(TYPE) ? { for: 'typing' } : { for: 'nothing' };
}

/** The address without what it was launched for, so that a reload is no second launch; pure. */
export function withoutLaunch(address: string): string {
  const url = new URL(address);
  for (const name of [SHARED_PARAMETER, SPEAK, TYPE]) url.searchParams.delete(name);
  return url.href;
}
