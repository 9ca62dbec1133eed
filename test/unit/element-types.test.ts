import type { JSX } from 'react';
import type { SvelteHTMLElements } from 'svelte/elements';
import { describe, expectTypeOf, it } from 'vitest';
import type { GlobalComponents } from 'vue';
import type {} from '../../src/element/define.ts';
import type { VoiceSearchElement, VoiceSearchEventMap } from '../../src/element/element.ts';
import type { VoiceSearchAttributes } from '../../src/element/markup-attributes.ts';
import type {} from '../../src/element/react.ts';
import type {} from '../../src/element/svelte.ts';
import type {} from '../../src/element/vue.ts';

// Checked by the compiler; at run time there is nothing to do.
describe('the types of <voice-search>', () => {
  it('are known by its tag, and its events by their names', () => {
    expectTypeOf<HTMLElementTagNameMap['voice-search']>().toEqualTypeOf<VoiceSearchElement>();
    expectTypeOf<HTMLElementEventMap['vs-search']['detail']['value']>().toEqualTypeOf<string>();
    expectTypeOf<VoiceSearchElement['state']>().toExtend<string>();
  });

  it('are known to React', () => {
    type Props = JSX.IntrinsicElements['voice-search'];
    expectTypeOf<NonNullable<Props['predict']>>().toEqualTypeOf<NonNullable<VoiceSearchAttributes['predict']>>();
    expectTypeOf<Parameters<NonNullable<Props['onvs-search']>>[0]>().toEqualTypeOf<VoiceSearchEventMap['vs-search']>();
    expectTypeOf<{ readonly mode: 'shout' }>().not.toExtend<Props>();
  });

  it('are known to Vue', () => {
    type Props = InstanceType<GlobalComponents['voice-search']>['$props'];
    expectTypeOf<{ readonly endpoint: string; readonly mode: 'hold' }>().toExtend<Props>();
    expectTypeOf<{ readonly mode: 'shout' }>().not.toExtend<Props>();
  });

  it('are known to Svelte', () => {
    type Props = SvelteHTMLElements['voice-search'];
    expectTypeOf<Parameters<NonNullable<Props['onvs-transcript']>>[0]['detail']['text']>().toEqualTypeOf<string>();
    expectTypeOf<{ readonly mode: 'shout' }>().not.toExtend<Props>();
  });
});
