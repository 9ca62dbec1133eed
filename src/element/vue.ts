import type { DefineComponent, HTMLAttributes } from 'vue';
import type { VoiceSearchEventMap } from './element-events.ts';
import type { VoiceSearchAttributes } from './markup-attributes.ts';
import type { VoiceSearchElement } from './voice-search-element.ts';

/** Listeners as Vue's templates see them: `@vs-search`. */
export type VoiceSearchVueListeners = {
  readonly [K in keyof VoiceSearchEventMap as K extends `vs-${infer Name}` ? `onVs-${Name}` : never]?: (
    event: VoiceSearchEventMap[K],
  ) => void;
};

/** Properties of `<voice-search>` in templates. */
export type VoiceSearchVueProps = Omit<HTMLAttributes, keyof VoiceSearchAttributes> &
  VoiceSearchAttributes &
  VoiceSearchVueListeners &
  Partial<Pick<VoiceSearchElement, 'messages' | 'options'>>;

declare module 'vue' {
  interface GlobalComponents {
    'voice-search': DefineComponent<VoiceSearchVueProps>;
  }
}
