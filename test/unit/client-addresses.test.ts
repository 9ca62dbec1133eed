import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSet, clientAddress, placeOf } from '../../src/server/client-address.ts';

const PROXY = '10.0.0.1';
const trusted = addressSet(['10.0.0.0/24', '::1']);
const nobody = addressSet([]);

describe('the address of a client', () => {
  it('is that of the connection unless a trusted proxy speaks', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), (peer, header) => {
        expect(clientAddress(peer, header, nobody)).toBe(peer);
      }),
    );
  });

  it('is the last one that a trusted proxy has seen, whatever was forged before', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.ipV4(),
            fc.string().filter((text) => !text.includes(',')),
          ),
        ),
        (forged) => {
          expect(clientAddress(PROXY, [...forged, '203.0.113.7'].join(', '), trusted)).toBe('203.0.113.7');
          expect(clientAddress(PROXY, [...forged, '203.0.113.7', '10.0.0.2'].join(','), trusted)).toBe('203.0.113.7');
        },
      ),
    );
  });

  it.each([
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['unknown', PROXY],
    ['', PROXY],
  ])('is read from %j', (header, address) => {
    expect(clientAddress(PROXY, header, trusted)).toBe(address);
  });

  it('is known in the forms that sockets give it', () => {
    expect(clientAddress('::ffff:10.0.0.1', '203.0.113.7', trusted)).toBe('203.0.113.7');
    expect(clientAddress('::1', '203.0.113.7', trusted)).toBe('203.0.113.7');
    expect(clientAddress('fe80::1%eth0', undefined, trusted)).toBe('fe80::1');
    expect(clientAddress(undefined, '203.0.113.7', trusted)).toBeUndefined();
  });
});

describe('a place', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %s is %s', (address, place) => {
    expect(placeOf(address)).toBe(place);
  });

  it('is one for all addresses of an IPv6 network', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 4, maxLength: 4 }), (groups) => {
        const tail = groups.map((group) => group.toString(16)).join(':');
        expect(placeOf(`2001:db8:a:b:${tail}`)).toBe('2001:db8:a:b::/64');
      }),
    );
  });
});
