import type { HTMLAttributes } from 'svelte/elements';
import type { VoiceSearchEventMap } from './element-events.ts';
import type { VoiceSearchAttributes } from './markup-attributes.ts';
import type { VoiceSearchElement } from './voice-search-element.ts';

/** Listeners as Svelte 5 writes them: `onvs-search`. */
export type VoiceSearchSvelteListeners = {
  readonly [K in keyof VoiceSearchEventMap as `on${K}`]?: (event: VoiceSearchEventMap[K]) => void;
};

/** Properties of `<voice-search>` in components. */
export type VoiceSearchSvelteProps = Omit<HTMLAttributes<VoiceSearchElement>, keyof VoiceSearchAttributes> &
  VoiceSearchAttributes &
  VoiceSearchSvelteListeners &
  Partial<Pick<VoiceSearchElement, 'messages' | 'options'>>;

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'voice-search': VoiceSearchSvelteProps;
  }
}
