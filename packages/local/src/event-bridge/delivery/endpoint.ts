import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Where machines of a cloud find their secrets, and what is no single machine. */
const NEVER = new BlockList();
NEVER.addSubnet("169.254.0.0", 16, "ipv4");
NEVER.addSubnet("0.0.0.0", 8, "ipv4");
NEVER.addSubnet("224.0.0.0", 3, "ipv4");
NEVER.addSubnet("fe80::", 10, "ipv6");
NEVER.addSubnet("fd00:ec2::", 32, "ipv6");
NEVER.addSubnet("ff00::", 8, "ipv6");
NEVER.addAddress("::", "ipv6");

/**
 * Whether a call may go there: without TLS only to this very machine, with it anywhere but to
 * link-local addresses (ADR 0031).
 */
export function mayCall(protocol: string, address: string): boolean {
  const family = isIP(address) === 4 ? "ipv4" : "ipv6";
  if (protocol === "http:") return LOOPBACK.check(address, family);
  return protocol === "https:" && !NEVER.check(address, family);
}

/** Why nothing can be sent to this URL, or undefined. Names are looked up when it is called. */
export function whyEndpointIsRefused(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol)) return "It must be an HTTPS URL.";
  if (url.username !== "" || url.password !== "") {
    return "It must not have credentials: they belong into the connection.";
  }
  const host = hostOf(url);
  if (isIP(host) !== 0) {
    return mayCall(url.protocol, host) ? undefined : NOT_ALLOWED;
  }
  return url.protocol === "https:" || host === "localhost" ? undefined : NOT_ALLOWED;
}

const NOT_ALLOWED =
  "It must be an HTTPS URL, or an HTTP URL of this machine (localhost), and not link-local.";

/** Without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");

/** Finds those addresses of a name that may be called, at the very moment of the call. */
export const lookupFor =
  (protocol: string): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const [first, ...others] = (error ? [] : found).filter(({ address }) =>
        mayCall(protocol, address),
      );
      if (error) callback(error, "");
      else if (!first) callback(new Error(`${hostname} is where no call may go.`), "");
      else if (options.all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
