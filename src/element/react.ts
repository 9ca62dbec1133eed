import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { VoiceSearchEventMap } from './element-events.ts';
import type { VoiceSearchAttributes } from './markup-attributes.ts';
import type { VoiceSearchElement } from './voice-search-element.ts';

/** Listeners as React 19 writes them: `onvs-search`. */
export type VoiceSearchReactListeners = {
  readonly [K in keyof VoiceSearchEventMap as `on${K}`]?: (event: VoiceSearchEventMap[K]) => void;
};

/** Properties of `<voice-search>` in JSX. */
export type VoiceSearchReactProps = DetailedHTMLProps<HTMLAttributes<VoiceSearchElement>, VoiceSearchElement> &
  VoiceSearchAttributes &
  VoiceSearchReactListeners &
  Partial<Pick<VoiceSearchElement, 'messages' | 'options'>>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'voice-search': VoiceSearchReactProps;
    }
  }
}
