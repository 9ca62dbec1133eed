import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * A set of addresses and networks.
 *
 * @param networks As `10.0.0.1` or `10.0.0.0/8`.
 * @throws RangeError for anything else.
 */
export function addressSet(networks: readonly string[]): BlockList {
  const set = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    if (isIP(address) === 0) throw new RangeError(`A network looks like 10.0.0.0/8, got ${JSON.stringify(network)}.`);
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    set.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  }
  return set;
}

/**
 * The address that a request comes from.
 *
 * `X-Forwarded-For` grows to the right, and whoever is not trusted may have written anything into it: it is read from
 * the right for as long as trusted proxies speak.
 *
 * @param peer Address at the other end of the connection; undefined where it is not known.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: BlockList,
): string | undefined {
  let address = peer === undefined ? undefined : plainAddress(peer);
  const hops = (forwardedFor ?? '').split(',').reverse();
  for (const hop of hops) {
    if (address === undefined || !contains(trusted, address)) return address;
    const next = plainAddress(hop.trim());
    if (next === undefined) return address;
    address = next;
  }
  return address;
}

/** True for an address of this machine. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^127\./.test(address);
}

/**
 * What the limits count as one place: an IPv4 address, or the IPv6 network that one household or server is given.
 *
 * Source: RFC 6177: end sites get a /64 or more.
 */
export function placeOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Without port, brackets, zone and the wrapping of IPv4 in IPv6; undefined for what is no address. */
function plainAddress(written: string): string | undefined {
  const bare = /^\[([^\]]+)\](:\d+)?$/.exec(written)?.[1] ?? /^([\d.]+):\d+$/.exec(written)?.[1] ?? written;
  const address = bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}

function contains(set: BlockList, address: string): boolean {
  return set.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
