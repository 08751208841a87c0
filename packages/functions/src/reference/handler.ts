import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { CONTENT_SECURITY_POLICY, PAGE, START } from "./page.ts";

export type ReferenceHandler = (
  event: APIGatewayProxyEventV2,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** Swagger UI's own, out of its package. */
const FILES: Readonly<Record<string, string>> = {
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui.css": "text/css; charset=utf-8",
};

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

/**
 * The page to read the REST API's reference in: `/reference`, and what it is made of. It reads
 * `/openapi.json`, which is the API's own.
 *
 * @param directory where Swagger UI's files lie
 */
export function createReferenceHandler(directory: string): ReferenceHandler {
  const assets = new Map<string, Promise<Asset>>();
  const load = (name: string, type: string): Promise<Asset> => {
    const asset = assets.get(name) ?? readAsset(join(directory, name), type);
    assets.set(name, asset);
    return asset;
  };
  return async ({ rawPath, headers, requestContext }) => {
    if (requestContext.http.method !== "GET") return NOT_FOUND;
    switch (rawPath) {
      case "/reference":
        return text("text/html; charset=utf-8", PAGE);
      case "/reference/start.js":
        return text("text/javascript; charset=utf-8", START);
    }
    const name = rawPath.slice("/reference/".length);
    const type = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (type === undefined) return NOT_FOUND;
    const takesGzip = /\bgzip\b/.test(headers["accept-encoding"] ?? "");
    return answer(await load(name, type), takesGzip);
  };
}

/** Where npm has put Swagger UI. */
export const swaggerUiDirectory = (): string =>
  dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/swagger-ui.css")));

async function readAsset(path: string, type: string): Promise<Asset> {
  const plain = await readFile(path);
  return { type, plain, zipped: await promisify(gzip)(plain) };
}

const SECURITY = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** An hour: what comes with another Berth is another file of the same name. */
const CACHED = { "cache-control": "public, max-age=3600", vary: "accept-encoding" };

const answer = ({ type, plain, zipped }: Asset, takesGzip: boolean) => ({
  statusCode: 200,
  headers: {
    "content-type": type,
    ...SECURITY,
    ...CACHED,
    ...(takesGzip && { "content-encoding": "gzip" }),
  },
  ...(takesGzip
    ? { body: zipped.toString("base64"), isBase64Encoded: true }
    : { body: plain.toString("utf8") }),
});

const text = (type: string, body: string) => ({
  statusCode: 200,
  headers: { "content-type": type, ...SECURITY },
  body,
});

const NOT_FOUND = {
  statusCode: 404,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: "Not Found" }),
};
