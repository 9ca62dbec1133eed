import { VoiceSearchElement } from './voice-search-element.ts';

// A tag that is defined already stays; a server that renders pages has no registry.
if ('customElements' in globalThis && customElements.get('voice-search') === undefined) {
  customElements.define('voice-search', VoiceSearchElement);
}

declare global {
  interface HTMLElementTagNameMap {
    'voice-search': VoiceSearchElement;
  }
}

export { VoiceSearchElement };
