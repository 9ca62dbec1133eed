export type {
  HeardSegment,
  ValueSource,
  VoiceSearchDetails,
  VoiceSearchEventMap,
} from './element-events.ts';
export { VoiceSearchElement } from './voice-search-element.ts';
export type { VoicePhase } from './voice-state.ts';
export type { VoiceSearchMessages } from './words/messages.ts';
