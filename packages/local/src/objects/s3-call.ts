import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** What a request to S3 asks for, as far as one machine has it. */
export interface S3Call {
  /** As policies name it. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  /** What of it must be there after a restart as well. */
  readonly effect?: "keeps" | "drops";
}

/** Of listings; `x-id` only names the operation. */
const LISTING_PARAMETERS: readonly string[] = (
  "list-type prefix delimiter max-keys start-after continuation-token encoding-type marker " +
  "fetch-owner max-buckets bucket-region"
).split(" ");

/** Headers that make something else of an upload. */
const OTHER_UPLOADS = ["x-amz-copy-source", "x-amz-tagging", "x-amz-object-lock-mode"];

/** Undefined for what one machine does not have. */
export function s3CallOf(event: APIGatewayProxyEventV2): S3Call | undefined {
  const { method } = event.requestContext.http;
  const [bucket = "", ...rest] = event.rawPath.slice(1).split("/");
  const key = rest.join("/");
  const parameters = parametersOf(event.rawQueryString);
  if (OTHER_UPLOADS.some((name) => event.headers[name] !== undefined)) return undefined;
  if (key !== "") return parameters.length > 0 ? undefined : objectCall(method, bucket, key);
  return bucketCall(method, bucket, parameters);
}

const parametersOf = (query: string): readonly string[] =>
  [...new Set(new URLSearchParams(query).keys())].filter((name) => name !== "x-id");

function objectCall(method: string, bucket: string, key: string): S3Call | undefined {
  const call = OBJECT_CALLS.get(method);
  return call && { ...call, resource: arnOf(bucket, key) };
}

/** Of one bucket, or of all where none is named. */
function bucketCall(
  method: string,
  bucket: string,
  parameters: readonly string[],
): S3Call | undefined {
  if (bucket !== "" && method === "GET" && parameters.join() === "location") {
    return { action: "s3:GetBucketLocation", resource: arnOf(bucket) };
  }
  const known = method === "GET" ? LISTING_PARAMETERS : [];
  if (!parameters.every((name) => known.includes(name))) return undefined;
  if (bucket === "") return method === "GET" ? LIST_BUCKETS : undefined;
  const call = BUCKET_CALLS.get(method);
  return call && { ...call, resource: arnOf(bucket) };
}

type CallOfMethod = Omit<S3Call, "resource">;

const LIST_BUCKETS: S3Call = { action: "s3:ListAllMyBuckets", resource: "*" };
const BUCKET_CALLS: ReadonlyMap<string, CallOfMethod> = new Map([
  ["GET", { action: "s3:ListBucket" }],
  ["HEAD", { action: "s3:ListBucket" }],
  ["PUT", { action: "s3:CreateBucket", effect: "keeps" }],
  ["DELETE", { action: "s3:DeleteBucket", effect: "drops" }],
]);
const OBJECT_CALLS: ReadonlyMap<string, CallOfMethod> = new Map([
  ["GET", { action: "s3:GetObject" }],
  ["HEAD", { action: "s3:GetObject" }],
  ["PUT", { action: "s3:PutObject", effect: "keeps" }],
  ["DELETE", { action: "s3:DeleteObject", effect: "drops" }],
]);

/** Keys are as they are meant, not as they are sent. */
const arnOf = (bucket: string, key?: string): string =>
  `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${decoded(key)}`}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
