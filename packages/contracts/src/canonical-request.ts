/** An HTTP request as it was on the wire: what a signature can be checked against. */
export interface SignedRequest {
  readonly method: string;
  /** Percent-encoded as sent, without the query. */
  readonly path: string;
  /** Percent-encoded as sent, without the question mark. */
  readonly query: string;
  /** By lower-case name; several of one name joined with commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | Uint8Array;
}

export interface SigningRules {
  readonly signedHeaders: readonly string[];
  readonly bodyHash: string;
  /** S3 takes paths as they are sent: each is the name of another object. */
  readonly service: string;
}

/** The text whose hash is signed. Source: AWS Signature Version 4, "canonical request". */
export function canonicalRequest(
  request: SignedRequest,
  { signedHeaders, bodyHash, service }: SigningRules,
): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${headerOf(request, name).trim().replaceAll(/\s+/g, " ")}\n`,
  );
  return [
    request.method,
    service === "s3" ? request.path : canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.join(""),
    signedHeaders.join(";"),
    bodyHash,
  ].join("\n");
}

/** Encoded once more than on the wire, dots resolved: as every service but S3 wants it. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query.split("&").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [encode(decode(name)), encode(decode(value.join("=")))] as const;
  });
  const sorted = pairs.toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return sorted.map((pair) => pair.join("=")).join("&");
}

/** Empty where the request has no such header. */
export function headerOf(request: SignedRequest, name: string): string {
  return Object.hasOwn(request.headers, name) ? (request.headers[name] ?? "") : "";
}

/** RFC 3986, which is stricter than encodeURIComponent. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
