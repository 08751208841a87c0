import { describe, expect, test } from "vitest";
import { readPresignedRequest } from "./presigned-request.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const RULES = {
  stsEndpoint: "https://sts.eu-central-1.amazonaws.com",
  region: "eu-central-1",
  now: NOW,
};
const SIGNATURE = "0123456789abcdef".repeat(4);

const QUERY: Readonly<Record<string, string>> = {
  Action: "GetCallerIdentity",
  Version: "2011-06-15",
  "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
  "X-Amz-Credential": "ASIAEXAMPLE/20261121/eu-central-1/sts/aws4_request",
  "X-Amz-Date": "20261121T120000Z",
  "X-Amz-Expires": "60",
  "X-Amz-Security-Token": "to/ke+n==",
  "X-Amz-SignedHeaders": "host;x-berth-installation",
  "X-Amz-Signature": SIGNATURE,
};

const urlOf = (query: Readonly<Record<string, string>>, base = `${RULES.stsEndpoint}/`) => {
  const pairs = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join("="));
  return `${base}?${pairs.join("&")}`;
};
const read = (text: string) => readPresignedRequest(text, RULES);
const without = (name: string) =>
  Object.fromEntries(Object.entries(QUERY).filter(([key]) => key !== name));

test("a request that is what it must be is put together anew, all of it", () => {
  const reading = read(urlOf(QUERY));
  expect(reading).toMatchObject({ kind: "read", request: { signature: SIGNATURE } });
  const url = new URL(reading.kind === "read" ? reading.request.url : "");
  expect(Object.fromEntries(url.searchParams)).toEqual(QUERY);
  expect(url.origin).toBe(RULES.stsEndpoint);
});

describe("it goes to STS and nowhere else", () => {
  const query = urlOf(QUERY, "");
  test.each([
    "",
    "sts",
    `http://sts.eu-central-1.amazonaws.com/${query}`,
    `https://sts.us-east-1.amazonaws.com/${query}`,
    `https://sts.amazonaws.com/${query}`,
    `https://sts.eu-central-1.amazonaws.com:8443/${query}`,
    `https://sts.eu-central-1.amazonaws.com.evil.example/${query}`,
    `https://sts.eu-central-1.amazonaws.com@evil.example/${query}`,
    `https://evil.example/#https://sts.eu-central-1.amazonaws.com/${query}`,
    `https://user:pass@sts.eu-central-1.amazonaws.com/${query}`,
    `https://sts.eu-central-1.amazonaws.com/path/${query}`,
    `https://sts.eu-central-1.amazonaws.com/${query}#part`,
    `https://169.254.169.254/latest/${query}`,
  ])("%s", (text) => {
    expect(read(text)).toEqual({
      kind: "refused",
      why: "url: must be of https://sts.eu-central-1.amazonaws.com/",
    });
  });

  test("which may be another one, where the installation says so", () => {
    const rules = { ...RULES, stsEndpoint: "http://127.0.0.1:9000" };
    const text = urlOf(QUERY, "http://127.0.0.1:9000/");
    expect(readPresignedRequest(text, rules)).toMatchObject({ kind: "read" });
  });
});

describe("it asks who the signer is, and nothing else", () => {
  test.each<[string, string]>([
    ["Action", "AssumeRole"],
    ["Version", "2011-06-16"],
    ["X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"],
    ["X-Amz-Credential", "ASIAEXAMPLE/20261121/us-east-1/sts/aws4_request"],
    ["X-Amz-Credential", "ASIAEXAMPLE/20261121/eu-central-1/s3/aws4_request"],
    ["X-Amz-Credential", "/20261121/eu-central-1/sts/aws4_request"],
    ["X-Amz-Date", "20261121T115459Z"],
    ["X-Amz-Date", "20261121T120501Z"],
    ["X-Amz-Date", "yesterday"],
    ["X-Amz-Expires", "901"],
    ["X-Amz-Expires", "0"],
    ["X-Amz-Expires", "1e2"],
    ["X-Amz-Security-Token", ""],
    ["X-Amz-SignedHeaders", "host"],
    ["X-Amz-SignedHeaders", "host;x-berth-installation;x-other"],
    ["X-Amz-Signature", SIGNATURE.toUpperCase()],
    ["X-Amz-Signature", SIGNATURE.slice(1)],
  ])("%s=%s is refused", (name, value) => {
    const why = `url: ${name} is missing or wrong`;
    expect(read(urlOf({ ...QUERY, [name]: value }))).toEqual({ kind: "refused", why });
  });

  test.each(Object.keys(QUERY))("without %s it is refused", (name) => {
    expect(read(urlOf(without(name)))).toMatchObject({ kind: "refused" });
  });

  test.each(Object.keys(QUERY))("with %s twice it is refused", (name) => {
    const text = `${urlOf(QUERY)}&${name}=${encodeURIComponent(QUERY[name] ?? "")}`;
    expect(read(text)).toMatchObject({ kind: "refused" });
  });

  test.each(["RoleArn", "X-Amz-Content-Sha256", "action", "__proto__", "toString"])(
    "with %s besides it is refused",
    (name) => {
      const why = `url: must not have the parameter ${name}`;
      expect(read(`${urlOf(QUERY)}&${name}=x`)).toEqual({ kind: "refused", why });
    },
  );

  test.each(["20261121T115500Z", "20261121T120500Z"])("signed at %s it is taken", (time) => {
    expect(read(urlOf({ ...QUERY, "X-Amz-Date": time }))).toMatchObject({ kind: "read" });
  });
});
