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
  const { rawPath, rawQueryString, headers, requestContext } = event;
  const { method } = requestContext.http;
  const [bucket = "", ...rest] = rawPath.slice(1).split("/");
  const key = rest.join("/");
  const parameters = [...new URLSearchParams(rawQueryString).keys()].filter(
    (name) => name !== "x-id",
  );
  if (method === "GET" && parameters.join() === "location" && key === "" && bucket !== "") {
    return { action: "s3:GetBucketLocation", resource: arnOf(bucket) };
  }
  if (OTHER_UPLOADS.some((name) => headers[name] !== undefined)) return undefined;
  if (key !== "") {
    const call = OBJECT_CALLS.get(method);
    return parameters.length > 0 || !call ? undefined : { ...call, resource: arnOf(bucket, key) };
  }
  const isListing =
    method === "GET" && parameters.every((name) => LISTING_PARAMETERS.includes(name));
  if (parameters.length > 0 && !isListing) return undefined;
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
