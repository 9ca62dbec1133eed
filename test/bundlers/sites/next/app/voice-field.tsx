'use client';

import 'ossicle/define';
import type { VoiceSearchElement, VoiceSearchEventMap } from 'ossicle/element';
import type {} from 'ossicle/react';
import { useEffect, useRef, useState } from 'react';

/** The tag, and below it the words that were searched for last. */
export function VoiceField({ endpoint }: { readonly endpoint: string }) {
  const tag = useRef<VoiceSearchElement>(null);
  const [searched, setSearched] = useState('');
  // React 19 attaches no `onvs-search` to a tag that came from the server: https://github.com/react/react/issues/35446
  useEffect(() => {
    const element = tag.current;
    const listen = (event: VoiceSearchEventMap['vs-search']) => setSearched(event.detail.value);
    element?.addEventListener('vs-search', listen);
    return () => element?.removeEventListener('vs-search', listen);
  }, []);
  return (
    <>
      <voice-search ref={tag} endpoint={endpoint} priming="never" queue-offline />
      <output>{searched}</output>
    </>
  );
}
