import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TaskSourceServer } from "../testing/task-source-server.ts";

let server: TaskSourceServer;
let s3: S3Client;
beforeEach(async () => {
  server = new TaskSourceServer();
  await server.start();
  s3 = new S3Client(server.client());
  await s3.send(new CreateBucketCommand({ Bucket: "config" }));
});
afterEach(() => {
  s3.destroy();
  server.stop();
});

const ODD_KEY = "a b/ü+%2F(1)'!*.env";

const put = (Key: string, Body: string | Buffer) =>
  s3.send(new PutObjectCommand({ Bucket: "config", Key, Body }));

async function textOf(Key: string, client = s3): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "config", Key }));
  return Body?.transformToString();
}

const keys = async () => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "config" }));
  return Contents.map(({ Key }) => Key);
};

test("keeps buckets and objects, of any name and content, across a start", async () => {
  const bytes = Buffer.from([0, 255, 13, 10, 128]);
  await put("web.env", "A=1");
  await put("web.env", "A=2");
  await put(ODD_KEY, "B=1");
  await put("bytes", bytes);
  await put("gone.env", "C=1");
  await s3.send(new DeleteObjectCommand({ Bucket: "config", Key: "gone.env" }));
  await s3.send(new CreateBucketCommand({ Bucket: "reference" }));
  await s3.send(new CreateBucketCommand({ Bucket: "empty" }));
  await s3.send(new DeleteBucketCommand({ Bucket: "empty" }));
  await server.start();
  s3 = new S3Client(server.client());
  expect(await keys()).toEqual([ODD_KEY, "bytes", "web.env"]);
  expect(await textOf("web.env")).toBe("A=2");
  expect(await textOf(ODD_KEY)).toBe("B=1");
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "config", Key: "bytes" }));
  expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(bytes);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand());
  expect(Buckets.map(({ Name }) => Name)).toEqual(["config", "reference"]);
});

test("what it keeps is its owner's alone", async () => {
  await put("web.env", "A=1");
  const directory = join(server.directory, "objects");
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(directory)) {
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  }
});

test("tells the length of an object that is not sent, and where a bucket is", async () => {
  await put("web.env", "A=1");
  const head = await s3.send(new HeadObjectCommand({ Bucket: "config", Key: "web.env" }));
  expect(head.ContentLength).toBe(3);
  const location = await s3.send(new GetBucketLocationCommand({ Bucket: "config" }));
  expect(location.LocationConstraint ?? "").toBe("");
});

test("lets a key do what its policy allows on that object, and nothing else", async () => {
  await put("web.env", "A=1");
  await put("other.env", "B=1");
  server.guestMay = { Action: "s3:GetObject", Resource: "arn:aws:s3:::config/web.env" };
  const guest = new S3Client(server.client("guest"));
  expect(await textOf("web.env", guest)).toBe("A=1");
  const denied = { name: "AccessDenied" };
  await expect(textOf("other.env", guest)).rejects.toMatchObject(denied);
  const del = new DeleteObjectCommand({ Bucket: "config", Key: "web.env" });
  await expect(guest.send(del)).rejects.toMatchObject(denied);
  guest.destroy();
});

test.each([
  ["another secret", "wrong", "SignatureDoesNotMatch"],
  ["a right one", "secret", "NoSuchKey"],
])("answers a request signed with %s", async (_, secret, name) => {
  const client = new S3Client(server.client("root", secret));
  await expect(textOf("none.env", client)).rejects.toMatchObject({ name });
  client.destroy();
});

test("says what it does not have", async () => {
  const upload = new CreateMultipartUploadCommand({ Bucket: "config", Key: "big" });
  await expect(s3.send(upload)).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("put, got, listed and deleted one by one") as string,
  });
});
