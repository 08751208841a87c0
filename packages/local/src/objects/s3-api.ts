import { type Asker, checkAccess } from "@berth/control-plane/access/authorize";
import type { Credential, FindAccessKey } from "@berth/control-plane/access/find-access-key";
import type { Scope } from "@berth/domain/arn";
import { type EcsErrorCode, isEcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import pLimit from "p-limit";
import type { HttpHandler } from "../http/listener.ts";
import { bodyOf, callerOf } from "../http/signed-event.ts";
import { KeptRequests } from "./kept-requests.ts";
import { type S3Call, s3CallOf } from "./s3-call.ts";

export interface S3ApiOptions {
  /** Where buckets and objects are kept. */
  readonly directory: string;
  readonly scope: Scope;
  readonly now: () => number;
  readonly findAccessKey: FindAccessKey;
}

/**
 * As much of S3 as it takes to keep files for tasks: buckets, and objects that are put and got whole.
 * fauxqs does it; who may call, and what is left after a restart, is seen to here.
 */
export function createS3Api(options: S3ApiOptions): HttpHandler {
  const { findAccessKey, now, scope } = options;
  const objects = new Objects(new KeptRequests(options.directory));
  return async (event) => {
    const caller = await callerOf<Credential>(event, {
      findAccessKey,
      now: now(),
      service: "s3",
    });
    if (isEcsError(caller)) return refusal(caller.code, caller.message);
    const call = isByPath(event) ? s3CallOf(event) : undefined;
    if (!call) return notImplemented();
    const denied = whyDenied({ ...caller, scope }, call);
    if (denied) return denied;
    return call.action === "s3:GetBucketLocation"
      ? location(await objects.head(event), scope.region)
      : objects.send(event, call);
  };
}

function whyDenied(
  asker: Asker,
  { action, resource }: S3Call,
): APIGatewayProxyStructuredResultV2 | undefined {
  try {
    checkAccess(asker, { action, resources: [resource] });
    return undefined;
  } catch (error) {
    if (isEcsError(error)) return refusal(error.code, error.message);
    throw error;
  }
}

/** Not by a host name that begins with the bucket's. */
const isByPath = ({ headers }: APIGatewayProxyEventV2): boolean =>
  /^(localhost|\d+\.\d+\.\d+\.\d+|\[[^\]]*\])(:\d+)?$/.test(headers["host"] ?? "");

/** What fauxqs's application has of what is used here. */
interface Application {
  inject(request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: Buffer;
  }): Promise<{
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly rawPayload: Buffer;
  }>;
}

/** The buckets and objects themselves. They are loaded by who asks for them first. */
class Objects {
  readonly #kept: KeptRequests;
  /** What is kept is what was answered last. */
  readonly #oneAtATime = pLimit(1);
  #application: Promise<Application> | undefined;

  constructor(kept: KeptRequests) {
    this.#kept = kept;
  }

  send(event: APIGatewayProxyEventV2, call: S3Call): Promise<APIGatewayProxyStructuredResultV2> {
    const { effect } = call;
    return effect === undefined
      ? this.#send(event)
      : this.#oneAtATime(() => this.#change(event, effect));
  }

  /** Whether the bucket of the request is there. */
  head(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
    return this.#send({ ...event, rawQueryString: "max-keys=0" });
  }

  async #change(
    event: APIGatewayProxyEventV2,
    effect: "keeps" | "drops",
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const result = await this.#send(event);
    if ((result.statusCode ?? 200) >= 300) return result;
    const { rawPath: path } = event;
    if (effect === "drops") this.#kept.drop(path);
    else
      this.#kept.keep({
        path,
        headers: textsOf(event.headers),
        body: bodyOf(event).toString("base64"),
      });
    return result;
  }

  async #send(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
    this.#application ??= open(this.#kept);
    const { method } = event.requestContext.http;
    const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
    const { statusCode, headers, rawPayload } = await (
      await this.#application
    ).inject({
      method,
      url: `${event.rawPath}${query}`,
      headers: textsOf(event.headers),
      payload: bodyOf(event),
    });
    return {
      statusCode,
      headers: textsOf(headers),
      body: rawPayload.toString("base64"),
      isBase64Encoded: true,
    };
  }
}

async function open(kept: KeptRequests): Promise<Application> {
  const { buildApp } = await import("fauxqs");
  const application = buildApp({ logger: false });
  for (const { path, headers, body } of kept.read()) {
    const payload = Buffer.from(body, "base64");
    await application.inject({ method: "PUT", url: path, headers, payload });
  }
  return application;
}

/** Without what says how the message itself was sent. */
function textsOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const { connection: _connection, "transfer-encoding": _encoding, ...others } = headers;
  return Object.fromEntries(
    Object.entries(others).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, `${value}`]] : [],
    ),
  );
}

const location = (
  bucket: APIGatewayProxyStructuredResultV2,
  region: string,
): APIGatewayProxyStructuredResultV2 =>
  bucket.statusCode === 200
    ? xml(
        200,
        // The first region there was has no name here.
        `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${region === "us-east-1" ? "" : region}</LocationConstraint>`,
      )
    : bucket;

/** S3 has codes of its own. */
const CODES: Partial<Record<EcsErrorCode, string>> = {
  AccessDeniedException: "AccessDenied",
  ExpiredTokenException: "ExpiredToken",
  InvalidSignatureException: "SignatureDoesNotMatch",
  UnrecognizedClientException: "InvalidAccessKeyId",
};

const refusal = (code: EcsErrorCode, message: string): APIGatewayProxyStructuredResultV2 =>
  error(403, CODES[code] ?? "AccessDenied", message);

const notImplemented = (): APIGatewayProxyStructuredResultV2 =>
  error(
    501,
    "NotImplemented",
    "The S3 of one machine has buckets, and objects that are put, got, listed and deleted one by one, named by path.",
  );

const error = (statusCode: number, code: string, message: string) =>
  xml(statusCode, `<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`);

const xml = (statusCode: number, content: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}`,
});

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
