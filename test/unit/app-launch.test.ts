import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchOf, withoutLaunch } from '../../src/app/launch.ts';

describe('the launch of the app', () => {
  it.each([
    ['?speak', { for: 'speaking' }],
    ['?speak=', { for: 'speaking' }],
    ['?type', { for: 'typing' }],
    ['?shared=a-b', { for: 'shared-file', shareId: 'a-b' }],
    ['?q=mocha', { for: 'nothing' }],
    ['', { for: 'nothing' }],
    ['?q=speak', { for: 'nothing' }],
  ])('is read from %s', (search, launch) => {
    expect(launchOf(search)).toEqual(launch);
  });

  it('leaves the rest of the address as it is', () => {
    expect(withoutLaunch('https://example.com/?speak&q=a+mocha&predict=device#here')).toBe(
      'https://example.com/?q=a+mocha&predict=device#here',
    );
  });

  it('is none once it was taken out, whatever the address was', () => {
    const parameter = fc.tuple(fc.constantFrom('speak', 'type', 'shared', 'q', 'x'), fc.string());
    fc.assert(
      fc.property(fc.array(parameter), (parameters) => {
        const address = `https://example.com/?${new URLSearchParams(parameters)}`;
        expect(launchOf(new URL(withoutLaunch(address)).search)).toEqual({ for: 'nothing' });
      }),
    );
  });
});
